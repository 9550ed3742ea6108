"""Reminders of due dates: to who must act before it and when it has passed, then to supervisors, level by level.

A row for each open task with a due date says what comes next and when; the worker looks for those whose time has come.
They go out in the morning of a working day. The task's properties `dueReminder` and `escalateAfter` say how long
before the due date to remind and how long after it to escalate.
"""

import logging
import time
from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from datetime import time as time_of_day
from typing import Any

import sqlalchemy as sqla

from service import clock, db, engine, notifications, workdays
from service.errors import _
from service.identity import people, roles
from service.identity.models import Unit
from service.notifications import kinds
from service.supervision.models import Reminder
from service.workflow import external_jobs, models

log = logging.getLogger(__name__)

BEFORE, AFTER = "dueReminder", "escalateAfter"
DEFAULTS = {BEFORE: "P3D", AFTER: "P3D"}
MORNING = time_of_day(8, 30)
INTERVAL = 5.0
"""Seconds between two looks, at least."""
SHARE = 20
"""A look may take a twentieth of the time."""
BATCH = 500
LEVELS = 9
"""Supervisors of so many levels are told, one after the other."""

SUBJECTS = {
    kinds.DUE_SOON: _("Due soon: %(first)s"),
    kinds.OVERDUE: _("Overdue: %(first)s"),
    kinds.ESCALATED: _("Overdue in your units: %(first)s"),
}
SUBJECTS_OF_MANY = {
    kinds.DUE_SOON: _("%(count)s tasks are due soon"),
    kinds.OVERDUE: _("%(count)s tasks are overdue"),
    kinds.ESCALATED: _("%(count)s tasks in your units are overdue"),
}
TEXTS = {
    kinds.DUE_SOON: _("%(task)s (%(unit)s) is due on %(due)s."),
    kinds.OVERDUE: _("%(task)s (%(unit)s) was due on %(due)s."),
    kinds.ESCALATED: _("%(task)s (%(unit)s) was due on %(due)s. It waits for %(holder)s."),
}

task, instance = models.UserTask, models.ProcessInstance
_next_look = 0.0


def tick() -> int:
    """Look if it is time; with several workers, one at a time."""
    global _next_look
    if time.monotonic() < _next_look:
        return 0
    begun = time.monotonic()
    told = look()
    _next_look = time.monotonic() + max(INTERVAL, SHARE * (time.monotonic() - begun))
    return told


def look() -> int:
    """Plan for tasks that are new or have another due date, then tell what is due to be told; returns how much."""
    with db.transaction() as session:
        if not session.scalar(sqla.text("SELECT pg_try_advisory_xact_lock(hashtext('lika.reminders'))")):
            return 0
        _plan()
        return _tell()


def _plan() -> None:
    """Write what comes next for tasks that have no plan, or one for another due date; drop plans of closed tasks."""
    session = db.sa.session
    closed = sqla.select(task.key).where(task.key == Reminder.task_key, task.state != "CREATED")
    session.execute(sqla.delete(Reminder).where(closed.exists()))
    query = (
        sqla.select(task, Reminder)
        .outerjoin(Reminder, Reminder.task_key == task.key)
        .where(task.state == "CREATED", task.due.is_not(None))
        .where(Reminder.task_key.is_(None) | (Reminder.due != task.due))
        .order_by(task.due)
        .limit(BATCH)
    )
    for row, reminder in session.execute(query):
        plan = reminder or Reminder(task_key=row.key)
        assert row.due is not None
        plan.due, plan.stage, plan.level = row.due, kinds.DUE_SOON, 0
        plan.next_at = _morning(row.due - _span(row, BEFORE), earlier=True)
        if plan.next_at <= row.created_at:  # it came to its people late: they have just seen when it is due
            plan.stage, plan.next_at = kinds.OVERDUE, _morning(row.due)
        session.add(plan)
    session.flush()


