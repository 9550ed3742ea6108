"""Stepping in, on one and on many: what is done, what is refused, what is undone, and that nothing is done twice."""

import json
from datetime import timedelta

import pytest
import sqlalchemy as sqla
from playwright.sync_api import expect

from service import clock, db, identity, jobs
from service.identity import people, units
from service.jobs import running, stalled
from service.notifications.models import Notification
from service.supervision import interventions, measures
from service.supervision.models import Operation, OperationItem
from service.workflow import instances, messages, models, tasks
from tests.web import drawings
from tests.web.conftest import PASSWORD, deploy, start
from tests.web.test_instances import CAMPAIGN, NOW, begin, child, finish_villages
from tests.web.visitor import Visitor, fresh, text

REASON = "县里来电催促"
LATER = "2026-07-30"


@pytest.fixture
def worker():
    """None: these tests do the background work."""


@pytest.fixture
def checking(county, at):
    """The process `checking`, deployed, on a Monday morning; Cora supervises the county."""
    at(NOW)
    units.add("4502-e-l", "下村", "village", units.find("4502-e"))
    people.add("cora", "Cora", PASSWORD)
    people.join("cora", "supervisor", units.find("4502"))
    deploy({CAMPAIGN.name: CAMPAIGN.read_bytes(), **drawings.files()})


@pytest.fixture
def one(checking):
    """An instance of `checking` in the east."""
    return start("checking").key


@pytest.fixture
def alice(app, checking):
    """The supervisor of the east."""
    return Visitor(app, "alice")


def task_of(key):
    return fresh(models.UserTask, instance_key=key, state="CREATED")


def state(key):
    row = fresh(models.ProcessInstance, key=key)
    return "SUSPENDED" if row.suspended and row.state == "ACTIVE" else row.state


def act(visitor, kind, *, subjects, reason=REASON, follow=True, **fields):
    return visitor.post("/interventions/begin", kind=kind, subject=subjects, reason=reason, follow=follow, **fields)


def do(visitor, kind, key, **fields):
    """Do something to one instance and tell what the page says."""
    answer = act(visitor, kind, instance=key, subjects=[key], **fields)
    assert answer.status_code == 200, text(answer.text)
    return text(answer.text)


def of_task(visitor, kind, key, **fields):
    answer = act(visitor, kind, task=key, subjects=[key], **fields)
    assert answer.status_code == 200, text(answer.text)
    return text(answer.text)


def logged(key):
    db.sa.session.rollback()
    log = models.AuditLog
    query = sqla.select(log.operation, log.by, log.reason).where(log.instance_key == key)
    return [tuple(row) for row in db.sa.session.execute(query.order_by(log.at, log.key))]


def undo_last(visitor, key):
    log = models.AuditLog
    db.sa.session.rollback()
    entry = db.sa.session.scalars(sqla.select(log.key).where(log.instance_key == key).order_by(log.key.desc())).first()
    return text(visitor.post("/interventions/undo", entry=entry, follow=True).text)


def told(name):
    db.sa.session.rollback()
    query = sqla.select(Notification).where(Notification.username == name).order_by(Notification.key)
    return [(row.kind, row.items[0]["link"]) for row in db.sa.session.scalars(query)]


def many(count=3):
    return [start("checking", unit="4502-e-u").key for _number in range(count)]


def operation():
    db.sa.session.rollback()
    db.sa.session.expire_all()
    return db.sa.session.scalars(sqla.select(Operation).order_by(Operation.key.desc())).first()


def results():
    db.sa.session.rollback()
    query = sqla.select(OperationItem.state).where(OperationItem.operation_key == operation().key)
    return db.sa.session.scalars(query.order_by(OperationItem.position)).all()


# One


def test_the_plan_shows_before_and_after_and_changes_nothing(alice, one):
    task = task_of(one)
    shown = text(alice.post("/interventions", kind="due", task=task.key, due=LATER).text)
    assert "核查申请 东乡 2026-07-23 2026-07-30" in shown
    assert "Reason (stands in the audit log)" in shown
    assert task_of(one).due == task.due
    assert operation() is None


