"""1,000 timers that are due at the same moment, with one worker process."""

import time
from collections.abc import Iterator

from bench.installation import Installation, working
from bench.report import Figure
from service import identity
from service.workflow import instances

TIMERS = 1_000
NAIVE = 200
TAKEN = "SELECT count(*) FROM user_tasks WHERE process_id = 'period'"


def run(place: Installation) -> Iterator[Figure]:
    """From the moment at which they are due to the last task that follows."""
    place.deploy("timer.bpmn", "answer.form")
    for _ in range(TIMERS):
        instances.create("period", {}, by=identity.SYSTEM)
    with working(place):
        place.execute("UPDATE timers SET due_at = now()")
        begun = time.perf_counter()
        place.wait_for(TAKEN, TIMERS)
        spent = time.perf_counter() - begun
    yield Figure(f"{TIMERS:,} timers due at once, all fired", spent, "s", 10, _naive(place))


def _naive(place: Installation) -> float:
    """Seconds for as many, reckoned from some of them: the naive store must look at every instance."""
    caller = place.caller()
    for _ in range(NAIVE):
        caller.post("/bench/naive/start/timer.bpmn/period/1")
    time.sleep(1)
    return caller.timed("/bench/naive/sweep/period") / 1000 * TIMERS / NAIVE