def _tell() -> int:
    """Tell what is due to be told, all of one person in one message."""
    now = clock.now()
    query = (
        sqla.select(Reminder, task, Unit.name)
        .join(task, task.key == Reminder.task_key)
        .join(instance, instance.key == task.instance_key)
        .outerjoin(Unit, Unit.id == task.unit_id)
        .where(Reminder.next_at <= now, ~instance.suspended)
        .order_by(Reminder.next_at)
        .limit(BATCH)
    )
    told: dict[tuple[str, str], list[notifications.Item]] = defaultdict(list)
    found = db.sa.session.execute(query).all()
    for reminder, row, unit in found:
        if _passed(reminder, now):
            continue
        item = _item(row, unit)
        for username in _recipients(reminder, row):
            told[username, reminder.stage].append(item)
        _advance(reminder, row)
    for (username, kind), items in told.items():
        many = len(items) > 1
        subject = (SUBJECTS_OF_MANY if many else SUBJECTS)[kind]
        facts: dict[str, Any] = {"count": len(items)} if many else {"first": items[0].arguments["task"]}
        notifications.notify_of([username], kind, subject, TEXTS[kind], items, **facts)
    return len(found)


def _passed(reminder: Reminder, now: datetime) -> bool:
    """After a pause of the workers tell only the latest of what was missed: whether there is nothing to tell yet."""
    if reminder.stage == kinds.DUE_SOON and now >= reminder.due:
        reminder.stage, reminder.next_at = kinds.OVERDUE, _morning(reminder.due)
    return reminder.next_at is None or reminder.next_at > now


def _recipients(reminder: Reminder, row: models.UserTask) -> Sequence[str]:
    if reminder.stage != kinds.ESCALATED:
        return [row.assignee] if row.assignee else people.holders(row.candidates)
    levels = people.supervisors(row.unit_id)
    return levels[reminder.level] if reminder.level < len(levels) else []


def _advance(reminder: Reminder, row: models.UserTask) -> None:
    """Set what comes next, seen from today."""
    if reminder.stage == kinds.DUE_SOON:
        reminder.stage, reminder.next_at = kinds.OVERDUE, _morning(reminder.due)
        return
    if reminder.stage == kinds.OVERDUE:
        reminder.stage = kinds.ESCALATED
    else:
        reminder.level += 1
    over = reminder.level >= min(LEVELS, len(people.supervisors(row.unit_id)))
    today = datetime.combine(clock.today(), time_of_day(), clock.TZ)
    reminder.next_at = None if over else _morning(today + _span(row, AFTER))


def _item(row: models.UserTask, unit: str | None) -> notifications.Item:
    assert row.due is not None
    offices = (text.rpartition("@")[0] for text in row.candidates)
    holder = row.assignee or "、".join(roles.title(role) for role in offices if role)
    facts = {"task": row.title, "unit": unit or "–", "due": _day(row.due).isoformat(), "holder": holder or "–"}
    return notifications.Item(f"/tasks/{row.key}", facts)


def _span(row: models.UserTask, name: str) -> timedelta:
    """A duration among the task's properties, literal or FEEL over its variables; the default if it is none."""
    assert row.due is not None
    text = row.properties.get(name) or DEFAULTS[name]
    try:
        value = engine.evaluate(text, external_jobs.variables_of(row.key)) if text.startswith("=") else text
        return engine.duration(value, row.due)
    except engine.Failure:
        log.warning("%s of task %s gives no duration: %s", name, row.key, text)
        return engine.duration(DEFAULTS[name], row.due)


def _morning(instant: datetime, *, earlier: bool = False) -> datetime:
    """The first morning of a working day from an instant on, or with `earlier` the last one up to it."""
    local = instant.astimezone(clock.TZ)
    step = timedelta(days=-1 if earlier else 1)
    day = local.date()
    at = datetime.combine(day, MORNING, clock.TZ)
    if (at > local) if earlier else (at < local):
        day += step
    while not workdays.is_workday(day):
        day += step
    return datetime.combine(day, MORNING, clock.TZ)


def _day(instant: datetime) -> date:
    """The day an instant belongs to; 24:00 of a day belongs to that day."""
    return (instant.astimezone(clock.TZ) - timedelta(microseconds=1)).date()
