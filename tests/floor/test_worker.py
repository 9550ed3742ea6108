"""Worker processes on a database of their own: they stop cleanly, and nothing is lost when one is killed."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import sqlalchemy as sqla

import service
from service import db, jobs
from service.db import schema

from . import worker_with_tasks  # noqa: F401 - its jobs are deferred here and done there

SCRIPT = Path(__file__).with_name("worker_with_tasks.py")


@pytest.fixture
def workshop(server):
    """An application on a fresh database with a table `notes`."""
    server.create_database("workshop")
    made = service.create_app({"SQLALCHEMY_DATABASE_URI": server.url("workshop"), "PARTS": ["identity", "jobs"]})
    with made.app_context():
        schema.create_all()
        with db.transaction() as session:
            session.execute(sqla.text("CREATE TABLE notes (value int, pid int)"))
        yield made
        db.sa.session.remove()
        db.sa.engine.dispose()
    server.drop_database("workshop")


@pytest.fixture
def hire(workshop, server):
    """Start a worker process."""
    hired = []

    def start():
        hired.append(subprocess.Popen([sys.executable, str(SCRIPT), server.url("workshop")]))
        return hired[-1]

    yield start
    for process in hired:
        process.kill()
        process.wait()


def notes():
    with db.sa.engine.connect() as connection:
        return connection.execute(sqla.text("SELECT value FROM notes ORDER BY value")).scalars().all()


def registered():
    with db.sa.engine.connect() as connection:
        return connection.execute(sqla.text("SELECT id FROM procrastinate_workers")).scalars().all()


def wait_for(condition, seconds=40):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return
        time.sleep(0.05)
    pytest.fail(f"not within {seconds} s; notes: {notes()}")


def test_two_workers_do_every_job_once_and_stop_when_told(workshop, hire):
    workers = [hire(), hire()]
    wait_for(lambda: len(registered()) == 2)
    for value in range(1, 101):
        jobs.defer("acceptance.note", lock=str(value % 7), value=value)
    wait_for(lambda: len(notes()) >= 100)
    for sig, worker in zip((signal.SIGTERM, signal.SIGINT), workers, strict=True):
        worker.send_signal(sig)
        assert worker.wait(20) == 0
    assert notes() == list(range(1, 101))
    assert db.sa.session.scalar(sqla.text("SELECT count(*) FROM procrastinate_jobs")) == 0


def test_the_job_of_a_killed_worker_is_done_by_another_and_keeps_its_turn(workshop, hire):
    jobs.defer("acceptance.sleep", lock="one instance", value=1)
    jobs.defer("acceptance.note", lock="one instance", value=2)
    first = hire()
    wait_for(lambda: notes() == [-1])
    first.kill()
    first.wait()
    hire()
    wait_for(lambda: 2 in notes())
    assert notes() == [-1, -1, 1, 2]


def test_a_stopped_worker_ends_its_job_first(workshop, hire):
    jobs.defer("acceptance.sleep", value=1)
    worker = hire()
    wait_for(lambda: notes() == [-1])
    worker.terminate()
    assert worker.wait(20) == 0
    assert notes() == [-1, 1]


def test_a_job_that_failed_is_tried_again(workshop, hire):
    jobs.defer("acceptance.fail_once", value=1)
    hire()
    wait_for(lambda: 1 in notes())
    assert notes() == [-1, -1, 1]