def test_suspend_and_resume(alice, one):
    answer = do(alice, "suspend", one)
    assert "Done. It stands in the audit log. Undo" in answer
    assert "You have just intervened" not in answer
    assert state(one) == "SUSPENDED"
    assert "You have just intervened: suspended. Undo" in alice.read(f"/instances/{one}")
    do(alice, "resume", one)
    assert state(one) == "ACTIVE"
    assert logged(one)[1:] == [("SUSPEND", "alice", REASON), ("RESUME", "alice", REASON)]


def test_what_an_instance_called_can_be_suspended_with_it(alice, checking):
    key = begin()
    plan = text(alice.post("/interventions", kind="suspend", instance=key, below="on").text)
    assert plan.count("running suspended") == 3
    every = [key, child(key, "4502-e-u").key, child(key, "4502-e-l").key]
    act(alice, "suspend", instance=key, below="on", subjects=every)
    jobs.run_pending()
    assert [state(each) for each in every] == ["SUSPENDED"] * 3


def test_what_is_held_holds_by_default_what_it_called_and_says_how_many(alice, checking):
    key = begin()
    page = alice.post("/interventions", kind="suspend", instance=key).text
    assert text(page).count("running suspended") == 3
    assert "with the 2 processes that were called from there and are still open" in page
    alone = text(alice.post("/interventions", kind="suspend", instance=key, once="x").text)
    assert alone.count("running suspended") == 1


def test_resuming_leaves_suspended_what_it_called_unless_chosen(alice, checking):
    key = begin()
    page = text(alice.post("/interventions", kind="resume", instance=key).text)
    assert "with the 2 processes that were called from there and are still open" in page
    assert page.count("running") == 1


def test_cancel(alice, one):
    do(alice, "cancel", one)
    assert state(one) == "TERMINATED"
    assert "Step in" not in alice.get(f"/instances/{one}").text
    assert logged(one)[-1] == ("CANCEL", "alice", REASON)


def test_reassign_to_a_person_and_back_to_all(alice, one):
    key = task_of(one).key
    plan = text(alice.post("/interventions", kind="reassign", task=key, assignee="bea").text)
    assert "nobody yet Bea" in plan
    assert "Charlie" not in plan
    of_task(alice, "reassign", key, assignee="bea")
    assert task_of(one).assignee == "bea"
    of_task(alice, "reassign", key, assignee="-")
    assert task_of(one).assignee is None
    assert [entry[0] for entry in logged(one)[1:]] == ["ASSIGN", "UNASSIGN"]


def test_change_the_due_date(alice, one):
    of_task(alice, "due", task_of(one).key, due=LATER)
    assert task_of(one).due.isoformat() == "2026-07-30T16:00:00+00:00"
    assert "due: 2026-07-24 00:00 → 2026-07-31 00:00" in alice.read(f"/instances/{one}")


@pytest.mark.parametrize(
    ("kind", "given", "value"),
    [
        ("text", "东", "东"),
        ("number", "12.5", "12.5"),
        ("flag", "true", "true"),
        ("date", LATER, '{"@date": "2026-07-30"}'),
        ("json", '{"a": [1, null]}', '{"a": [1, null]}'),
    ],
)
def test_set_a_variable(alice, one, kind, given, value):
    do(alice, "variables", one, name="quota", type=kind, value=given)
    stored = sqla.text("SELECT value FROM variables WHERE scope_key = :key AND name = 'quota'")
    found = db.sa.session.execute(stored, {"key": one}).scalar_one()
    assert found == (given if kind == "text" else json.loads(value))
    assert logged(one)[-1] == ("SET_VARIABLES", "alice", REASON)


def test_retry_goes_on_after_the_variable_was_set_right(alice, checking):
    key = begin()
    finish_villages()
    messages.publish("approved", "4502-e", {"quota": 3}, by=identity.SYSTEM)
    jobs.run_pending()
    do(alice, "variables", key, name="places", type="number", value="20")
    assert "Done." in do(alice, "retry", key)
    assert state(key) == "COMPLETED"


