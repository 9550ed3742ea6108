"""Each way to stand still is found, with its reason, and nothing healthy is; its row goes with its cause."""

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sqla

from service import clock, db, identity, jobs
from service.identity import people, units
from service.jobs import handlers
from service.supervision import sweep, usual
from service.supervision.models import Watch
from service.workflow import delivery, drafts, external_jobs, incidents, instances, messages, models
from service.workflow import tasks as user_tasks
from tests.supervision import drawings
from tests.supervision.conftest import deploy, kinds, later, look, start, tasks

pytestmark = pytest.mark.usefixtures("county")
SYSTEM = identity.SYSTEM


def do(task, by="bob"):
    user_tasks.complete(task.key, {}, by=people.find(by))


# no progress


def test_a_step_stands_still_when_its_own_limit_is_over(at):
    deploy(p=drawings.process("p", drawings.task(stallAfter="P3D")))
    start("p")
    later(days=2, hours=23)
    assert kinds() == []
    later(hours=1)
    (watch,) = look()
    assert (watch.kind, watch.detail, watch.task_key) == ("progress", {"after": "P3D"}, tasks()[0].key)
    assert watch.late_at == watch.since + timedelta(days=3)
    do(tasks()[0])
    assert kinds() == []
    assert db.sa.session.scalar(sqla.select(sqla.func.count()).select_from(Watch)) == 0


def test_a_limit_may_be_feel_over_what_the_task_sees():
    deploy(p=drawings.process("p", drawings.task(stallAfter='=duration("P" + string(days) + "D")')))
    start("p", days=2)
    start("p", days=9)
    later(days=3)
    assert kinds() == [("progress", "file")]


def test_a_limit_that_is_no_duration_limits_nothing(caplog):
    deploy(p=drawings.process("p", drawings.task(stallAfter="=days")))
    start("p", days=2)
    later(days=30)
    assert kinds() == []
    assert "gives no duration" in caplog.text


def test_a_limit_of_the_process_holds_for_its_tasks():
    body = drawings.process("p", drawings.task())
    limit = drawings.extensions(drawings.properties(stallAfter="P1D")).encode()
    deploy(p=body.replace(b'isExecutable="true">', b'isExecutable="true">' + limit))
    start("p")
    later(days=1)
    assert kinds() == [("progress", "file")]


def test_somebody_who_works_at_it_gives_a_step_its_time_anew():
    deploy(p=drawings.process("p", drawings.task(stallAfter="P3D")))
    start("p")
    later(days=4)
    assert kinds() == [("progress", "file")]
    (task,) = tasks()
    drafts.save(task.key, {"a": 1}, by=people.find("bob"))
    assert kinds() == []
    later(days=3)
    assert kinds() == [("progress", "file")]
    user_tasks.assign(task.key, "bob", by=people.find("alice"))
    assert kinds() == []


def observe(*days, process="p"):
    """Let a process be done so often, each time within some days, from Mondays on."""
    for number in days:
        clock.stand_at(datetime.fromisoformat("2026-05-11T09:00+08:00"))
        start(process)
        later(days=number)
        do(tasks()[-1])
    clock.stand_at(datetime.fromisoformat("2026-07-06T09:00+08:00"))


def test_without_a_limit_a_step_stands_still_after_twice_its_usual_time():
    deploy(p=drawings.process("p", drawings.task()))
    observe(1, 1, 1, 1, 1)
    start("p")
    later(days=1, hours=23)
    assert kinds() == []
    later(hours=1)
    (watch,) = look()
    assert (watch.kind, watch.detail) == ("progress", {"usual": 86400.0, "count": 5})


def test_four_observations_are_no_usual_time():
    deploy(p=drawings.process("p", drawings.task()))
    observe(1, 1, 1, 1)
    start("p")
    later(days=60)
    assert kinds() == []


def test_days_of_rest_are_not_counted_and_a_working_day_is_always_left(at):
    quick = usual.Usual(timedelta(minutes=5), 9)
    slow = usual.Usual(timedelta(days=1), 9)
    friday = datetime.fromisoformat("2026-07-10T16:00+08:00")
    assert quick.late_at(friday) == datetime.fromisoformat("2026-07-14T00:00+08:00")
    assert slow.late_at(friday) == datetime.fromisoformat("2026-07-14T16:00+08:00")


def test_while_a_due_date_lies_far_ahead_a_task_has_time():
    deploy(p=drawings.process("p", drawings.task(due="=date(&quot;2026-07-31&quot;)")))
    observe(1, 1, 1, 1, 1)
    start("p")
    later(days=20)
    assert kinds() == []
    later(days=4, hours=16)
    assert kinds() == [("progress", "file")]


