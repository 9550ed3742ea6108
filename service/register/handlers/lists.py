"""``list-rank``, ``list-replace``, ``villages-rank``: who gets a place and who waits (DOMAIN A4, A12, A25, §6.4)."""

from collections.abc import Mapping, Sequence
from typing import Any

from service import db, errors
from service.errors import _
from service.jobs import handlers
from service.register import cases, decisions, expressions, models, runs, scope
from service.register.rules import ranking

LISTED, WAITING = "拟纳入", "候补"


@handlers.handler("list-rank")
def rank(job: handlers.Job) -> Mapping[str, Any]:
    """Order the cases that pass ``where``, poorest first, and fill the quota with whole households.

    Headers ``quota`` (persons; default the variable ``quota``), ``occupied`` (FEEL: cases that hold places already and
    are no candidates themselves), ``decision`` (default ``household_rank``), ``income``, ``gaps``, ``yes``,
    ``appliedAt`` (FEEL over ``case``; default its fields), ``listState``, ``waitState``. Gives ``list_*``,
    ``waiting_*`` counts and ``list_remainder`` in persons.
    """
    task = scope.of(job)
    chosen = {str(case.key): case for case in task.cases()}
    holding = task.cases("occupied", "=false")
    quota = _free(task, [case for case in holding if str(case.key) not in chosen])
    candidates = [_candidate(task, case) for case in chosen.values()]
    inputs = {"households": candidates, "quota": quota}
    rows = decisions.evaluate(task, task.text("decision", "household_rank"), inputs) or []
    if {row["key"] for row in rows} != set(chosen):
        raise errors.Unprocessable(_("The ranking table must return each household exactly once"))
    for row in rows:
        chosen[row["key"]].rank = int(row["rank"])
    placed = [(chosen[row["key"]], bool(row["listed"])) for row in rows]
    return _settle(task, placed, quota)


@handlers.handler("list-replace")
def replace(job: handlers.Job) -> Mapping[str, Any]:
    """Fill the places that are free with waiting households in the order of their rank (DOMAIN A12).

    Headers ``occupied`` (who holds a place; default those in ``listState``), ``waiting`` (who waits; default those in
    ``waitState``), ``quota``, ``addState`` (default ``listState``). Gives ``added`` (keys), counts, ``list_remainder``
    and ``waiting_fits``: whether a household still waits that would fit.
    """
    task = scope.of(job)
    waiting = task.cases("waiting", f'case.state = "{task.text("waitState", WAITING)}"')
    holding = task.cases("occupied", f'case.state = "{task.text("listState", LISTED)}"')
    free = _free(task, [case for case in holding if case not in waiting])
    taken = ranking.take([ranking.Candidate(case, case.persons) for case in _by_rank(waiting)], free)
    added = [place.key for place in taken.listed]
    for case in added:
        cases.change(case, state=task.text("addState", task.text("listState", LISTED)))
    return {
        "added": [str(case.key) for case in added],
        **cases.count(added, "added"),
        "list_remainder": taken.remainder,
        "waiting_fits": ranking.fits(taken.waiting, taken.remainder),
    }


@handlers.handler("villages-rank")
def rank_villages(job: handlers.Job) -> Mapping[str, Any]:
    """Rank the villages' cases that pass ``where`` and shortlist as many as there are places.

    Headers ``places`` (default the variable ``village_quota``), ``decision`` (default ``village_rank``), ``standard``
    (FEEL over ``case``; default its decision), ``tieBreak``, ``listState``, ``waitState``. Gives ``ranking``,
    ``list_units``, ``waiting_units``. Villages that do not meet the standard keep their state.
    """
    task = scope.of(job)
    by_unit = {case.unit.code: case for case in task.cases()}
    places = task.required("places", "village_quota")
    inputs = {"candidates": [_village(task, case) for case in by_unit.values()], "village_quota": places}
    rows = decisions.evaluate(task, task.text("decision", "village_rank"), inputs) or []
    states = {True: task.text("listState", LISTED), False: task.text("waitState", WAITING)}
    for row in rows:
        case = by_unit[row["unit"]]
        case.rank = int(row["rank"])
        cases.change(case, state=states[bool(row["shortlisted"])])
    listed = [row["unit"] for row in rows if row["shortlisted"]]
    waiting = [row["unit"] for row in rows if not row["shortlisted"]]
    return {"ranking": rows, "list_units": listed, "waiting_units": waiting}


def _free(task: scope.Scope, holding: Sequence[models.Case]) -> int:
    """Places left of the quota by the cases that hold some."""
    return max(0, task.required("quota", "quota") - sum(case.persons for case in holding))


def _candidate(task: scope.Scope, case: models.Case) -> dict[str, Any]:
    about = task.about(case)
    income = expressions.value(task.headers, "income", about, about["case"].get("income"))
    if income is None:
        raise errors.Unprocessable(
            _("Household %(code)s has no income yet and cannot be ranked; survey it first"), code=cases.code(case)
        )
    return {
        "key": str(case.key),
        "persons": case.persons,
        "income": income,
        "gaps": expressions.value(task.headers, "gaps", about, about["case"].get("gaps") or 0),
        "yes": expressions.value(task.headers, "yes", about, about["case"].get("yes") or 0),
        "applied_at": expressions.value(task.headers, "appliedAt", about, case.opened_at),
    }


def _village(task: scope.Scope, case: models.Case) -> dict[str, Any]:
    about = task.about(case)
    decided = (case.results.get("village_standard") or {}).get("standard")
    figures = {name: about["case"].get(name) for name in ("incidence_pct", "per_capita_net_income")}
    return {
        "unit": case.unit.code,
        "name": case.unit.name,
        "standard": expressions.value(task.headers, "standard", about, decided),
        **figures,
        "service_gap": about["case"].get("service_gap") or 0,
        "tie_break": expressions.value(task.headers, "tieBreak", about, about["case"].get("tie_break") or 0),
    }


def _settle(task: scope.Scope, placed: Sequence[tuple[models.Case, bool]], quota: int) -> dict[str, Any]:
    """Set the states and keep both lists as they were decided."""
    listed = [case for case, chosen in placed if chosen]
    waiting = [case for case, chosen in placed if not chosen]
    persons = sum(case.persons for case in listed)
    if persons > quota:
        raise errors.Unprocessable(
            _("The ranking table lists %(persons)s persons for %(quota)s places"), persons=persons, quota=quota
        )
    for members, header, default in ((listed, "listState", LISTED), (waiting, "waitState", WAITING)):
        for case in members:
            cases.change(case, state=task.text(header, default))
    _keep(task, "listed", listed, quota)
    _keep(task, "waiting", waiting, quota)
    return {**cases.count(listed, "list"), **cases.count(waiting, "waiting"), "list_remainder": quota - persons}


def _keep(task: scope.Scope, kind: str, members: Sequence[models.Case], quota: int) -> None:
    runs.get(task.run_key)
    rows = [{"case": str(case.key), "persons": case.persons, "rank": case.rank} for case in members]
    db.sa.session.add(
        models.Decided(
            run_key=task.run_key,
            unit_id=task.unit_id,
            instance_key=task.instance_key,
            element_id=task.element_id,
            kind=kind,
            quota=quota,
            persons=sum(case.persons for case in members),
            rows=rows,
        )
    )


def _by_rank(waiting: Sequence[models.Case]) -> list[models.Case]:
    return sorted(waiting, key=lambda case: (case.rank is None, case.rank or 0, case.opened_at, case.key))
