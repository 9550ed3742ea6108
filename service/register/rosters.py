"""Roster tasks: a user task over the cases of its instance (DESIGN §6).

The diagram says by ``zeebe:properties`` which cases (``roster``), which form a row has (``rosterForm``), when a row is
done (``rosterDone``, default: answered in this task), and what becomes of it (``rosterSet`` state, ``rosterFlow``,
``rosterFacts``, ``rosterFlags``; ``rosterSave`` writes the row into the register: ``household`` or ``village``).
``rosterJudge`` names a decision that judges each row as it is entered, with ``rosterInputs`` (FEEL over the row's
answers, too) as its inputs; its result is kept among the row's answers under the decision's id. ``rosterColumns`` names
what the table shows, see :mod:`service.register.columns`. All but the ids are FEEL over ``case`` and ``answered`` when
they begin with "=".
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from service import db, errors, forms
from service.errors import _
from service.identity import units
from service.register import audit, cases, expressions, filters, households, models
from service.workflow import models as workflow
from service.workflow import releases

ROSTER = "roster"
ROWS = "rows"
SAVE, JUDGE, INPUTS = "rosterSave", "rosterJudge", "rosterInputs"
HAMLET = "hamlet"


@dataclass(frozen=True)
class Roster:
    """A roster task with what is needed to answer questions about its rows."""

    task: workflow.UserTask
    variables: Mapping[str, Any]

    def cases(self, names: Sequence[str] | None = None, *, since: datetime | None = None) -> list[models.Case]:
        """The cases that belong to the task now, by village and household code.

        ``names`` (keys or codes) and ``since`` (changed after an instant) narrow them, so that one row of thousands
        costs no more than one row.
        """
        where = self.task.properties.get(ROSTER, "").strip()
        limits = filters.limits(where, self.variables)
        home = _home(self.task, self.variables)
        found = cases.find(self.task.root_key, home, limits, names=names, since=since)
        return [case for case in found if where in ("", "=true") or self.holds(where, case, ROSTER)]

    @property
    def release(self) -> releases.Release:
        """The versions of forms that the task goes by."""
        return releases.get(self.task.deployment_key)

    def done(self, case: models.Case) -> bool:
        """Whether a row needs nothing more."""
        expression = self.task.properties.get("rosterDone")
        return self.holds(expression, case, "rosterDone") if expression else self.answered(case)

    @property
    def optional(self) -> bool:
        """Whether the task may end with no row answered."""
        return self.task.properties.get("rosterDone") == "=true"

    def form(self) -> forms.Form | None:
        """The form of a row, if it has one."""
        form_id = self.task.properties.get("rosterForm")
        return audit.bound_form(self.task.instance_key, form_id) if form_id else None

    def about(self, case: models.Case) -> dict[str, Any]:
        """What the FEEL of the properties sees."""
        return {**self.variables, "case": cases.context(case), "answered": self.answered(case)}

    def answered(self, case: models.Case) -> bool:
        """Whether a row was answered in this very task."""
        return case.answered.get(self.task.element_id) == str(self.task.key)

    def answers(self, case: models.Case) -> Mapping[str, Any]:
        """What was answered for a row in this very task; nothing yet is an empty mapping."""
        found: Mapping[str, Any] = case.answers.get(self.task.element_id, {}) if self.answered(case) else {}
        return found

    def holds(self, expression: str, case: models.Case, name: str) -> bool:
        """Whether a property is true of a row."""
        return expressions.holds(expression, self.about(case), name)


def prefill(roster: Roster, case: models.Case) -> dict[str, Any]:
    """What a row's form shows at first: earlier answers of this step, else what case and register know."""
    seen = cases.context(case)
    known = dict(seen)
    if roster.task.properties.get(SAVE) == "household" and case.household_key:
        known |= households.form(households.load(case.household_key), reveal=True)
    return {**known, **case.answers.get(roster.task.element_id, {})}


def visible_variables(task: workflow.UserTask) -> dict[str, Any]:
    """The variables a task sees, as last stored: its own, those of the scopes around it, the instance's."""
    scopes = [task.key]
    while (inner := db.sa.session.get(workflow.ElementInstance, scopes[-1])) is not None and inner.scope_key:
        scopes.append(inner.scope_key)
    scopes = [task.instance_key, *reversed([key for key in scopes if key != task.instance_key])]
    query = sa.select(workflow.Variable).where(workflow.Variable.scope_key.in_(scopes))
    found = sorted(db.sa.session.scalars(query), key=lambda variable: scopes.index(variable.scope_key))
    return {variable.name: variable.value for variable in found}


def _home(task: workflow.UserTask, variables: Mapping[str, Any]) -> int:
    """The unit whose cases the task has: that of its property ``unit``, else the instance's.

    It is not the unit that acts: a township reviews the cases of a village. A hamlet (自然屯) stands for its village.
    """
    code = expressions.value(task.properties, "unit", variables)
    unit_id = (
        units.find(code).id if code else db.sa.session.get_one(workflow.ProcessInstance, task.instance_key).unit_id
    )
    if unit_id is None:
        raise errors.Conflict(_("The task %(key)s belongs to no unit and has no rows"), key=task.key)
    unit = units.get(unit_id)
    return unit.parent_id if unit.kind == HAMLET and unit.parent_id else unit_id