def test_move_a_token(alice, one):
    plan = text(alice.post("/interventions", kind="move", instance=one, source="Task_Check", target="Task_File").text)
    assert "核查申请 归档材料" in plan
    do(alice, "move", one, source="Task_Check", target="Task_File")
    assert task_of(one).element_id == "Task_File"


def test_migrate_to_a_newer_version(alice, one):
    newer = drawings.CHECKING.read_bytes().replace("归档材料".encode(), "整理归档".encode())
    deploy({drawings.CHECKING.name: newer})
    version = fresh(models.Definition, id="checking", version=2)
    plan = text(alice.post("/interventions", kind="migrate", instance=one, definition=version.key).text)
    assert "version 1 version 2" in plan
    do(alice, "migrate", one, definition=version.key)
    assert fresh(models.ProcessInstance, key=one).definition_key == version.key


def test_urging_tells_who_must_act_and_the_second_time_the_next_level(app, alice, one, at):
    key = task_of(one).key
    of_task(alice, "urge", key)
    assert told("bob") == told("bea") == [("urged", f"/tasks/{key}")]
    assert "It was urged already; once in 1 working days is possible." in of_task(alice, "urge", key)
    at("2026-07-21T09:00+08:00")
    plan = text(Visitor(app, "cora").post("/interventions", kind="urge", task=key).text)
    assert "urged 1 times, last on 2026-07-20 told: who must act, and 1 levels of supervisors" in plan
    of_task(Visitor(app, "cora"), "urge", key)
    assert len(told("bob")) == 2
    assert told("alice") == [("escalated", f"/instances/{one}")]
    at("2026-07-22T09:00+08:00")
    of_task(alice, "urge", key)
    assert told("cora") == [("escalated", f"/instances/{one}")]
    assert len(told("alice")) == 1


def test_a_task_in_hand_is_urged_with_its_holder_alone_and_not_over_the_weekend(alice, one, at):
    key = task_of(one).key
    tasks.assign(key, "bob", by=people.find("bob"))
    at("2026-07-24T09:00+08:00")
    of_task(alice, "urge", key)
    assert (told("bob"), told("bea")) == ([("urged", f"/tasks/{key}")], [])
    for day in ("2026-07-25", "2026-07-26"):
        at(f"{day}T09:00+08:00")
        assert "It was urged already" in of_task(alice, "urge", key)
    at("2026-07-27T08:00+08:00")
    assert "Done." in of_task(alice, "urge", key)


# Refusals


@pytest.mark.parametrize("kind", [*measures.ASKED])
def test_nothing_is_done_without_a_reason(alice, one, kind):
    key = task_of(one).key
    chosen = {"task": key} if measures.ASKED[kind].on == "task" else {"instance": one}
    fields = {"assignee": "bea", "due": LATER, "name": "n", "value": "v", "source": "Task_Check", "target": "Task_File"}
    fields["definition"] = fresh(models.ProcessInstance, key=one).definition_key
    answer = act(alice, kind, subjects=list(chosen.values()), reason="  ", **chosen, **fields)
    assert answer.status_code == 422
    assert "Give a reason; it stands in the audit log." in text(answer.text)
    assert operation() is None


@pytest.mark.parametrize("kind", [*measures.ASKED])
def test_a_foreign_unit_is_refused_whole_and_a_clerk_may_not_step_in(app, alice, kind):
    mine, foreign = start("checking").key, start("checking", unit="4502-w").key
    for chosen in ({"instance": [mine, foreign]}, {"task": [task_of(mine).key, task_of(foreign).key]}):
        subjects = next(iter(chosen.values()))
        assert alice.post("/interventions", kind=kind, **chosen).status_code == 404
        assert act(alice, kind, subjects=subjects, **chosen).status_code == 404
        assert act(Visitor(app, "bob"), kind, subjects=subjects, **chosen).status_code in (403, 404)
    assert operation() is None


