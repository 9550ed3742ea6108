"""``case-open``, ``cases-*``: who takes part, and what becomes of each (DOMAIN §9.3, §9.5)."""

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from service import db, errors
from service.errors import _
from service.identity import units
from service.jobs import handlers
from service.register import cases, decisions, expressions, models, runs, scope

REGISTER, HOUSEHOLDS, VILLAGES = "register", "households", "villages"
OWN_HEADERS = frozenset({"where", "into", "state", "flow", "set", "facts"})


@handlers.handler("cases-open")
def open_cases(job: handlers.Job) -> Mapping[str, Any]:
    """Open a case for each household or village that passes the filter and has none in this run yet.

    Headers ``from`` (register, households or villages), ``where`` (FEEL over ``household`` or ``village``), ``state``,
    ``flow``, ``into``. Gives the counts of the cases opened now.
    """
    task = scope.of(job)
    runs.get(task.run_key)
    source = task.text("from", HOUSEHOLDS)
    if source == VILLAGES:
        opened = _open_villages(task)
    elif source in (REGISTER, HOUSEHOLDS):
        opened = _open_households(task, only_registered=source == REGISTER)
    else:
        raise errors.Invalid(_("Header from must be register, households or villages, not %(found)s"), found=source)
    return cases.count(opened, task.text("into", "cases"))


@handlers.handler("case-open")
def open_case(job: handlers.Job) -> Mapping[str, Any]:
    """Open a household's case for an application, or those of a list of applications.

    Headers ``household`` (FEEL: code or key), ``state``, ``flow``, ``answers`` (FEEL context kept under the element),
    ``applications`` (FEEL list: the other headers are evaluated for each as ``application``), ``into``. Gives
    ``case``, the last one opened, counts, and ``refused``, those of a list that were not opened: {household, reason}.
    For a single one refusal is a BPMN error: ``NOT_LOCAL`` (no household of this unit) or ``ALREADY_OPEN``.
    """
    task = scope.of(job)
    runs.get(task.run_key)
    applications = task.listed("applications")
    each = [dataclasses.replace(task, variables={**task.variables, "application": one}) for one in applications]
    named = [(one, one.text("household")) for one in each or [task]]
    known = _households(task, [name for _one, name in named])
    taken = _taking_part(task, known.values())
    opened, refused = [], []
    for one, name in named:
        try:
            opened.append(_open_one(one, known.get(name), taken))
        except handlers.BpmnError as refusal:
            if not applications:
                raise
            refused.append({"household": name, "reason": refusal.code})
    db.sa.session.flush()
    last = cases.context(opened[-1]) if opened else None
    return {"case": last, "refused": refused, **cases.count(opened, task.text("into", "opened"))}


def _open_one(task: scope.Scope, household: models.Household | None, taken: set[int]) -> models.Case:
    if household is None:
        raise handlers.BpmnError("NOT_LOCAL", _("This is not a household of the village"))
    answers = expressions.context(task.headers, "answers", task.variables)
    if answers.get("local_hukou") is False:
        raise handlers.BpmnError("NOT_LOCAL", _("The applicant's registered residence is not in the village"))
    if household.key in taken:
        raise handlers.BpmnError("ALREADY_OPEN", _("The household takes part in this run already"))
    taken.add(household.key)
    case = cases.open_household(
        task.run_key, task.instance_key, household, state=task.text("state"), flow=task.text("flow")
    )
    if answers:
        case.answers = {task.element_id: dict(answers)}
    if answers.get("cadre_relative") is True:
        cases.change(case, facts={"cadre_relative": True})
    return case


@handlers.handler("cases-update")
def update(job: handlers.Job) -> Mapping[str, Any]:
    """Change every case that passes ``where``.

    Headers ``state`` and ``flow`` (FEEL over ``case``), ``set`` (FEEL context merged into its flags), ``facts`` (FEEL
    context of figures that replace the register's in this run), ``into``. Gives counts.
    """
    task = scope.of(job)
    chosen = task.cases()
    for case in chosen:
        _change(task, case, task.about(case))
    return cases.count(chosen, task.text("into", "cases"))


@handlers.handler("cases-count", only_reads=True)
def count(job: handlers.Job) -> Mapping[str, Any]:
    """Count households and persons of the cases that pass ``where`` into ``<into>_households``, ``<into>_persons``."""
    task = scope.of(job)
    return cases.count(task.cases(), task.text("into", "cases"))


