"""The table of a roster task: which columns, what stands in them, and which can be filled in on the spot."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from service import forms
from service.db import values
from service.register import cases, models, rosters
from service.workflow import models as workflow
from service.workflow import releases

MOST_INLINE = 4
INLINE = frozenset({"radio", "select", "textfield", "textarea", "number", "checkbox", "datetime"})


@dataclass(frozen=True)
class Column:
    """A field of the row's form that the table itself can take. `options` are (JSON value, label)."""

    key: str
    label: str
    kind: str
    options: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Row:
    """A case as a row; `answers` are what was answered in this task."""

    key: int
    code: str
    unit: str
    name: str
    place: str
    persons: int
    state: str
    done: bool
    answers: Mapping[str, Any]


@dataclass(frozen=True)
class Table:
    """All rows of a roster task, with the sums of its foot."""

    roster: rosters.Roster

    @cached_property
    def rows(self) -> list[Row]:
        """The rows, by village and code."""
        chosen = self.roster.cases()
        several = len({case.unit_id for case in chosen}) > 1
        return [row(self.roster, case, with_village=several) for case in chosen]

    @property
    def persons(self) -> int:
        """Persons in all rows."""
        return sum(row.persons for row in self.rows)

    @property
    def done(self) -> int:
        """Rows that need nothing more."""
        return sum(row.done for row in self.rows)

    @cached_property
    def villages(self) -> bool:
        """Whether the rows are villages, not households."""
        return bool(self.rows) and all(row.code == row.unit for row in self.rows)

    @property
    def quota(self) -> int | None:
        """The quota (规模) that the process knows, in persons."""
        found = values.plain(self.roster.variables.get("quota"))
        return found if isinstance(found, int) else None

    @cached_property
    def schema(self) -> Any:
        """The form of a row as form-js opens it."""
        source = self.source
        return json.loads(source) if source else None

    @cached_property
    def source(self) -> str:
        """The text of the row's form, empty without one."""
        return form_text(self.roster)

    @cached_property
    def columns(self) -> Sequence[Column]:
        """The fields that can be filled in inside the table: those of a small and plain form, else none."""
        form = self.roster.form()
        return inline(form) if form else ()


def of(task: workflow.UserTask) -> Table:
    """The table of a task."""
    return Table(rosters.Roster(task, rosters.visible_variables(task)))


def row(roster: rosters.Roster, case: models.Case, *, with_village: bool = False) -> Row:
    """One case as the table shows it."""
    household = case.household
    hamlet = (household.hamlet or household.group_no) if household else ""
    place = " ".join(part for part in (case.unit.name if with_village else "", hamlet) if part)
    answered = case.answered.get(roster.task.element_id) == str(roster.task.key)
    return Row(
        key=case.key,
        code=cases.code(case),
        unit=case.unit.code,
        name=household.head_name if household else case.unit.name,
        place=place,
        persons=case.persons,
        state=case.state,
        done=roster.done(case),
        answers=values.plain(case.answers.get(roster.task.element_id, {})) if answered else {},
    )


def form_text(roster: rosters.Roster) -> str:
    """The source of the row's form in the release of the task."""
    form_id = roster.task.properties.get("rosterForm")
    key = releases.get(roster.task.deployment_key).find("form", form_id) if form_id else None
    return releases.content(key)[1].decode() if key else ""


def inline(form: forms.Form) -> Sequence[Column]:
    """The columns of a form with a few plain fields; a form that needs more has none and opens in the side panel."""
    fields = [component for component in form.walk() if component.data]
    plain = all(_is_plain(component) for component in fields) and not any(component.components for component in fields)
    return tuple(_columns(fields)) if fields and len(fields) <= MOST_INLINE and plain else ()


def plain_columns(form: forms.Form | None) -> Sequence[Column]:
    """All plain fields of a form as columns, however many."""
    return tuple(_columns([each for each in form.walk() if each.data and _is_plain(each)])) if form else ()


def _is_plain(component: forms.Component) -> bool:
    attributes = component.attributes
    if component.type not in INLINE or len(component.data) != 1 or component.disabled or component.readonly:
        return False
    if component.type in ("radio", "select"):
        return isinstance(attributes.get("values"), list | tuple)
    return component.type != "datetime" or attributes.get("subtype") == "date"


def _columns(fields: Sequence[forms.Component]) -> Iterator[Column]:
    for component in fields:
        options = component.attributes.get("values") or ()
        yield Column(
            component.data[0],
            component.label or str(component.attributes.get("dateLabel") or component.data[0]),
            "choice" if component.type in ("radio", "select") else component.type,
            tuple((values.plain_json(each["value"]), str(each["label"])) for each in options),
        )