def test_who_started_a_run_follows_it_but_may_not_step_in(app, checking):
    row = instances.create("checking", {}, by=people.find("bob"), unit="4502-e")
    bob = Visitor(app, "bob")
    assert "Step in" not in bob.get(f"/instances/{row.key}").text
    assert act(bob, "cancel", instance=row.key, subjects=[row.key]).status_code == 403
    assert state(row.key) == "ACTIVE"


@pytest.mark.parametrize(
    ("kind", "told_"),
    [
        ("resume", "is not suspended."),
        ("retry", "Nothing has failed."),
    ],
)
def test_what_does_not_fit_the_state_is_refused_with_the_reason(alice, one, kind, told_):
    assert told_ in do(alice, kind, one)
    assert results() == ["FAILED"]
    assert [entry[0] for entry in logged(one)] == ["CREATE"]


def test_a_called_instance_is_not_cancelled_alone(alice, checking):
    key = child(begin(), "4502-e-u").key
    assert "Another process called it" in text(alice.post("/interventions", kind="cancel", instance=key).text)
    assert "cancel that one" in do(alice, "cancel", key)
    assert state(key) == "ACTIVE"


def test_what_is_over_or_suspended_is_refused(alice, one):
    do(alice, "suspend", one)
    key = task_of(one).key
    assert "is suspended; resume it first." in of_task(alice, "reassign", key, assignee="bea")
    do(alice, "cancel", one)
    assert "is over." in do(alice, "suspend", one)


@pytest.mark.parametrize(
    ("kind", "fields", "told_"),
    [
        ("reassign", {}, "Choose somebody."),
        ("reassign", {"assignee": "nobody"}, "There is no such person."),
        ("due", {"due": "soon"}, "Give a date."),
        ("due", {"due": "2026-07-19"}, "The date is over already."),
        ("due", {"due": "9999-12-31"}, "Give a date."),
        ("variables", {"name": "a b", "value": "1"}, "Give the name of a variable"),
        ("variables", {"name": "unit", "value": "4502"}, "Give the name of a variable"),
        ("variables", {"name": "n", "type": "number", "value": "NaN"}, "Give a number"),
        ("variables", {"name": "n", "type": "json", "value": "{"}, "This is no right JSON."),
        ("variables", {"name": "n", "type": "json", "value": "[" * 5000}, "This is no right JSON."),
        ("move", {"source": "Task_Check", "target": "Nowhere"}, "Choose where it shall go."),
        ("migrate", {"definition": "1"}, "Choose a version."),
    ],
)
def test_what_is_filled_in_wrongly_is_told_at_its_field(alice, one, kind, fields, told_):
    chosen = {"task": task_of(one).key} if measures.ASKED[kind].on == "task" else {"instance": one}
    answer = act(alice, kind, subjects=list(chosen.values()), **chosen, **fields)
    assert answer.status_code == 422
    assert told_ in text(answer.text)
    assert operation() is None


def test_choosing_nothing_or_no_known_measure_is_refused(alice, one):
    assert alice.post("/interventions", kind="suspend").status_code == 422
    assert alice.post("/interventions", kind="explode", instance=one).status_code == 400
    assert act(alice, "suspend", instance=one, subjects=[]).status_code == 422


# Undo


def test_a_reassignment_is_undone(alice, one):
    key = task_of(one).key
    of_task(alice, "reassign", key, assignee="bea")
    assert "Done." in undo_last(alice, one)
    assert task_of(one).assignee is None
    assert logged(one)[-1] == ("UNASSIGN", "alice", f"Undo: {REASON}")


def test_a_due_date_is_undone(alice, one):
    before = task_of(one).due
    of_task(alice, "due", task_of(one).key, due=LATER)
    undo_last(alice, one)
    assert task_of(one).due == before


def test_suspending_and_resuming_are_undone(alice, one):
    do(alice, "suspend", one)
    undo_last(alice, one)
    assert state(one) == "ACTIVE"
    undo_last(alice, one)
    assert state(one) == "SUSPENDED"


def test_a_variable_gets_back_its_old_value_of_its_own_kind(alice, one):
    do(alice, "variables", one, name="day", type="date", value=LATER)
    do(alice, "variables", one, name="day", type="text", value="later")
    undo_last(alice, one)
    held = fresh(models.Variable, scope_key=one, name="day")
    assert held.value.isoformat() == LATER


