"""An instance among those that called it and those it called: campaign, township, village (DESIGN §1.5)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sqla
from sqlalchemy import orm

from service import clock, db, identity
from service.identity.models import Unit
from service.workflow import models

MOST = 50
instance, definition, task, incident = models.ProcessInstance, models.Definition, models.UserTask, models.Incident


@dataclass(frozen=True)
class Children:
    """The instances that one called, the open ones first, and how many there are; `rows` holds at most `MOST`."""

    rows: Sequence[Any]
    total: int
    open: int


def ancestors(key: int, by: identity.Person) -> Sequence[Any]:
    """The instances above, the root first; `seen` tells whether the person may open one."""
    parent = orm.aliased(instance)
    above = sqla.select(instance.parent_key.label("key"), sqla.literal(1).label("depth")).where(instance.key == key)
    line = above.cte("above", recursive=True)
    line = line.union_all(sqla.select(parent.parent_key, line.c.depth + 1).join(line, parent.key == line.c.key))
    query = (
        sqla.select(
            instance.key,
            definition.name.label("process_name"),
            Unit.name.label("unit_name"),
            identity.access.visible_units(by, instance.unit_id).label("seen"),
        )
        .join(line, line.c.key == instance.key)
        .join(definition, definition.key == instance.definition_key)
        .outerjoin(Unit, Unit.id == instance.unit_id)
        .order_by(line.c.depth.desc())
    )
    return db.sa.session.execute(query).all()


def children(key: int, by: identity.Person, *, all_units: bool) -> Children:
    """What an instance called, each with the work that is open in it and below it.

    Without `all_units` only those of units that the person supervises.
    """
    seen = identity.access.visible_units(by, instance.unit_id)
    mine = [instance.parent_key == key] if all_units else [instance.parent_key == key, seen]
    below = _below(key)
    columns = (_tasks(below), _failures(below), _called(below))
    query = (
        sqla.select(
            instance.key,
            instance.state,
            instance.suspended,
            instance.start_date,
            instance.end_date,
            definition.name.label("process_name"),
            Unit.name.label("unit_name"),
            seen.label("seen"),
            *(column for part in columns for name, column in part.c.items() if name != "top"),
            sqla.func.count().over().label("total"),
            sqla.func.count().filter(instance.state == "ACTIVE").over().label("total_open"),
        )
        .join(definition, definition.key == instance.definition_key)
        .outerjoin(Unit, Unit.id == instance.unit_id)
        .where(*mine)
        .order_by(instance.state != "ACTIVE", Unit.code, instance.start_date, instance.key)
    )
    for part in columns:
        query = query.outerjoin(part, part.c.top == instance.key)
    rows = db.sa.session.execute(query.limit(MOST)).all()
    return Children(rows, rows[0].total if rows else 0, rows[0].total_open if rows else 0)


def _below(key: int) -> sqla.CTE:
    """All instances below one, by the direct child (`top`) that they belong to."""
    deeper = orm.aliased(instance)
    first = sqla.select(instance.key, instance.key.label("top"), instance.state).where(instance.parent_key == key)
    below = first.cte("below", recursive=True)
    return below.union_all(
        sqla.select(deeper.key, below.c.top, deeper.state).join(below, deeper.parent_key == below.c.key)
    )


def _tasks(below: sqla.CTE) -> sqla.Subquery:
    late = sqla.func.count().filter(task.due <= clock.now())
    query = sqla.select(
        below.c.top, sqla.func.count().label("tasks"), late.label("late"), sqla.func.min(task.due).label("due")
    )
    query = query.select_from(below).join(task, task.instance_key == below.c.key).where(task.state == "CREATED")
    return query.group_by(below.c.top).subquery()


def _failures(below: sqla.CTE) -> sqla.Subquery:
    query = sqla.select(below.c.top, sqla.func.count().label("incidents"))
    query = (
        query.select_from(below).join(incident, incident.instance_key == below.c.key).where(incident.state == "ACTIVE")
    )
    return query.group_by(below.c.top).subquery()


def _called(below: sqla.CTE) -> sqla.Subquery:
    """How many instances stand below a child, and how many of them are over."""
    over = sqla.func.count().filter(below.c.state != "ACTIVE")
    query = sqla.select(below.c.top, sqla.func.count().label("called"), over.label("called_over"))
    return query.where(below.c.key != below.c.top).group_by(below.c.top).subquery()
