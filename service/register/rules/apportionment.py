"""Splitting a number of persons over units so that nothing is lost to rounding (DOMAIN §6.6, §8.2)."""

import math
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from service import errors
from service.errors import _

Number = int | Decimal | Fraction


def split(total: int, weights: Sequence[Number]) -> list[int]:
    """Split ``total`` persons in proportion to ``weights`` by largest remainder (最大余数法).

    The result has the order of ``weights`` and adds up to ``total``; equal remainders go to the earlier unit.

    :raises errors.Invalid: a negative total or weight, or no weight above zero while there is something to split.
    """
    exact = [_fraction(weight) for weight in weights]
    if total < 0 or any(weight < 0 for weight in exact):
        raise errors.Invalid(_("Scale %(total)s cannot be split: figures below zero"), total=total)
    whole = sum(exact, Fraction(0))
    if whole == 0:
        if total == 0:
            return [0] * len(exact)
        raise errors.Invalid(_("Scale %(total)s cannot be split: enter the reported poor persons first"), total=total)
    return _round_to(total, [total * weight / whole for weight in exact])


def half_up(value: Fraction) -> int:
    """Round to the nearest whole number, halves upward."""
    return math.floor(value + Fraction(1, 2))


def percentage(part: int, whole: int, places: int = 2) -> Decimal | None:
    """``part ÷ whole × 100`` with ``places`` decimals, halves upward; None where the whole is zero."""
    if whole == 0:
        return None
    return (Decimal(part) * 100 / Decimal(whole)).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def _fraction(value: Number) -> Fraction:
    return value if isinstance(value, Fraction) else Fraction(value)


def _round_to(total: int, shares: Sequence[Fraction]) -> list[int]:
    """Floor every share, then give one more to the largest remainders until ``total`` is reached."""
    floors = [math.floor(share) for share in shares]
    by_remainder = sorted(range(len(shares)), key=lambda index: (floors[index] - shares[index], index))
    for index in by_remainder[: total - sum(floors)]:
        floors[index] += 1
    return floors