def test_a_variable_that_was_not_there_before_is_gone_again(alice, one):
    do(alice, "variables", one, name="brand_new", type="number", value="7")
    assert fresh(models.Variable, scope_key=one, name="brand_new").value == 7
    undo_last(alice, one)
    db.sa.session.expire_all()
    assert db.sa.session.scalars(sqla.select(models.Variable).filter_by(scope_key=one, name="brand_new")).all() == []
    undo_last(alice, one)
    assert fresh(models.Variable, scope_key=one, name="brand_new").value == 7


def test_undoing_is_refused_when_somebody_has_changed_it_meanwhile(alice, one, at):
    key = task_of(one).key
    of_task(alice, "reassign", key, assignee="bea")
    entry = fresh(models.AuditLog, instance_key=one, operation="ASSIGN").key
    tasks.assign(key, "bob", by=people.find("alice"))
    page = alice.get(f"/instances/{one}").text
    assert f'name="entry" value="{entry}"' not in page
    shown = text(alice.post("/interventions/undo", entry=entry, follow=True).text)
    assert "It has been changed again meanwhile; nothing was undone." in shown
    assert task_of(one).assignee == "bob"


def test_a_second_suspension_is_not_taken_for_the_first(alice, one, at):
    do(alice, "suspend", one)
    first = fresh(models.AuditLog, instance_key=one, operation="SUSPEND").key
    do(alice, "resume", one)
    at(clock.now() + timedelta(minutes=1))
    do(alice, "suspend", one)
    assert "changed again meanwhile" in text(alice.post("/interventions/undo", entry=first, follow=True).text)
    assert state(one) == "SUSPENDED"


def test_what_cannot_be_undone_and_what_is_foreign_is_refused(app, alice, one):
    do(alice, "move", one, source="Task_Check", target="Task_File")
    assert "This cannot be undone." in undo_last(alice, one)
    foreign = start("checking", unit="4502-w").key
    instances.suspend(foreign, by=identity.SYSTEM, reason="查")
    entry = fresh(models.AuditLog, instance_key=foreign, operation="SUSPEND").key
    assert alice.post("/interventions/undo", entry=entry).status_code == 404
    assert state(foreign) == "SUSPENDED"


# Many


@pytest.mark.parametrize(
    ("kind", "fields", "seen"),
    [
        ("suspend", {}, lambda key: state(key) == "SUSPENDED"),
        ("cancel", {}, lambda key: state(key) == "TERMINATED"),
        ("variables", {"name": "n", "type": "number", "value": "3"}, lambda key: logged(key)[-1][0] == "SET_VARIABLES"),
        ("move", {"source": "Task_Check", "target": "Task_File"}, lambda key: task_of(key).element_id == "Task_File"),
        ("reassign", {"assignee": "bea"}, lambda key: task_of(key).assignee == "bea"),
        ("due", {"due": LATER}, lambda key: task_of(key).due.isoformat().startswith(LATER)),
        ("urge", {}, lambda key: logged(key)[-1][0] == "URGE"),
    ],
)
def test_many_are_done_in_the_background(alice, checking, kind, fields, seen):
    keys = many()
    on_tasks = measures.ASKED[kind].on == "task"
    subjects = [task_of(key).key for key in keys] if on_tasks else keys
    page = act(alice, kind, instance=keys, subjects=subjects, **fields)
    assert "0 of 3 settled" in text(page.text)
    assert not any(seen(key) for key in keys)
    jobs.run_pending()
    assert results() == ["DONE"] * 3
    assert all(seen(key) for key in keys)
    assert {logged(key)[-1][1:] for key in keys} == {("alice", REASON)}


