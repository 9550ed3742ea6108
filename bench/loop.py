"""The 500th completion in one looping instance beside the 10th."""

from collections.abc import Iterator
from statistics import median

from bench.installation import ANSWERS, Caller, Installation
from bench.report import Figure

EARLY, LATE, AROUND, INSTANCES = 10, 500, 5, 4
NAIVE_LATE = 200
"""The naive store is asked no further than this: it grows with each round, and SpiffWorkflow ends by itself at 333."""


def run(place: Installation) -> Iterator[Figure]:
    """Bring some instances to their last rounds, and take turns between those and the early rounds of fresh ones."""
    place.deploy("loop.bpmn", "answer.form")
    caller = place.caller()
    early: list[float] = []
    late: list[float] = []
    for _ in range(INSTANCES):
        old = caller.start("loop")
        _go(place, caller, old, LATE - AROUND - 1)
        young = caller.start("loop")
        _go(place, caller, young, EARLY - AROUND - 1)
        for _ in range(2 * AROUND):
            early += _go(place, caller, young, 1)
            late += _go(place, caller, old, 1)
    naive_early, naive_late = _naive(caller)
    name = f"the {LATE}th completion in a loop"
    yield Figure(f"{name}, p50", median(late), "ms", None, naive_late)
    yield Figure(f"… as a multiple of the {EARLY}th", median(late) / median(early), "×", 1.3, naive_late / naive_early)


def _go(place: Installation, caller: Caller, key: str, rounds: int) -> list[float]:
    return [caller.complete(place.tasks(key)[0]) for _ in range(rounds)]


def _naive(caller: Caller) -> tuple[float, float]:
    state = caller.post("/bench/naive/start/loop.bpmn/loop/1")
    times = []
    for _ in range(NAIVE_LATE):
        times.append(caller.timed(f"/bench/naive/complete/{state['id']}/{state['tasks'][0]}", ANSWERS))
        state |= caller.last
    return median(times[EARLY - AROUND : EARLY + AROUND]), median(times[-2 * AROUND :])
