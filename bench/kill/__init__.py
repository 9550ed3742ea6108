"""Kill the processes of an installation at random moments while it works, and prove that nothing is lost or doubled."""

from __future__ import annotations

import random
import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from bench.installation import free_port
from bench.kill import campaign, verdict
from bench.kill.people import Caller, People
from bench.kill.processes import VICTIMS, Lika, wait_for

QUIET = 90.0
"""Seconds that the work may go on after the last kill: a dead worker's jobs are noticed after some twelve."""
ACTIVE = "SELECT count(*) FROM process_instances WHERE state = 'ACTIVE'"
QUEUED = "SELECT count(*) FROM procrastinate_jobs"


@dataclass
class Outcome:
    """Who was killed, and what was found wrong afterwards."""

    kills: list[str] = field(default_factory=list)
    runs: int = 0
    faults: list[str] = field(default_factory=list)
    log: str = ""


def run(
    seed: int, rounds: int, *, victims: Sequence[str] = tuple(VICTIMS), size: campaign.Size | None = None
) -> Outcome:
    """Kill `rounds` times while a campaign runs; `seed` gives the moments and the order of the victims."""
    size = size or campaign.Size()
    outcome = Outcome()
    with installed(outcome) as lika:
        lika.start()
        people = People(lika.port, seed)
        with Caller(lika.port) as caller, people.at_work():
            campaign.deploy(caller)
            _disturb(lika, people, caller, outcome, seed, rounds, victims, size)
            wait_for(lambda: _count(lika, ACTIVE) + _count(lika, QUEUED) == 0, "the campaigns' end", QUIET)
        with lika.server.connect("lika") as connection:
            outcome.faults = people.refused + verdict.faults(connection, outcome.runs, size)
    return outcome


@contextmanager
def installed(outcome: Outcome, *options: str, **environment: str) -> Iterator[Lika]:
    """An installation to be disturbed, in a folder that is removed; what fails in the block is a fault of the outcome.

    `options` are those of `lika up`.
    """
    folder = Path(tempfile.mkdtemp(prefix="lika-kill-"))
    folder.chmod(0o711)
    lika = Lika(folder, free_port(), *options, **environment)
    try:
        yield lika
    except Exception as error:
        outcome.faults.append(f"{type(error).__name__}: {error}")
    finally:
        outcome.log = lika.log() if outcome.faults else ""
        lika.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _disturb(
    lika: Lika,
    people: People,
    caller: Caller,
    outcome: Outcome,
    seed: int,
    rounds: int,
    victims: Sequence[str],
    size: campaign.Size,
) -> None:
    chance = random.Random(seed)
    deadline = time.monotonic() + 60 * rounds
    while len(outcome.kills) < rounds:
        if time.monotonic() > deadline:
            raise TimeoutError(f"only {outcome.kills} could be killed")
        if _count(lika, ACTIVE) == 0:
            outcome.runs += 1
            people.write(campaign.start(caller, outcome.runs, size))
        time.sleep(chance.uniform(0.3, 2.5))
        turn, place = divmod(len(outcome.kills), len(victims))
        victim = random.Random(f"{seed} {turn}").sample(victims, len(victims))[place]
        if _count(lika, ACTIVE) and lika.kill(victim):
            outcome.kills.append(victim)
        lika.start()


def _count(lika: Lika, query: str) -> int:
    """Ask until the database answers: it may be recovering."""
    deadline = time.monotonic() + QUIET
    while True:
        try:
            with lika.server.connect("lika") as connection:
                row = connection.execute(query.encode()).fetchone()
            return int(row[0]) if row else 0
        except psycopg.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
