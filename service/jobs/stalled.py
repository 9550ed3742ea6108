"""Jobs of workers that died: Procrastinate leaves them `doing` for ever, and their lock with them."""

import time

import sqlalchemy as sqla

from service import clock, db

HEARTBEAT = 2.0
"""Seconds between a worker's signs of life."""
SILENCE = 12.0
"""After so many seconds without one a worker counts as dead."""
INTERVAL = 3.0
MAX_ATTEMPTS = 10
"""A job that was given up so often, because it kills its worker, is marked failed."""

RETRY = sqla.text("""
    UPDATE procrastinate_jobs
    SET status = CASE WHEN attempts < :most THEN 'todo' ELSE 'failed' END::procrastinate_job_status,
        attempts = attempts + 1, worker_id = NULL, queueing_lock = NULL, abort_requested = false
    WHERE status = 'doing'
      AND (worker_id IS NULL OR worker_id IN (
            SELECT id FROM procrastinate_workers
            WHERE last_heartbeat < now() - make_interval(secs => :silence)))
    RETURNING id
""")
"""One statement, so that of two workers that look at the same time only one takes a job back."""

RELEASE = sqla.text("""
    UPDATE procrastinate_jobs SET scheduled_at = NULL
    WHERE status = 'todo' AND scheduled_at > now() AND scheduled_at <= :now
""")

_looked_at = 0.0


def retry_stalled() -> int:
    """Every few seconds, queue the jobs of dead workers again; return how many."""
    global _looked_at
    if time.monotonic() - _looked_at < INTERVAL:
        return 0
    _looked_at = time.monotonic()
    return retry_now()


def retry_now() -> int:
    """Queue again the jobs of workers that have been silent for SILENCE seconds; return how many."""
    with db.transaction() as session:
        return len(session.execute(RETRY, {"most": MAX_ATTEMPTS, "silence": SILENCE}).all())


def release_due() -> int:
    """Where the app's clock is ahead of the database's, let workers take the jobs that are due by it."""
    if not clock.moved():
        return 0
    with db.transaction() as session:
        result = session.execute(RELEASE, {"now": clock.now()})
        return int(getattr(result, "rowcount", 0))
