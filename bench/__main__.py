"""Measure: `python -m bench` runs everything, `python -m bench loop feel` some of it.

The exit code is 1 if a target is missed.
"""

import secrets
import sys
from collections import Counter
from pathlib import Path

import click
from rich.console import Console

from bench import board, calls, completion, crowd, feel, inbox, kill, loop, pages, parallel, timers
from bench.installation import installed
from bench.kill import procedure
from bench.report import Figure, show

BENCHES = {
    "completion": completion,
    "parallel": parallel,
    "loop": loop,
    "crowd": crowd,
    "calls": calls,
    "timers": timers,
    "inbox": inbox,
    "board": board,
    "pages": pages,
}
TITLE = "gunicorn with 1 process, embedded PostgreSQL, HTTP over loopback"


@click.command()
@click.argument("names", nargs=-1, type=click.Choice([*BENCHES, "feel", "kill"]))
@click.option("--rounds", default=20, show_default=True, help="For kill: how many processes are killed.")
@click.option("--seed", type=int, help="For kill: repeats the choices of another run.")
@click.option("--scenario", type=click.Path(exists=True, path_type=Path), help="For kill: what is played meanwhile.")
def main(names: tuple[str, ...], rounds: int, seed: int | None, scenario: Path | None) -> None:
    """Run the named benches, or all but `kill`, which kills processes at random moments and looks what was lost."""
    if "kill" in names:
        _kill(rounds, secrets.randbelow(10_000) if seed is None else seed, scenario)
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
    met = feel.main() if "feel" in chosen else True
    sys.exit(not (met and all(each.met for each in figures)))


def _kill(rounds: int, seed: int, scenario: Path | None) -> None:
    """Kill during the bench's own campaign, or while a scenario is played."""
    click.echo(f"killing {rounds} processes, with the seed {seed}")
    outcome = procedure.run(seed, rounds, scenario) if scenario else kill.run(seed, rounds)
    for victim, times in Counter(outcome.kills).items():
        click.echo(f"{times:4} x {victim}")
    click.echo("\n".join(outcome.faults) or f"{outcome.runs} runs ended, nothing lost, nothing done twice")
    if outcome.faults:
        click.echo(outcome.log)
        sys.exit(1)


if __name__ == "__main__":
    main()
