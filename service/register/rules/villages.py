"""Ranking of villages that apply as poor villages (DOMAIN §6.4)."""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from decimal import Decimal

QUALIFIED = "达标"
WEIGHED = "综合衡量"
STANDING = {QUALIFIED: 0, WEIGHED: 1}
UNSAFE_WATER_SHARE = Decimal("0.30")


@dataclass(frozen=True)
class Village:
    """A village in the ranking: ``incidence`` in percent, ``income`` in yuan per person, ``service_gap`` 0–4."""

    key: Hashable
    standard: str
    incidence: Decimal
    income: Decimal
    service_gap: int = 0
    tie_break: int = 0


def rank(villages: Iterable[Village]) -> list[Village]:
    """Order those that may be chosen; villages neither 达标 nor 综合衡量 are left out.

    达标 first, then incidence descending, income ascending, service gap descending, then the manual ``tie_break``
    ascending, which needs minutes.
    """
    eligible = [village for village in villages if village.standard in STANDING]
    return sorted(eligible, key=_place)


def service_gap(
    *, road_paved: bool | None, bus: bool | None, clinics: int | None, unsafe_households: int, households: int
) -> int:
    """Count what is missing: paved road, bus, clinic, and safe water for more than 30 % of households (0–4)."""
    unsafe = households > 0 and Decimal(unsafe_households) / households > UNSAFE_WATER_SHARE
    return sum((not road_paved, not bus, not clinics, unsafe))


def _place(village: Village) -> tuple[int, Decimal, Decimal, int, int]:
    return STANDING[village.standard], -village.incidence, village.income, -village.service_gap, village.tie_break
