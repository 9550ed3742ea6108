"""Numeric functions (DMN 1.5 clause 10.3.4.5). Scales are digits after the point, from -6111 to 6176."""

from __future__ import annotations

import decimal
from decimal import Decimal

from service.feel.builtins.registry import bad_value, builtin
from service.feel.numbers import DECIMAL, MAX_SCALE, MIN_SCALE, rounded
from service.feel.operators import negate
from service.feel.runtime import Runtime
from service.feel.temporal.values import YearsMonths, duration_nanos
from service.feel.values import Value

_SECTION = "10.3.4.5"
_WIDE = decimal.Context(prec=13_000, Emin=-7000, Emax=14_000)
"""Wide enough that no remainder of two numbers is cut."""


def _scaled(runtime: Runtime, name: str, n: Decimal, scale: Decimal, rounding: str) -> Decimal:
    runtime.spend(abs(n.adjusted()) // 16)
    if not MIN_SCALE <= scale <= MAX_SCALE:
        raise bad_value(name, f"scale {scale}")
    runtime.spend(abs(int(scale)) >> 6)
    return rounded(n, int(scale), rounding)


@builtin("decimal", "n: number, scale: number", _SECTION)
def to_scale(runtime: Runtime, n: Decimal, scale: Decimal) -> Decimal:
    """``n`` rounded half even to ``scale`` digits after the point.

    >>> decimal(1/3, 2)
    .33
    >>> decimal(1.5, 0)
    2
    >>> decimal(2.5, 0)
    2
    """
    return _scaled(runtime, "decimal", n, scale, decimal.ROUND_HALF_EVEN)


@builtin("floor", "n: number, scale: number?", _SECTION)
def floor(runtime: Runtime, n: Decimal, scale: Decimal = Decimal(0)) -> Decimal:
    """The greatest number with ``scale`` digits that is not above ``n``.

    >>> floor(1.5)
    1
    >>> floor(-1.56, 1)
    -1.6
    """
    return _scaled(runtime, "floor", n, scale, decimal.ROUND_FLOOR)


@builtin("ceiling", "n: number, scale: number?", _SECTION)
def ceiling(runtime: Runtime, n: Decimal, scale: Decimal = Decimal(0)) -> Decimal:
    """The least number with ``scale`` digits that is not below ``n``.

    >>> ceiling(1.5)
    2
    >>> ceiling(-1.56, 1)
    -1.5
    """
    return _scaled(runtime, "ceiling", n, scale, decimal.ROUND_CEILING)


@builtin("round up", "n: number, scale: number", _SECTION)
def round_up(runtime: Runtime, n: Decimal, scale: Decimal) -> Decimal:
    """``n`` rounded away from zero.

    >>> round up(5.5, 0)
    6
    >>> round up(-1.126, 2)
    -1.13
    """
    return _scaled(runtime, "round up", n, scale, decimal.ROUND_UP)


@builtin("round down", "n: number, scale: number", _SECTION)
def round_down(runtime: Runtime, n: Decimal, scale: Decimal) -> Decimal:
    """``n`` rounded towards zero.

    >>> round down(5.5, 0)
    5
    >>> round down(-1.126, 2)
    -1.12
    """
    return _scaled(runtime, "round down", n, scale, decimal.ROUND_DOWN)


@builtin("round half up", "n: number, scale: number", _SECTION)
def round_half_up(runtime: Runtime, n: Decimal, scale: Decimal) -> Decimal:
    """``n`` rounded to the nearest, halves away from zero.

    >>> round half up(5.5, 0)
    6
    >>> round half up(-5.5, 0)
    -6
    """
    return _scaled(runtime, "round half up", n, scale, decimal.ROUND_HALF_UP)


@builtin("round half down", "n: number, scale: number", _SECTION)
def round_half_down(runtime: Runtime, n: Decimal, scale: Decimal) -> Decimal:
    """``n`` rounded to the nearest, halves towards zero.

    >>> round half down(5.5, 0)
    5
    >>> round half down(-1.126, 2)
    -1.13
    """
    return _scaled(runtime, "round half down", n, scale, decimal.ROUND_HALF_DOWN)


@builtin("abs", "n: number|days and time duration|years and months duration", _SECTION)
def absolute(runtime: Runtime, n: Value) -> Value:
    """A number or a duration without its sign.

    >>> abs(-10)
    10
    >>> abs(@"-PT5H")
    @"PT5H"
    """
    if type(n) is Decimal:
        return n.copy_abs()
    size = n.months if type(n) is YearsMonths else duration_nanos(n)
    return negate(n) if size < 0 else n


@builtin("modulo", "dividend: number, divisor: number", _SECTION)
def modulo(runtime: Runtime, dividend: Decimal, divisor: Decimal) -> Decimal:
    """The remainder of a division, with the divisor's sign: ``dividend - divisor * floor(dividend / divisor)``.

    >>> modulo(12, 5)
    2
    >>> modulo(-12, 5)
    3
    >>> modulo(10.1, -4.5)
    -3.4
    >>> modulo(1, 0)
    null
    """
    if not divisor:
        raise bad_value("modulo", "0")
    runtime.spend(max(dividend.adjusted() - divisor.adjusted(), 0) // 4)
    remainder = _WIDE.remainder(dividend, divisor)
    if remainder and (remainder < 0) != (divisor < 0):
        remainder = _WIDE.add(remainder, divisor)
    return DECIMAL.plus(remainder)


@builtin("sqrt", "number: number", _SECTION)
def square_root(runtime: Runtime, number: Decimal) -> Decimal:
    """The square root; null for a negative number.

    >>> sqrt(16)
    4
    """
    if number < 0:
        raise bad_value("sqrt", str(number))
    return DECIMAL.sqrt(number)


@builtin("log", "number: number", _SECTION)
def logarithm(runtime: Runtime, number: Decimal) -> Decimal:
    """The natural logarithm; null unless the number is above zero.

    >>> decimal(log(10), 8)
    2.30258509
    """
    if number <= 0:
        raise bad_value("log", str(number))
    return DECIMAL.ln(number)


@builtin("exp", "number: number", _SECTION)
def exponential(runtime: Runtime, number: Decimal) -> Decimal:
    """Euler's number raised to ``number``.

    >>> decimal(exp(5), 8)
    148.41315910
    """
    return DECIMAL.exp(number)


def _remainder_by_two(runtime: Runtime, number: Decimal) -> Decimal:
    runtime.spend(max(number.adjusted(), 0) // 4)
    return _WIDE.remainder(number, Decimal(2))


@builtin("odd", "number: number", _SECTION)
def odd(runtime: Runtime, number: Decimal) -> bool:
    """Whether a number is an odd integer.

    >>> odd(5)
    true
    >>> odd(2)
    false
    """
    return abs(_remainder_by_two(runtime, number)) == 1


@builtin("even", "number: number", _SECTION)
def even(runtime: Runtime, number: Decimal) -> bool:
    """Whether a number is an even integer.

    >>> even(5)
    false
    >>> even(2)
    true
    """
    return _remainder_by_two(runtime, number) == 0
