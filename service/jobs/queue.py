"""The Procrastinate application and the way into its queue."""

import functools
from collections.abc import Callable
from datetime import datetime
from typing import Any

import flask
import procrastinate
import sqlalchemy as sqla
from procrastinate import exceptions

from service import db
from service.jobs import stalled, ticks

TaskFunction = Callable[..., Any]

app = procrastinate.App(connector=procrastinate.SyncPsycopgConnector())
"""Never opened in the web process: every job goes in on the open transaction's connection."""

PATIENCE = procrastinate.RetryStrategy(max_attempts=6, exponential_wait=2)
"""A failed job is tried again after 2, 4, 8, 16 and 32 seconds; then it stays as `failed`."""

_application: flask.Flask | None = None


def init_app(application: flask.Flask) -> None:
    """Let jobs run in the context of this application."""
    global _application
    _application = application
    if application.config.get("CLOCK_MAY_MOVE"):
        application.before_request(db.shared_clock.follow)
        ticks.on_tick(db.shared_clock.follow)
    ticks.on_tick(stalled.retry_stalled)
    ticks.on_tick(stalled.release_due)


def task(name: str, *, retry: procrastinate.RetryStrategy | bool = PATIENCE) -> Callable[[TaskFunction], TaskFunction]:
    """Register a function as the job `name`. It runs in an application context and database session of its own."""

    def register(function: TaskFunction) -> TaskFunction:
        @functools.wraps(function)
        def run(**arguments: Any) -> Any:
            application = _present_application()
            with application.app_context():
                if application.config.get("CLOCK_MAY_MOVE"):
                    db.shared_clock.follow()
                return function(**arguments)

        app.task(name=name, retry=retry)(run)
        return function

    return register


def _present_application() -> flask.Flask:
    """Return the application of the caller, or in a worker's thread the last one made."""
    if flask.has_app_context():
        return flask.current_app._get_current_object()  # type: ignore[attr-defined,no-any-return]
    assert _application is not None, "create_app() has not run"
    return _application


def defer(
    task_name: str,
    *,
    lock: str | None = None,
    queueing_lock: str | None = None,
    schedule_at: datetime | None = None,
    priority: int = 0,
    **arguments: Any,
) -> int | None:
    """Queue a job on the open transaction and return its id.

    Jobs with the same `lock` run one after the other, in order. While a job with the same `queueing_lock` waits, no
    other is queued: None is returned. `schedule_at` is an instant of `service.clock`. `arguments` are JSON. Outside
    a transaction the job is committed at once. Raises procrastinate.exceptions.TaskNotFound for an unknown name.
    """
    with db.transaction() as session:
        savepoint = session.begin_nested() if queueing_lock else None
        try:
            job = app.configure_task(
                task_name,
                allow_unknown=False,
                lock=lock,
                queueing_lock=queueing_lock,
                schedule_at=schedule_at,
                priority=priority,
                connection=db.connection(),
            ).defer(**arguments)
        except exceptions.AlreadyEnqueued:
            assert savepoint is not None
            savepoint.rollback()
            return None
        if savepoint:
            savepoint.commit()
        return job


def cancel(job_id: int) -> None:
    """Take a waiting job out of the queue, with the open transaction."""
    with db.transaction() as session:
        session.execute(sqla.text("DELETE FROM procrastinate_jobs WHERE id = :id AND status = 'todo'"), {"id": job_id})
