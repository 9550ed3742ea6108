"""Work is sent back to a step that was passed: who gets it, what stays, and what a diagram forbids."""

import pytest
from sqlalchemy import select

from service import db, errors, identity
from service.notifications.models import Notification
from service.workflow import completions, deployments, instances, live, models, releases, remarks, sending_back, tasks
from tests.engine.bpmn import xml
from tests.engine.test_scopes import COLLECT, io, multi
from tests.workflow import people
from tests.workflow.test_taking_back import BRANCHES, END, START, open_tasks, start, task

SYSTEM = identity.SYSTEM


@pytest.fixture(params=[False, True], ids=["warm", "cold"], autouse=True)
def cold(app, request, monkeypatch):
    releases.forget()
    live.forget()
    if request.param:
        monkeypatch.setattr(live, "CAPACITY", 0)


@pytest.fixture
def who(app):
    return people.make()


def do(element_id, by, **answers):
    key = open_tasks()[element_id]
    tasks.complete(key, answers, by=by)
    return key


def targets(element_id):
    task = db.sa.session.get(models.UserTask, open_tasks()[element_id])
    return [(target.element_id, target.item) for target in sending_back.targets(task)]


def back(element_id, to, by, reason="缺户口簿复印件"):
    return sending_back.send_back(open_tasks()[element_id], to, reason, by=by)


LINE = f"{START}{task('a')}{task('b')}{task('c')}{END}\nflow: s -> a -> b -> c -> e\n"


def test_whose_task_it_was_gets_it_again_with_his_answers_and_the_reason(who):
    instance = start(LINE)
    first = do("a", who["bob"], name="吴文安", persons=4)
    do("b", who["bea"])
    assert targets("c") == [("b", None), ("a", None)]
    opened = back("c", first, who["bea"])
    assert (opened.element_id, opened.assignee, opened.origin_key) == ("a", "bob", first)
    assert completions.answers(opened) == {"name": "吴文安", "persons": 4}
    assert list(open_tasks()) == ["a"]
    [remark] = remarks.of(opened, by=who["bob"])
    assert (remark.Remark.kind, remark.who, remark.whom, remark.task) == ("SEND_BACK", "Bea", "Bob", "a")
    assert remark.Remark.text == "缺户口簿复印件"
    told = db.sa.session.scalar(select(Notification))
    assert (told.username, told.kind) == ("bob", "sent-back")
    log = db.sa.session.scalars(select(models.AuditLog).where(models.AuditLog.operation == "SEND_BACK")).one()
    assert (log.by, log.reason, log.after["elementId"]) == ("bea", "缺户口簿复印件", "a")
    for element_id in ("a", "b", "c"):
        do(element_id, SYSTEM)
    assert db.sa.session.get(models.ProcessInstance, instance, populate_existing=True).state == "COMPLETED"


def test_somebody_who_left_does_not_get_it_but_his_office_does(who):
    start(LINE)
    first = do("a", who["bob"])
    identity.people.leave("bob", "township_clerk", identity.units.find("4502-e"))
    opened = back("b", first, who["bea"])
    assert opened.assignee is None
    assert identity.access.allowed(who["bea"], "task.complete", opened)


def test_a_reason_is_needed_and_the_right_to_complete(who):
    start(LINE)
    first = do("a", who["bob"])
    with pytest.raises(errors.Unprocessable, match="why"):
        back("b", first, who["bob"], "  ")
    with pytest.raises(errors.NotFound):
        back("b", first, who["charlie"])
    with pytest.raises(errors.Forbidden):
        back("b", first, who["alice"])
    tasks.assign(open_tasks()["b"], "bea", by=who["bea"])
    with pytest.raises(errors.Forbidden):
        back("b", first, who["bob"])
    assert list(open_tasks()) == ["b"]


def test_out_of_and_into_a_parallel_part_the_other_branch_stays(who):
    instance = start(f"{START}{task('x')}{BRANCHES.partition('/>')[2]}".replace("flow: s -> f", "flow: s -> x -> f"))
    first = do("x", who["bob"])
    other = open_tasks()["b"]
    back("a", first, who["bea"])
    assert open_tasks() == {"x": open_tasks()["x"], "b": other}
    do("x", who["bob"])
    assert open_tasks()["b"] == other
    done = do("a", who["bob"])
    do("b", who["bea"])
    assert targets("c") == [("b", None), ("a", None), ("x", None)]
    back("c", done, who["bea"])
    do("a", who["bob"])
    do("c", who["bob"])
    assert db.sa.session.get(models.ProcessInstance, instance, populate_existing=True).state == "COMPLETED"


MANY = task("m", io("in: =null -> n"), multi("", COLLECT.replace("village + n", "n")))


def test_into_one_item_of_many_the_results_of_the_others_stay(who):
    instance = start(f"{START}{MANY}{task('b')}{END}\nflow: s -> m -> b -> e\n", villages=[1, 2])
    do("m", who["bob"], n=20)
    first = do("m", who["bea"], n=10)
    assert targets("b") == [("m", 1), ("m", 0)]
    opened = back("b", first, who["bob"])
    assert opened.assignee == "bea"
    do("m", who["bea"], n=11)
    sums = select(models.Variable.value).where(models.Variable.scope_key == instance, models.Variable.name == "sums")
    assert db.sa.session.scalar(sums) == [20, 11]
    do("b", who["bob"])


