"""What the shell does beyond one instance: calls, messages, signals, timers, handlers, incidents, workers."""

from collections import Counter
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select, text

from service import clock, db, errors, identity
from service.engine import effects
from service.jobs import handlers
from service.workflow import (
    delivery,
    deployments,
    external_jobs,
    incidents,
    instances,
    live,
    messages,
    models,
    releases,
    signals,
    tasks,
)
from tests.engine.bpmn import user_task, xml
from tests.engine.test_events import MESSAGE, MESSAGES, boundary, timer
from tests.engine.test_scopes import COLLECT, multi
from tests.statements import counted

SYSTEM = identity.SYSTEM
START, END = '<bpmn:startEvent id="s"/>', '<bpmn:endEvent id="e"/>'


@pytest.fixture(autouse=True)
def _fresh(app):
    releases.forget()
    live.forget()


@pytest.fixture(params=[False, True], ids=["warm", "cold"], autouse=True)
def cold(request, monkeypatch):
    """Cold: every command finds nothing in memory."""
    if request.param:
        monkeypatch.setattr(live, "CAPACITY", 0)


def deploy(**bodies):
    files = {f"{id}.bpmn": xml(body, process_id=id, shared=MESSAGES) for id, body in bodies.items()}
    return deployments.deploy(files, by=SYSTEM)


def open_tasks():
    task = models.UserTask
    db.sa.session.expire_all()
    return list(db.sa.session.scalars(select(task).where(task.state == "CREATED").order_by(task.key)))


def names():
    return sorted(t.element_id for t in open_tasks())


def state(row):
    return db.sa.session.get(models.ProcessInstance, row.key, populate_existing=True).state


def service(type_="post"):
    return (
        f'<bpmn:serviceTask id="w"><bpmn:extensionElements><zeebe:taskDefinition type="{type_}"/>'
        "</bpmn:extensionElements></bpmn:serviceTask>"
    )


CALLER = (
    f'{START}<bpmn:callActivity id="c"><bpmn:extensionElements><zeebe:calledElement processId="child"'
    f' propagateAllChildVariables="false"/></bpmn:extensionElements>{multi("", COLLECT.replace("village + n", "n * 2"))}'
    f"</bpmn:callActivity>{user_task('b')}{END}\nflow: s -> c -> b -> e\n"
)
CHILD = f"{START}{user_task('a')}{END}\nflow: s -> a -> e\n"


def test_called_instances_run_on_their_own_and_return_to_the_caller(run_jobs):
    caller = CALLER.replace('propagateAllChildVariables="false"', 'propagateAllChildVariables="true"').replace(
        "<zeebe:loopCharacteristics", "<zeebe:loopCharacteristics"
    )
    caller = caller.replace(
        "</bpmn:extensionElements><bpmn:multi",
        '<zeebe:ioMapping><zeebe:input source="=null" target="n"/></zeebe:ioMapping></bpmn:extensionElements><bpmn:multi',
    )
    deploy(main=caller, child=CHILD)
    row = instances.create("main", {"villages": [1, 2, 3]}, by=SYSTEM)
    assert names() == []
    run_jobs()
    assert names() == ["a", "a", "a"]
    children = db.sa.session.scalars(select(models.ProcessInstance).where(models.ProcessInstance.parent_key == row.key))
    assert {c.root_key for c in children} == {row.key}
    for number, task in enumerate(open_tasks(), 1):
        tasks.complete(task.key, {"n": number}, by=SYSTEM)
    run_jobs()
    assert names() == ["b"]
    sums = db.sa.session.scalar(
        select(models.Variable.value).where(models.Variable.scope_key == row.key, models.Variable.name == "sums")
    )
    assert sums == [2, 4, 6]


