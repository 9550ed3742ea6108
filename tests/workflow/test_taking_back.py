"""One's own completion is taken back while nobody has gone on from it."""

import pytest
from sqlalchemy import select

from service import db, errors, identity
from service.jobs import handlers
from service.workflow import completions, deployments, instances, live, models, releases, taking_back, tasks
from tests.engine.bpmn import xml
from tests.engine.test_scopes import COLLECT, io, multi
from tests.workflow import people

SYSTEM = identity.SYSTEM
START, END = '<bpmn:startEvent id="s"/>', '<bpmn:endEvent id="e"/>'


@pytest.fixture(params=[False, True], ids=["warm", "cold"], autouse=True)
def cold(app, request, monkeypatch):
    releases.forget()
    live.forget()
    if request.param:
        monkeypatch.setattr(live, "CAPACITY", 0)


@pytest.fixture
def who(app):
    return people.make()


def task(id, extra="", inner=""):
    return (
        f'<bpmn:userTask id="{id}"><bpmn:extensionElements><zeebe:userTask/>'
        f'<zeebe:assignmentDefinition candidateGroups="township_clerk"/>{extra}</bpmn:extensionElements>{inner}'
        "</bpmn:userTask>"
    )


def start(body, **variables):
    deployments.deploy({"p.bpmn": xml(body)}, by=SYSTEM)
    return instances.create("p", variables, by=SYSTEM, unit="4502-e").key


def open_tasks():
    db.sa.session.expire_all()
    table = models.UserTask
    return {
        row.element_id: row.key
        for row in db.sa.session.scalars(select(table).where(table.state == "CREATED").order_by(table.key.desc()))
    }


def stored(instance):
    """Everything that an instance is: its tokens, variables, waits and passed flows."""
    db.sa.session.expire_all()
    element, variable = models.ElementInstance, models.Variable
    live_ = element.instance_key == instance, element.token.is_not(None)
    tokens = {row.key: (row.spec, row.state, row.token) for row in db.sa.session.scalars(select(element).where(*live_))}
    found = db.sa.session.scalars(select(variable).where(variable.scope_key.in_([*tokens, instance])))
    flow = db.sa.session.scalars(select(models.FlowTaken).where(models.FlowTaken.instance_key == instance))
    waits = [
        (type(row).__name__, row.owner_key, row.element_id)
        for model in (models.Timer, models.MessageSubscription)
        for row in db.sa.session.scalars(select(model).where(model.instance_key == instance))
    ]
    return (
        tokens,
        {(row.scope_key, row.name): row.value for row in found},
        sorted((row.flow_id, row.count) for row in flow),
        sorted(waits),
    )


def taken_back(instance, element_id, by, **answers):
    """Complete a task and take it back: everything must be as it was."""
    key, before = open_tasks()[element_id], stored(instance)
    tasks.complete(key, answers, by=by)
    assert stored(instance) != before
    again = taking_back.take_back(key, by=by)
    assert (again.key, again.state, again.assignee, again.completed_by) == (key, "CREATED", by.username, None)
    assert stored(instance) == before
    return key


LINE = f"{START}{task('a')}{task('b')}{END}\nflow: s -> a -> b -> e\n"


def test_along_a_line_everything_is_as_it_was(who):
    instance = start(LINE, x=1)
    key = taken_back(instance, "a", who["bob"], x=2, new=3)
    assert list(open_tasks()) == ["a"]
    assert completions.answers(tasks.get(key, by=who["bob"])) == {"x": 2, "new": 3}
    tasks.complete(key, {"x": 5}, by=who["bob"])
    tasks.complete(open_tasks()["b"], {}, by=who["bea"])
    assert db.sa.session.get(models.ProcessInstance, instance, populate_existing=True).state == "COMPLETED"
    left = db.sa.session.scalars(select(models.UserTask.state).where(models.UserTask.element_id == "b"))
    assert sorted(left) == ["CANCELED", "COMPLETED"]


def test_history_and_audit_tell_of_it(who):
    instance = start(LINE)
    key = taken_back(instance, "a", who["bob"])
    log = models.AuditLog
    operations = db.sa.session.scalars(select(log.operation).where(log.entity_key == key).order_by(log.key))
    assert list(operations) == ["COMPLETE", "TAKE_BACK"]
    element = models.ElementInstance
    rows = db.sa.session.execute(
        select(element.element_id, element.state).where(element.instance_key == instance).order_by(element.key)
    )
    assert list(rows)[1:] == [("s", "COMPLETED"), ("a", "ACTIVE"), ("b", "TERMINATED")]


BRANCHES = f"""{START}<bpmn:parallelGateway id="f"/><bpmn:parallelGateway id="j"/>{task("a")}{task("b")}{task("c")}{END}
flow: s -> f -> a -> j -> c -> e
flow: f -> b -> j
"""


def test_at_a_join_that_waits_and_at_one_that_was_passed(who):
    instance = start(BRANCHES)
    taken_back(instance, "a", who["bob"])
    tasks.complete(open_tasks()["a"], {}, by=who["bob"])
    taken_back(instance, "b", who["bea"])
    tasks.complete(open_tasks()["b"], {}, by=who["bea"])
    assert list(open_tasks()) == ["c"]