def test_a_called_process_that_moves_is_progress_of_the_call():
    deploy(
        p=drawings.process("p", drawings.call(stallAfter="P5D")),
        child=drawings.process("child", drawings.task("a"), drawings.task("b")),
    )
    start("p")
    jobs.run_pending()
    later(days=4)
    do(tasks()[0])
    later(days=4)
    assert kinds() == []
    later(days=1)
    assert kinds() == [("progress", "call")]


# messages


def test_a_message_that_nobody_sends():
    deploy(p=drawings.process("p", drawings.catch()))
    start("p")
    (watch,) = look()
    assert (watch.kind, watch.element_id) == ("message", "wait")
    assert watch.detail == {"why": "nobody", "messages": ["reply"], "roles": []}
    messages.publish("reply", "k", {}, by=SYSTEM)
    jobs.run_pending()
    assert kinds() == []


def test_a_message_that_another_system_sent_lately_is_awaited_in_health_for_a_day():
    deploy(p=drawings.process("p", drawings.catch()))
    start("p")
    messages.publish("reply", "somebody else's", {}, by=people.find("ada"))
    messages.publish("another", "k", {}, by=people.find("ada"))
    jobs.run_pending()
    assert kinds() == []
    later(days=1)
    (watch,) = look()
    assert watch.detail == {"why": "nobody", "messages": ["reply"], "roles": []}


def test_a_message_that_a_role_holder_may_send_is_awaited_in_health():
    deploy("f_inform", p=drawings.process("p", drawings.catch(sendForm="f_inform", sendBy="township_clerk")))
    start("p")
    assert kinds() == []
    people.set_active("bob", False)
    (watch,) = look()
    assert watch.detail == {"why": "nobody", "messages": ["reply"], "roles": ["township_clerk"]}


def test_what_somebody_sent_before_his_office_fell_vacant_does_not_hide_that_nobody_sends_it():
    deploy(
        "f_inform",
        p=drawings.process("p", drawings.catch(sendForm="f_inform", sendBy="township_clerk")),
        q=drawings.process("q", drawings.catch()),
    )
    start("p")
    (waiting,) = db.sa.session.scalars(sqla.select(models.MessageSubscription.key))
    delivery.hand_over(waiting, {}, sender=people.find("bob"))
    people.set_active("bob", False)
    start("p")
    start("q")  # nobody but another system sends it to this one
    assert [watch.process_id for watch in look()] == ["p"]


def test_a_message_that_a_running_process_may_still_throw_is_awaited_in_health():
    deploy(
        p=drawings.process("p", drawings.catch()),
        q=drawings.process("q", drawings.task(), drawings.throw(), drawings.task("after")),
        r=drawings.process("r", drawings.task("first"), drawings.call(process="q")),
    )
    start("p")
    thrower = start("r")
    assert kinds() == []
    do(tasks(element_id="first")[0])
    jobs.run_pending()
    assert kinds() == []
    instances.cancel(thrower.key, by=SYSTEM)
    jobs.run_pending()
    assert kinds() == [("message", "wait")]


def test_a_process_past_its_throw_sends_nothing_more():
    deploy(
        p=drawings.process("p", drawings.task("first"), drawings.catch()),
        q=drawings.process("q", drawings.throw(), drawings.task("after")),
    )
    start("q")
    start("p")
    do(tasks(element_id="first")[0])
    jobs.run_pending()
    assert kinds() == []  # it was kept
    start("p")
    do(tasks(element_id="first")[0])
    assert kinds() == [("message", "wait")]


def test_who_waits_for_a_message_cannot_be_the_one_who_sends_it_afterwards():
    deploy(p=drawings.process("p", drawings.catch(), drawings.throw()))
    start("p")
    start("p")
    assert kinds() == [("message", "wait"), ("message", "wait")]


def test_a_timer_that_leads_on_makes_the_wait_for_a_message_healthy():
    flows = "flow: s -> g\nflow: g -> wait -> e\nflow: g -> pause -> e"
    gateway = '<bpmn:eventBasedGateway id="g"/>'
    deploy(p=drawings.process("p", gateway, drawings.catch(), drawings.pause(duration="P30D"), flows=flows))
    start("p")
    later(days=29)
    assert kinds() == []


def test_a_message_that_does_not_come_within_its_time():
    deploy(p=drawings.process("p", drawings.catch(stallAfter="P2D")))
    start("p")
    later(days=1)
    assert kinds() == []
    later(days=1)
    (watch,) = look()
    assert (watch.kind, watch.detail["why"], watch.detail["after"]) == ("message", "late", "P2D")


# called processes


CALLING = {"p": drawings.process("p", drawings.call()), "child": drawings.process("child", drawings.task("a"))}


def test_a_child_that_was_cancelled_behind_its_callers_back():
    deploy(**CALLING)
    parent = start("p")
    jobs.run_pending()
    assert kinds() == []
    child = models.ProcessInstance
    with db.transaction() as session:
        session.execute(
            sqla.update(child).where(child.parent_key == parent.key).values(state="TERMINATED", end_date=clock.now())
        )
    (watch,) = look()
    assert (watch.kind, watch.element_id, watch.detail["why"]) == ("call", "call", "terminated")


