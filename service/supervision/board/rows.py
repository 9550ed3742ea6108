"""The rows of the board, made by one query from tasks, watches, incidents and suspended instances."""

from collections.abc import Callable, Collection, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any

import sqlalchemy as sqla
from sqlalchemy import orm
from sqlalchemy.dialects import postgresql

from service import clock
from service.identity.models import Unit
from service.supervision.board.scope import INCIDENT, OPEN, OVERDUE, SOON, STALLED, SUSPENDED, TASKS, Scope
from service.supervision.models import Watch
from service.workflow import models

SOON_DAYS = 3
NEVER = datetime(9999, 1, 1, tzinfo=UTC)
"""The instant at which a task without a due date becomes late."""


task, instance, incident = models.UserTask, models.ProcessInstance, models.Incident


def soon(now: datetime) -> datetime:
    """What is due before this instant is due soon: the end of the third day from today."""
    today = now.astimezone(clock.TZ).date()
    return datetime.combine(today + timedelta(days=SOON_DAYS + 1), time(), clock.TZ)


def of(scope: Scope, kinds: Collection[str]) -> sqla.Subquery:
    """The rows of some kinds in a scope. What is suspended is that and nothing else."""
    parts = [make(scope, kinds) for some, make in _PARTS if set(some) & set(kinds)]
    return sqla.union_all(*parts).subquery("rows")


PLACE = ("element_id", "instance_key", "definition_key", "process_id", "unit_id")
"""The columns that tell where a row is."""


def _columns(row: Any, kind: Any, key: Any, since: Any, late_at: Any, task_key: Any, detail: Any) -> list[Any]:
    values = {
        "kind": kind,
        "subject_key": key,
        **{name: getattr(row, name) for name in PLACE},
        "root_key": row.root_key,
        "path": sqla.func.coalesce(Unit.path, ""),
        "since": since,
        "late_at": late_at,
        "task_key": task_key,
        "detail": detail,
    }
    return [value.label(name) for name, value in values.items()]


def _held() -> Any:
    """The instances that are suspended: few, found by an index of their own, where a join would read all."""
    held = orm.aliased(models.ProcessInstance)
    return sqla.select(held.key).where(held.suspended)


NO_KEY = sqla.cast(sqla.null(), sqla.BigInteger)
NO_DETAIL = sqla.cast(sqla.null(), postgresql.JSONB)


def _tasks(scope: Scope, kinds: Collection[str]) -> sqla.Select[Any]:
    kind = sqla.case((task.due <= scope.now, OVERDUE), (task.due <= soon(scope.now), SOON), else_=OPEN)
    late_at = sqla.func.coalesce(task.due, NEVER)
    query = sqla.select(*_columns(task, kind, task.key, task.created_at, late_at, task.key, NO_DETAIL))
    query = query.outerjoin(Unit, Unit.id == task.unit_id)
    query = query.where(task.state == "CREATED", task.instance_key.not_in(_held()), *scope.holds(task))
    limits = {OVERDUE: task.due <= scope.now, SOON: (task.due > scope.now) & (task.due <= soon(scope.now))}
    wanted = [limits[kind] for kind in kinds if kind in limits]
    return query if OPEN in kinds else query.where(sqla.or_(*wanted))


def _stalled(scope: Scope, kinds: Collection[str]) -> sqla.Select[Any]:
    row = _Of(**{name: getattr(Watch, name) for name in PLACE})
    values = Watch.kind, Watch.subject_key, Watch.since, Watch.late_at, Watch.task_key, Watch.detail
    query = sqla.select(*_columns(row, *values))
    query = query.outerjoin(instance, instance.key == Watch.instance_key).outerjoin(Unit, Unit.id == Watch.unit_id)
    query = query.where(Watch.late_at <= scope.now, Watch.kind.in_([kind for kind in kinds if kind in STALLED]))
    return query.where(instance.suspended.is_not(True), *scope.holds(row))


class _Of:
    """Columns of a row that lie in its instance; those given go before."""

    def __init__(self, **columns: Any) -> None:
        self.columns = columns

    def __getattr__(self, name: str) -> Any:
        return self.columns.get(name, getattr(instance, name, None))


def _incidents(scope: Scope, kinds: Collection[str]) -> sqla.Select[Any]:
    row = _Of(element_id=incident.element_id, instance_key=incident.instance_key)
    detail = sqla.func.jsonb_build_object("type", incident.type, "message", incident.message)
    at = incident.created_at
    query = sqla.select(*_columns(row, sqla.literal(INCIDENT), incident.key, at, at, NO_KEY, detail))
    query = query.join(instance, instance.key == incident.instance_key).outerjoin(Unit, Unit.id == instance.unit_id)
    return query.where(incident.state == "ACTIVE", ~instance.suspended, *scope.holds(row))


def _suspended(scope: Scope, kinds: Collection[str]) -> sqla.Select[Any]:
    row = _Of(element_id=instance.process_id, instance_key=instance.key)
    at = sqla.func.coalesce(instance.suspended_at, instance.progress_at)
    query = sqla.select(*_columns(row, sqla.literal(SUSPENDED), instance.key, at, at, NO_KEY, NO_DETAIL))
    query = query.outerjoin(Unit, Unit.id == instance.unit_id)
    return query.where(instance.suspended, instance.state == "ACTIVE", *scope.holds(row))


Part = Callable[[Scope, Collection[str]], sqla.Select[Any]]
_PARTS: Sequence[tuple[Collection[str], Part]] = (
    (TASKS, _tasks),
    (STALLED, _stalled),
    ((INCIDENT,), _incidents),
    ((SUSPENDED,), _suspended),
)
