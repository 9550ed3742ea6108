"""A noun that can be searched and fetched: its fields, where they come from, and who sees which rows."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import marshmallow as ma
import sqlalchemy as sqla

from service import db, errors, identity
from service.api.search import described, paging
from service.api.search.fields import Field
from service.api.search.kinds import Condition, refuse
from service.errors import _

COUNT_AT_MOST = 10_000
"""`totalItems` is exact up to this number; beyond it, it is a lower bound and `hasMoreTotalItems` is true."""

Joined = sqla.Select[Any]


@dataclass(frozen=True)
class Listing:
    """The searchable rows of one noun.

    `name` begins the names of its schemas as in the SDK (`UserTask` -> `UserTaskResult`). `fields` begin with the key.
    `join` adds FROM and joins to a select, `visible` gives the rows that a person may see. `alternatives` allows `$or`.
    """

    name: str
    fields: Sequence[Field]
    join: Callable[[Joined], Joined]
    visible: Callable[[identity.Person], Condition]
    alternatives: bool = False

    def search(self, asked: Mapping[str, Any], by: identity.Person, *among: Condition) -> dict[str, Any]:
        """Answer a search request among the rows that fulfil the conditions. Raises Invalid."""
        for name in asked:
            if name not in ("filter", "sort", "page"):
                raise refuse(name, _("There is no such field here; there are filter, sort, page."))
        order, page = self.order(asked.get("sort")), paging.read(asked.get("page"))
        where = [self.visible(by), *among, *self.conditions(asked.get("filter"))]
        rows = self._rows(order, page, where)
        shown = len(self.shown)
        return {
            "items": [self._show(row) for row in rows],
            "page": self._count(where)
            | {
                "startCursor": paging.write_cursor(order, rows[0][shown:]) if rows else None,
                "endCursor": paging.write_cursor(order, rows[-1][shown:]) if rows else None,
            },
        }

    def get(self, key: int, by: identity.Person) -> dict[str, Any]:
        """Return one row by its key. Raises NotFound for a row that the person may not see, too."""
        query = self.join(sqla.select(*self._columns)).where(self.fields[0].column == key, self.visible(by))
        row = db.sa.session.execute(query).first()
        if row is None:
            raise errors.NotFound(_("There is no %(noun)s %(key)s."), noun=self.noun, key=key)
        return self._show(row)

    def all(self, by: identity.Person, *where: Condition) -> list[dict[str, Any]]:
        """Return all visible rows that fulfil the conditions, by key."""
        query = self.join(sqla.select(*self._columns)).where(self.visible(by), *where).order_by(self.fields[0].column)
        return [self._show(row) for row in db.sa.session.execute(query)]

    def conditions(self, given: Any, place: str = "filter") -> list[Condition]:
        """Read a filter: all of its fields must match, and one of the groups in `$or`. Raises Invalid."""
        if given is None:
            return []
        if not isinstance(given, dict):
            raise refuse(place, _("This must be a JSON object."))
        conditions = []
        for name, value in given.items():
            if name == "$or" and self.alternatives and place == "filter":
                conditions.append(self._any(value))
            elif field := self.filters.get(name):
                conditions.append(field.condition(value, f"{place}.{name}"))
            else:
                known = ", ".join(sorted(self.filters))
                raise refuse(f"{place}.{name}", _("There is no such field here; there are %(known)s."), known=known)
        return conditions

    def order(self, given: Any) -> list[paging.Order]:
        """Read a sort; the key always comes last, so that the order is total. Raises Invalid."""
        if given is not None and (not isinstance(given, list) or len(given) > 10):
            raise refuse("sort", _("This must be a list of at most 10 entries."))
        order = [self._order(each, f"sort[{index}]") for index, each in enumerate(given or ())]
        key = self.fields[0]
        return order if any(each.field is key for each in order) else [*order, paging.Order(key, False)]

    @property
    def noun(self) -> str:
        """The noun in words, for messages."""
        return "".join(f" {c.lower()}" if c.isupper() else c for c in self.name).strip()

    @cached_property
    def query(self) -> type[ma.Schema]:
        """The schema of a search request, for the OpenAPI document."""
        return described.query(self)

    @cached_property
    def result(self) -> type[ma.Schema]:
        """The schema of one row."""
        return described.result(self)

    @cached_property
    def results(self) -> type[ma.Schema]:
        """The schema of the answer to a search."""
        return described.results(self)

    @cached_property
    def shown(self) -> list[Field]:
        """The fields of a result."""
        return [field for field in self.fields if field.shown]

    @cached_property
    def _columns(self) -> list[Any]:
        return [field.column.label(field.name) for field in self.shown]

    @cached_property
    def filters(self) -> dict[str, Field]:
        """The fields of a filter, by name."""
        return {field.name: field for field in self.fields if field.filter}

    @cached_property
    def sorts(self) -> dict[str, Field]:
        """The fields one may sort by, by name."""
        return {field.name: field for field in self.fields if field.sort}

    def _rows(self, order: list[paging.Order], page: paging.Page, where: list[Condition]) -> list[Any]:
        backward = page.before is not None
        places: list[Any] = [each.field.column.label(f"place_{index}") for index, each in enumerate(order)]
        query = self.join(sqla.select(*self._columns, *places)).where(*where)
        cursor, place = (page.before, "page.before") if backward else (page.after, "page.after")
        if cursor is not None:
            values = paging.read_cursor(order, cursor, place)
            query = query.where(paging.beyond(order, values, backward=backward))
        query = query.order_by(*paging.order_by(order, backward=backward)).limit(page.limit).offset(page.offset)
        rows = list(db.sa.session.execute(query))
        return rows[::-1] if backward else rows

    def _count(self, where: list[Condition]) -> dict[str, Any]:
        matching = self.join(sqla.select(sqla.literal(1))).where(*where).limit(COUNT_AT_MOST + 1).subquery()
        count = db.sa.session.scalar(sqla.select(sqla.func.count()).select_from(matching)) or 0
        return {"totalItems": min(count, COUNT_AT_MOST), "hasMoreTotalItems": count > COUNT_AT_MOST}

    def _show(self, row: Sequence[Any]) -> dict[str, Any]:
        return {
            field.name: field.kind.null if value is None else field.kind.show(value)
            for field, value in zip(self.shown, row, strict=False)
        }

    def _any(self, given: Any) -> Condition:
        if not isinstance(given, list) or not given or len(given) > 100:
            raise refuse("filter.$or", _("This must be a list of 1 to 100 filters."))
        groups = [self.conditions(each, f"filter.$or[{index}]") for index, each in enumerate(given)]
        return sqla.or_(*(sqla.and_(sqla.true(), *group) for group in groups))

    def _order(self, given: Any, place: str) -> paging.Order:
        if not isinstance(given, dict) or not set(given) <= {"field", "order"}:
            raise refuse(place, _("This must be an object with field and order."))
        name, turn = given.get("field"), given.get("order", "ASC")
        field = self.sorts.get(name) if isinstance(name, str) else None
        if field is None:
            known = ", ".join(sorted(self.sorts))
            raise refuse(f"{place}.field", _("One cannot sort by this; one can by %(known)s."), known=known)
        if not isinstance(turn, str) or turn.upper() not in ("ASC", "DESC"):
            raise refuse(f"{place}.order", _("This must be one of %(values)s."), values="ASC, DESC")
        return paging.Order(field, turn.upper() == "DESC")
