"""Spot checks (抽查) by seeded random draw, so that anybody can repeat the draw (DOMAIN §7)."""

import math
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

COUNTY_RATIO = Decimal("0.10")
COUNTY_MINIMUM = 10
COUNTY_VILLAGES = 3
CITY_TOWNSHIPS = 8
CITY_VILLAGES = 2
CITY_HOUSEHOLDS = 10
FAULT_LIMIT_PCT = Decimal(2)


@dataclass(frozen=True)
class Subject:
    """A changed household that may be drawn: ``code`` orders the draw, ``village`` is its village's code."""

    code: str
    village: str
    relative: bool = False


def draw_county(
    changed: Iterable[Subject],
    seed: int,
    *,
    ratio: Decimal = COUNTY_RATIO,
    minimum: int = COUNTY_MINIMUM,
    villages: int = COUNTY_VILLAGES,
) -> list[Subject]:
    """Draw one township's sample: ``ratio`` of the changed households, at least ``minimum``, from ``villages`` villages.

    Declared relatives of cadres come on top, all of them. Where there are fewer households or villages than asked
    for, all of them are taken. The result is sorted by code and depends on the seed and the codes only.
    """
    pool = _sorted(changed)
    size = min(len(pool), max(minimum, math.ceil(ratio * len(pool))))
    dice = random.Random(seed)
    drawn = _one_per_village(pool, min(villages, size), dice)
    rest = [subject for subject in pool if subject not in drawn]
    drawn |= set(dice.sample(rest, size - len(drawn)))
    return [subject for subject in pool if subject in drawn or subject.relative]


def draw_city(
    changed: Iterable[Subject],
    seed: int,
    *,
    villages: int = CITY_VILLAGES,
    households: int = CITY_HOUSEHOLDS,
) -> list[Subject]:
    """Draw the city's sample in one township: ``households`` from each of ``villages`` villages."""
    pool = _sorted(changed)
    dice = random.Random(seed)
    drawn: set[Subject] = set()
    for village in draw_units(sorted({subject.village for subject in pool}), villages, dice.randrange(2**31)):
        there = [subject for subject in pool if subject.village == village]
        drawn |= set(dice.sample(there, min(households, len(there))))
    return [subject for subject in pool if subject in drawn]


def draw_units(codes: Sequence[str], count: int, seed: int) -> list[str]:
    """Draw ``count`` of the units, for instance the city's 8 of 38 townships; sorted by code."""
    ordered = sorted(codes)
    return sorted(random.Random(seed).sample(ordered, min(count, len(ordered))))


@dataclass(frozen=True)
class Findings:
    """What a check found: households wrongly in, wrongly out, and faults of procedure."""

    checked: int
    wrong_in: int
    wrong_out: int
    procedural: int

    @property
    def passed(self) -> bool:
        """At most 2 % wrongly in, at most 2 % wrongly out, and no fault of procedure."""
        limit = FAULT_LIMIT_PCT * self.checked
        return self.wrong_in * 100 <= limit and self.wrong_out * 100 <= limit and self.procedural == 0


def _sorted(subjects: Iterable[Subject]) -> list[Subject]:
    return sorted(subjects, key=lambda subject: subject.code)


def _one_per_village(pool: Sequence[Subject], count: int, dice: random.Random) -> set[Subject]:
    codes = sorted({subject.village for subject in pool})
    chosen = dice.sample(codes, min(count, len(codes)))
    return {dice.choice([subject for subject in pool if subject.village == code]) for code in chosen}