def test_cancelling_a_root_cancels_what_it_called_and_nothing_else_may(run_jobs):
    deploy(main=CALLER, child=CHILD)
    row = instances.create("main", {"villages": [1, 2]}, by=SYSTEM)
    run_jobs()
    child = db.sa.session.scalar(select(models.ProcessInstance.key).where(models.ProcessInstance.parent_key == row.key))
    with pytest.raises(errors.Conflict, match="cancel that one"):
        instances.cancel(child, by=SYSTEM)
    instances.cancel(row.key, by=SYSTEM)
    run_jobs()
    states = Counter(db.sa.session.scalars(select(models.ProcessInstance.state)))
    assert states == {"TERMINATED": 3}


def test_an_error_of_a_called_process_reaches_the_boundary_of_the_call(run_jobs):
    caller = f"""{START}<bpmn:callActivity id="c"><bpmn:extensionElements><zeebe:calledElement processId="child"/>
    </bpmn:extensionElements></bpmn:callActivity>{user_task("repair")}{END}
    {boundary("x", '<bpmn:errorEventDefinition errorRef="E"/>', to="c")}
    flow: s -> c -> e
    flow: x -> repair -> e
    """
    child = f"""{START}<bpmn:endEvent id="bad"><bpmn:errorEventDefinition errorRef="E"/></bpmn:endEvent>
    flow: s -> bad
    """
    deploy(main=caller, child=child)
    instances.create("main", {}, by=SYSTEM)
    run_jobs()
    assert names() == ["repair"]


WAITER = f"""{START}<bpmn:receiveTask id="r" messageRef="M"/>{user_task("b")}{END}\nflow: s -> r -> b -> e\n"""


def test_a_message_finds_who_waits_by_its_key(run_jobs):
    deploy(p=WAITER)
    for village in ("v1", "v2"):
        instances.create("p", {"village": village}, by=SYSTEM)
    messages.publish("objection", "v2", {"n": 7}, by=SYSTEM)
    run_jobs()
    [task] = open_tasks()
    value = select(models.Variable.value).where(
        models.Variable.instance_key == task.instance_key, models.Variable.name == "n"
    )
    assert db.sa.session.scalar(value) == Decimal(7)


def test_a_message_is_kept_for_who_waits_later_and_given_once_to_a_process(run_jobs):
    deploy(p=WAITER)
    messages.publish("objection", "v1", {}, ttl=timedelta(hours=1), by=SYSTEM)
    instances.create("p", {"village": "v1"}, by=SYSTEM)
    instances.create("p", {"village": "v1"}, by=SYSTEM)
    run_jobs()
    assert names() == ["b"]


def test_a_message_without_time_to_live_is_for_those_who_wait_now(run_jobs):
    deploy(p=WAITER)
    messages.publish("objection", "v1", {}, by=SYSTEM)
    instances.create("p", {"village": "v1"}, by=SYSTEM)
    run_jobs()
    assert names() == []


def test_a_message_that_is_too_old_is_given_to_nobody(run_jobs, at):
    deploy(p=WAITER)
    at("2026-03-01T08:00+08:00")
    messages.publish("objection", "v1", {}, ttl=timedelta(hours=1), by=SYSTEM)
    at("2026-03-01T09:01+08:00")
    instances.create("p", {"village": "v1"}, by=SYSTEM)
    run_jobs()
    assert names() == []
    messages.drop_expired()


SENT = """<bpmn:extensionElements><zeebe:properties><zeebe:property name="sendForm" value="f"/>
    <zeebe:property name="sendBy" value="village_clerk"/></zeebe:properties></bpmn:extensionElements>"""
FILED = f"""{START}<bpmn:intermediateCatchEvent id="filed">{SENT}{MESSAGE}</bpmn:intermediateCatchEvent>{user_task("b")}
    {END}\nflow: s -> filed -> b -> e\n"""


def given(run_jobs):
    run_jobs()
    return [task.instance_key for task in open_tasks()]


def two_runs():
    """Two runs of different processes that wait for what people file in one village."""
    form = b'{"id": "f", "type": "default", "schemaVersion": 18, "components": []}'
    files = {f"{id}.bpmn": xml(FILED, process_id=id, shared=MESSAGES) for id in ("p", "q")}
    deployments.deploy({**files, "f.form": form}, by=SYSTEM)
    return [instances.create(id, {"village": "v1"}, by=SYSTEM).key for id in ("p", "q")]


