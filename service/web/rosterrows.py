"""The table of a roster task: which columns, what stands in them, and which can be filled in on the spot."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from service import clock
from service.db import values
from service.register import cases, columns, entries, models, rosters
from service.web import words
from service.workflow import models as workflow
from service.workflow import releases


@dataclass(frozen=True)
class Cell:
    """What stands in a column: the value as JSON ("" for none) and in words."""

    json: str
    text: str


@dataclass(frozen=True)
class Row:
    """A case as a row.

    `answers` were given in this task, `cells` what the table shows; `stamp`, `by` and `at` tell of its entry.
    """

    key: int
    code: str
    unit: str
    name: str
    place: str
    persons: int
    state: str
    done: bool
    answers: Mapping[str, Any]
    cells: Mapping[str, Cell]
    beside: Mapping[str, str]
    stamp: str | None
    by: str
    at: str


@dataclass(frozen=True)
class Table:
    """All rows of a roster task, with the sums of its foot."""

    roster: rosters.Roster
    read_at: datetime = field(default_factory=clock.now)

    @cached_property
    def cases(self) -> list[models.Case]:
        """The cases of the rows, by village and code."""
        return self.roster.cases()

    @cached_property
    def rows(self) -> list[Row]:
        """The rows, by village and code."""
        several = len({case.unit_id for case in self.cases}) > 1
        return rows(self.roster, self.cases, self.columns, with_village=several)

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
    def columns(self) -> Sequence[columns.Column]:
        """The columns that are fields of the row's form."""
        return columns.of(self.roster, self.cases[0] if self.cases else None)

    @property
    def told_columns(self) -> list[dict[str, Any]]:
        """The columns as scripts read them."""
        return [values.plain(asdict(column)) for column in self.columns]

    @property
    def editable(self) -> bool:
        """Whether something can be filled in inside the table."""
        return any(column.editable for column in self.columns)

    @property
    def into_register(self) -> bool:
        """Whether a row is written into the register at once; then each is entered by itself."""
        return rosters.SAVE in self.roster.task.properties


def of(task: workflow.UserTask) -> Table:
    """The table of a task."""
    return Table(rosters.Roster(task, rosters.visible_variables(task)))


def rows(
    roster: rosters.Roster,
    found: Sequence[models.Case],
    shown: Sequence[columns.Column],
    *,
    with_village: bool = False,
) -> list[Row]:
    """Cases as the table shows them."""
    made = [entries.of(roster, case) for case in found]
    names = entries.names(made)
    return [_row(roster, case, shown, entry, names, with_village) for case, entry in zip(found, made, strict=True)]


def form_text(roster: rosters.Roster) -> str:
    """The source of the row's form in the release of the task."""
    form_id = roster.task.properties.get("rosterForm")
    key = releases.get(roster.task.deployment_key).find("form", form_id) if form_id else None
    return releases.content(key)[1].decode() if key else ""


def _row(
    roster: rosters.Roster,
    case: models.Case,
    shown: Sequence[columns.Column],
    entry: entries.Entry | None,
    names: Mapping[str, str],
    with_village: bool,
) -> Row:
    household = case.household
    hamlet = (household.hamlet or household.group_no) if household else ""
    place = " ".join(part for part in (case.unit.name if with_village else "", hamlet) if part)
    answers = roster.answers(case)
    return Row(
        key=case.key,
        code=cases.code(case),
        unit=case.unit.code,
        name=household.head_name if household else case.unit.name,
        place=place,
        persons=case.persons,
        state=case.state,
        done=roster.done(case),
        answers=values.plain(answers),
        cells={column.key: _cell(column, columns.shown(column, answers)) for column in shown},
        beside=columns.beside(roster, case),
        stamp=entry.key if entry else None,
        by=names[entry.by] if entry else "",
        at=words.moment(entry.at) if entry else "",
    )


def _cell(column: columns.Column, value: Any) -> Cell:
    return Cell("" if value is None else values.plain_json(value), column.show(value))
