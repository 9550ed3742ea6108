"""A field of a search: what it shows, and whether one may filter and sort by it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sqla

from service.api.search.kinds import Column, Condition, Kind, refuse
from service.errors import _


@dataclass(frozen=True)
class Matcher:
    """A comparison of its own: `build` makes (value, place) -> condition, `json` is the schema of the value."""

    build: Callable[[Any, str], Condition]
    json: Mapping[str, Any]


@dataclass(frozen=True)
class Field:
    """A field named as in JSON.

    `column` is what it reads. `filter` and `sort` allow its use there, `shown` puts it into the results, `exact` allows
    a plain value only. `matches` replaces the comparison. A column that can be null says so: nulls come last in either
    order.
    """

    name: str
    kind: Kind
    column: Column
    filter: bool = False
    sort: bool = False
    shown: bool = True
    nullable: bool = False
    exact: bool = False
    matches: Matcher | None = None

    @property
    def criterion(self) -> Mapping[str, Any]:
        """The JSON schema of what a filter may say of this field."""
        if self.matches is not None:
            return self.matches.json
        return self.kind.json if self.exact else self.kind.criterion

    def condition(self, given: Any, place: str) -> Condition:
        """Build the condition for what a filter says of this field: a plain value or an object of operators."""
        if self.matches is not None:
            return self.matches.build(given, place)
        if not isinstance(given, dict):
            return (
                self.kind.condition(self.column, "$eq", given, place)
                if self.kind.operators
                else self._plain(given, place)
            )
        if self.exact or not self.kind.operators:
            raise refuse(place, _("This takes a plain value, not an object with operators."))
        if not given:
            raise refuse(place, _("An object of operators needs at least one."))
        return sqla.and_(
            *(
                self.kind.condition(self.column, operator, value, f"{place}.{operator}")
                for operator, value in given.items()
            )
        )

    def _plain(self, given: Any, place: str) -> Condition:
        try:
            value = self.kind.read(given)
        except ValueError as error:
            raise refuse(place, str(error)) from error
        return self.column.is_(value) if isinstance(value, bool) else self.column == value


def constant(value: str | None) -> Column:
    """Return a column that always holds the same text (or null), so that one may filter and sort by it too."""
    return sqla.cast(sqla.literal(value) if value is not None else sqla.null(), sqla.Text)
