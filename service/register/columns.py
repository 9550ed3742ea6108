"""The columns of a roster's table and of its Excel sheet.

The property ``rosterColumns`` of the task names them: names of fields of the row's form with commas between, or FEEL
that gives for each row a list of such names and of contexts, whose entries are shown beside:
``=["opinion", {"人均纯收入": case.income}]``. Without it the columns are the fields of a small and plain form, or the
first few of a larger one, which are then only shown: such a row is filled in by its form.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from service import errors, forms
from service.db import values
from service.errors import _
from service.privacy import masking
from service.register import expressions, models
from service.register.rosters import SAVE, Roster

COLUMNS = "rosterColumns"
MOST_INLINE = 4
MOST_DIGITS = 30
HIDDEN = masking.STAR * 3
INLINE = frozenset({"radio", "select", "textfield", "textarea", "number", "checkbox", "datetime"})
YES = frozenset({"是", "√", "✓", "✔", "y", "yes", "true", "1"})
NO = frozenset({"否", "×", "✗", "n", "no", "false", "0"})
_DAY = re.compile(r"(\d{4})\s*[-/.年]?\s*(\d{1,2})\s*[-/.月]?\s*(\d{1,2})\s*日?(?:[ T]0{1,2}:00(?::00)?)?")


@dataclass(frozen=True)
class Column:
    """A field of the row's form in a table.

    `options` are (value, label); `kind` says how it is filled in; what is `sealed` is shown by the form alone.
    """

    key: str
    label: str
    kind: str
    options: tuple[tuple[Any, str], ...] = ()
    editable: bool = True
    sealed: bool = False

    def read(self, given: Any) -> Any:
        """What somebody wrote or pasted as the form's value; what it cannot be stays, for the form to refuse."""
        if self.kind == "datetime" and isinstance(given, datetime):
            return given.date().isoformat()
        if not isinstance(given, str):
            return self._of_sheet(given)
        text = unicodedata.normalize("NFKC", given).strip()
        return READERS.get(self.kind, _text)(self, given.strip(), text)

    def show(self, value: Any) -> str:
        """A value in words, as `read` understands them."""
        if value is None or value == "":
            return ""
        if isinstance(value, list | tuple):
            return "、".join(self.show(each) for each in value)
        known = {_same(option): label for option, label in self.options}
        if _same(value) in known:
            return known[_same(value)]
        if isinstance(value, bool):
            return "是" if value else "否"
        return str(values.plain(value))

    def _of_sheet(self, given: Any) -> Any:
        """A number or date of a spreadsheet where the form wants a text."""
        if self.kind in ("textfield", "textarea") and isinstance(given, int | float | Decimal):
            return str(values.plain(Decimal(str(given))))
        if isinstance(given, float):
            return Decimal(str(given))
        return given.isoformat() if isinstance(given, date) else given


def of(roster: Roster, case: models.Case | None = None) -> Sequence[Column]:
    """The columns that are fields of the row's form; ``case`` is any of the roster's, for FEEL that names them.

    :raises errors.Invalid: the property gives something else, or names a field that the form does not have.
    """
    form = roster.form()
    if form is None:
        return ()
    written = roster.task.properties.get(COLUMNS, "").strip()
    if not written:
        return _default(roster, form)
    names = [each for each in _listed(roster, case) if isinstance(each, str)]
    fields = {component.data[0]: component for component in _fields(form)}
    unknown = [name for name in names if name not in fields]
    if unknown:
        raise errors.Invalid(_("rosterColumns names %(name)s, which the form does not have"), name=unknown[0])
    return tuple(_column(roster, fields[name], editable=True) for name in names)


def plain(roster: Roster) -> Sequence[Column]:
    """All fields of the row's form that can be filled in inside a table, however many."""
    form = roster.form()
    return tuple(_column(roster, field, editable=True) for field in _fields(form) if _plain(field)) if form else ()


