"""What the FEEL expressions of a scenario see."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from service import clock, db, engine, feel, identity
from service.register import cases, rosters
from service.register import models as register
from service.workflow import models


def evaluate(value: Any, context: Mapping[str, Any]) -> Any:
    """A value of a scenario with every text that begins with "=" evaluated as FEEL."""
    if isinstance(value, str):
        with feel.using_clock(clock.local):
            return engine.evaluate(value, context)
    if isinstance(value, Mapping):
        return {k: evaluate(v, context) for k, v in value.items()}
    if isinstance(value, list):
        return [evaluate(v, context) for v in value]
    return engine.normalise(value)


def delay(text: str, context: Mapping[str, Any], start: datetime) -> timedelta:
    """How long a duration of a scenario is from an instant on. Raises engine.Failure."""
    value = evaluate(text, context)
    return value if isinstance(value, timedelta) else engine.duration(str(value), start)


def of_task(task: models.UserTask) -> dict[str, Any]:
    """The task's variables, and `task` {element, unit, unit_name, instance_unit, name, created, due}.

    `unit` acts; the instance may belong to another: a volunteer of the township enters the data of a village.
    """
    instance = db.sa.session.get_one(models.ProcessInstance, task.instance_key)
    unit = identity.units.get(task.unit_id) if task.unit_id else None
    about = {
        "element": task.element_id,
        "unit": unit.code if unit else None,
        "unit_name": unit.name if unit else None,
        "instance_unit": identity.units.get(instance.unit_id).code if instance.unit_id else None,
        "name": task.name,
        "created": task.created_at.astimezone(clock.TZ),
        "due": task.due.astimezone(clock.TZ) if task.due else None,
    }
    return {**rosters.visible_variables(task), "task": about}


def rows(task: models.UserTask, row: Any, context: Mapping[str, Any]) -> list[Any]:
    """The rows sent with a roster task: what the scenario says for each case that is not done yet, or may be done."""
    roster = rosters.Roster(task, context)
    asks_for_shown = "shown" in str(row)
    found = []
    for case in roster.cases():
        if roster.optional or not roster.done(case):
            shown = {"shown": rosters.prefill(roster, case)} if asks_for_shown else {}
            answers = evaluate(row, {**context, "case": cases.context(case), **shown})
            if answers is not None:
                found.append({"case": str(case.key), **answers})
    return found


def households(instance: models.ProcessInstance) -> list[dict[str, Any]]:
    """What the register knows of each household in the instance's unit, with the code of its village in `unit`."""
    if instance.unit_id is None:
        return []
    household = register.Household
    home = identity.units.get(instance.unit_id)
    query = select(household).join(household.unit).where(identity.units.within(home.path)).order_by(household.code)
    found = db.sa.session.scalars(query.options(contains_eager(household.unit)))
    return [{**cases.facts_of(row), "unit": row.unit.code} for row in found]


def own_variables(instance_key: int) -> dict[str, Any]:
    """The variables of an instance itself."""
    variable = models.Variable
    query = select(variable.name, variable.value).where(variable.scope_key == instance_key)
    return {row.name: row.value for row in db.sa.session.execute(query)}