def test_an_item_of_many_the_last_of_which_ends_the_activity(who):
    many = task("m", io("in: =null -> n"), multi("", COLLECT.replace("village + n", "n")))
    instance = start(f"{START}{many}{task('b')}{END}\nflow: s -> m -> b -> e\n", villages=[1, 2])
    taken_back(instance, "m", who["bob"], n=1)
    tasks.complete(open_tasks()["m"], {"n": 1}, by=SYSTEM)
    taken_back(instance, "m", who["bob"], n=2)
    tasks.complete(open_tasks()["m"], {"n": 3}, by=who["bob"])
    tasks.complete(open_tasks()["b"], {}, by=SYSTEM)


def test_a_sub_process_that_was_left_waits_for_its_events_again(who):
    timer = "<bpmn:timerEventDefinition><bpmn:timeDuration>P3D</bpmn:timeDuration></bpmn:timerEventDefinition>"
    sub = f"""<bpmn:subProcess id="sub"><bpmn:startEvent id="is"/>{task("a", io("in: =1 -> own"))}<bpmn:endEvent id="ie"/>
    flow: is -> a -> ie
    </bpmn:subProcess><bpmn:boundaryEvent id="late" attachedToRef="sub">{timer}</bpmn:boundaryEvent>"""
    body = f"{START}{sub}{task('b')}{END}\nflow: s -> sub -> b -> e\nflow: late -> e\n"
    instance = start(body)
    taken_back(instance, "a", who["bob"], own=2)


def test_a_choice_may_then_be_made_otherwise(who):
    body = f"""{START}<bpmn:exclusiveGateway id="g"/>{task("a")}{task("yes")}{task("no")}{END}
    flow: s -> a -> g
    flow: g -> yes if =ok
    flow: g -> no if =not(ok)
    flow: yes -> e
    flow: no -> e
    """
    instance = start(body)
    key = taken_back(instance, "a", who["bob"], ok=True)
    tasks.complete(key, {"ok": False}, by=who["bob"])
    assert list(open_tasks()) == ["no"]


def refused(key, by, match):
    assert not taking_back.may(tasks.get(key, by=by), by=by)
    with pytest.raises(errors.Conflict, match=match):
        taking_back.take_back(key, by=by)


def test_not_after_somebody_else_has_claimed_or_completed_what_follows(who):
    start(LINE)
    key = open_tasks()["a"]
    tasks.complete(key, {}, by=who["bob"])
    assert taking_back.may(tasks.get(key, by=who["bob"]), by=who["bob"])
    follower = open_tasks()["b"]
    tasks.assign(follower, "bea", by=who["bea"])
    refused(key, who["bob"], "bea has gone on")
    tasks.complete(follower, {}, by=who["bea"])
    refused_over = pytest.raises(errors.Conflict, match="is over")
    with refused_over:
        taking_back.take_back(key, by=who["bob"])


def test_not_after_one_went_on_oneself_but_step_by_step(who):
    start(f"{START}{task('a')}{task('b')}{task('c')}{END}\nflow: s -> a -> b -> c -> e\n")
    first = open_tasks()["a"]
    tasks.complete(first, {}, by=who["bob"])
    second = open_tasks()["b"]
    tasks.complete(second, {}, by=who["bob"])
    refused(first, who["bob"], "the process has gone on")
    taking_back.take_back(second, by=who["bob"])
    taking_back.take_back(first, by=who["bob"])
    assert list(open_tasks()) == ["a"]


def test_only_by_who_completed_it(who):
    start(LINE)
    key = open_tasks()["a"]
    tasks.complete(key, {}, by=who["bob"])
    for name in ("bea", "alice"):
        with pytest.raises(errors.Forbidden):
            taking_back.take_back(key, by=who[name])
    with pytest.raises(errors.NotFound):
        taking_back.take_back(key, by=who["charlie"])


def work(type_, extra=""):
    return (
        f'<bpmn:serviceTask id="w" name="发出公告"><bpmn:extensionElements><zeebe:taskDefinition type="{type_}"/>'
        f"{extra}</bpmn:extensionElements></bpmn:serviceTask>"
    )


YES = '<zeebe:properties><zeebe:property name="takeBack" value="yes"/></zeebe:properties>'


def test_not_after_an_effect_that_stays_unless_the_diagram_calls_it_harmless(who, monkeypatch):
    monkeypatch.setitem(handlers._handlers, "post", lambda job: {"posted": True})
    flow = "\nflow: s -> a -> w -> b -> e\n"
    start(f"{START}{task('a')}{work('post')}{task('b')}{END}{flow}")
    key = open_tasks()["a"]
    tasks.complete(key, {}, by=who["bob"])
    refused(key, who["bob"], "“发出公告” has been carried out")
    instances.cancel(tasks.get(key, by=who["bob"]).instance_key, by=SYSTEM)
    instance = start(f"{START}{task('a')}{work('post', YES)}{task('b')}{END}{flow}")
    taken_back(instance, "a", who["bob"])


def test_not_twice_and_not_an_open_task(who):
    instance = start(LINE)
    key = taken_back(instance, "a", who["bob"])
    with pytest.raises(errors.Forbidden):
        taking_back.take_back(key, by=who["bob"])


def test_not_while_the_instance_is_suspended(who):
    instance = start(LINE)
    key = open_tasks()["a"]
    tasks.complete(key, {}, by=who["bob"])
    instances.suspend(instance, by=SYSTEM)
    refused(key, who["bob"], "suspended")
