"""Spot checks (抽查) by seeded random draw, so that anybody can repeat the draw (DOMAIN §7).

How many to draw is decided by the table ``sample_plan``; here is only the drawing. The result depends on the seed
and the codes, not on the order in which the households come.
"""

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Subject:
    """A changed household that may be drawn; ``relative`` marks a declared relative of a cadre (村干部近亲属)."""

    code: str
    village: str
    relative: bool = False


def draw(subjects: Iterable[Subject], seed: int, *, size: int, villages: int, relatives: bool = True) -> list[Subject]:
    """Draw ``size`` households of a township from at least ``villages`` villages, sorted by code.

    Where there are fewer households or villages, all of them are taken. With ``relatives``, all declared relatives
    come on top.
    """
    pool = _sorted(subjects)
    size = min(len(pool), size)
    dice = _dice(seed)
    drawn = _one_per_village(pool, min(villages, size), dice)
    rest = [subject for subject in pool if subject not in drawn]
    drawn |= set(dice.sample(rest, size - len(drawn)))
    return [subject for subject in pool if subject in drawn or (relatives and subject.relative)]


def draw_by_village(subjects: Iterable[Subject], seed: int, *, villages: int, per_village: int) -> list[Subject]:
    """Draw ``per_village`` households from each of ``villages`` villages of a township, sorted by code."""
    pool = _sorted(subjects)
    dice = _dice(seed)
    drawn: set[Subject] = set()
    for village in draw_units([subject.village for subject in pool], villages, dice.randrange(2**31)):
        there = [subject for subject in pool if subject.village == village]
        drawn |= set(dice.sample(there, min(per_village, len(there))))
    return [subject for subject in pool if subject in drawn]


def draw_units(codes: Iterable[str], count: int, seed: int) -> list[str]:
    """Draw ``count`` of the units, for instance the city's 8 of 38 townships; sorted by code."""
    ordered = sorted(set(codes))
    return sorted(_dice(seed).sample(ordered, min(count, len(ordered))))


def _dice(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311 - a draw that can be repeated from its seed is the purpose


def _sorted(subjects: Iterable[Subject]) -> list[Subject]:
    return sorted(subjects, key=lambda subject: subject.code)


def _one_per_village(pool: Sequence[Subject], count: int, dice: random.Random) -> set[Subject]:
    codes = sorted({subject.village for subject in pool})
    chosen = dice.sample(codes, min(count, len(codes)))
    return {dice.choice([subject for subject in pool if subject.village == code]) for code in chosen}
