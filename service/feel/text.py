"""Any value as text: what ``string()`` gives (DMN 1.5 clause 10.3.4.1)."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from service.feel import numbers
from service.feel.errors import Failure
from service.feel.temporal import text as temporal
from service.feel.temporal.values import DATES, DATETIMES, DURATIONS, TIMES, YearsMonths
from service.feel.values import Function, Range, Value, admitted

_TEMPORAL = DATES | TIMES | DATETIMES | DURATIONS | {YearsMonths}


def to_text(value: Value) -> str | None:
    """The text of a value; null has none. Texts inside lists and contexts are quoted."""
    return value if isinstance(value, str) else None if value is None else written(value)


def written(value: Value, depth: int = 0) -> str:
    """The value as it would be written in an expression."""
    if depth > 60:
        raise Failure("too_deep", limit=60)
    value = admitted(value)
    kind = type(value)
    if value is None:
        return "null"
    if kind in _TEMPORAL:
        return temporal.to_text(value)
    if isinstance(value, Function):
        return "function"
    return _WRITERS[kind](value, depth)


def _quoted(value: str, depth: int) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r")
    return '"' + escaped.replace("\t", "\\t") + '"'


def _list(value: list[Value], depth: int) -> str:
    return "[" + ", ".join(written(item, depth + 1) for item in value) + "]"


def _context(value: dict[str, Value], depth: int) -> str:
    return "{" + ", ".join(f"{_key(str(key))}: {written(item, depth + 1)}" for key, item in value.items()) + "}"


def _key(key: str) -> str:
    plain = key.replace("_", "a").replace(" ", "a")
    return key if plain.isalnum() and not plain[0].isdigit() else _quoted(key, 0)


def _range(value: Range, depth: int) -> str:
    if value.start is None and value.end is not None:
        return f"({'<=' if value.end_included else '<'} {written(value.end, depth + 1)})"
    if value.end is None and value.start is not None:
        return f"({'>=' if value.start_included else '>'} {written(value.start, depth + 1)})"
    opening, closing = "[" if value.start_included else "(", "]" if value.end_included else ")"
    return f"{opening}{written(value.start, depth + 1)} .. {written(value.end, depth + 1)}{closing}"


_WRITERS: dict[type, Callable[..., str]] = {
    Decimal: lambda value, depth: numbers.text(value),
    bool: lambda value, depth: "true" if value else "false",
    str: _quoted, list: _list, dict: _context, Range: _range,
}