def test_what_people_send_is_refused_while_several_runs_wait_for_it_and_the_refusal_names_them(run_jobs):
    first, second = two_runs()
    for send in (messages.publish, delivery.correlate):
        with pytest.raises(errors.Conflict, match=f"2 runs .*: {first}/v1, {second}/v1"):
            send("objection", "v1", {}, by=SYSTEM)
    assert given(run_jobs) == []
    messages.publish("objection", f"{second}/v1", {}, by=SYSTEM)
    assert given(run_jobs) == [second]
    messages.publish("objection", "v1", {}, by=SYSTEM)  # only one waits now
    assert given(run_jobs) == [second, first]


def test_what_people_send_to_a_run_is_kept_for_that_run_alone(run_jobs):
    first, second = two_runs()
    for run in (first, second):
        delivery.correlate("objection", f"{run}/v1", {}, by=SYSTEM)
    [third, fourth] = [instances.create("p", {"village": v}, by=SYSTEM).key for v in ("v2", "v2")]
    messages.publish("objection", f"{fourth}/v2", {}, ttl=timedelta(hours=1), by=SYSTEM)
    run_jobs()
    assert [task.instance_key for task in open_tasks()] == [first, second, fourth]
    assert [waits.instance_key for waits in messages.waiting("objection", "v2")] == [third]


def test_what_people_send_before_anybody_waits_reaches_one_run_only(run_jobs):
    messages.publish("objection", "v1", {}, ttl=timedelta(hours=1), by=SYSTEM)
    runs = two_runs()
    assert given(run_jobs) == runs[:1]


def test_each_run_that_begins_to_wait_gets_the_next_of_what_people_sent_before(run_jobs):
    for _ in range(2):
        messages.publish("objection", "v1", {}, ttl=timedelta(hours=1), by=SYSTEM)
    assert set(given(run_jobs)) == set()
    runs = two_runs()
    assert given(run_jobs) == runs


def test_however_many_wait_a_message_asks_the_database_as_often():
    two_runs()

    def queries():
        db.sa.session.expunge_all()
        with counted() as seen, pytest.raises(errors.Conflict, match="runs wait"):
            messages.publish("objection", "v1", {}, by=SYSTEM)
        return len(seen)

    queries()
    few = queries()
    for _ in range(3):
        instances.create("p", {"village": "v1"}, by=SYSTEM)
    assert queries() == few


def locks(deed):
    """The names that a deed locks until its transaction ends."""
    held = text("SELECT classid, objid FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()")
    with db.transaction() as session:
        deed()
        return set(session.execute(held).all())


def test_a_thrown_message_waits_for_who_begins_to_wait_as_one_that_is_published_does():
    thrown = effects.MessageThrown(1, "throw", "objection", "7/v1", {})
    begun = {"name": "objection", "correlation_key": "v1", "process_id": "p", "instance_key": None, "element_id": "c"}
    published = locks(lambda: messages.publish("objection", "7/v1", {}, by=SYSTEM))
    assert locks(lambda: messages.meet(awaited=[], thrown=[thrown])) == published
    (place,) = locks(lambda: messages.meet(awaited=[begun], thrown=[]))
    assert place in published


def test_a_key_that_names_a_run_finds_who_begins_to_wait_later(run_jobs):
    body = f"""{START}{user_task("a")}<bpmn:intermediateCatchEvent id="r">{MESSAGE}</bpmn:intermediateCatchEvent>
    {user_task("b")}{END}\nflow: s -> a -> r -> b -> e\n"""
    deploy(p=body)
    rows = [instances.create("p", {"village": "v1"}, by=SYSTEM).key for _ in range(2)]
    messages.publish("objection", f"{rows[1]}/v1", {}, ttl=timedelta(hours=1), by=SYSTEM)
    for task in open_tasks():
        tasks.complete(task.key, {}, by=SYSTEM)
    assert given(run_jobs) == rows[1:]


