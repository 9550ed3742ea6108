"""Running the queue inside this process, by the app's clock: for tests, simulations and commands."""

import logging
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sqla

from service import clock, db
from service.jobs import queue, ticks

log = logging.getLogger(__name__)

FETCH = sqla.text("""
    UPDATE procrastinate_jobs SET status = 'doing', worker_id = :worker
    WHERE id = (
        SELECT id FROM procrastinate_jobs AS job
        WHERE status = 'todo' AND (scheduled_at IS NULL OR scheduled_at <= :now)
          AND NOT EXISTS (
            SELECT 1 FROM procrastinate_jobs AS other
            WHERE other.lock = job.lock AND other.id <> job.id
              AND (other.status = 'doing'
                   OR other.status = 'todo' AND (other.priority, -other.id) > (job.priority, -job.id)))
        ORDER BY priority DESC, id LIMIT 1 FOR UPDATE SKIP LOCKED)
    RETURNING id, task_name, args
""")
"""Procrastinate's own order and locks, but due by the app's clock, which tests and simulations move."""

FINISH = sqla.text("SELECT procrastinate_finish_job_v1(:id, CAST(:status AS procrastinate_job_status), :delete)")


class JobsNeverEnd(RuntimeError):
    """Jobs go on deferring jobs: the bound on their number was reached."""


def run_pending(*, limit: int = 1_000_000) -> int:
    """Run every tick and every job due now, in order, until nothing is left; return how many jobs ran.

    The first job that fails is marked failed and its exception raised. Must not be called inside a transaction: the
    jobs need the locks it holds.
    """
    if db.in_transaction():
        raise RuntimeError("run_pending() inside a transaction would wait for its own locks")
    done = 0
    worker = _register()
    try:
        while True:
            ran = _drain(worker, limit - done)
            done += ran
            if not ticks.run_all() and not ran:
                return done
    finally:
        _unregister(worker)
        db.sa.session.expire_all()  # the caller's objects may be stale now


def _drain(worker: int, limit: int) -> int:
    ran = 0
    while job := _fetch(worker):
        if ran >= limit:
            raise JobsNeverEnd(f"more than {limit} jobs; the last one is {job['task_name']}")
        _run(job)
        ran += 1
    return ran


def _run(job: Mapping[str, Any]) -> None:
    try:
        queue.app.tasks[job["task_name"]].func(**job["args"])
    except BaseException:
        _finish(job, "failed")
        raise
    _finish(job, "succeeded")


def _fetch(worker: int) -> Mapping[str, Any] | None:
    with db.transaction() as session:
        found = session.execute(FETCH, {"worker": worker, "now": clock.now()}).mappings().first()
        return dict(found) if found else None


def _finish(job: Mapping[str, Any], status: str) -> None:
    with db.transaction() as session:
        session.execute(FINISH, {"id": job["id"], "status": status, "delete": status == "succeeded"})


def _register() -> int:
    with db.transaction() as session:
        return int(session.scalar(sqla.text("SELECT worker_id FROM procrastinate_register_worker_v1()")))


def _unregister(worker: int) -> None:
    with db.transaction() as session:
        session.execute(sqla.text("SELECT procrastinate_unregister_worker_v1(:worker)"), {"worker": worker})