def test_many_are_resumed_retried_and_migrated(alice, checking):
    keys = many()
    for key in keys:
        instances.suspend(key, by=identity.SYSTEM)
    act(alice, "resume", instance=keys, subjects=keys)
    jobs.run_pending()
    deploy({drawings.CHECKING.name: drawings.CHECKING.read_bytes().replace("归档材料".encode(), "归档".encode())})
    version = fresh(models.Definition, id="checking", version=2).key
    act(alice, "migrate", instance=keys, subjects=keys, definition=version)
    jobs.run_pending()
    rows = [fresh(models.ProcessInstance, key=key) for key in keys]
    assert {(row.suspended, row.definition_key) for row in rows} == {(False, version)}
    act(alice, "retry", instance=keys, subjects=keys)
    jobs.run_pending()
    assert results() == ["FAILED"] * 3


def test_each_item_tells_its_result_and_one_failure_stops_nothing(alice, checking):
    first, second, third = many()
    instances.suspend(second, by=identity.SYSTEM)
    act(alice, "suspend", instance=[first, second, third], subjects=[first, second, third])
    jobs.run_pending()
    shown = alice.read(f"/interventions/{operation().key}")
    assert "3 of 3 settled" in shown
    assert "2 done, 1 failed" in shown
    assert f"did not succeed : Process instance {second} is already suspended." in shown
    assert [state(key) for key in (first, third)] == ["SUSPENDED"] * 2


def test_only_what_stays_chosen_is_done(alice, checking):
    keys = many()
    act(alice, "suspend", instance=keys, subjects=keys[:2])
    jobs.run_pending()
    assert [state(key) for key in keys] == ["SUSPENDED", "SUSPENDED", "ACTIVE"]


def test_all_that_an_operation_did_is_undone_unless_it_changed_meanwhile(alice, checking):
    keys = many()
    act(alice, "suspend", instance=keys, subjects=keys)
    jobs.run_pending()
    instances.resume(keys[0], by=identity.SYSTEM)
    alice.post("/interventions/undo", operation=operation().key)
    jobs.run_pending()
    assert sorted(results()) == ["DONE", "DONE", "FAILED"]
    assert [state(key) for key in keys] == ["ACTIVE"] * 3


def test_a_running_operation_is_stopped_and_what_is_done_stays_done(alice, checking, monkeypatch):
    keys = many()
    act(alice, "suspend", instance=keys, subjects=keys)
    monkeypatch.setattr("service.supervision.interventions.CHUNK", 1)
    key = operation().key
    with running.at_work() as worker:
        job = worker.fetch()
        running._run(worker, job)
    assert "Stop" in alice.read(f"/interventions/{key}")
    alice.post(f"/interventions/{key}/cancel")
    jobs.run_pending()
    assert results() == ["DONE", "CANCELLED", "CANCELLED"]
    assert [state(each) for each in keys] == ["SUSPENDED", "ACTIVE", "ACTIVE"]
    assert "1 done, 2 left out" in alice.read(f"/interventions/{key}")
    assert "This is over already." in text(alice.post(f"/interventions/{key}/cancel", follow=True).text)


def test_after_a_crash_the_rest_is_done_and_nothing_twice(alice, checking, monkeypatch):
    keys = many(4)
    act(alice, "suspend", instance=keys, subjects=keys)
    done, original = [], instances.suspend

    def die_at_the_third(key, **more):
        original(key, **more)
        done.append(key)
        if len(done) == 3:
            raise SystemExit("power cut")

    monkeypatch.setattr(instances, "suspend", die_at_the_third)
    with running.at_work() as worker:
        job = worker.fetch()
        with pytest.raises(SystemExit):
            jobs.app.tasks[job["task_name"]].func(**job["args"])
    assert results() == ["DONE", "DONE", "WAITING", "WAITING"]
    assert [state(key) for key in keys] == ["SUSPENDED", "SUSPENDED", "ACTIVE", "ACTIVE"]
    monkeypatch.setattr(instances, "suspend", original)
    assert stalled.retry_now() == 1
    jobs.run_pending()
    assert results() == ["DONE"] * 4
    assert operation().state == "DONE"
    assert [[entry[0] for entry in logged(key)].count("SUSPEND") for key in keys] == [1] * 4


