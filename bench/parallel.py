"""A step in an instance with 100 parallel items of 5 tasks beside one in an instance with 8."""

from collections.abc import Iterator
from statistics import median

from bench.installation import ANSWERS, Caller, Installation
from bench.report import Figure

SMALL, LARGE, STEPS = 8, 100, 160
NAIVE_STEPS = 40


def run(place: Installation) -> Iterator[Figure]:
    """Take turns between the small and the large instance."""
    place.deploy("parallel.bpmn", "answer.form")
    caller = place.caller()
    small, large = _Ours(place, caller, SMALL), _Ours(place, caller, LARGE)
    pairs = [(small.step(), large.step()) for _ in range(STEPS)]
    few, many = _Naive(caller, SMALL), _Naive(caller, LARGE)
    others = [(few.step(), many.step()) for _ in range(NAIVE_STEPS)]
    (of_small, of_large), (of_few, of_many) = _medians(pairs), _medians(others)
    yield Figure(f"a step in an instance with {LARGE} parallel items, p50", of_large, "ms", None, of_many)
    name = f"… as a multiple of one with {SMALL} parallel items"
    yield Figure(name, of_large / of_small, "×", 1.5, of_many / of_few)


class _Ours:
    """Instances of ours with so many items, one after the other."""

    def __init__(self, place: Installation, caller: Caller, items: int) -> None:
        self.place, self.caller, self.items = place, caller, items
        self.key = ""
        self.open: list[str] = []

    def step(self) -> float:
        """Complete the oldest open task."""
        self.open = self.open or (self.place.tasks(self.key) if self.key else [])
        if not self.open:
            self.key = self.caller.start("parallel", items=list(range(self.items)))
            self.open = self.place.tasks(self.key)
        return self.caller.complete(self.open.pop(0))


class _Naive:
    """One naive instance with so many items."""

    def __init__(self, caller: Caller, items: int) -> None:
        self.caller = caller
        self.state = caller.post(f"/bench/naive/start/parallel.bpmn/parallel/{items}")

    def step(self) -> float:
        """Complete the first open task."""
        spent = self.caller.timed(f"/bench/naive/complete/{self.state['id']}/{self.state['tasks'][0]}", ANSWERS)
        self.state |= self.caller.last
        return spent


def _medians(pairs: list[tuple[float, float]]) -> tuple[float, float]:
    first, second = zip(*pairs, strict=True)
    return median(first), median(second)
