"""Poorest first, whole households only (DOMAIN A4, A25; §9.3 v_rank)."""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

from service import errors

LAST = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Candidate:
    """One household that wants a place.

    ``income`` is the per-capita net income in yuan, ``gaps`` the guarantee gaps 0–3, ``yes`` the votes for it.
    """

    key: Hashable
    persons: int
    income: Decimal
    gaps: int = 0
    yes: int = 0
    applied_at: datetime | None = None


@dataclass(frozen=True)
class Selection:
    """Who is on the list and who waits (候补), both poorest first; ``remainder`` is the persons left of the quota."""

    listed: tuple[Candidate, ...]
    waiting: tuple[Candidate, ...]
    remainder: int

    @property
    def persons(self) -> int:
        """Persons on the list."""
        return persons(self.listed)


def order(candidates: Iterable[Candidate]) -> list[Candidate]:
    """Rank by income ascending, gaps descending, yes votes descending, time of application (DOMAIN A25)."""
    return sorted(candidates, key=_place)


def select(candidates: Iterable[Candidate], quota: int) -> Selection:
    """Fill ``quota`` persons from the top without splitting a household.

    A household too large for what is left is skipped and waits; a smaller one below it is taken (DOMAIN A4).
    """
    return take(order(candidates), quota)


def take(ranked: Sequence[Candidate], quota: int) -> Selection:
    """As :func:`select`, for candidates whose order has been decided already (the assembly may change it)."""
    if quota < 0:
        raise errors.Invalid("The quota %(quota)s is below zero", quota=quota)
    listed: list[Candidate] = []
    waiting: list[Candidate] = []
    left = quota
    for candidate in ranked:
        if candidate.persons < 1:
            raise errors.Invalid("Household %(key)s has no members and cannot be ranked", key=candidate.key)
        if candidate.persons <= left:
            listed.append(candidate)
            left -= candidate.persons
        else:
            waiting.append(candidate)
    return Selection(tuple(listed), tuple(waiting), left)


def fits(waiting: Iterable[Candidate], places: int) -> bool:
    """Whether a waiting household is small enough for the free ``places`` (DOMAIN A4, §6.6 ``fit``)."""
    return any(candidate.persons <= places for candidate in waiting)


def persons(candidates: Iterable[Candidate]) -> int:
    """Sum of persons."""
    return sum(candidate.persons for candidate in candidates)


def _place(candidate: Candidate) -> tuple[Decimal, int, int, datetime]:
    return candidate.income, -candidate.gaps, -candidate.yes, candidate.applied_at or LAST