def test_a_message_id_is_taken_once_while_it_is_kept():
    messages.publish("objection", "v1", {}, ttl=timedelta(hours=1), message_id="1", by=SYSTEM)
    with pytest.raises(errors.Conflict, match="already published"):
        messages.publish("objection", "v1", {}, ttl=timedelta(hours=1), message_id="1", by=SYSTEM)


def test_kept_messages_reach_a_repeating_boundary_event_one_by_one(run_jobs):
    body = f"""{START}{user_task("a")}{user_task("o")}{END}<bpmn:endEvent id="oe"/>{boundary("m", MESSAGE, interrupting=False)}
    flow: s -> a -> e
    flow: m -> o -> oe
    """
    deploy(p=body)
    for _ in range(3):
        messages.publish("objection", "v1", {}, ttl=timedelta(hours=1), by=SYSTEM)
    instances.create("p", {"village": "v1"}, by=SYSTEM)
    run_jobs()
    assert names() == ["a", "o", "o", "o"]


def test_a_message_starts_a_process_once_for_each_key(run_jobs):
    body = f'<bpmn:startEvent id="s">{MESSAGE}</bpmn:startEvent>{user_task("a")}{END}\nflow: s -> a -> e\n'
    deploy(p=body)
    for key in ("k1", "k1", "k2"):
        messages.publish("objection", key, {"village": key}, by=SYSTEM)
    run_jobs()
    assert names() == ["a", "a"]


def test_a_signal_reaches_all_who_wait(run_jobs):
    body = f"""{START}<bpmn:intermediateCatchEvent id="c"><bpmn:signalEventDefinition signalRef="S"/>
    </bpmn:intermediateCatchEvent>{user_task("a")}{END}
    flow: s -> c -> a -> e
    """
    deploy(p=body)
    for _ in range(3):
        instances.create("p", {}, by=SYSTEM)
    signals.broadcast("stop", {"why": "flood"}, by=SYSTEM)
    run_jobs()
    assert names() == ["a", "a", "a"]


def test_timers_fire_when_they_are_due_and_wait_while_suspended(run_jobs, at):
    at("2026-03-01T08:00+08:00")
    body = f"""{START}<bpmn:intermediateCatchEvent id="t">{timer("timeDuration", "P7D")}</bpmn:intermediateCatchEvent>
    {user_task("a")}{END}
    flow: s -> t -> a -> e
    """
    deploy(p=body)
    row = instances.create("p", {}, by=SYSTEM)
    instances.suspend(row.key, by=SYSTEM)
    at("2026-03-08T08:01+08:00")
    run_jobs()
    assert names() == []
    instances.resume(row.key, by=SYSTEM)
    run_jobs()
    assert names() == ["a"]
    assert db.sa.session.scalar(select(func.count()).select_from(models.Timer)) == 0


def test_a_timer_start_event_starts_instances_again_and_again(run_jobs, at):
    at("2026-03-01T08:00+08:00")
    body = f'<bpmn:startEvent id="s">{timer("timeCycle", "R/P1D")}</bpmn:startEvent>{user_task("a")}{END}\nflow: s -> a -> e\n'
    deploy(p=body)
    for day in (2, 3):
        at(f"2026-03-0{day}T08:0{day}+08:00")
        run_jobs()
    assert names() == ["a", "a"]


@pytest.fixture
def handler(monkeypatch):
    """A handler for the job type "post" that does what the test says."""
    behaviour = {}

    def post(job):
        return behaviour["do"](job)

    monkeypatch.setitem(handlers._handlers, "post", post)
    return behaviour


WORK = f"""{START}{user_task("a")}{service()}{user_task("b")}{user_task("late")}{END}
    {boundary("x", '<bpmn:errorEventDefinition errorRef="E"/>', to="w")}
    flow: s -> a -> w -> b -> e
    flow: x -> late -> e
    """


