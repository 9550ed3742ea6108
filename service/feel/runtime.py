"""What one evaluation carries along: its bounds, its clock and the warnings it has met."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from service.feel.errors import FeelWarning, LimitExceeded

Clock = Callable[[], datetime]
Place = tuple[str, int, int]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one evaluation; reaching one ends it with null and a warning.

    ``steps`` counts loop rounds, filter tests and function calls, ``depth`` nested calls of user functions,
    ``list_size`` items of one list, ``string_size`` characters of one text, ``warnings`` the warnings kept.
    """

    steps: int = 2_000_000
    depth: int = 60
    list_size: int = 1_000_000
    string_size: int = 1_000_000
    warnings: int = 100


DEFAULT_LIMITS = Limits()


def system_clock() -> datetime:
    """The present moment with the machine's offset from UTC."""
    return datetime.now().astimezone()


_clock: ContextVar[Clock] = ContextVar("feel_clock", default=system_clock)


@contextmanager
def using_clock(clock: Clock) -> Iterator[None]:
    """Let ``now()`` and ``today()`` ask ``clock`` for every evaluation inside the ``with`` block."""
    token = _clock.set(clock)
    try:
        yield
    finally:
        _clock.reset(token)


class Runtime:
    """The mutable part of one evaluation."""

    __slots__ = ("clock", "depth", "limits", "list_size", "steps", "warnings")

    def __init__(self, clock: Clock | None = None, limits: Limits = DEFAULT_LIMITS) -> None:
        self.clock = clock
        self.limits = limits
        self.steps = limits.steps
        self.list_size = limits.list_size
        self.depth = 0
        self.warnings: list[FeelWarning] = []

    def now(self) -> datetime:
        """The moment ``now()`` means in this evaluation; fixed at its first use, so that it never runs on."""
        clock = self.clock or _clock.get()
        moment = clock()
        self.clock = lambda: moment
        return moment

    def warn(self, place: Place, code: str, **params: object) -> None:
        """Record why the part at ``place`` gave null."""
        if len(self.warnings) < self.limits.warnings:
            source, start, end = place
            self.warnings.append(FeelWarning(code, source, start, end, params))

    def spend(self, steps: int = 1) -> None:
        """Count ``steps``; raise :class:`LimitExceeded` when none are left."""
        self.steps -= steps
        if self.steps < 0:
            raise LimitExceeded("too_many_steps", limit=self.limits.steps)

    def charge(self, arguments: Iterable[Any]) -> None:
        """Count the size of lists, texts and contexts that a function is about to go through."""
        for each in arguments:
            kind = type(each)
            if kind is str:
                if len(each) > 31:
                    self.spend(len(each) >> 5)
            elif kind is list or kind is dict:
                self.spend(len(each) >> 3)

    def made(self, result: Any) -> Any:
        """A value that a function has made, its size counted, so that steps bound the memory too."""
        kind = type(result)
        if kind is str:
            if len(result) > 31:
                self.spend(len(result) >> 5)
        elif kind is list:
            self.spend(len(result) >> 3)
        elif kind is dict:
            self.spend(len(result) >> 1)
        return result

    def counted(self, values: Iterable[T]) -> Iterator[T]:
        """The values one by one, each a step and an item of a list; raises :class:`LimitExceeded`."""
        for count, value in enumerate(values, 1):
            self.spend()
            self.check_list(count)
            yield value

    def enter(self) -> None:
        """Count one nested call; the caller lowers ``depth`` again."""
        self.spend()
        self.depth += 1
        if self.depth > self.limits.depth:
            self.depth -= 1
            raise LimitExceeded("too_deep_calls", limit=self.limits.depth)

    def check_list(self, size: int) -> None:
        """Raise :class:`LimitExceeded` if a list of ``size`` items is too long."""
        if size > self.list_size:
            raise LimitExceeded("list_too_long", limit=self.list_size)

    def check_string(self, size: int) -> None:
        """Raise :class:`LimitExceeded` if a text of ``size`` characters is too long."""
        if size > self.limits.string_size:
            raise LimitExceeded("string_too_long", limit=self.limits.string_size)
