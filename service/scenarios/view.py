"""What the FEEL expressions of a scenario see."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select

from service import clock, db, engine, feel, identity
from service.notices import models as notices
from service.register import cases, rosters
from service.register import models as register
from service.workflow import models


def evaluate(value: Any, context: Mapping[str, Any]) -> Any:
    """A value of a scenario with every text that begins with "=" evaluated as FEEL."""
    if isinstance(value, str):
        with feel.using_clock(lambda: clock.now().astimezone(clock.TZ)):
            return engine.evaluate(value, context)
    if isinstance(value, Mapping):
        return {k: evaluate(v, context) for k, v in value.items()}
    if isinstance(value, list):
        return [evaluate(v, context) for v in value]
    return engine.normalise(value)


def of_task(task: models.UserTask) -> dict[str, Any]:
    """The task's variables, and `task` {element, unit, name, created}."""
    unit = identity.units.get(task.unit_id) if task.unit_id else None
    about = {
        "element": task.element_id,
        "unit": unit.code if unit else None,
        "unit_name": unit.name if unit else None,
        "name": task.name,
        "created": task.created_at.astimezone(clock.TZ),
        "due": task.due.astimezone(clock.TZ) if task.due else None,
    }
    return {**_scopes(task.key), "task": about}


def of_instance(instance: models.ProcessInstance) -> dict[str, Any]:
    """The instance's own variables."""
    return _scopes(instance.key)


def rows(task: models.UserTask, text: str, context: Mapping[str, Any]) -> list[Any]:
    """The rows sent with a roster task: the expression for each case that is not done yet."""
    roster = rosters.Roster(task, context)
    found = []
    for case in roster.cases():
        if not roster.done(case):
            row = evaluate(text, {**context, "case": cases.context(case)})
            if row is not None:
                found.append({"case": str(case.key), **row})
    return found


def of_run(root_key: int) -> dict[str, Any]:
    """The end of a run: `variables`, `instances`, `passed`, `cases`, `notices`."""
    instance, element = models.ProcessInstance, models.ElementInstance
    session = db.sa.session
    session.expire_all()
    found = session.scalars(select(instance).where(instance.root_key == root_key)).all()
    counts = session.execute(
        select(element.element_id, func.count())
        .join(instance, instance.key == element.instance_key)
        .where(instance.root_key == root_key, element.state == "COMPLETED")
        .group_by(element.element_id)
    )
    return {
        "variables": _scopes(root_key),
        "passed": {e: engine.normalise(n) for e, n in counts},
        "instances": [_instance(i) for i in found],
        "cases": [
            cases.context(c) for c in session.scalars(select(register.Case).where(register.Case.run_key == root_key))
        ],
        "notices": [
            _notice(n) for n in session.scalars(select(notices.Notice).where(notices.Notice.run_key == root_key))
        ],
    }


def _instance(row: models.ProcessInstance) -> dict[str, Any]:
    unit = identity.units.get(row.unit_id) if row.unit_id else None
    return {
        "process": row.process_id,
        "unit": unit.code if unit else None,
        "unit_name": unit.name if unit else None,
        "state": row.state,
        "ended": list(row.end_events),
        "start": row.start_date.astimezone(clock.TZ),
        "end": row.end_date.astimezone(clock.TZ) if row.end_date else None,
    }


NOTICE = ("mode", "round", "title", "issuer", "columns", "rows", "households", "persons", "days")


def _notice(row: notices.Notice) -> dict[str, Any]:
    shown: dict[str, Any] = engine.normalise({name: getattr(row, name) for name in NOTICE})
    unit = identity.units.get(row.unit_id)
    times = {n: getattr(row, n) for n in ("starts_at", "ends_at", "closed_at")}
    return {
        **shown,
        "unit": unit.code,
        "unit_name": unit.name,
        **{n: t.astimezone(clock.TZ) if t else None for n, t in times.items()},
    }


def _scopes(key: int) -> dict[str, Any]:
    """The variables seen from an element or process instance, as stored."""
    variable, element = models.Variable, models.ElementInstance
    chain: list[int] = []
    at: int | None = key
    while at is not None:
        chain.append(at)
        at = db.sa.session.scalar(select(element.scope_key).where(element.key == at))
    found = db.sa.session.execute(
        select(variable.scope_key, variable.name, variable.value).where(variable.scope_key.in_(chain))
    ).all()
    return {n: v for s in reversed(chain) for scope, n, v in found if scope == s}
