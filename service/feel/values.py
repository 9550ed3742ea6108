"""The values FEEL knows, and the way of host values in and out (DMN 1.5 clause 10.3.2.2)."""

from __future__ import annotations

import types as python_types
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from service.feel import numbers
from service.feel.temporal.values import WideDate, WideDateTime, WideDuration, WideTime, YearsMonths

Value = Any
"""A FEEL value: Decimal, str, bool, None, date, time, datetime, timedelta, YearsMonths, Range, function, list, dict."""


class Function:
    """A value that can be called. Its subclasses are user functions and built-ins."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Range:
    """An interval; an end that is None is open to that side (clause 10.3.2.7)."""

    start: Value
    end: Value
    start_included: bool = True
    end_included: bool = True

    def __str__(self) -> str:
        from service.feel.text import to_text

        return to_text(self) or ""


class Missing:
    """The mark of an absent value; never a FEEL value."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "MISSING"


MISSING = Missing()
WIDE = 10**34
"""Beyond it a whole number has more digits than a FEEL number holds."""
MAX_EXPORT_DEPTH = 200

KIND_OF: dict[type, str] = {
    type(None): "null",
    Decimal: "number",
    int: "number",
    float: "number",
    str: "string",
    bool: "boolean",
    date: "date",
    WideDate: "date",
    time: "time",
    WideTime: "time",
    datetime: "date and time",
    WideDateTime: "date and time",
    timedelta: "days and time duration",
    WideDuration: "days and time duration",
    YearsMonths: "years and months duration",
    list: "list",
    dict: "context",
    Range: "range",
}


def kind_of(value: Value) -> str:
    """The FEEL type name of a value."""
    known = KIND_OF.get(type(value))
    if known is not None:
        return known
    return "function" if isinstance(value, Function) else "context" if isinstance(value, Mapping) else "null"


NATIVE: frozenset[type] = frozenset(
    {
        type(None),
        Decimal,
        str,
        bool,
        date,
        WideDate,
        time,
        WideTime,
        datetime,
        WideDateTime,
        timedelta,
        WideDuration,
        YearsMonths,
        list,
        dict,
        Range,
    }
)
"""Host classes that are FEEL values as they stand (the items of lists and contexts are looked at when read)."""


def admit(value: Value) -> Value:
    """A host value as a FEEL value: int and float become Decimal, tuple and set lists, mappings contexts.

    Returns :data:`MISSING` for an object FEEL has no type for. Items inside lists and contexts are admitted when
    they are read.
    """
    kind = type(value)
    if kind in NATIVE:
        if kind is Decimal and not value.is_finite():
            return None
        return value
    return _admit_foreign(value, kind)


def _admit_foreign(value: Value, kind: type) -> Value:
    if kind is int:
        return Decimal(value) if -WIDE < value < WIDE else _large(value)
    if kind is float:
        return numbers.from_float(value)
    if isinstance(value, Function):
        return value
    return _admit_subclass(value)


def _large(value: int) -> Value:
    try:
        return numbers.from_int(value) if value.bit_length() < 20_410 else None
    except ArithmeticError:
        return None


def _admit_subclass(value: Value) -> Value:
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, (list, tuple, set, frozenset)):
        return list(value)
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, int):
        return admit(int(value))
    if isinstance(value, float):
        return numbers.from_float(float(value))
    if isinstance(value, Decimal):
        return admit(Decimal(value))
    return _admit_temporal_subclass(value)


def _admit_temporal_subclass(value: Value) -> Value:
    if isinstance(value, datetime):
        return datetime(
            value.year,
            value.month,
            value.day,
            value.hour,
            value.minute,
            value.second,
            value.microsecond,
            value.tzinfo,
            fold=value.fold,
        )
    if isinstance(value, date):
        return date(value.year, value.month, value.day)
    if isinstance(value, time):
        return time(value.hour, value.minute, value.second, value.microsecond, value.tzinfo, fold=value.fold)
    if isinstance(value, timedelta):
        return timedelta(value.days, value.seconds, value.microseconds)
    if isinstance(value, python_types.MappingProxyType):
        return dict(value)
    return MISSING


def admitted(value: Value) -> Value:
    """:func:`admit`, with null for what FEEL has no type for."""
    kind = type(value)
    if kind is Decimal:
        return value if value.is_finite() else None
    if kind in NATIVE:
        return value
    if kind is int and -WIDE < value < WIDE:
        return Decimal(value)
    result = _admit_foreign(value, kind)
    return None if result is MISSING else result


def items(values: list[Value]) -> list[Value]:
    """The items of a list, each admitted; the list itself if there is nothing to change."""
    kinds = set(map(type, values))
    if kinds <= NATIVE and (Decimal not in kinds or (len(kinds) == 1 and all(map(Decimal.is_finite, values)))):
        return values
    return [admitted(each) for each in values]


Done = dict[int, tuple[Value, Value]]


def export(value: Value) -> Value:
    """A result for the host: nothing raw is left inside lists and contexts. Unchanged parts are not copied."""
    kind = type(value)
    if kind is list or kind is dict:
        return _export_parts(value, {}, 0)
    return value if kind in NATIVE else _export(value, {}, 0)


def _export(value: Value, done: Done, depth: int) -> Value:
    result = admitted(value)
    return _export_parts(result, done, depth) if type(result) is list or type(result) is dict else result


def _export_parts(value: Value, done: Done, depth: int) -> Value:
    """A list or context exported; ``done`` keeps those met before, so that shared parts cost nothing."""
    if id(value) in done:
        return done[id(value)][1]
    if depth > MAX_EXPORT_DEPTH:
        return None
    done[id(value)] = value, value
    result = (_export_list if type(value) is list else _export_context)(value, done, depth + 1)
    done[id(value)] = value, result
    return result


def _export_list(values: list[Value], done: Done, depth: int) -> list[Value]:
    for index, item in enumerate(values):
        changed = _export(item, done, depth)
        if changed is not item:
            return values[:index] + [changed] + [_export(each, done, depth) for each in values[index + 1 :]]
    return values


def _export_context(entries: dict[str, Value], done: Done, depth: int) -> dict[str, Value]:
    result = entries
    for key, item in entries.items():
        changed = _export(item, done, depth)
        if changed is not item:
            if result is entries:
                result = dict(entries)
            result[key] = changed
    return result
