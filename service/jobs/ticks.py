"""What a worker looks after every half second beside its jobs, such as timers that are due."""

from collections.abc import Callable

Tick = Callable[[], int | bool | None]

INTERVAL = 0.5

_ticks: list[Tick] = []


def on_tick(function: Tick) -> Tick:
    """Register a function; it returns how much it found to do. Several workers may call it at the same time."""
    if function not in _ticks:
        _ticks.append(function)
    return function


def registered() -> list[Tick]:
    """Return the registered functions, in order."""
    return list(_ticks)


def run_all() -> int:
    """Call each once, here; return how much they did."""
    return sum(int(tick() or 0) for tick in _ticks)
