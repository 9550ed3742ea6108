"""No progress for longer than the step's own limit or its usual time."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import sqlalchemy as sqla
from sqlalchemy import orm

from service import db
from service.identity.models import Unit
from service.register import models as register
from service.supervision import watches
from service.supervision.limits import Limits
from service.supervision.models import Watch
from service.supervision.watches import PROGRESS, Cause
from service.workflow import models

task, instance, element = models.UserTask, models.ProcessInstance, models.ElementInstance
MOST = 5_000
"""So many new waits are taken in at once; the next look takes the rest."""
STEPS = ("CALL_ACTIVITY", "SUB_PROCESS", "SERVICE_TASK", "SEND_TASK", "BUSINESS_RULE_TASK", "SCRIPT_TASK")
"""What a limit of its own may be drawn on, beside tasks of people and waits for messages."""
TOUCHED = ("ASSIGN", "UNASSIGN", "UPDATE", "RESUME")
"""The operations on a task, or its instance, after which it is given its time anew."""


def look(now: datetime, limits: Limits) -> None:
    """Drop what has moved on, watch what is new, and give what was worked at its time anew."""
    _forget()
    watches.begin(PROGRESS, _causes(_tasks(limits), limits))
    watches.begin(PROGRESS, _causes(_steps(limits), limits))
    _move_on(now, limits)


def _forget() -> None:
    waits = sqla.select(element.key).join(instance, instance.key == element.instance_key)
    waits = waits.where(element.key == Watch.subject_key, element.token.is_not(None), element.state == "ACTIVE")
    waits = waits.where(instance.state == "ACTIVE", ~instance.suspended)
    db.sa.session.execute(sqla.delete(Watch).where(Watch.kind == PROGRESS, ~waits.exists()))


def _tasks(limits: Limits) -> Iterable[Any]:
    """The open tasks with a limit that are not watched yet."""
    drawn = sqla.tuple_(task.definition_key, task.element_id).in_(list(limits.drawn))
    usual = sqla.tuple_(task.process_id, task.element_id).in_(list(limits.usual))
    waits = task.key.label("subject_key"), task.key.label("task_key"), task.created_at.label("since"), task.due
    place = task.element_id, task.instance_key, task.definition_key, task.process_id, task.unit_id
    query = sqla.select(*waits, *place).join(instance, instance.key == task.instance_key)
    query = query.where(task.state == "CREATED", ~instance.suspended, drawn | usual, ~_watched(task.key))
    return db.sa.session.execute(query.limit(MOST)).all()


def _steps(limits: Limits) -> Iterable[Any]:
    """The other steps with a limit of their own that are not watched yet."""
    if not limits.drawn:
        return ()
    drawn = sqla.tuple_(instance.definition_key, element.element_id).in_(list(limits.drawn))
    none = sqla.null()
    waits = element.key.label("subject_key"), none.label("task_key"), element.start_date.label("since")
    place = element.element_id, element.instance_key, instance.definition_key, instance.process_id, instance.unit_id
    query = sqla.select(*waits, none.label("due"), *place).join(instance, instance.key == element.instance_key)
    query = query.where(element.token.is_not(None), element.state == "ACTIVE", element.type.in_(STEPS), drawn)
    query = query.where(instance.state == "ACTIVE", ~instance.suspended, ~_watched(element.key))
    return db.sa.session.execute(query.limit(MOST)).all()


def _watched(key: Any) -> Any:
    return sqla.select(Watch.key).where(Watch.kind == PROGRESS, Watch.subject_key == key).exists()


def _causes(waits: Iterable[Any], limits: Limits) -> Iterable[Cause]:
    for wait in waits:
        late_at = limits.late_at(wait, wait.since, wait.due)
        detail = limits.detail(wait.definition_key, wait.process_id, wait.element_id)
        if late_at is not None and detail is not None:
            place = wait.subject_key, wait.element_id, wait.instance_key, wait.definition_key, wait.process_id
            yield Cause(*place, wait.unit_id, wait.since, late_at, wait.task_key, detail)


def _move_on(now: datetime, limits: Limits) -> None:
    """What seems to stand still but was worked at meanwhile gets its time anew."""
    last = _last_progress()
    query = sqla.select(Watch, task.due, last.label("last")).outerjoin(task, task.key == Watch.task_key)
    query = query.outerjoin(instance, instance.key == Watch.instance_key)
    late = Watch.kind == PROGRESS, Watch.late_at <= now, last > Watch.since
    for watch, due, at in db.sa.session.execute(query.where(*late)):
        late_at = limits.late_at(watch, at, due)
        if late_at is None:
            db.sa.session.delete(watch)
        else:
            watch.since, watch.late_at, watch.found_at = at, late_at, None


def _last_progress() -> Any:
    """When somebody last worked at what is watched: saved a draft or a row, was given the task, or let the instance go
    on; when a called process last moved.
    """
    draft, audit, called = models.Draft, models.AuditLog, orm.aliased(models.ProcessInstance)
    drafts = sqla.select(sqla.func.max(draft.saved_at)).where(draft.task_key == Watch.task_key)
    touched = sqla.select(sqla.func.max(audit.at)).where(audit.operation.in_(TOUCHED))
    given = touched.where(audit.entity_key == Watch.task_key)
    resumed = touched.where(audit.entity_key == Watch.instance_key)
    moved = sqla.select(sqla.func.max(called.progress_at)).where(
        called.parent_key == Watch.instance_key, called.parent_element_key == Watch.subject_key
    )
    parts = [drafts, given, resumed, moved, _last_row()]
    return sqla.func.greatest(*(part.correlate(Watch, task, instance).scalar_subquery() for part in parts))


def _last_row() -> Any:
    """When a row of a roster task was last entered; its cases lie in the subtree of the instance's unit."""
    case, home, unit = register.Case, orm.aliased(Unit), sqla.orm.aliased(Unit)
    below = unit.path.startswith(home.path)
    answered = case.answered.op("->>")(task.element_id) == sqla.cast(task.key, sqla.Text)
    return (
        sqla.select(sqla.func.max(case.changed_at))
        .join(unit, unit.id == case.unit_id)
        .join(home, home.id == instance.unit_id)
        .where(task.properties.has_key("roster"), case.run_key == task.root_key, below, answered)
    )