def test_an_operation_whose_job_was_lost_goes_on(alice, checking, at):
    keys = many(2)
    act(alice, "suspend", instance=keys, subjects=keys)
    with db.sa.engine.begin() as connection:
        connection.execute(sqla.text("DELETE FROM procrastinate_jobs"))
    assert interventions.go_on_with_stranded() == 0
    at(clock.now() + timedelta(minutes=3))
    assert interventions.go_on_with_stranded() == 1
    assert interventions.go_on_with_stranded() == 0
    jobs.run_pending()
    assert results() == ["DONE", "DONE"]
    assert interventions.go_on_with_stranded() == 0


def test_nobody_sees_the_operations_of_others(app, alice, checking):
    keys = many(2)
    act(alice, "suspend", instance=keys, subjects=keys)
    cora, key = Visitor(app, "cora"), operation().key
    assert cora.get(f"/interventions/{key}").status_code == 404
    assert cora.post(f"/interventions/{key}/cancel").status_code == 404
    assert cora.post("/interventions/undo", operation=key).status_code == 404
    assert "You have not stepped in yet." in cora.read("/interventions")
    assert REASON in alice.read("/interventions")


def test_the_number_of_queries_of_a_plan_does_not_grow(alice, checking):
    keys = many(6)
    task = {key: task_of(key).key for key in keys}

    def needed(chosen):
        fields = {"kind": kind, "due": LATER, "assignee": "bea", "name": "n", "value": "v"}
        subjects = (
            {"task": [task[key] for key in chosen]} if measures.ASKED[kind].on == "task" else {"instance": chosen}
        )
        return alice.queries("/interventions", **fields, **subjects)

    for kind in measures.ASKED:
        needed(keys[:2])
        assert needed(keys[:2]) == needed(keys), kind


def test_one_chooses_in_the_list_and_watches_the_progress(as_, app, checking):
    keys = many()
    page = (reader := as_("alice")).page
    reader.open("/instances")
    page.get_by_label("Choose all on this page").check()
    page.get_by_role("button", name="Change due date").click()
    page.get_by_label("New due date (until 24:00)").fill(LATER)
    page.get_by_label("New due date (until 24:00)").blur()
    expect(page.get_by_role("row").nth(1)).to_contain_text(LATER)
    assert reader.faults() == []
    page.get_by_label("Reason").fill(REASON)
    page.get_by_role("button", name="Change due date").click()
    expect(page.get_by_text("0 of 3 settled")).to_be_visible()
    assert reader.faults() == []
    jobs.run_pending()
    expect(page.get_by_text("3 of 3 settled")).to_be_visible()
    page.get_by_role("link", name="核查申请").first.click()
    expect(page.get_by_text(f"Reason: {REASON}")).to_be_visible()
    assert reader.faults() == []
    page.get_by_role("button", name="Undo").last.click()
    expect(page.get_by_text("Done. It stands in the audit log.")).to_be_visible()
    assert {task_of(key).due.isoformat()[:10] for key in keys} == {LATER, "2026-07-23"}


def test_a_second_click_does_nothing_more(alice, checking):
    keys = many(2)
    first, second = (act(alice, "suspend", instance=keys, subjects=keys, once="abc", follow=False) for _ in range(2))
    assert first.location == second.location
    jobs.run_pending()
    again = act(alice, "suspend", instance=keys, subjects=keys[:1], once="abc", follow=False)
    assert (again.status_code, results()) == (422, ["DONE", "DONE"])
    assert len(db.sa.session.scalars(sqla.select(Operation)).all()) == 1


def test_a_task_of_a_unit_that_one_does_not_supervise_is_not_offered(app, alice, one):
    task = models.UserTask
    db.sa.session.execute(sqla.update(task).where(task.instance_key == one).values(unit_id=units.find("4502").id))
    db.sa.session.commit()
    key = task_of(one).key
    assert f'name="task" value="{key}"' not in alice.get(f"/instances/{one}").text
    assert alice.post("/interventions", kind="urge", task=key).status_code == 404
    assert alice.post("/interventions", kind="urge", instance=one).status_code == 422
    assert f'name="task" value="{key}"' in Visitor(app, "cora").get(f"/instances/{one}").text