@handlers.handler("cases-sum", only_reads=True)
def summarise(job: handlers.Job) -> Mapping[str, Any]:
    """Evaluate each other header over ``cases``, those that pass ``where``, into a variable of its name."""
    task = scope.of(job)
    seen = {**task.variables, "cases": [cases.context(case) for case in task.cases()]}
    return {name: expressions.value(task.headers, name, seen) for name in task.headers if name not in OWN_HEADERS}


@handlers.handler("cases-decide")
def decide(job: handlers.Job) -> Mapping[str, Any]:
    """Evaluate a decision for each case that passes ``where`` and keep the result under ``case.results``.

    Headers ``decision``; ``inputs`` (FEEL context over ``case``) on top of the case's own fields and the variables;
    ``state``, ``flow``, ``set``, ``facts`` as in ``cases-update``, with ``result`` in scope. Gives counts.
    """
    task = scope.of(job)
    decision = task.text("decision")
    chosen = task.cases()
    for case in chosen:
        about = task.about(case)
        inputs = {**about["case"], **expressions.context(task.headers, "inputs", about)}
        result = decisions.evaluate(task, decision, inputs)
        case.results = {**case.results, decision: result}
        _change(task, case, {**task.about(case), "result": result})
    return cases.count(chosen, task.text("into", "cases"))


def _change(task: scope.Scope, case: models.Case, about: Mapping[str, Any]) -> None:
    state, flow = (expressions.value(task.headers, name, about) for name in ("state", "flow"))
    cases.change(
        case,
        state=state,
        flow=flow,
        facts=expressions.context(task.headers, "facts", about),
        flags=expressions.context(task.headers, "set", about),
    )


def _open_households(task: scope.Scope, *, only_registered: bool) -> Sequence[models.Case]:
    where, state, flow = task.headers.get("where", ""), task.text("state"), task.text("flow")
    opened = []
    for household in _without_case(task, only_registered):
        about = {**task.variables, "household": cases.facts_of(household)}
        if not where or expressions.holds(where, about, "where"):
            opened.append(cases.open_household(task.run_key, task.instance_key, household, state=state, flow=flow))
    db.sa.session.flush()
    return opened


def _without_case(task: scope.Scope, only_registered: bool) -> Sequence[models.Household]:
    held = sa.select(models.Case.household_key).where(
        models.Case.run_key == task.run_key, models.Case.household_key.is_not(None)
    )
    home = units.get(task.unit_id)
    query = (
        sa.select(models.Household)
        .join(models.Household.unit)
        .where(units.within(home.path), models.Household.key.not_in(held))
        .order_by(models.Household.code)
    )
    if only_registered:
        query = query.where(models.Household.status.in_(models.ON_REGISTER))
    return db.sa.session.scalars(query).all()


def _open_villages(task: scope.Scope) -> Sequence[models.Case]:
    held = set(
        db.sa.session.scalars(
            sa.select(models.Case.unit_id).where(models.Case.run_key == task.run_key, models.Case.kind == cases.VILLAGE)
        )
    )
    where, state = task.headers.get("where", ""), task.text("state")
    opened = []
    for village in runs.villages(task.unit_id):
        about = {**task.variables, "village": {**village.figures, "unit": village.unit.code, "name": village.unit.name}}
        if village.unit_id not in held and (not where or expressions.holds(where, about, "where")):
            opened.append(cases.open_village(task.run_key, task.instance_key, village, state=state))
    db.sa.session.flush()
    return opened


def _households(task: scope.Scope, names: Sequence[str]) -> dict[str, models.Household]:
    """The households of the unit that names mean, each by its code and by its key."""
    keys = [int(name) for name in names if name.isdecimal() and len(name) < 19]
    query = (
        sa.select(models.Household)
        .join(models.Household.unit)
        .where(models.Household.code.in_(names) | models.Household.key.in_(keys))
        .where(models.Household.local_hukou, units.within(units.get(task.unit_id).path))
    )
    found = db.sa.session.scalars(query).all()
    return {name: household for household in found for name in (household.code, str(household.key))}


def _taking_part(task: scope.Scope, households: Iterable[models.Household]) -> set[int]:
    """The keys of those that have a case in this run."""
    query = sa.select(models.Case.household_key).where(
        models.Case.run_key == task.run_key, models.Case.household_key.in_({each.key for each in households})
    )
    return {key for key in db.sa.session.scalars(query) if key is not None}
