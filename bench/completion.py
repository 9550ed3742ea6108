"""Completing a task of a chain of ten with forms, beside an endpoint that does one update, one insert and a commit."""

from collections.abc import Iterator
from statistics import median

from bench.installation import ANSWERS, Installation
from bench.report import Figure

INSTANCES, STEPS = 30, 10


def run(place: Installation) -> Iterator[Figure]:
    """Take turns, so that whatever else the machine does hits all alike."""
    place.deploy("chain.bpmn", "answer.form")
    caller = place.caller()
    ours: list[float] = []
    floor: list[float] = []
    naive: list[float] = []
    for _ in range(INSTANCES + 3):
        key = caller.start("chain")
        other = caller.post("/bench/naive/start/chain.bpmn/chain/1")
        for _ in range(STEPS):
            ours.append(caller.complete(place.tasks(key)[0]))
            floor.append(caller.timed("/bench/one-commit"))
            naive.append(caller.timed(f"/bench/naive/complete/{other['id']}/{other['tasks'][0]}", ANSWERS))
            other |= caller.last
    step, commit, plain = (median(times[3 * STEPS :]) for times in (ours, floor, naive))
    yield Figure("an endpoint with one update, one insert and a commit, p50", commit, "ms")
    yield Figure("completing a task, p50", step, "ms", 6, plain)
    yield Figure("… as a multiple of that endpoint", step / commit, "×", 5, plain / commit)
