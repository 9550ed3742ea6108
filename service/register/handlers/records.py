"""What is written once a list is final: register, handbooks, ledger, statistics, archive, audit (DOMAIN §7, §9.3)."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from dateutil.relativedelta import relativedelta

from service import clock, errors, forms
from service.errors import _
from service.jobs import handlers
from service.register import (
    archive,
    audit,
    cases,
    expressions,
    figures,
    handbooks,
    ledgers,
    models,
    runs,
    scope,
    villages,
)
from service.register.rules import statistics

ENTERING = {"新增": models.POOR, "核定": models.POOR, "返贫": models.RETURNED}
LEAVING = {"脱贫": models.LEFT, "清退": models.CLEARED}
STANDING = ("status", "entered_on", "left_on", "policies_until", "per_capita_net_income", *cases.GAPS)
"""How a household stands on the register: what a confirmation changes and a withdrawal gives back."""
BEFORE = "register_before"
"""The flag of a case that keeps how its household stood before the confirmation."""


@handlers.handler("register-confirm")
def confirm(job: handlers.Job) -> Mapping[str, Any]:
    """Write the decision on each case that passes ``where`` into the register (DOMAIN S27, dc_confirm).

    Headers ``change`` (新增, 返贫, 核定, 脱贫, 清退; default the case's flow), ``date`` (default today),
    ``graceMonths`` (policies after an exit, default 0), ``state``. Gives ``register_households``, ``register_persons``.
    """
    task = scope.of(job)
    chosen = task.cases()
    for case in chosen:
        _confirm(task, case)
        if state := task.text("state"):
            cases.change(case, state=state)
    return cases.count(chosen, "register")


@handlers.handler("register-withdraw")
def withdraw(job: handlers.Job) -> Mapping[str, Any]:
    """Give each case that passes ``where`` up: what it changed in the register is as it was before (DOMAIN A10).

    A confirmed case leaves the confirmed flows and the ledger too; one that was never confirmed has changed nothing.
    Header ``state``. Gives ``withdrawn_households``, ``withdrawn_persons``, those that had been confirmed.

    :raises errors.Conflict: nobody noted how a household stood before; an older version confirmed it.
    """
    task = scope.of(job)
    chosen = task.cases()
    withdrawn = [case for case in chosen if case.confirmed]
    ledgers.strike(task.run_key, withdrawn)
    for case in withdrawn:
        _give_back(case)
    for case in chosen:
        cases.change(case, state=task.text("state") or None)
    return cases.count(withdrawn, "withdrawn")


@handlers.handler("villages-confirm")
def confirm_villages(job: handlers.Job) -> Mapping[str, Any]:
    """Write the figures of the village form into the profile of each village that passes ``where`` (DOMAIN §3.3).

    Headers ``form`` (default ``f_village``; the figures are the variables that bear the names of its fields), ``poor``
    (whether the village is a poor village, default true), ``state``. Gives ``villages_households`` and so on.
    """
    task = scope.of(job)
    names = forms.answers(audit.bound_form(task.instance_key, task.text("form", "f_village")).components)
    found = {name: task.variables[name] for name in sorted(names) if task.variables.get(name) is not None}
    chosen = task.cases()
    for case in chosen:
        if case.kind != cases.VILLAGE:
            raise errors.Invalid(_("%(code)s is no village and has no village form"), code=cases.code(case))
        villages.take_over(case, found)
        villages.get(case.unit_id).is_poor_village = task.value("poor", True) is True
        cases.change(case, state=task.text("state") or None)
    return cases.count(chosen, "villages")


@handlers.handler("handbooks-write")
def write_handbooks(job: handlers.Job) -> Mapping[str, Any]:
    """Write a handbook (扶贫手册) for each case that passes ``where``.

    Headers ``helper`` and ``plan`` (FEEL contexts over ``case``: the answers of f_pairing and f_plan; by default all
    answers of the case are looked through for them). Gives ``handbooks``, their number, and under the name in header
    ``into`` the hamlets where they are handed out, {unit, name}.
    """
    task = scope.of(job)
    run = runs.get(task.run_key)
    chosen = task.cases()
    for case in chosen:
        about = task.about(case)
        helper = expressions.context(task.headers, "helper", about) or handbooks.answer(case, "helper_name")
        plan = expressions.context(task.headers, "plan", about) or handbooks.answer(case, "projects")
        handbooks.write(run, case, helper=helper, plan=plan)
    return {"handbooks": len(chosen), task.text("into", "handbook_hamlets"): cases.hamlets(chosen)}


@handlers.handler("ledger-write")
def write_ledger(job: handlers.Job) -> Mapping[str, Any]:
    """Write the ledger (台账) rows of the cases that pass ``where``; header ``columns`` adds FEEL columns.

    Header ``delivered`` (FEEL date over ``case``): when the household got its handbook, which the book notes too.
    Gives ``ledger_rows``. Writing again replaces the rows of the same households.
    """
    task = scope.of(job)
    run = runs.get(task.run_key)
    chosen = task.cases()
    if "delivered" in task.headers:
        days = {case.household_key: expressions.value(task.headers, "delivered", task.about(case)) for case in chosen}
        handbooks.deliver(run, {key: day for key, day in days.items() if key and type(day) is date})
    extra = [expressions.context(task.headers, "columns", task.about(case)) for case in chosen]
    return {"ledger_rows": ledgers.write(task.run_key, chosen, extra)}


@handlers.handler("statistics-write")
def write_statistics(job: handlers.Job) -> Mapping[str, Any]:
    """Add up the statistics table (统计表) of the unit: base, flows, natural changes, notices, objections, samples.

    Flows are those confirmed; with header ``where`` the cases that pass it count by their flow. Headers ``due``
    and ``entered`` (FEEL over ``case``) count the records to be entered, and those of them that are.
    Gives ``statistics``.
    """
    task = scope.of(job)
    counts = figures.noted(task.run_key, task.unit_id) | figures.natural(task.run_key, task.unit_id)
    households, persons = figures.frozen_base(task.run_key, task.unit_id)
    counts |= {"base_households": households, "base_persons": persons}
    counts |= _flows(task) if task.headers.get("where") else figures.confirmed(task.run_key, task.unit_id)
    if entered := task.headers.get("entered"):
        due = task.cases("due")
        counts |= {"records_due": len(due), "records_entered": len(task.pick(due, entered, "entered"))}
    return {"statistics": statistics.complete(counts)}


@handlers.handler("archive-write")
def write_archive(job: handlers.Job) -> Mapping[str, Any]:
    """File papers in the electronic archive (电子档案) and list what is missing.

    Headers ``papers`` (FEEL list of {kind, title, present}) and ``required`` (list of kinds of which one paper at
    least must be there). Gives ``archive_missing`` (list of texts) and ``archive_entries``.
    """
    task = scope.of(job)
    runs.get(task.run_key)
    papers = task.listed("papers")
    if not all(isinstance(paper, Mapping) and {"kind", "title"} <= set(paper) for paper in papers):
        raise errors.Invalid(_("Header papers must be a list of {kind, title, present}"))
    for paper in papers:
        archive.file(
            task.run_key,
            task.unit_id,
            kind=paper["kind"],
            title=paper["title"],
            source=str(task.instance_key),
            present=bool(paper.get("present", True)),
        )
    required = [str(kind) for kind in task.listed("required")]
    return {
        "archive_missing": archive.missing(task.run_key, task.unit_id, required),
        "archive_entries": archive.count(task.run_key, task.unit_id),
    }


@handlers.handler("audit-rules", only_reads=True)
def audit_records(job: handlers.Job) -> Mapping[str, Any]:
    """Check the registered data of each case that passes ``where`` against its form (DOMAIN §3.6, t_audit).

    Header ``form`` (default ``f_household``). Findings stand in ``case.flags.audit``; gives ``audit_errors``, the
    number of findings, and ``audit_faulty``, the number of households that have some.
    """
    task = scope.of(job)
    chosen = [case for case in task.cases() if case.household_key is not None]
    found = audit.check(task.instance_key, task.text("form", "f_household"), chosen, task.variables)
    for case in chosen:
        cases.change(case, flags={"audit": found.get(case.key, [])})
    return {"audit_errors": sum(map(len, found.values())), "audit_faulty": len(found)}


def _confirm(task: scope.Scope, case: models.Case) -> None:
    change = expressions.value(task.headers, "change", task.about(case), case.flow)
    day = task.value("date", clock.today())
    if case.household is None:
        raise errors.Invalid(_("Only households can be written into the register of persons"))
    household = case.household
    if not case.confirmed:
        cases.change(case, flags={BEFORE: {name: getattr(household, name) for name in STANDING}})
    if change in ENTERING:
        household.status, household.entered_on, household.left_on = ENTERING[change], day, None
        household.policies_until = None
    elif change in LEAVING:
        grace = relativedelta(months=task.number("graceMonths", 0) or 0) if change == "脱贫" else relativedelta()
        household.status, household.left_on, household.policies_until = LEAVING[change], day, day + grace
    else:
        raise errors.Invalid(_("%(change)s is no change of the register"), change=change or "–")
    _take_over(household, cases.context(case))
    case.confirmed = change


def _give_back(case: models.Case) -> None:
    if BEFORE not in case.flags:
        text = _("%(code)s was confirmed before the register noted how it stood: correct its record by hand")
        raise errors.Conflict(text, code=cases.code(case))
    for name, before in case.flags[BEFORE].items():
        setattr(case.household, name, before)
    case.confirmed = None


def _take_over(household: models.Household, found: Mapping[str, Any]) -> None:
    """Let the register have the figures that this run found."""
    household.per_capita_net_income = found["income"]
    for name in cases.GAPS:
        setattr(household, name, found[name] is True)


def _flows(task: scope.Scope) -> dict[str, int]:
    by_flow: dict[str, list[models.Case]] = {}
    for case in task.cases():
        by_flow.setdefault(case.flow, []).append(case)
    counts: dict[str, int] = {}
    for flow, name in figures.FLOWS.items():
        counts |= cases.count(_of(by_flow, flow), name)
    return counts


def _of(by_flow: Mapping[str, list[models.Case]], flow: str) -> Sequence[models.Case]:
    return by_flow.get(flow, [])
