"""Any value as text: what ``string()`` gives (DMN 1.5 clause 10.3.4.1)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from service.feel import numbers
from service.feel.errors import Failure, LimitExceeded
from service.feel.temporal import text as temporal
from service.feel.temporal.values import DATES, DATETIMES, DURATIONS, TIMES, YearsMonths
from service.feel.values import Function, Range, Value, admitted, kind_of

_TEMPORAL = DATES | TIMES | DATETIMES | DURATIONS | {YearsMonths}


MAX_DEPTH = 60
MAX_SIZE = 10_000_000
MAX_SHOWN = 200


def to_text(value: Value, limit: int = MAX_SIZE) -> str | None:
    """The text of a value; null has none. Texts inside lists and contexts are quoted.

    Raises :class:`Failure` beyond ``limit`` characters.
    """
    return value if isinstance(value, str) else None if value is None else written(value, limit)


def written(value: Value, limit: int = MAX_SIZE) -> str:
    """The value as it would be written in an expression; raises :class:`Failure` beyond ``limit`` characters."""
    return _written(value, Room(limit), 0)


def shown(value: Value) -> str:
    """The value for a message: as it would be written, or only its kind if that is long."""
    try:
        return written(value, MAX_SHOWN)
    except Failure:
        return kind_of(admitted(value))


@dataclass(frozen=True)
class Shown:
    """A value inside a message: however the message writes it, as FEEL does and never as Python (``Decimal('4')``)."""

    value: Value

    def __repr__(self) -> str:
        return shown(self.value)

    __str__ = __repr__


class Room:
    """How many characters may still be written."""

    def __init__(self, limit: int) -> None:
        self._limit = self._left = limit

    def take(self, size: int) -> None:
        """Use up some."""
        self._left -= size
        if self._left < 0:
            raise LimitExceeded("string_too_long", limit=self._limit)


def _written(value: Value, room: Room, depth: int) -> str:
    text = _write(value, room, depth)
    if type(value) not in (list, dict):
        room.take(len(text) + 2)
    return text


def _write(value: Value, room: Room, depth: int) -> str:
    if depth > MAX_DEPTH:
        raise Failure("too_deep", limit=MAX_DEPTH)
    value = admitted(value)
    kind = type(value)
    if value is None:
        return "null"
    if kind in _TEMPORAL:
        return temporal.to_text(value)
    if isinstance(value, Function):
        return "function"
    return _WRITERS[kind](value, room, depth)


def _quoted(value: str, room: Room, depth: int) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r")
    return '"' + escaped.replace("\t", "\\t") + '"'


def _list(value: list[Value], room: Room, depth: int) -> str:
    return "[" + ", ".join(_written(item, room, depth + 1) for item in value) + "]"


def _context(value: dict[str, Value], room: Room, depth: int) -> str:
    return "{" + ", ".join(f"{_key(str(key))}: {_written(item, room, depth + 1)}" for key, item in value.items()) + "}"


def _key(key: str) -> str:
    plain = key.replace("_", "a").replace(" ", "a")
    return key if plain.isalnum() and not plain[0].isdigit() else _quoted(key, Room(len(key) * 2 + 2), 0)


def _range(value: Range, room: Room, depth: int) -> str:
    if value.start is None and value.end is not None:
        return f"({'<=' if value.end_included else '<'} {_written(value.end, room, depth + 1)})"
    if value.end is None and value.start is not None:
        return f"({'>=' if value.start_included else '>'} {_written(value.start, room, depth + 1)})"
    opening, closing = "[" if value.start_included else "(", "]" if value.end_included else ")"
    return f"{opening}{_written(value.start, room, depth + 1)} .. {_written(value.end, room, depth + 1)}{closing}"


_WRITERS: dict[type, Callable[..., str]] = {
    Decimal: lambda value, room, depth: numbers.text(value),
    bool: lambda value, room, depth: "true" if value else "false",
    str: _quoted,
    list: _list,
    dict: _context,
    Range: _range,
}
