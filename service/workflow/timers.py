"""Timers: rows with the instant at which they are due; the worker looks for due ones every half second.

Firing locks the instance and reads the row again, so an early, late or repeated sweep does no harm.
"""

import logging
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select

from service import clock, db, identity
from service.engine import timers as engine_timers
from service.workflow import delivery, instances, models
from service.workflow.running import locked

log = logging.getLogger(__name__)
BATCH = 200
CLAIM = db.Prepared(
    select(models.ProcessInstance.key)
    .join(models.Timer, models.Timer.instance_key == models.ProcessInstance.key)
    .where(models.Timer.owner_key == bindparam("owner"), models.Timer.element_id == bindparam("element_id"))
    .where(models.ProcessInstance.suspended.is_(False))
    .with_for_update(of=models.ProcessInstance, skip_locked=True)
)
"""Takes the lock of a timer's instance, unless somebody works in it just now: the next sweep comes back to it."""


def fire_due(limit: int = BATCH) -> int:
    """Fire timers that are due, oldest first; returns how many fired."""
    return sum(_fire(*each) for each in _due(limit))


def next_due() -> datetime | None:
    """The instant of the next timer that can fire, or None."""
    found: datetime | None = db.sa.session.scalar(
        _open(select(models.Timer.due_at)).order_by(models.Timer.due_at).limit(1)
    )
    return found


def _due(limit: int) -> list[tuple[int, str, int | None, datetime]]:
    timer = models.Timer
    query = _open(select(timer.owner_key, timer.element_id, timer.instance_key, timer.due_at))
    query = query.where(timer.due_at <= clock.now())
    with db.transaction() as session:
        return [tuple(row) for row in session.execute(query.order_by(timer.due_at).limit(limit))]


def _open(query: Any) -> Any:
    instance = models.ProcessInstance
    query = query.outerjoin(instance, instance.key == models.Timer.instance_key)
    return query.where(instance.suspended.is_not(True))


def _fire(owner: int, element_id: str, instance_key: int | None, due: datetime) -> bool:
    _let_messages_pass(instance_key, due)
    try:
        with db.transaction() as session:
            if instance_key is None:
                return _fire_start(owner, element_id)
            if not CLAIM.all(owner=owner, element_id=element_id):
                return False
            with locked(instance_key, by=identity.SYSTEM, even_over=True) as running:
                timer = session.get(models.Timer, (owner, element_id), populate_existing=True)
                if timer is None or timer.due_at > running.now:
                    return False
                repeats, cycle = timer.repeats, timer.cycle
                running.do(lambda live, now: live.fire_timer(owner, element_id, now, repeats=repeats, cycle=cycle))
            return True
    except Exception:
        log.exception("timer %s of %s could not fire", element_id, owner)
        return False


def _let_messages_pass(instance_key: int | None, due: datetime) -> None:
    try:
        if instance_key is not None:
            delivery.give_what_came_before(instance_key, due)
    except Exception:
        log.exception("a message could not reach %s before its timer", instance_key)


def _fire_start(owner: int, element_id: str) -> bool:
    db.lock_name(f"timer {owner} {element_id}")
    fresh = db.sa.session.get(models.Timer, (owner, element_id), populate_existing=True)
    now = clock.now()
    if fresh is None or fresh.due_at > now:
        return False
    following = engine_timers.following(fresh.cycle, fresh.repeats, now) if fresh.cycle else None
    if following is None:
        db.sa.session.delete(fresh)
    else:
        fresh.due_at, fresh.repeats = following.at, following.repeats
    instances.start_by_event(owner, element_id, {})
    return True
