"""What can be said of a run when it has ended: the assertions of a scenario and its report see this."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import sqlalchemy as sqla
from sqlalchemy import orm

from service import clock, db, engine
from service.identity import units
from service.identity.models import Unit
from service.notices import models as notices
from service.register import cases
from service.register import models as register
from service.scenarios import view
from service.workflow import models

NOTICE = (
    *("mode", "round", "title", "issuer", "columns", "rows", "households", "persons", "days", "late"),
    *("issued_at", "starts_at", "ends_at", "closed_at"),
)
OBJECTION = ("no", "kind", "party", "decision", "received_at", "decided_at", "replied_at")
ARCHIVE = ("kind", "title", "source", "present")


def of_run(root_key: int) -> dict[str, Any]:
    """The end of a run, as `service.scenarios.scenario` describes it; `nodes` counts what was completed by process."""
    session = db.sa.session
    session.expire_all()
    _units = session.scalars(sqla.select(Unit)).all()  # held here, so that each row finds its unit without a query
    instances = session.scalars(sqla.select(models.ProcessInstance).where(models.ProcessInstance.root_key == root_key))
    nodes = _nodes(root_key)
    passed: defaultdict[str, int] = defaultdict(int)
    for counts in nodes.values():
        for element_id, count in counts.items():
            passed[element_id] += count
    seen = {
        "variables": view.own_variables(root_key),
        "passed": passed,
        "nodes": nodes,
        "instances": [_instance(row) for row in instances],
        "cases": [cases.context(case) for case in _cases(root_key)],
        "notices": _rows(_of(notices.Notice, root_key), NOTICE),
        "objections": _rows(_objections(root_key), OBJECTION),
        "handbooks": _handbooks(root_key),
        "ledger": _rows(_of(register.LedgerRow, root_key), ("number", "columns")),
        "archive": _rows(_of(register.ArchiveEntry, root_key), ARCHIVE),
        "statistics": _rows(_of(register.Scale, root_key), ("quota", "statistics")),
        "samples": _rows(_of(register.Sample, root_key), ("level", "seed", "pool", "rows")),
        "villages": [_village(row) for row in session.scalars(sqla.select(register.Village))],
    }
    normal: dict[str, Any] = engine.normalise(seen)
    return normal


def _nodes(root_key: int) -> dict[str, dict[str, int]]:
    instance, element = models.ProcessInstance, models.ElementInstance
    found: defaultdict[str, dict[str, int]] = defaultdict(dict)
    query = (
        sqla.select(instance.process_id, element.element_id, sqla.func.count())
        .join(instance, instance.key == element.instance_key)
        .where(instance.root_key == root_key, element.state == "COMPLETED")
        .group_by(instance.process_id, element.element_id)
    )
    for process_id, element_id, count in db.sa.session.execute(query):
        found[process_id][element_id] = count
    return found


def _instance(row: models.ProcessInstance) -> dict[str, Any]:
    return {
        "process": row.process_id,
        **_unit(row.unit_id),
        "state": row.state,
        "ended": list(row.end_events),
        "start": _local(row.start_date),
        "end": _local(row.end_date),
    }


def _village(row: register.Village) -> dict[str, Any]:
    profile = {"poor_village": row.is_poor_village, "households": row.households, "persons": row.persons}
    return {**row.figures, **profile, "unit": row.unit.code}


def _cases(root_key: int) -> Iterable[register.Case]:
    query = sqla.select(register.Case).options(orm.joinedload(register.Case.household))
    return db.sa.session.scalars(query.where(register.Case.run_key == root_key).order_by(register.Case.key))


def _of(model: Any, root_key: int) -> sqla.Select[Any]:
    return sqla.select(model).where(model.run_key == root_key).order_by(*model.__table__.primary_key)


def _objections(root_key: int) -> sqla.Select[Any]:
    objection, notice = notices.Objection, notices.Notice
    return sqla.select(objection).join(notice).where(notice.run_key == root_key).order_by(objection.key)


def _handbooks(root_key: int) -> list[dict[str, Any]]:
    """The handbooks, each with its household's code and its living members in the register."""
    household, member = register.Household, register.Member
    held = sqla.select(household.key, household.code, sqla.func.count(member.key).label("members"))
    held = held.join(member, sqla.and_(member.household_key == household.key, ~member.left)).group_by(household.key)
    known = {row.key: row for row in db.sa.session.execute(held)}
    books = db.sa.session.scalars(_of(register.Handbook, root_key))
    return [
        {"no": book.no, "code": known[book.household_key].code, "members": known[book.household_key].members}
        | {**_unit(book.unit_id), "parts": book.parts, "written_at": _local(book.written_at)}
        | {"delivered_at": _local(book.delivered_at)}
        for book in books
    ]


def _rows(query: sqla.Select[Any], columns: Iterable[str]) -> list[dict[str, Any]]:
    """Rows of a unit, with the chosen columns."""
    return [
        {**_unit(row.unit_id), **{name: _local(getattr(row, name)) for name in columns}}
        for row in db.sa.session.scalars(query)
    ]


def _unit(unit_id: int | None) -> dict[str, Any]:
    unit = units.get(unit_id) if unit_id else None
    return {"unit": unit.code if unit else None, "unit_name": unit.name if unit else None}


def _local(value: Any) -> Any:
    return value.astimezone(clock.TZ) if isinstance(value, datetime) else value
