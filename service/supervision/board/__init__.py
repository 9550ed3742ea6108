"""The board: what is open, due soon, late, stalled, failed or suspended in the units that somebody supervises.

Numbers and lists come from the same rows (`board.rows`): a number is how many of them the list behind it shows.
"""

from service import errors, identity
from service.errors import _
from service.supervision.board import listing, numbers
from service.supervision.board.listing import SORTS, Sheet
from service.supervision.board.numbers import Board, Line
from service.supervision.board.rows import NEVER
from service.supervision.board.scope import ATTENTION, BREAKDOWNS, CHOICES, STALLED, Scope, Wish

__all__ = [
    "ATTENTION",
    "BREAKDOWNS",
    "CHOICES",
    "NEVER",
    "SORTS",
    "STALLED",
    "Board",
    "Line",
    "Sheet",
    "Wish",
    "count",
    "page",
]

PAGE = 50
MOST_EXPORTED = 20_000


def count(wish: Wish, *, by: identity.Person) -> Board:
    """Count what somebody wants to see. Raises Forbidden, and NotFound for a unit or a run of others."""
    return numbers.count(_scope(wish, by))


def page(wish: Wish, *, by: identity.Person, limit: int = PAGE) -> Sheet:
    """The rows behind a number. Raises as `count`, and Invalid for a place in the list that is none."""
    return listing.page(_scope(wish, by), limit)


def _scope(wish: Wish, by: identity.Person) -> Scope:
    if not identity.access.looks_after_others(by):
        raise errors.Forbidden(_("Only those who supervise a unit see the board."))
    return Scope(wish, by)
