"""Deferred work: what one instance's step means for another instance. Each job locks one instance only.

A job may run twice or late; what it finds done already it leaves alone.
"""

from typing import Any

from sqlalchemy import select

from service import db, identity, jobs
from service.db import values
from service.workflow import delivery, instances, messages, models
from service.workflow.changes import ABOUT
from service.workflow.running import locked


@jobs.task("workflow.start")
def start(key: int) -> None:
    """Let a called instance take its first steps."""
    with db.transaction():
        row = _active(key)
        if row is not None and not row.started:
            instances.begin(row, _variables(row), by=identity.SYSTEM)


@jobs.task("workflow.call_returned")
def call_returned(child: int, kind: str = "", code: str = "", message: str = "") -> None:
    """Tell the caller that a called instance ended, or that an error or escalation left it."""
    with db.transaction():
        row = db.sa.session.get_one(models.ProcessInstance, child)
        assert row.parent_key is not None
        element: int = row.parent_element_key or 0
        caller = _active(row.parent_key)
        if caller is None:
            return
        with locked(caller.key, by=identity.SYSTEM, even_suspended=True) as running:
            if not running.instance.waits(element):
                return
            result = _results(row)
            if kind == "error":
                running.do(lambda live, now: live.throw_error(element, code, message, {}, now))
            elif kind == "escalation":
                running.do(lambda live, now: live.throw_escalation(element, code, {}, now))
            elif row.state == "COMPLETED":
                running.do(lambda live, now: live.call_returned(element, result, now))


@jobs.task("workflow.cancel")
def cancel(key: int) -> None:
    """Cancel a called instance whose caller no longer wants it."""
    with db.transaction():
        if _active(key) is not None:
            with locked(key, by=identity.SYSTEM, even_suspended=True) as running:
                running.do(lambda live, now: live.cancel(now))


@jobs.task("workflow.deliver")
def deliver(message: int, subscription: int) -> None:
    """Give a message to who waits for it; if he no longer does, to whoever else waits."""
    with db.transaction():
        found = db.sa.session.get(models.Message, message)
        if found is None:
            return
        waiting = db.sa.session.get(models.MessageSubscription, subscription)
        if waiting is None or delivery.give(found, waiting) is None:
            messages.offer(found)
        messages.offer_kept(subscription)


@jobs.task("workflow.signal")
def signal(owner: int, element_id: str, variables: str) -> None:
    """Give a signal to one who waits for it."""
    with db.transaction():
        waiting = db.sa.session.get(models.SignalSubscription, (owner, element_id))
        if waiting is None:
            return
        payload: dict[str, Any] = values.loads(variables)
        if waiting.instance_key is None:
            instances.start_by_event(owner, element_id, payload)
            return
        with locked(waiting.instance_key, by=identity.SYSTEM, even_suspended=True) as running:
            db.sa.session.expire(waiting)
            if db.sa.session.get(models.SignalSubscription, (owner, element_id)) is not None:
                running.do(lambda live, now: live.trigger(owner, element_id, payload, now))


def _active(key: int) -> models.ProcessInstance | None:
    """The row of an instance, locked, unless it is over."""
    row = db.sa.session.scalars(
        select(models.ProcessInstance).where(models.ProcessInstance.key == key).with_for_update()
    ).one_or_none()
    return row if row is not None and row.state == "ACTIVE" else None


def _results(row: models.ProcessInstance) -> dict[str, Any]:
    """What a called instance made or changed: its caller must not get back older copies of its own variables."""
    table = models.Variable
    mine = table.scope_key == row.key, table.inherited.is_(False), table.name.not_in(ABOUT)
    return dict(db.sa.session.execute(select(table.name, table.value).where(*mine)).all())


def _variables(row: models.ProcessInstance) -> dict[str, Any]:
    table = models.Variable
    rows = db.sa.session.execute(select(table.name, table.value).where(table.scope_key == row.key))
    return dict(rows.all())