def beside(roster: Roster, case: models.Case) -> dict[str, str]:
    """What a row shows beside the fields of its form: heading and text."""
    found: dict[str, str] = {}
    for each in _listed(roster, case):
        if isinstance(each, Mapping):
            found |= {heading: Column(heading, heading, "shown").show(value) for heading, value in each.items()}
    return found


def shown(column: Column, answers: Mapping[str, Any]) -> Any:
    """The value of a column among answers as a table may show it."""
    value = answers.get(column.key)
    return HIDDEN if column.sealed and value else value


def _listed(roster: Roster, case: models.Case | None) -> list[Any]:
    written = roster.task.properties.get(COLUMNS, "").strip()
    if not written.startswith("="):
        return [name.strip() for name in re.split("[,，、]", written) if name.strip()]
    scope = roster.about(case) if case else {**roster.variables, "case": None, "answered": False}
    return expressions.listed(roster.task.properties, COLUMNS, scope)


def _default(roster: Roster, form: forms.Form) -> Sequence[Column]:
    """All fields of a small and plain form; the first plain ones of another, to be read only."""
    fields = list(_fields(form))
    plain = [field for field in fields if _plain(field)]
    groups = any(component.components for component in form.walk())
    small = (
        len(fields) <= MOST_INLINE and len(plain) == len(fields) and not groups and SAVE not in roster.task.properties
    )
    chosen = fields if small else [field for field in plain if not field.hide and field.limits.required][:MOST_INLINE]
    return tuple(_column(roster, field, editable=small) for field in chosen)


def _fields(form: forms.Form) -> Iterator[forms.Component]:
    """The components that have a value of the row itself, not of a list or group inside it."""
    stack = list(reversed(form.components))
    while stack:
        component = stack.pop()
        if component.type == "group" and not component.data:
            stack.extend(reversed(component.components))
        elif len(component.data) == 1:
            yield component


def _plain(component: forms.Component) -> bool:
    """Whether a field can be filled in inside a table."""
    if component.type not in INLINE or component.disabled or component.readonly:
        return False
    if component.type in ("radio", "select"):
        return isinstance(component.attributes.get("values"), list | tuple)
    return component.type != "datetime" or component.attributes.get("subtype") == "date"


def _column(roster: Roster, component: forms.Component, *, editable: bool) -> Column:
    attributes = component.attributes
    options = attributes.get("values")
    return Column(
        component.data[0],
        component.label or str(attributes.get("dateLabel") or component.data[0]),
        "choice" if component.type in ("radio", "select") else component.type,
        tuple((each["value"], str(each["label"])) for each in options or ()),
        editable and _plain(component) and component.data[0] not in roster.release.private,
        component.data[0] in roster.release.sealed,
    )


def _text(column: Column, given: str, text: str) -> Any:
    return given


def _choice(column: Column, given: str, text: str) -> Any:
    if not text:
        return None
    for value, label in column.options:
        if text in (unicodedata.normalize("NFKC", label).strip(), value):
            return value
    return _yes_or_no(column, given, text) if {True, False} == {value for value, _label in column.options} else given


def _yes_or_no(column: Column, given: str, text: str) -> Any:
    word = text.casefold()
    if word in YES or word in NO:
        return word in YES
    return given if word else (False if column.kind == "checkbox" else None)


def _number(column: Column, given: str, text: str) -> Any:
    if not text:
        return None
    try:
        number = Decimal(text.replace(",", "").replace(" ", ""))
    except InvalidOperation:
        return given
    return number if number.is_finite() and abs(number.adjusted()) <= MOST_DIGITS else given


def _day(column: Column, given: str, text: str) -> Any:
    found = _DAY.fullmatch(text)
    if not found:
        return given or None
    try:
        return date(*map(int, found.groups())).isoformat()
    except ValueError:
        return given


def _same(value: Any) -> tuple[bool, Any]:
    """A value to compare by: true is not 1."""
    return isinstance(value, bool), str(value) if isinstance(value, list | dict) else value


READERS = {"choice": _choice, "checkbox": _yes_or_no, "number": _number, "datetime": _day}
