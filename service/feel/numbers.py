"""FEEL numbers: IEEE 754-2008 decimal128 with 34 digits, rounded half even (DMN 1.5 clause 10.3.2.3.1)."""

from __future__ import annotations

import decimal
from decimal import Decimal
from functools import lru_cache

DECIMAL = decimal.Context(
    prec=34,
    rounding=decimal.ROUND_HALF_EVEN,
    Emin=-6143,
    Emax=6144,
    traps=[decimal.DivisionByZero, decimal.Overflow, decimal.InvalidOperation],
)
_WIDE = decimal.Context(prec=7000, Emin=-6200, Emax=13000)
LITERAL = decimal.Context(prec=34, rounding=decimal.ROUND_HALF_EVEN, Emin=-6143, Emax=6144, traps=[])
ZERO = Decimal(0)
ONE = Decimal(1)
WHOLE = 2**53
"""Whole numbers below it may be calculated with as ``int``: even a million of them stay far below 34 digits."""
MIN_SCALE, MAX_SCALE = -6111, 6176


def from_int(value: int) -> Decimal:
    """An int as a number, rounded to 34 digits."""
    return DECIMAL.create_decimal(value)


def from_float(value: float) -> Decimal | None:
    """A float as the shortest number that reads the same; None if it is infinite or not a number."""
    if value != value or value in (float("inf"), float("-inf")):
        return None
    return DECIMAL.create_decimal(repr(value))


def rounded(value: Decimal, scale: int, rounding: str) -> Decimal:
    """``value`` with ``scale`` digits after the point; unchanged when it cannot have that many."""
    try:
        result = value.quantize(_quantum(scale), rounding=rounding, context=_WIDE)
    except decimal.InvalidOperation:
        return value
    if result == value:
        exponent = value.as_tuple().exponent
        if isinstance(exponent, int) and -exponent <= scale:
            return value
    return LITERAL.plus(result)


@lru_cache(maxsize=256)
def _quantum(scale: int) -> Decimal:
    return Decimal((0, (1,), -scale))


def text(value: Decimal) -> str:
    """A number as plain digits, without an exponent."""
    return format(value, "f") if value else _zero(value)


def _zero(value: Decimal) -> str:
    written = format(value, "f")
    return written[1:] if written.startswith("-") else written