def test_a_handler_works_inside_the_step(handler):
    deploy(p=WORK)
    handler["do"] = lambda job: {"answer": job.variables["x"] + 1}
    instances.create("p", {"x": 41}, by=SYSTEM)
    tasks.complete(open_tasks()[0].key, {}, by=SYSTEM)
    assert names() == ["b"]
    assert db.sa.session.scalar(select(models.Variable.value).where(models.Variable.name == "answer")) == 42


def test_a_handlers_bpmn_error_takes_the_boundary(handler):
    deploy(p=WORK)

    def refuse(job):
        raise handlers.BpmnError("BAD", "no")

    handler["do"] = refuse
    instances.create("p", {}, by=SYSTEM)
    tasks.complete(open_tasks()[0].key, {}, by=SYSTEM)
    assert names() == ["late"]


def test_a_failing_handler_undoes_its_writes_becomes_an_incident_and_is_retried(handler):
    deploy(p=WORK)

    def fail(job):
        db.sa.session.add(models.IdempotencyKey(person="x", key="y", request="", status=1, body="", at=clock.now()))
        db.sa.session.flush()
        raise ValueError("the printer is on fire")

    handler["do"] = fail
    row = instances.create("p", {}, by=SYSTEM)
    tasks.complete(open_tasks()[0].key, {}, by=SYSTEM)
    [incident] = db.sa.session.scalars(select(models.Incident))
    assert (incident.element_id, incident.message) == ("w", "ValueError: the printer is on fire")
    assert db.sa.session.scalar(select(func.count()).select_from(models.IdempotencyKey)) == 0
    incidents.resolve(incident.key, by=SYSTEM)
    found = db.sa.session.scalars(select(models.Incident.state).order_by(models.Incident.key))
    assert list(found) == ["RESOLVED", "ACTIVE"]
    handler["do"] = lambda job: {}
    assert incidents.resolve_all(row.key, by=SYSTEM) == 1
    assert names() == ["b"]


def test_an_external_worker_gets_completes_and_fails_jobs(at):
    at("2026-03-01T08:00+08:00")
    deploy(p=WORK)
    instances.create("p", {"x": 1}, by=SYSTEM)
    tasks.complete(open_tasks()[0].key, {}, by=SYSTEM)
    hour = timedelta(hours=1)

    def activate():
        return external_jobs.activate("post", worker="w", timeout=hour, limit=10, by=SYSTEM)

    [(job, seen)] = activate()
    assert seen["x"] == 1
    assert activate() == []
    at("2026-03-01T09:01+08:00")
    assert len(activate()) == 1  # its time ran out
    external_jobs.fail(job.key, retries=1, message="busy", back_off=hour, variables={}, by=SYSTEM)
    assert activate() == []
    at("2026-03-01T10:02+08:00")
    assert len(activate()) == 1
    external_jobs.fail(job.key, retries=0, message="broken", back_off=timedelta(), variables={}, by=SYSTEM)
    [incident] = db.sa.session.scalars(select(models.Incident))
    assert incident.message == "broken"
    with pytest.raises(errors.Conflict, match="no retries left"):
        incidents.resolve(incident.key, by=SYSTEM)
    external_jobs.update(job.key, retries=3, by=SYSTEM)
    incidents.resolve(incident.key, by=SYSTEM)
    [(job, _)] = activate()
    external_jobs.complete(job.key, {"done": True}, by=SYSTEM)
    assert names() == ["b"]
    with pytest.raises(errors.NotFound):
        external_jobs.complete(job.key, {}, by=SYSTEM)


