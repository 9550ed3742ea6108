"""``run-open``, ``scale-split``, ``scale-fix``: a campaign and its quotas (DOMAIN §9.2 hi_decompose)."""

from collections.abc import Mapping
from typing import Any

from service import clock, errors
from service.errors import _
from service.jobs import handlers
from service.register import cases, decisions, runs, scope

SPLIT = "proportional_split"


@handlers.handler("run-open")
def open_run(job: handlers.Job) -> Mapping[str, Any]:
    """Open the run of the call hierarchy; doing it again changes nothing.

    Headers ``kind`` and ``year`` (default the variable ``campaign_year``, else this year). Gives ``run``.
    """
    task = scope.of(job)
    year = task.number("year", int(task.variables.get("campaign_year") or clock.today().year))
    assert year is not None
    kind = task.text("kind", "household")
    run = runs.open_run(task.run_key, kind=kind, process_id=task.process_id, unit_id=task.unit_id, year=year)
    return {"run": {"key": str(run.key), "kind": run.kind, "year": run.year}}


@handlers.handler("scale-split")
def split(job: handlers.Job) -> Mapping[str, Any]:
    """Propose the villages' quotas in proportion to the poor persons they reported.

    Header ``total`` (persons), ``decision`` (default ``proportional_split``), ``into`` (default ``quotas``). Gives the
    rows of the form and ``<into>_total``; nothing is fixed yet.
    """
    task = scope.of(job)
    rows = _weights(task)
    total = task.required("total", "total")
    parts = [{"unit": row["unit"], "weight": row["reported_poor"]} for row in rows]
    given = decisions.evaluate(task, task.text("decision", SPLIT), {"parts": parts, "total": total, "ratio": None})
    if given is None or any(part["quota"] is None for part in given):
        raise errors.Unprocessable(
            _("The scale cannot be split: enter the reported poor persons of the villages first")
        )
    shares = {part["unit"]: int(part["quota"]) for part in given}
    into = task.text("into", "quotas")
    return {into: [{**row, "quota": shares[row["unit"]]} for row in rows], f"{into}_total": sum(shares.values())}


@handlers.handler("scale-fix")
def fix(job: handlers.Job) -> Mapping[str, Any]:
    """Store the quotas of units below. Header ``quotas``: list of {unit, quota}, default the variable of that name."""
    task = scope.of(job)
    runs.get(task.run_key)
    rows = task.listed("quotas") or task.variables.get("quotas") or []
    units = {village.unit.code: village.unit_id for village in runs.villages(task.unit_id)}
    units |= {unit.code: unit.id for unit in runs.below(task.unit_id, "township")}
    return {"quotas_fixed": runs.fix_quotas(task.run_key, rows, units)}


@handlers.handler("units-list", only_reads=True)
def list_units(job: handlers.Job) -> Mapping[str, Any]:
    """List the units of header ``kind`` below the instance's unit into ``into`` (default ``units``): {unit, name}."""
    task = scope.of(job)
    found = runs.below(task.unit_id, task.text("kind", "village"))
    return {task.text("into", "units"): [{"unit": unit.code, "name": unit.name} for unit in found]}


@handlers.handler("hamlets-list", only_reads=True)
def list_hamlets(job: handlers.Job) -> Mapping[str, Any]:
    """List the hamlets (自然屯) that have cases which pass ``where`` into ``into`` (default ``hamlets``)."""
    task = scope.of(job)
    return {task.text("into", "hamlets"): cases.hamlets(task.cases())}


def _weights(task: scope.Scope) -> list[dict[str, Any]]:
    return [
        {
            "unit": village.unit.code,
            "name": village.unit.name,
            "households": village.households,
            "persons": village.persons,
            "reported_poor": village.reported_poor,
        }
        for village in runs.villages(task.unit_id)
    ]
