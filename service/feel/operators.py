"""Equality, order and arithmetic over all kinds of values (DMN 1.5 clauses 10.3.2.7, 10.3.2.8, tables 50-58).

The functions here take any two values. They give null (or raise :class:`Failure`, for the warning) where the
standard does; the compiler answers the common cases of numbers and texts before calling them.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from decimal import Decimal, DivisionByZero, InvalidOperation, Overflow
from typing import Any

from service.feel.errors import Failure
from service.feel.numbers import DECIMAL, ONE
from service.feel.runtime import Runtime
from service.feel.temporal import arithmetic as moments
from service.feel.temporal.values import (
    DATES,
    DATETIMES,
    DURATIONS,
    TIMES,
    YearsMonths,
    days_of,
    duration_nanos,
    instant,
    make_duration,
    make_months,
)
from service.feel.values import Function, Range, Value, admitted, kind_of

MAX_NESTING = 100


def equal(left: Value, right: Value, runtime: Runtime | None = None, depth: int = 0) -> bool | None:
    """``left = right``: null only equals null; values of different kinds compare to null.

    The work on lists and contexts is counted in ``runtime``, if one is given.
    """
    left, right = admitted(left), admitted(right)
    if left is None or right is None:
        return left is right
    kind = type(left)
    if kind is type(right) and kind in _PLAIN:
        return bool(left == right)
    if kind_of(left) != kind_of(right):
        return None
    if depth > MAX_NESTING:
        raise Failure("too_deep", limit=MAX_NESTING)
    return _equal_same_kind(left, right, runtime, depth)


_PLAIN = frozenset({Decimal, str, bool, YearsMonths})


def _equal_same_kind(left: Value, right: Value, runtime: Runtime | None, depth: int) -> bool | None:
    kind = type(left)
    if kind is list or kind is dict:
        if runtime is not None:
            runtime.spend(4 + len(left))  # about what it costs, measured in loop rounds
        return (_equal_lists if kind is list else _equal_contexts)(left, right, runtime, depth)
    if kind is Range:
        return _equal_ranges(left, right)
    if isinstance(left, Function):
        return left is right
    return bool(sort_key(left, right) == sort_key(right, left))


def _equal_lists(left: list[Value], right: list[Value], runtime: Runtime | None, depth: int) -> bool:
    return len(left) == len(right) and all(
        equal(first, second, runtime, depth + 1) is True for first, second in zip(left, right, strict=True)
    )


def _equal_contexts(left: dict[str, Value], right: dict[str, Value], runtime: Runtime | None, depth: int) -> bool:
    return left.keys() == right.keys() and all(equal(left[key], right[key], runtime, depth + 1) is True for key in left)


def _equal_ranges(left: Range, right: Range) -> bool:
    return (
        left.start_included == right.start_included
        and left.end_included == right.end_included
        and equal(left.start, right.start) is True
        and equal(left.end, right.end) is True
    )


def sort_key(value: Value, other: Value) -> Any:
    """What decides the order of ``value`` against ``other``, a value of the same kind; None if nothing does."""
    kind = type(value)
    if kind is Decimal or kind is str or kind is YearsMonths:
        return value
    if kind in DATES:
        return days_of(value)
    if kind in DATETIMES:
        return instant(value, other.tzinfo)
    if kind in TIMES:
        return moments.time_instant(value, other.tzinfo)
    if kind in DURATIONS:
        return duration_nanos(value)
    return None


def compare(op: Callable[[Any, Any], Any], left: Value, right: Value) -> bool | None:
    """``left op right`` for an order operator; null when the two have no order (clause 10.3.2.7)."""
    left, right = admitted(left), admitted(right)
    if left is None or right is None:
        return None
    if kind_of(left) != kind_of(right):
        return None
    first = sort_key(left, right)
    return None if first is None else bool(op(first, sort_key(right, left)))


def less(left: Value, right: Value) -> bool | None:
    """``left < right``."""
    return compare(operator.lt, left, right)


def less_equal(left: Value, right: Value) -> bool | None:
    """``left <= right``."""
    return compare(operator.le, left, right)


def in_range(value: Value, bounds: Range) -> bool | None:
    """Whether ``value`` lies in the range; null when it cannot be compared with its ends."""
    above: bool | None = True
    below: bool | None = True
    if bounds.start is not None:
        above = compare(operator.ge if bounds.start_included else operator.gt, value, bounds.start)
    if bounds.end is not None:
        below = compare(operator.le if bounds.end_included else operator.lt, value, bounds.end)
    return False if above is False or below is False else None if above is None or below is None else True


def add(left: Value, right: Value) -> Value:
    """``left + right``."""
    left, right = admitted(left), admitted(right)
    first, second = type(left), type(right)
    if first is Decimal and second is Decimal:
        return _number(DECIMAL.add, left, right)
    if first is str and second is str:
        return left + right
    if first is YearsMonths and second is YearsMonths:
        return make_months(left.months + right.months)
    if first in DURATIONS and second in DURATIONS:
        return make_duration(duration_nanos(left) + duration_nanos(right))
    if first in _AMOUNTS:
        return _move("+", right, left, 1, left, right)
    return _move("+", left, right, 1, left, right)


_AMOUNTS = DURATIONS | {YearsMonths}


def subtract(left: Value, right: Value) -> Value:
    """``left - right``."""
    left, right = admitted(left), admitted(right)
    first, second = type(left), type(right)
    if first is Decimal and second is Decimal:
        return _number(DECIMAL.subtract, left, right)
    if first is YearsMonths and second is YearsMonths:
        return make_months(left.months - right.months)
    if first in DURATIONS and second in DURATIONS:
        return make_duration(duration_nanos(left) - duration_nanos(right))
    if first in _DAYS and second in _DAYS:
        return moments.between_datetimes(left, right)
    if first in TIMES and second in TIMES:
        return moments.between_times(left, right)
    return _move("-", left, right, -1, left, right)


_DAYS = DATES | DATETIMES


def _move(op: str, moment: Value, amount: Value, sign: int, left: Value, right: Value) -> Value:
    kind = type(moment)
    if type(amount) in _AMOUNTS:
        if kind in DATES:
            return moments.add_to_date(moment, amount, sign)
        if kind in DATETIMES:
            return moments.add_to_datetime(moment, amount, sign)
        if kind in TIMES and type(amount) in DURATIONS:
            return moments.add_to_time(moment, amount, sign)
    raise _mismatch(op, left, right)


def multiply(left: Value, right: Value) -> Value:
    """``left * right``."""
    left, right = admitted(left), admitted(right)
    first, second = type(left), type(right)
    if first is Decimal and second is Decimal:
        return _number(DECIMAL.multiply, left, right)
    if second is Decimal:
        left, right, first, second = right, left, second, first
    if first is Decimal and second in DURATIONS:
        return moments.scale_duration(right, left)
    if first is Decimal and second is YearsMonths:
        return moments.scale_months(right, left)
    raise _mismatch("*", left, right)


def divide(left: Value, right: Value) -> Value:
    """``left / right``; division by zero gives null."""
    left, right = admitted(left), admitted(right)
    first, second = type(left), type(right)
    if first is Decimal and second is Decimal:
        return _number(DECIMAL.divide, left, right)
    if second is Decimal and first in _AMOUNTS:
        if not right:
            raise Failure("division_by_zero")
        return (moments.divide_months if first is YearsMonths else moments.divide_duration)(left, right)
    if first is YearsMonths and second is YearsMonths:
        return _number(DECIMAL.divide, Decimal(left.months), Decimal(right.months))
    if first in DURATIONS and second in DURATIONS:
        return _number(DECIMAL.divide, Decimal(duration_nanos(left)), Decimal(duration_nanos(right)))
    raise _mismatch("/", left, right)


def power(left: Value, right: Value) -> Value:
    """``left ** right``."""
    left, right = admitted(left), admitted(right)
    if type(left) is Decimal and type(right) is Decimal:
        return _number(DECIMAL.power, left, right) if left or right else ONE
    raise _mismatch("**", left, right)


def negate(value: Value) -> Value:
    """``-value``, of a number or a duration."""
    value = admitted(value)
    kind = type(value)
    if kind is Decimal:
        return DECIMAL.minus(value)
    if kind is YearsMonths:
        return make_months(-value.months)
    if kind in DURATIONS:
        return make_duration(-duration_nanos(value))
    raise Failure("operand_type", op="-", kind=kind_of(value))


def _number(op: Callable[[Decimal, Decimal], Decimal], left: Decimal, right: Decimal) -> Decimal:
    try:
        return op(left, right)
    except DivisionByZero:
        raise Failure("division_by_zero") from None
    except Overflow:
        raise Failure("out_of_range") from None
    except InvalidOperation:
        raise Failure("division_by_zero" if not right else "out_of_range") from None


def _mismatch(op: str, left: Value, right: Value) -> Failure:
    return Failure("operand_types", op=op, left=kind_of(left), right=kind_of(right))
