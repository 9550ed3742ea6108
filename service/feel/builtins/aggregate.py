"""Functions that make one value of a list (DMN 1.5 clause 10.3.4.4). Each takes a list or its items."""

from __future__ import annotations

import functools
from collections.abc import Callable
from decimal import Decimal

from service.feel.builtins.registry import bad_value, builtin, on_list
from service.feel.errors import Failure
from service.feel.numbers import DECIMAL, ONE, ZERO
from service.feel.operators import less
from service.feel.runtime import Runtime
from service.feel.values import Value, kind_of

_SECTION = "10.3.4.4"


def _numbers(name: str, values: list[Value]) -> list[Decimal]:
    for value in values:
        if type(value) is not Decimal:
            raise Failure("argument_type", name=name, parameter="list", expected="list<number>", kind=kind_of(value))
    return values


@builtin("count", "list: list", _SECTION)
def count(runtime: Runtime, values: list[Value]) -> Decimal:
    """How many items a list has.

    >>> count([1, 2, 3])
    3
    >>> count([])
    0
    """
    return Decimal(len(values))


def _extreme(name: str, values: list[Value], better: Callable[[Value, Value], bool | None]) -> Value:
    best: Value = None
    for index, value in enumerate(values):
        if index == 0:
            best = value
            ordered = less(value, value)
        else:
            ordered = better(value, best)
            best = value if ordered else best
        if ordered is None:
            raise Failure("argument_type", name=name, parameter="list", expected="list<number>", kind=kind_of(value))
    return best


@on_list("min", _SECTION, whole=min)
def least(runtime: Runtime, values: list[Value]) -> Value:
    """The least item of a list of comparable items; null for an empty list.

    >>> min([1, 2, 3])
    1
    >>> min(3, 2, 1)
    1
    >>> min([])
    null
    """
    return _extreme("min", values, less)


@on_list("max", _SECTION, whole=max)
def greatest(runtime: Runtime, values: list[Value]) -> Value:
    """The greatest item of a list of comparable items; null for an empty list.

    >>> max([1, 2, 3])
    3
    >>> max("a", "b")
    "b"
    """
    return _extreme("max", values, lambda value, best: less(best, value))


@on_list("sum", _SECTION, whole=sum)
def total(runtime: Runtime, values: list[Value]) -> Decimal | None:
    """The sum of numbers; null for an empty list.

    >>> sum([1, 2, 3])
    6
    >>> sum([])
    null
    """
    numbers = _numbers("sum", values)
    return functools.reduce(DECIMAL.add, numbers, ZERO) if numbers else None


@on_list("mean", _SECTION)
def mean(runtime: Runtime, values: list[Value]) -> Decimal | None:
    """The arithmetic mean of numbers; null for an empty list.

    >>> mean([1, 2, 3])
    2
    """
    result = total(runtime, _numbers("mean", values))
    return None if result is None else DECIMAL.divide(result, Decimal(len(values)))


@on_list("product", _SECTION)
def product(runtime: Runtime, values: list[Value]) -> Decimal:
    """The product of numbers; null for an empty list.

    >>> product([2, 3, 4])
    24
    """
    numbers = _numbers("product", values)
    if not numbers:
        raise bad_value("product", "[]")
    return functools.reduce(DECIMAL.multiply, numbers, ONE)


@on_list("median", _SECTION)
def median(runtime: Runtime, values: list[Value]) -> Decimal | None:
    """The middle number, or the mean of the two in the middle; null for an empty list.

    >>> median(8, 2, 5, 3, 4)
    4
    >>> median([6, 1, 2, 3])
    2.5
    """
    numbers = sorted(_numbers("median", values))
    half = len(numbers) // 2
    if not numbers:
        return None
    if len(numbers) % 2:
        return numbers[half]
    return DECIMAL.divide(DECIMAL.add(numbers[half - 1], numbers[half]), Decimal(2))


@on_list("stddev", _SECTION)
def standard_deviation(runtime: Runtime, values: list[Value]) -> Decimal:
    """The standard deviation of a sample of at least two numbers.

    >>> decimal(stddev([2, 4, 7, 5]), 6)
    2.081666
    >>> stddev([47])
    null
    """
    numbers = _numbers("stddev", values)
    if len(numbers) < 2:
        raise bad_value("stddev", f"count {len(numbers)}")
    average = mean(runtime, numbers)
    squares = ZERO
    for number in numbers:
        difference = DECIMAL.subtract(number, average)
        squares = DECIMAL.add(squares, DECIMAL.multiply(difference, difference))
    return DECIMAL.sqrt(DECIMAL.divide(squares, Decimal(len(numbers) - 1)))


@on_list("mode", _SECTION)
def mode(runtime: Runtime, values: list[Value]) -> list[Decimal]:
    """The numbers that occur most often, in ascending order.

    >>> mode(6, 3, 9, 6, 6)
    [6]
    >>> mode([6, 1, 9, 6, 1])
    [1, 6]
    """
    counts: dict[Decimal, int] = {}
    for number in _numbers("mode", values):
        counts[number] = counts.get(number, 0) + 1
    most = max(counts.values(), default=0)
    return sorted(number for number, times in counts.items() if times == most)


def _truths(name: str, values: list[Value], decisive: bool) -> bool | None:
    """Conjunction (decisive false) or disjunction (decisive true) of a list."""
    for value in values:
        if value is not None and type(value) is not bool:
            raise Failure("argument_type", name=name, parameter="list", expected="list<boolean>", kind=kind_of(value))
    if decisive in values:
        return decisive
    return None if None in values else not decisive


@on_list("all", _SECTION)
def every(runtime: Runtime, values: list[Value]) -> bool | None:
    """False if an item is false, else true if all are true, else null; true for an empty list.

    >>> all([false, null, true])
    false
    >>> all(true)
    true
    >>> all([])
    true
    >>> all([true, null])
    null
    """
    return _truths("all", values, decisive=False)


@on_list("any", _SECTION)
def some(runtime: Runtime, values: list[Value]) -> bool | None:
    """True if an item is true, else false if all are false, else null; false for an empty list.

    >>> any([false, null, true])
    true
    >>> any([])
    false
    >>> any([false, null])
    null
    """
    return _truths("any", values, decisive=True)