def test_out_of_one_item_of_many_the_others_stay_open(who):
    start(f"{START}{task('a')}{MANY}{END}\nflow: s -> a -> m -> e\n", villages=[1, 2])
    first = do("a", who["bob"])
    table = models.UserTask
    items = select(table.key).where(table.element_id == "m", table.state == "CREATED").order_by(table.key)
    sender, other = db.sa.session.scalars(items)
    sending_back.send_back(sender, first, "名单不对", by=who["bea"])
    assert db.sa.session.scalars(items).all() == [other]
    do("a", who["bob"])
    stayed, again = db.sa.session.scalars(items)
    assert stayed == other
    assert sending_back._indexes([stayed, again]) == {stayed: 1, again: 0}


def property_(value):
    return f'<zeebe:properties><zeebe:property name="sendBack" value="{value}"/></zeebe:properties>'


def test_a_diagram_forbids_or_limits_it(who):
    limited = start(f"{START}{task('a')}{task('b')}{task('c', property_('b'))}{END}\nflow: s -> a -> b -> c -> e\n")
    first, second = do("a", who["bob"]), do("b", who["bob"])
    assert targets("c") == [("b", None)]
    with pytest.raises(errors.Conflict, match="does not let “c” be sent back to “a”"):
        back("c", first, who["bob"])
    back("c", second, who["bob"])
    instances.cancel(limited, by=SYSTEM)
    start(f"{START}{task('a')}{task('b', property_('no'))}{END}\nflow: s -> a -> b -> e\n")
    first = do("a", who["bob"])
    assert targets("b") == []
    with pytest.raises(errors.Conflict, match="does not let “b” be sent back"):
        back("b", first, who["bob"])


def test_nothing_goes_back_over_a_step_that_closes(who):
    seal = f'<bpmn:manualTask id="w" name="编号用印"><bpmn:extensionElements>{property_("no")}</bpmn:extensionElements></bpmn:manualTask>'
    start(f"{START}{task('a')}{seal}{task('b')}{task('c')}{END}\nflow: s -> a -> w -> b -> c -> e\n")
    first = do("a", who["bob"])
    with pytest.raises(errors.Conflict, match="Nothing goes back over “编号用印”"):
        back("b", first, who["bob"])
    do("b", who["bob"])
    assert targets("c") == [("b", None)]


CALL = '<bpmn:callActivity id="call"><bpmn:extensionElements><zeebe:calledElement processId="child"/></bpmn:extensionElements></bpmn:callActivity>'


def test_from_a_called_process_nothing_goes_to_the_caller(who, run_jobs):
    child = f"{START}{task('inner')}{task('last')}{END}\nflow: s -> inner -> last -> e\n"
    body = f"{START}{task('a')}{CALL}{END}\nflow: s -> a -> call -> e\n"
    deployments.deploy({"p.bpmn": xml(body), "child.bpmn": xml(child, process_id="child")}, by=SYSTEM)
    instances.create("p", {}, by=SYSTEM, unit="4502-e")
    first = do("a", who["bob"])
    run_jobs()
    assert targets("inner") == []
    with pytest.raises(errors.Conflict, match="“a” belongs to another process; work goes back only to steps of this"):
        back("inner", first, who["bob"])
    second = do("inner", who["bob"])
    assert targets("last") == [("inner", None)]
    back("last", second, who["bea"])
    do("inner", who["bob"])
    do("last", who["bob"])
    run_jobs()
    states = db.sa.session.scalars(select(models.ProcessInstance.state)).all()
    assert states == ["COMPLETED", "COMPLETED"]


def test_over_a_call_the_process_is_called_again(who, run_jobs):
    child = f"{START}{task('inner')}{END}\nflow: s -> inner -> e\n"
    body = f"{START}{task('a')}{CALL}{task('b')}{END}\nflow: s -> a -> call -> b -> e\n"
    deployments.deploy({"p.bpmn": xml(body), "child.bpmn": xml(child, process_id="child")}, by=SYSTEM)
    instances.create("p", {}, by=SYSTEM, unit="4502-e")
    first = do("a", who["bob"])
    run_jobs()
    do("inner", who["bob"])
    run_jobs()
    back("b", first, who["bob"])
    do("a", who["bob"])
    run_jobs()
    assert list(open_tasks()) == ["inner"]


def test_two_who_send_the_same_task_back_at_once_do_it_once(who):
    start(LINE)
    first = do("a", who["bob"])
    key = open_tasks()["b"]
    sending_back.send_back(key, first, "缺材料", by=who["bob"])
    with pytest.raises(errors.Conflict, match="no longer open"):
        sending_back.send_back(key, first, "缺材料", by=who["bea"])
    assert list(open_tasks()) == ["a"]
