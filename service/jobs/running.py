"""Running the queue inside this process, by the app's clock: for tests, simulations and commands."""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
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
    try:
        with at_work() as worker:
            while True:
                ran = _drain(worker, limit - done)
                done += ran
                if not ticks.run_all() and not ran:
                    return done
    finally:
        db.sa.session.expire_all()  # the caller's objects may be stale now


@dataclass(frozen=True)
class Worker:
    """A registered worker with a connection of its own, on which each statement commits by itself."""

    id: int
    connection: sqla.Connection

    def fetch(self) -> Mapping[str, Any] | None:
        """Take the next job that is due."""
        found = self.connection.execute(FETCH, {"worker": self.id, "now": clock.now()}).mappings().first()
        return dict(found) if found else None

    def finish(self, job: Mapping[str, Any], status: str) -> None:
        """Mark a job as done; one that succeeded is deleted."""
        self.connection.execute(FINISH, {"id": job["id"], "status": status, "delete": status == "succeeded"})


@contextmanager
def at_work() -> Iterator[Worker]:
    """Register a worker for the time of the block."""
    with db.sa.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        worker_id = connection.scalar(sqla.text("SELECT worker_id FROM procrastinate_register_worker_v1()"))
        try:
            yield Worker(int(worker_id or 0), connection)
        finally:
            connection.execute(sqla.text("SELECT procrastinate_unregister_worker_v1(:id)"), {"id": worker_id})


def _drain(worker: Worker, limit: int) -> int:
    ran = 0
    while job := worker.fetch():
        if ran >= limit:
            raise JobsNeverEnd(f"more than {limit} jobs; the last one is {job['task_name']}")
        _run(worker, job)
        ran += 1
    return ran


def _run(worker: Worker, job: Mapping[str, Any]) -> None:
    try:
        queue.app.tasks[job["task_name"]].func(**job["args"])
    except BaseException:
        worker.finish(job, "failed")
        raise
    worker.finish(job, "succeeded")
