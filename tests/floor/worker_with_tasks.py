"""A worker process with two jobs of its own, for test_worker.py: `python worker_with_tasks.py DATABASE_URL`."""

import os
import sys
import time

import sqlalchemy as sqla

import service
from service import db, jobs, worker
from service.jobs import stalled


@jobs.task("acceptance.note")
def note(value):
    with db.transaction() as session:
        session.execute(sqla.text("INSERT INTO notes VALUES (:value, :pid)"), {"value": value, "pid": os.getpid()})


@jobs.task("acceptance.sleep")
def sleep(value):
    """Note that it began, on a connection of its own, sleep, then note that it ended."""
    with db.sa.engine.begin() as other:
        other.execute(sqla.text("INSERT INTO notes VALUES (:value, :pid)"), {"value": -value, "pid": os.getpid()})
    time.sleep(2)
    note(value)


@jobs.task("acceptance.fail_once")
def fail_once(value):
    with db.sa.engine.begin() as other:
        other.execute(sqla.text("INSERT INTO notes VALUES (:value, :pid)"), {"value": -value, "pid": os.getpid()})
        tries = other.scalar(sqla.text("SELECT count(*) FROM notes WHERE value = :value"), {"value": -value})
    if tries == 1:
        raise ConnectionError("the first time")
    note(value)


if __name__ == "__main__":
    stalled.HEARTBEAT, stalled.SILENCE, stalled.INTERVAL = 0.3, 2.0, 0.5
    worker.run(service.create_app({"SQLALCHEMY_DATABASE_URI": sys.argv[1], "PARTS": ["identity", "jobs"]}))
