"""Timers: rows with the instant at which they are due; the worker looks for due ones every half second.

Firing locks the instance and reads the row again, so an early, late or repeated sweep does no harm.
"""

import logging
from datetime import datetime
from typing import Any

from sqlalchemy import select

from service import clock, db, identity
from service.engine import timers as engine_timers
from service.workflow import instances, models
from service.workflow.running import locked

log = logging.getLogger(__name__)
BATCH = 200


def fire_due(limit: int = BATCH) -> int:
    """Fire timers that are due, oldest first; returns how many fired."""
    return sum(_fire(owner, element_id) for owner, element_id in _due(limit))


def next_due() -> datetime | None:
    """The instant of the next timer that can fire, or None."""
    found: datetime | None = db.sa.session.scalar(
        _open(select(models.Timer.due_at)).order_by(models.Timer.due_at).limit(1)
    )
    return found


def _due(limit: int) -> list[tuple[int, str]]:
    timer = models.Timer
    query = _open(select(timer.owner_key, timer.element_id)).where(timer.due_at <= clock.now())
    with db.transaction() as session:
        return [(owner, element) for owner, element in session.execute(query.order_by(timer.due_at).limit(limit))]


def _open(query: Any) -> Any:
    instance = models.ProcessInstance
    query = query.outerjoin(instance, instance.key == models.Timer.instance_key)
    return query.where(instance.suspended.is_not(True))


def _fire(owner: int, element_id: str) -> bool:
    try:
        with db.transaction() as session:
            timer = session.get(models.Timer, (owner, element_id))
            if timer is None:
                return False
            if timer.instance_key is None:
                return _fire_start(timer)
            with locked(timer.instance_key, by=identity.SYSTEM) as running:
                timer = session.get(models.Timer, (owner, element_id), populate_existing=True)
                if timer is None or timer.due_at > running.now:
                    return False
                repeats, cycle = timer.repeats, timer.cycle
                running.do(lambda live, now: live.fire_timer(owner, element_id, now, repeats=repeats, cycle=cycle))
            return True
    except Exception:
        log.exception("timer %s of %s could not fire", element_id, owner)
        return False


def _fire_start(timer: models.Timer) -> bool:
    db.lock_name(f"timer {timer.owner_key} {timer.element_id}")
    fresh = db.sa.session.get(models.Timer, (timer.owner_key, timer.element_id), populate_existing=True)
    now = clock.now()
    if fresh is None or fresh.due_at > now:
        return False
    following = engine_timers.following(fresh.cycle, fresh.repeats, now) if fresh.cycle else None
    if following is None:
        db.sa.session.delete(fresh)
    else:
        fresh.due_at, fresh.repeats = following.at, following.repeats
    instances.start_by_event(timer.owner_key, timer.element_id, {})
    return True
