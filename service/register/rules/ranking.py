"""Places for whole households only (DOMAIN A4, A12)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from service import errors
from service.errors import _

Key = TypeVar("Key")


@dataclass(frozen=True)
class Candidate(Generic[Key]):
    """One household that wants a place; ``key`` names it, ``persons`` is its size."""

    key: Key
    persons: int


@dataclass(frozen=True)
class Selection(Generic[Key]):
    """Who gets a place and who waits (候补), in their order; ``remainder`` is the persons left of the quota."""

    listed: tuple[Candidate[Key], ...]
    waiting: tuple[Candidate[Key], ...]
    remainder: int


def take(ranked: Sequence[Candidate[Key]], quota: int) -> Selection[Key]:
    """Give out ``quota`` places in the given order without splitting a household.

    A household too large for what is left is skipped and waits; a smaller one below it is taken (DOMAIN A4). The
    order itself is made by the decision ``household_rank`` and may be changed by the assembly.
    """
    if quota < 0:
        raise errors.Invalid(_("The quota %(quota)s is below zero"), quota=quota)
    listed: list[Candidate[Key]] = []
    waiting: list[Candidate[Key]] = []
    left = quota
    for candidate in ranked:
        if candidate.persons < 1:
            raise errors.Invalid(_("Household %(key)s has no members and cannot be ranked"), key=candidate.key)
        if candidate.persons <= left:
            listed.append(candidate)
            left -= candidate.persons
        else:
            waiting.append(candidate)
    return Selection(tuple(listed), tuple(waiting), left)


def fits(waiting: Iterable[Candidate[Key]], places: int) -> bool:
    """Whether a waiting household is small enough for the free ``places`` (DOMAIN A4)."""
    return any(candidate.persons <= places for candidate in waiting)
