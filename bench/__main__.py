"""Measure: `python -m bench` runs everything, `python -m bench loop feel` some of it.

The exit code is 1 if a target is missed.
"""

import sys

import click
from rich.console import Console

from bench import calls, completion, crowd, feel, inbox, loop, parallel, timers
from bench.installation import installed
from bench.report import Figure, show

BENCHES = {
    "completion": completion,
    "parallel": parallel,
    "loop": loop,
    "crowd": crowd,
    "calls": calls,
    "timers": timers,
    "inbox": inbox,
}
TITLE = "gunicorn with 1 process, embedded PostgreSQL, HTTP over loopback"


@click.command()
@click.argument("names", nargs=-1, type=click.Choice([*BENCHES, "feel"]))
def main(names: tuple[str, ...]) -> None:
    """Run the named benches, or all."""
    chosen = names or (*BENCHES, "feel")
    figures: list[Figure] = []
    with Console(stderr=True).status("") as status:
        for name in chosen:
            if name in BENCHES:
                status.update(f"measuring {name}")
                with installed() as place:
                    figures += BENCHES[name].run(place)
    if figures:
        show(figures, TITLE)
    if "feel" in chosen:
        feel.main()
    sys.exit(not all(each.met for each in figures))


if __name__ == "__main__":
    main()