def test_a_child_that_vanished():
    deploy(**CALLING)
    parent = start("p")
    with db.transaction() as session:
        session.execute(sqla.delete(models.Variable))
        session.execute(sqla.delete(models.ProcessInstance).where(models.ProcessInstance.parent_key == parent.key))
    (watch,) = look()
    assert (watch.kind, watch.detail["why"]) == ("call", "vanished")


def test_a_child_that_never_begins():
    deploy(**CALLING)
    start("p")
    (watch,) = look()
    assert (watch.kind, watch.detail["why"]) == ("call", "waiting")


def test_a_child_that_ends_as_it_should_leaves_nothing(run_jobs):
    deploy(**CALLING)
    start("p")
    run_jobs()
    do(tasks()[0])
    sweep.look({})
    run_jobs()
    assert kinds() == []


# roles, timers, jobs, incidents


def test_a_role_with_nobody_in_it():
    deploy(p=drawings.process("p", drawings.task(role="township_reviewer")))
    start("p")
    (watch,) = look()
    assert (watch.kind, watch.task_key, watch.detail) == ("vacancy", tasks()[0].key, {})
    people.join("bob", "township_reviewer", units.find("4502-e"))
    assert kinds() == []
    people.set_active("bob", False)
    assert kinds() == [("vacancy", "file")]


def test_a_role_group_counts_its_members():
    deploy(p=drawings.process("p", drawings.task(role="township")))
    start("p")
    assert kinds() == []


def test_a_task_whose_holder_can_no_longer_sign_in():
    deploy(p=drawings.process("p", drawings.task()))
    start("p")
    user_tasks.assign(tasks()[0].key, "bob", by=people.find("bob"))
    assert kinds() == []
    people.set_active("bob", False)
    (watch,) = look()
    assert (watch.kind, watch.detail) == ("vacancy", {"holder": "bob"})


def test_a_timer_that_should_have_fired(run_jobs):
    deploy(p=drawings.process("p", drawings.pause()))
    start("p")
    later(days=6)
    assert kinds() == []
    later(days=1)
    assert kinds() == [("timer", "pause")]
    run_jobs()
    assert kinds() == []


def test_a_timer_that_fires_within_seconds_leaves_nothing(run_jobs):
    deploy(p=drawings.process("p", drawings.pause()))
    start("p")
    later(days=8)
    assert list(sweep.look({})) == []
    run_jobs()
    assert kinds() == []


def test_a_job_that_no_worker_takes():
    deploy(p=drawings.process("p", drawings.service()))
    start("p")
    (watch,) = look()
    assert (watch.kind, watch.detail) == ("job", {"type": "print"})
    take = {"worker": "w", "timeout": timedelta(minutes=1), "limit": 1, "by": SYSTEM}
    ((job, _variables),) = external_jobs.activate("print", **take)
    assert kinds() == []
    start("p")
    later(minutes=2)
    assert kinds() == [("job", "job"), ("job", "job")]
    external_jobs.activate("print", **take)
    external_jobs.complete(job.key, {}, by=SYSTEM)
    assert kinds() == []


def test_a_failed_step_is_an_incident_and_nothing_else(monkeypatch):
    def fail(job):
        raise ValueError("no paper")

    monkeypatch.setitem(handlers._handlers, "print", fail)
    deploy(p=drawings.process("p", drawings.service()))
    instance = start("p")
    assert kinds() == []
    monkeypatch.setitem(handlers._handlers, "print", lambda job: {})
    incidents.resolve_all(instance.key, by=SYSTEM)
    assert db.sa.session.get_one(models.ProcessInstance, instance.key).state == "COMPLETED"


# health


def test_a_long_wait_for_a_date_is_healthy():
    deploy(p=drawings.process("p", drawings.pause(duration="P90D")))
    start("p")
    later(days=89)
    assert kinds() == []


def test_what_is_suspended_does_not_stand_still_and_has_its_time_anew_afterwards():
    deploy(p=drawings.process("p", drawings.task(stallAfter="P3D", role="township_reviewer")))
    instance = start("p")
    instances.suspend(instance.key, by=people.find("alice"))
    later(days=10)
    assert kinds() == []
    instances.resume(instance.key, by=people.find("alice"))
    assert kinds() == [("vacancy", "file")]
    later(days=3)
    assert kinds() == [("progress", "file"), ("vacancy", "file")]


def test_a_look_reports_what_stands_still_once():
    deploy(p=drawings.process("p", drawings.task(role="township_reviewer")))
    start("p")
    assert [watch.kind for watch in sweep.look({})] == ["vacancy"]
    assert sweep.look({}) == []