def test_a_call_of_a_missing_process_is_an_incident_and_can_be_repeated(run_jobs, monkeypatch):
    monkeypatch.setattr(deployments.engine, "lint", lambda files, known: [])
    deploy(main=CALLER.replace('processId="child"', 'processId="=target"'), child=CHILD)
    row = instances.create("main", {"villages": [1], "target": "chidl"}, by=SYSTEM)
    [incident] = db.sa.session.scalars(select(models.Incident))
    assert "chidl" in incident.message
    instances.set_variables(row.key, {"target": "child"}, by=SYSTEM)
    incidents.resolve(incident.key, by=SYSTEM)
    run_jobs()
    assert names() == ["a"]


def test_a_task_that_is_not_there_is_named_in_the_refusal():
    with pytest.raises(errors.NotFound) as refused:
        tasks.complete(404, {}, by=SYSTEM)
    assert str(refused.value) == "There is no user task 404."


def test_variables_and_tokens_are_changed_by_hand_and_audited():
    deploy(p=f"{START}{user_task('a')}{user_task('b')}{END}\nflow: s -> a -> b -> e\n")
    row = instances.create("p", {"x": 1}, by=SYSTEM)
    instances.set_variables(row.key, {"x": 2}, by=SYSTEM, reason="typo")
    key = open_tasks()[0].key
    instances.modify(row.key, activate=[("b", {})], terminate=[key], by=SYSTEM, reason="skip")
    assert names() == ["b"]
    log = db.sa.session.scalars(select(models.AuditLog).order_by(models.AuditLog.key)).all()
    assert [(entry.operation, entry.reason) for entry in log if entry.reason] == [
        ("SET_VARIABLES", "typo"),
        ("MODIFY", "skip"),
    ]
    [change] = [entry for entry in log if entry.operation == "SET_VARIABLES"]
    assert (change.before, change.after) == ({"x": 1}, {"x": 2})


def versions():
    definition = models.Definition
    return list(db.sa.session.scalars(select(definition.key).where(definition.id == "p").order_by(definition.version)))


def test_an_instance_moves_to_a_new_version_with_its_waits(run_jobs):
    old = f"""{START}{user_task("a")}{user_task("b")}{END}{boundary("t", timer("timeDuration", "PT1H"))}
    flow: s -> a -> b -> e
    flow: t -> e
    """
    new = f"""{START}{user_task("a")}{user_task("check")}{END}{boundary("m", MESSAGE)}
    flow: s -> a -> check -> e
    flow: m -> e
    """
    deploy(p=old)
    row = instances.create("p", {"village": "v"}, by=SYSTEM)
    deploy(p=new)
    instances.migrate(row.key, versions()[-1], {}, by=SYSTEM, reason="county check")
    assert db.sa.session.scalar(select(func.count()).select_from(models.Timer)) == 0
    assert db.sa.session.scalars(select(models.MessageSubscription.element_id)).all() == ["m"]
    tasks.complete(open_tasks()[0].key, {}, by=SYSTEM)
    assert names() == ["check"]


def test_a_migration_that_is_not_safe_names_every_reason_and_changes_nothing():
    deploy(p=f"{START}{user_task('a')}{END}\nflow: s -> a -> e\n")
    row = instances.create("p", {}, by=SYSTEM)
    deploy(p=f"{START}{user_task('c')}{END}\nflow: s -> c -> e\n")
    with pytest.raises(errors.Conflict, match="a token is in a, which the new version does not have"):
        instances.migrate(row.key, versions()[-1], {}, by=SYSTEM)
    with pytest.raises(errors.Conflict, match="ids must be the same"):
        instances.migrate(row.key, versions()[-1], {"a": "c"}, by=SYSTEM)
    tasks.complete(open_tasks()[0].key, {}, by=SYSTEM)
    assert state(row) == "COMPLETED"


def test_a_message_is_correlated_at_once_or_refused():
    deploy(p=WAITER)
    row = instances.create("p", {"village": "v1"}, by=SYSTEM)
    with pytest.raises(errors.NotFound, match="Nobody waits"):
        delivery.correlate("objection", "v2", {}, by=SYSTEM)
    assert delivery.correlate("objection", "v1", {"n": 1}, by=SYSTEM)[1] == row.key
    assert names() == ["b"]
