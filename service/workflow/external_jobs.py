"""Jobs for external workers: a service task whose type has no handler here (Camunda's job API)."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from service import clock, db, errors, identity
from service.errors import _
from service.workflow import models
from service.workflow.running import Running, locked, translated


def activate(
    type_: str, *, worker: str, timeout: timedelta, limit: int, by: identity.Person
) -> list[tuple[models.Job, dict[str, Any]]]:
    """Hand out up to `limit` jobs of a type, with all their visible variables, for `timeout`.

    A job whose time runs out is handed out again.
    """
    identity.access.ensure(by, "job.work")
    if limit < 1 or timeout <= timedelta():
        raise errors.Invalid(_("maxJobsToActivate and timeout must be greater than 0."))
    job, instance, now = models.Job, models.ProcessInstance, clock.now()
    with db.transaction() as session:
        rows = session.scalars(
            select(job)
            .join(instance, instance.key == job.instance_key)
            .where(
                job.type == type_,
                job.ended_at.is_(None),
                job.retries > 0,
                job.visible_at <= now,
                job.state.in_(("CREATED", "FAILED", "RETRIES_UPDATED", "TIMED_OUT")) | (job.deadline <= now),
                job.state != "ERROR_THROWN",
                instance.suspended.is_(False),
            )
            .order_by(job.created_at, job.key)
            .limit(limit)
            .with_for_update(of=job, skip_locked=True)
        ).all()
        for row in rows:
            row.state, row.worker, row.deadline = "ACTIVATED", worker, now + timeout
        return [(row, variables_of(row.key)) for row in rows]


def complete(key: int, variables: Mapping[str, Any], *, by: identity.Person) -> None:
    """A worker did the job."""
    with _open(key, by) as (running, job), translated():
        given = running.taken(variables)
        running.do(lambda live, now: live.complete(key, given, now))
        job.state, job.ended_at = "COMPLETED", running.now


def fail(
    key: int,
    *,
    retries: int,
    message: str | None,
    back_off: timedelta,
    variables: Mapping[str, Any],
    by: identity.Person,
) -> None:
    """A worker could not do the job; with no retries left it becomes an incident."""
    with _open(key, by) as (running, job), translated():
        given = running.taken(variables)
        if given:
            running.do(lambda live, now: live.set_variables(key, given, now, local=True))
        job.state, job.retries, job.deadline = "FAILED", retries, None
        job.error_message, job.visible_at = message, running.now + back_off
        if retries <= 0:
            text = message or errors.record(_("The worker failed without a message."))
            running.outcome.incident(key, job.element_id, "JOB_NO_RETRIES", text, job_key=key)


def throw_error(key: int, code: str, message: str | None, variables: Mapping[str, Any], *, by: identity.Person) -> None:
    """A worker reports a BPMN error."""
    with _open(key, by) as (running, job), translated():
        given = running.taken(variables)
        job.state, job.error_code, job.error_message = "ERROR_THROWN", code, message
        running.do(lambda live, now: live.throw_error(key, code, message or "", given, now))
        if not running.instance.waits(key):
            job.ended_at = running.now


def update(key: int, *, by: identity.Person, retries: int | None = None, timeout: timedelta | None = None) -> None:
    """Give a job more retries or its worker more time."""
    with _open(key, by) as (running, job):
        if retries is not None:
            if retries < 1:
                raise errors.Invalid(_("retries must be at least 1."))
            job.retries, job.state = retries, "RETRIES_UPDATED"
        if timeout is not None:
            job.deadline = running.now + timeout


def variables_of(key: int) -> dict[str, Any]:
    """All variables visible to a job, or at another element instance, read from the stored scopes."""
    variable, element = models.Variable, models.ElementInstance
    chain = select(element.key, element.scope_key).where(element.key == key).cte("chain", recursive=True)
    chain = chain.union_all(select(element.key, element.scope_key).join(chain, element.key == chain.c.scope_key))
    rows = db.sa.session.execute(
        select(chain.c.key, variable.name, variable.value).join(variable, variable.scope_key == chain.c.key)
    ).all()
    order = [key for (key,) in db.sa.session.execute(select(chain.c.key))]
    found: dict[str, Any] = {}
    for key in reversed(order):
        found.update({name: value for scope, name, value in rows if scope == key})
    return found


@contextmanager
def _open(key: int, by: identity.Person) -> Iterator[tuple[Running, models.Job]]:
    with db.transaction() as session:
        job = session.get(models.Job, key)
        if job is None:
            raise errors.NotFound(_("There is no job %(key)s."), key=key)
        with locked(job.instance_key, by=by, action="job.work", even_suspended=False) as running:
            session.refresh(job)
            if job.ended_at is not None:
                raise errors.NotFound(_("There is no job %(key)s any more."), key=key)
            yield running, job
