"""Roster tasks: a user task over the cases of its instance (DESIGN §6).

The diagram says by ``zeebe:properties`` which cases (``roster``), which form a row has (``rosterForm``), when a row is
done (``rosterDone``, default: answered in this task), and what becomes of it (``rosterSet`` state, ``rosterFlow``,
``rosterFacts``, ``rosterFlags``; ``rosterSave`` writes the row into the register: ``household`` or ``village``).
``rosterJudge`` names a decision that judges each row as it is entered, with ``rosterInputs`` (FEEL over the row's
answers, too) as its inputs; its result is kept among the row's answers under the decision's id. All but the ids are
FEEL over ``case`` and ``answered`` when they begin with "=".
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from service import db, errors, forms, identity
from service.errors import _
from service.identity import units
from service.register import audit, cases, expressions, filters, households, models, villages
from service.workflow import confidential, releases, tasks
from service.workflow import models as workflow

ROSTER = "roster"
ROWS = "rows"
SAVE, JUDGE, INPUTS = "rosterSave", "rosterJudge", "rosterInputs"
HAMLET = "hamlet"
SAVERS = {"household": households.take_over, "village": villages.take_over}


@dataclass(frozen=True)
class Roster:
    """A roster task with what is needed to answer questions about its rows."""

    task: workflow.UserTask
    variables: Mapping[str, Any]

    def cases(self) -> list[models.Case]:
        """The cases that belong to the task now, by village and household code."""
        where = self.task.properties.get(ROSTER, "").strip()
        limits = filters.limits(where, self.variables)
        found = cases.find(self.task.root_key, _home(self.task, self.variables), limits)
        return [case for case in found if where in ("", "=true") or self.holds(where, case, ROSTER)]

    @property
    def release(self) -> releases.Release:
        """The versions of forms that the task goes by."""
        return releases.get(self.task.deployment_key)

    def done(self, case: models.Case) -> bool:
        """Whether a row needs nothing more."""
        return self.holds(self.task.properties.get("rosterDone") or "=answered", case, "rosterDone")

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
        answered = case.answered.get(self.task.element_id) == str(self.task.key)
        return {**self.variables, "case": cases.context(case), "answered": answered}

    def holds(self, expression: str, case: models.Case, name: str) -> bool:
        """Whether a property is true of a row."""
        return expressions.holds(expression, self.about(case), name)


def enter(
    roster: Roster, rows: Sequence[Mapping[str, Any]], chosen: Sequence[models.Case] | None = None
) -> list[models.Case]:
    """Check and store the answers of some rows; all of them or, with one error per place, none.

    A row names its case by ``case`` (its key or code). ``chosen`` are the roster's cases where they are at hand.

    :raises errors.Unprocessable: wrong answers, keyed ``rows.<number from 0>.<component path>``.
    """
    chosen = roster.cases() if chosen is None else chosen
    by_name = {name: case for case in chosen for name in (str(case.key), cases.code(case))}
    form = roster.form()
    fields: dict[str, Any] = {}
    checked = []
    for number, row in enumerate(rows):
        case = by_name.get(str(row.get("case", "")))
        if case is None:
            fields[f"{ROWS}.{number}.case"] = errors.localize(_("This row is not in the list"))
            continue
        given = {name: value for name, value in row.items() if name != "case"}
        with _collected(fields, number):
            checked.append((number, case, _check(form, given, roster.about(case))))
    for number, case, answers in checked if not fields else ():
        with _collected(fields, number):
            _store(roster, case, answers)
    if fields:
        raise errors.Unprocessable(_("Some rows are not right"), fields=fields)
    return [case for _number, case, _answers in checked]


def save(key: int, rows: Sequence[Mapping[str, Any]], *, by: identity.Person) -> tuple[Roster, list[models.Case]]:
    """Enter rows of an open task before it is completed; gives the roster and the cases entered.

    :raises errors.Problem: as ``tasks.complete``, and as ``enter``.
    """
    with tasks.opened(key, by, "task.complete") as (_running, task):
        if ROSTER not in task.properties:
            raise errors.Conflict(_("The task %(key)s has no rows"), key=key)
        roster = Roster(task, visible_variables(task))
        return roster, enter(roster, rows)


def finish(roster: Roster, chosen: Sequence[models.Case]) -> dict[str, Any]:
    """Refuse to end while rows are open; then let the roster's cases become what the task says. Gives the counts.

    :raises errors.Unprocessable: open rows, by code.
    """
    open_rows = [case for case in chosen if not roster.done(case)]
    if open_rows:
        names = "、".join(cases.code(case) for case in open_rows[:10])
        raise errors.Unprocessable(_("%(count)s rows are not done yet: %(names)s"), count=len(open_rows), names=names)
    for case in chosen:
        apply(roster, case)
    counts = cases.count(chosen, ROSTER)
    return {"roster_total": len(chosen), **counts}


def apply(roster: Roster, case: models.Case) -> None:
    """Let a case become what the task says of its row."""
    properties, about = roster.task.properties, roster.about(case)
    cases.change(
        case,
        state=expressions.value(properties, "rosterSet", about),
        flow=expressions.value(properties, "rosterFlow", about),
        facts=expressions.context(properties, "rosterFacts", about),
        flags=expressions.context(properties, "rosterFlags", about),
    )


def complete(task: workflow.UserTask, answers: Mapping[str, Any], by: Any) -> dict[str, Any]:
    """The hook of user tasks with a roster: enter the rows sent along, finish, and return the counts as variables."""
    roster = Roster(task, visible_variables(task))
    rows = answers.get(ROWS) or []
    if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
        raise errors.Invalid(_("rows must be a list of {case, answers}"))
    chosen = roster.cases()
    enter(roster, rows, chosen)
    counts = finish(roster, chosen)
    db.sa.session.flush()
    return {**{name: value for name, value in answers.items() if name != ROWS}, **counts}


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


@contextmanager
def _collected(fields: dict[str, Any], number: int) -> Iterator[None]:
    """Note what is wrong in a row under its number and go on."""
    try:
        yield
    except errors.Unprocessable as refused:
        fields |= {f"{ROWS}.{number}.{place}": message for place, message in refused.fields.items()}


def _judged(roster: Roster, case: models.Case, answers: Mapping[str, Any]) -> dict[str, Any]:
    """What the task's decision says of a row, by the decision's id."""
    properties = roster.task.properties
    if not (decision := properties.get(JUDGE)):
        return {}
    about = {**roster.about(case), **answers}
    inputs = {**about, **expressions.context(properties, INPUTS, about)}
    return {decision: releases.get(roster.task.deployment_key).decide(decision, inputs)}


def _check(form: forms.Form | None, given: Mapping[str, Any], about: Mapping[str, Any]) -> dict[str, Any]:
    return forms.validate(form, given, about, lang=None) if form else dict(given)


def _store(roster: Roster, case: models.Case, answers: Mapping[str, Any]) -> None:
    element = roster.task.element_id
    save = roster.task.properties.get(SAVE)
    answers = {**answers, **_judged(roster, case, answers)}
    kept = confidential.taken(SAVERS[save](case, answers) if save else answers, roster.release)
    case.answers = {**case.answers, element: kept}
    case.answered = {**case.answered, element: str(roster.task.key)}


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
