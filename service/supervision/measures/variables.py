"""Set a variable of instances."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

import sqlalchemy as sqla

from service import db, errors, identity
from service.db import values
from service.errors import _
from service.privacy import masking
from service.supervision.measures.base import Given, Measure, wrong
from service.workflow import instances, models
from service.workflow.changes import ABOUT

LONGEST = 20_000
SHOWN = 200


def _number(text: str) -> Decimal:
    number = Decimal(text)
    if not number.is_finite():
        raise ValueError(text)
    return number


def _flag(text: str) -> bool:
    return {"true": True, "false": False}[text]


KINDS: Mapping[str, tuple[str, Callable[[str], Any], str]] = {
    "text": (_("text"), str, ""),
    "number": (_("number"), _number, _("Give a number, such as 12.5.")),
    "flag": (_("yes or no"), _flag, _("Write true or false.")),
    "date": (_("date"), date.fromisoformat, _("Give a date, such as 2026-07-20.")),
    "json": (_("list or context (JSON)"), values.loads, _("This is no right JSON.")),
}
"""Kinds of values: title, how the text is read, and what is said if it cannot be read."""


class SetVariables(Measure):
    """Set one variable in the scope of each instance."""

    id, title, undoable = "variables", _("Set a variable"), True
    hint = _("The process goes on with the new value; what was decided with the old one stays.")

    def choices(self, rows: Sequence[Any]) -> dict[str, Any]:
        """The kinds of values."""
        return {"kinds": [(kind, errors.localize(title)) for kind, (title, _read, _told) in KINDS.items()]}

    def read(self, form: Mapping[str, str], rows: Sequence[Any]) -> Given:
        name, text, kind = form.get("name", "").strip(), form.get("value", "").strip(), form.get("type", "text")
        wrongs = {}
        if not name.isidentifier() or name in ABOUT:
            wrongs["name"] = _("Give the name of a variable that may be set.")
        if kind not in KINDS or len(text) > LONGEST:
            wrongs["value"] = _("The value is too long or of no known kind.")
        if wrongs:
            raise wrong(**wrongs)
        _title, read, told = KINDS[kind]
        try:
            return {"name": name, "value": read(text)}
        except (ValueError, KeyError, InvalidOperation, RecursionError):
            raise wrong(value=told) from None

    def before(self, rows: Sequence[Any], given: Given) -> Sequence[str]:
        variable = models.Variable
        mine = variable.scope_key.in_([row.key for row in rows]), variable.name == given.get("name")
        query = sqla.select(variable.scope_key, variable.value).where(*mine)
        found: dict[int, Any] = dict(db.sa.session.execute(query).all())
        return [_shown(given["name"], found[row.key]) if row.key in found else "–" for row in rows]

    def then(self, row: Any, given: Given) -> str:
        return _shown(given["name"], given["value"])

    def do(self, key: int, given: Given, reason: str, by: identity.Person) -> None:
        instances.set_variables(key, {given["name"]: given["value"]}, by=by, reason=reason)


def _shown(name: str, value: Any) -> str:
    return f"{name} = {values.plain_json(masking.everywhere(value))[:SHOWN]}"
