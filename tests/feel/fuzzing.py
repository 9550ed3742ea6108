"""`make fuzz`: the properties of `test_fuzz` for minutes, with inputs by hypothesis or steered by coverage (atheris).

An input that takes 10 seconds or makes the process hold 1 GB is a failure too.
"""

import sys
import time

SLOWEST_SECONDS, MOST_MEGABYTES = 10, 1024


def properties():
    """The properties; imported late, so that atheris can watch the library's lines."""
    from tests.feel import test_fuzz

    return [found for name, found in vars(test_fuzz).items() if name.startswith("test_")]


def with_hypothesis(minutes):
    end, rounds = time.monotonic() + 60 * minutes, 0
    while time.monotonic() < end:
        for check in properties():
            check()
            rounds += 1
    print(f"Done {rounds} rounds of the properties in {round(60 * minutes)} seconds")


def with_atheris(minutes):
    import atheris

    with atheris.instrument_imports(include=["service.feel"]):
        checks = [check.hypothesis.fuzz_one_input for check in properties()]

    def one_input(data):
        if data:
            checks[data[0] % len(checks)](data[1:])

    bounds = [
        f"-max_total_time={round(60 * minutes)}",
        f"-timeout={SLOWEST_SECONDS}",
        f"-rss_limit_mb={MOST_MEGABYTES}",
        "-max_len=2000",
        "-len_control=0",
        "-artifact_prefix=var/",
    ]
    atheris.Setup([sys.argv[0], *bounds], one_input)
    atheris.Fuzz()


def main(way, minutes):
    {"hypothesis": with_hypothesis, "atheris": with_atheris}[way](float(minutes))


if __name__ == "__main__":
    main(*sys.argv[1:])
