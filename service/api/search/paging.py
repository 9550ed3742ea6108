"""Which part of the results: from an offset, or after or before a cursor."""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sqla

from service import errors
from service.api import bodies
from service.api.search.fields import Field
from service.api.search.kinds import Condition, refuse
from service.errors import _

DEFAULT_LIMIT, LARGEST_LIMIT, LARGEST_OFFSET = 100, 10_000, 10_000_000
NAMES = ("from", "after", "before", "limit")


@dataclass(frozen=True)
class Order:
    """One column of the order."""

    field: Field
    descending: bool


@dataclass(frozen=True)
class Page:
    """The part that is asked for."""

    limit: int = DEFAULT_LIMIT
    offset: int = 0
    after: str | None = None
    before: str | None = None


def read(given: Any) -> Page:
    """Read the `page` of a request. Raises Invalid."""
    if given is None:
        return Page()
    if not isinstance(given, dict):
        raise refuse("page", _("This must be a JSON object."))
    for name in given:
        if name not in NAMES:
            raise refuse(f"page.{name}", _("There is no such field here; there are %(known)s."), known=", ".join(NAMES))
    if len([name for name in NAMES[:3] if given.get(name) is not None]) > 1:
        raise refuse("page", _("Give only one of from, after and before."))
    return Page(
        limit=_number(given, "limit", 1, LARGEST_LIMIT, DEFAULT_LIMIT),
        offset=_number(given, "from", 0, LARGEST_OFFSET, 0),
        after=_cursor(given, "after"),
        before=_cursor(given, "before"),
    )


def _number(given: dict[str, Any], name: str, least: int, most: int, default: int) -> int:
    value = given.get(name)
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise refuse(
            f"page.{name}", _("This must be a whole number from %(least)s to %(most)s."), least=least, most=most
        )
    return value


def _cursor(given: dict[str, Any], name: str) -> str | None:
    value = given.get(name)
    if value is None or isinstance(value, str):
        return value
    raise refuse(f"page.{name}", _("This must be text."))


def write_cursor(order: Sequence[Order], values: Sequence[Any]) -> str:
    """Return the text that names a row's place in an order."""
    shown = [None if v is None else each.field.kind.show(v) for each, v in zip(order, values, strict=True)]
    return base64.urlsafe_b64encode(json.dumps(shown, separators=(",", ":")).encode()).decode()


def read_cursor(order: Sequence[Order], text: str, place: str) -> list[Any]:
    """Return the values of a cursor. Raises Invalid if it does not belong to this order."""
    try:
        shown = bodies.loads(base64.urlsafe_b64decode(text.encode()))
        if not isinstance(shown, list) or len(shown) != len(order):
            raise ValueError
        values = [None if v is None else each.field.kind.read(v) for each, v in zip(order, shown, strict=True)]
    except (ValueError, binascii.Error, errors.Invalid):
        raise refuse(place, _("This cursor does not belong to a search with this sort.")) from None
    # SQLAlchemy takes a bare true or false for a keyword, which has no order.
    return [sqla.literal(v) if isinstance(v, bool) else v for v in values]


def order_by(order: Sequence[Order], *, backward: bool) -> list[Any]:
    """Return the columns to order by; `backward` turns the whole order round."""
    columns = []
    for each in order:
        column = each.field.column
        turned = column.desc() if each.descending != backward else column.asc()
        if each.field.nullable:
            turned = turned.nulls_first() if backward else turned.nulls_last()
        columns.append(turned)
    return columns


def beyond(order: Sequence[Order], values: Sequence[Any], *, backward: bool) -> Condition:
    """Build the condition for the rows that come after (or, `backward`, before) the given place."""
    turns = {each.descending for each in order}
    if len(turns) == 1 and not any(each.field.nullable for each in order):
        rows, place = sqla.tuple_(*(each.field.column for each in order)), sqla.tuple_(*values)
        return rows < place if turns.pop() != backward else rows > place
    same: list[Condition] = []
    alternatives: list[Condition] = []
    for each, value in zip(order, values, strict=True):
        alternatives.append(sqla.and_(*same, _past(each, value, backward)))
        same.append(each.field.column.is_(None) if value is None else each.field.column == value)
    return sqla.or_(*alternatives)


def _past(each: Order, value: Any, backward: bool) -> Condition:
    column = each.field.column
    if value is None:  # nulls come last
        return column.is_not(None) if backward else sqla.false()
    past = column < value if each.descending != backward else column > value
    return sqla.or_(past, column.is_(None)) if each.field.nullable and not backward else past
