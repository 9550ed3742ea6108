"""Eight people who complete the eight parallel tasks of one instance at the same moment."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from statistics import median
from threading import Barrier

from bench.installation import ANSWERS, CLERKS, Caller, Installation
from bench.report import Figure

ROUNDS = 20


def run(place: Installation) -> Iterator[Figure]:
    """The slowest of the eight answers, in the slowest round; a refusal is an error."""
    place.deploy("crowd.bpmn", "answer.form")
    callers = [place.caller(f"clerk.{number}") for number in range(1, CLERKS + 1)]
    with ThreadPoolExecutor(CLERKS) as pool:
        ours = [_together(pool, _ours(place, callers)) for _ in range(ROUNDS + 2)][2:]
        naive = [_together(pool, _naive(callers)) for _ in range(ROUNDS)]
    yield Figure("8 people at once in one instance, the last answer, p50", median(ours), "ms", None, median(naive))
    yield Figure("… in the slowest round", max(ours), "ms", 150, max(naive))


def _ours(place: Installation, callers: list[Caller]) -> list[Callable[[], float]]:
    tasks = place.tasks(callers[0].start("crowd"))
    return [_later(caller, f"/v2/user-tasks/{task}/completion") for caller, task in zip(callers, tasks, strict=True)]


def _naive(callers: list[Caller]) -> list[Callable[[], float]]:
    state = callers[0].post("/bench/naive/start/crowd.bpmn/crowd/1")
    paths = [f"/bench/naive/complete/{state['id']}/{task}" for task in state["tasks"]]
    return [_later(caller, path) for caller, path in zip(callers, paths, strict=True)]


def _later(caller: Caller, path: str) -> Callable[[], float]:
    return lambda: caller.timed(path, ANSWERS)


def _together(pool: ThreadPoolExecutor, deeds: list[Callable[[], float]]) -> float:
    barrier = Barrier(len(deeds))

    def do(deed: Callable[[], float]) -> float:
        barrier.wait()
        return deed()

    return max(pool.map(do, deeds))
