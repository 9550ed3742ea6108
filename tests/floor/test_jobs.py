"""The queue: jobs commit or vanish with the step that defers them."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sqla
from procrastinate import exceptions

from service import clock, db, jobs
from service.identity import units
from service.jobs import handlers, queue, running, stalled, ticks

seen: list[object] = []


@jobs.task("test.note")
def note(value):
    seen.append(value)


@jobs.task("test.unit")
def add_unit(code):
    units.add(code, code, "county")


@jobs.task("test.fail")
def fail():
    units.add("half", "done", "county")
    with db.transaction():
        units.add("other", "half", "county")
        raise ZeroDivisionError("no")


@jobs.task("test.chain")
def chain(left):
    seen.append(left)
    if left:
        with db.transaction():
            jobs.defer("test.chain", lock="chain", left=left - 1)


@pytest.fixture(autouse=True)
def _nothing_seen():
    seen.clear()


def statuses():
    return dict(db.sa.session.execute(sqla.text("SELECT status, count(*) FROM procrastinate_jobs GROUP BY 1")).all())


def test_a_job_is_committed_with_its_transaction_and_then_runs(app, run_jobs):
    with db.transaction():
        jobs.defer("test.note", value=[1, {"县": None}])
        with db.sa.engine.connect() as other:
            assert other.scalar(sqla.text("SELECT count(*) FROM procrastinate_jobs")) == 0
    assert run_jobs() == 1
    assert seen == [[1, {"县": None}]]
    assert statuses() == {}


def test_a_job_vanishes_with_a_rollback_of_the_transaction_or_a_savepoint(app, run_jobs):
    with pytest.raises(KeyError), db.transaction():
        jobs.defer("test.note", value=1)
        raise KeyError
    with db.transaction() as session:
        jobs.defer("test.note", value=2)
        with pytest.raises(KeyError), session.begin_nested():
            jobs.defer("test.note", value=3)
            raise KeyError
    assert run_jobs() == 1
    assert seen == [2]


def test_outside_a_transaction_a_job_is_committed_at_once(app):
    jobs.defer("test.note", value=1)
    assert statuses() == {"todo": 1}


def test_a_job_has_its_own_session_and_the_caller_sees_what_it_did(app, run_jobs):
    jobs.defer("test.unit", code="a")
    run_jobs()
    assert units.find("a").code == "a"


def test_jobs_that_defer_jobs_run_until_nothing_is_left(app, run_jobs):
    jobs.defer("test.chain", lock="chain", left=5)
    assert run_jobs() == 6
    assert seen == [5, 4, 3, 2, 1, 0]


def test_jobs_that_never_end_are_stopped(app):
    jobs.defer("test.chain", lock="chain", left=1000)
    with pytest.raises(running.JobsNeverEnd, match=r"more than 10 jobs; the last one is test\.chain"):
        jobs.run_pending(limit=10)


def test_a_failing_job_is_raised_and_what_it_wrote_in_its_last_transaction_is_undone(app, run_jobs):
    jobs.defer("test.fail")
    with pytest.raises(ZeroDivisionError):
        run_jobs()
    assert statuses() == {"failed": 1}
    assert units.exists("half")
    assert not units.exists("other")


def test_one_waiting_job_for_a_queueing_lock_is_enough(app, run_jobs):
    with db.transaction():
        assert jobs.defer("test.note", queueing_lock="q", value=1) is not None
        assert jobs.defer("test.note", queueing_lock="q", value=2) is None
        jobs.defer("test.note", value=3)
    assert run_jobs() == 2
    assert seen == [1, 3]


def test_an_unknown_job_is_refused_when_it_is_deferred(app):
    with pytest.raises(exceptions.TaskNotFound), db.transaction():
        jobs.defer("test.unknown")


def test_a_scheduled_job_waits_for_the_app_clock(app, run_jobs, at):
    at("2020-07-20T08:00+08:00")
    jobs.defer("test.note", schedule_at=clock.now() + timedelta(days=7), value=1)
    assert run_jobs() == 0
    clock.advance(timedelta(days=7))
    assert run_jobs() == 1


def test_a_cancelled_job_does_not_run(app, run_jobs):
    queue.cancel(jobs.defer("test.note", value=1))
    assert run_jobs() == 0


def test_jobs_with_one_lock_run_in_order_and_one_at_a_time(app):
    for value in range(3):
        jobs.defer("test.note", lock="l", value=value)
    with running.at_work() as worker:
        first = worker.fetch()
        assert first["args"] == {"value": 0}
        assert worker.fetch() is None, "the next one waits for the lock"
        worker.finish(first, "succeeded")
        assert worker.fetch()["args"] == {"value": 1}


def test_a_higher_priority_goes_first(app, run_jobs):
    jobs.defer("test.note", value="later")
    jobs.defer("test.note", priority=5, value="first")
    run_jobs()
    assert seen == ["first", "later"]


def test_running_jobs_inside_a_transaction_is_refused(app, run_jobs):
    with pytest.raises(RuntimeError, match="its own locks"), db.transaction():
        run_jobs()


def test_two_processes_share_the_queue_and_nothing_runs_twice(app):
    for value in range(60):
        jobs.defer("test.note", lock=str(value % 3), value=value)

    def drain():
        with app.app_context():
            jobs.run_pending()

    threads = [threading.Thread(target=drain) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    jobs.run_pending()
    assert sorted(seen) == list(range(60))


def test_ticks_run_until_they_find_nothing_more(app, run_jobs, monkeypatch):
    left = [2, 1]

    def tick():
        if not left:
            return None
        jobs.defer("test.note", value=left[0])
        return left.pop(0)

    monkeypatch.setattr(ticks, "_ticks", [tick])
    assert run_jobs() == 2
    assert seen == [2, 1]


def test_a_job_of_a_dead_worker_goes_back_to_the_queue_and_keeps_its_place(app, run_jobs):
    jobs.defer("test.note", lock="l", value="stalled")
    jobs.defer("test.note", lock="l", value="next")
    with running.at_work() as dead, running.at_work() as alive:
        dead.fetch()
        jobs.defer("test.note", value="of the living")
        alive.fetch()
        silence("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 hour' WHERE id = :id", dead)
        assert stalled.retry_now() == 1
        assert stalled.retry_now() == 0
        assert run_jobs() == 2
        assert seen == ["stalled", "next"]
        assert statuses() == {"doing": 1}


def test_a_job_whose_worker_is_no_longer_known_goes_back_too(app, run_jobs):
    jobs.defer("test.note", value=1)
    with running.at_work() as worker:
        worker.fetch()
    assert stalled.retry_now() == 1
    assert run_jobs() == 1


def test_a_job_that_kills_every_worker_is_given_up(app):
    jobs.defer("test.note", value=1)
    for _ in range(stalled.MAX_ATTEMPTS + 1):
        with running.at_work() as worker:
            assert worker.fetch()
        stalled.retry_now()
    assert statuses() == {"failed": 1}


def silence(sql, worker):
    with db.transaction() as session:
        session.execute(sqla.text(sql), {"id": worker.id})


def test_a_clock_that_is_ahead_lets_workers_take_what_is_due_by_it(app, at):
    jobs.defer("test.note", schedule_at=datetime.now(UTC) + timedelta(days=3), value=1)
    assert stalled.release_due() == 0
    clock.set_offset(timedelta(days=2))
    assert stalled.release_due() == 0
    clock.set_offset(timedelta(days=4))
    assert stalled.release_due() == 1
    due = sqla.text("SELECT count(*) FROM procrastinate_jobs WHERE scheduled_at IS NULL")
    assert db.sa.session.scalar(due) == 1


def test_handlers_are_found_by_type_and_claimed_once():
    @handlers.handler("test-handler")
    def first(job):
        return {"headers": job.headers}

    assert handlers.find("test-handler") is first
    assert "test-handler" in handlers.known()
    assert handlers.find("unknown") is None
    job = handlers.Job(key=1, type="t", instance_key=2, process_id="p", element_id="e", unit_id=None)
    assert first(job) == {"headers": {}}
    with pytest.raises(handlers.AlreadyRegistered, match="first"):

        @handlers.handler("test-handler")
        def second(job):
            return None


def test_a_bpmn_error_has_code_message_and_variables():
    error = handlers.BpmnError("NOT_LOCAL", "not registered here", {"unit": "FX"})
    assert (error.code, str(error), error.variables) == ("NOT_LOCAL", "NOT_LOCAL: not registered here", {"unit": "FX"})
