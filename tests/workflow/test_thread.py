"""The thin thread through the shell: deploy, start, complete, end, on a real database."""

import pytest
from sqlalchemy import select

from service import db, errors, identity
from service.workflow import deployments, instances, live, models, releases, tasks
from tests.engine.bpmn import user_task, xml

START, END = '<bpmn:startEvent id="s"/>', '<bpmn:endEvent id="e"/>'
TWO = xml(f"{START}{user_task('a')}{user_task('b')}{END}\nflow: s -> a -> b -> e\n")


def open_tasks() -> list[models.UserTask]:
    task = models.UserTask
    return list(db.sa.session.scalars(select(task).where(task.state == "CREATED").order_by(task.key)))


@pytest.mark.parametrize("cold", [False, True])
def test_an_instance_runs_from_deployment_to_its_end(app, cold):
    deployments.deploy({"two.bpmn": TWO}, by=identity.SYSTEM)
    row = instances.create("p", {"x": 1}, by=identity.SYSTEM)
    for expected in ("a", "b"):
        if cold:
            live.forget()
        [task] = open_tasks()
        assert task.element_id == expected
        tasks.complete(task.key, {"y": 2}, by=identity.SYSTEM)
    row = db.sa.session.get(models.ProcessInstance, row.key, populate_existing=True)
    assert (row.state, row.end_events) == ("COMPLETED", ["e"])
    states = db.sa.session.execute(select(models.ElementInstance.element_id, models.ElementInstance.state))
    assert dict(states.all()) == dict.fromkeys(("p", "s", "a", "b", "e"), "COMPLETED")


def test_the_second_completion_is_refused(app):
    deployments.deploy({"two.bpmn": TWO}, by=identity.SYSTEM)
    instances.create("p", {}, by=identity.SYSTEM)
    [task] = open_tasks()
    tasks.complete(task.key, {}, by=identity.SYSTEM)
    with pytest.raises(errors.Conflict, match="completed by system"):
        tasks.complete(task.key, {}, by=identity.SYSTEM)


def test_unchanged_files_keep_their_version_and_running_instances_keep_theirs(app):
    deployments.deploy({"two.bpmn": TWO}, by=identity.SYSTEM)
    deployments.deploy({"two.bpmn": TWO}, by=identity.SYSTEM)
    versions = select(models.Definition.version)
    assert list(db.sa.session.scalars(versions)) == [1]
    instances.create("p", {}, by=identity.SYSTEM)
    deployments.deploy({"two.bpmn": TWO.replace(b'"b"', b'"c"')}, by=identity.SYSTEM)
    [task] = open_tasks()
    tasks.complete(task.key, {}, by=identity.SYSTEM)
    assert [t.element_id for t in open_tasks()] == ["b"]
    instances.create("p", {}, by=identity.SYSTEM)
    assert [t.element_id for t in open_tasks()] == ["b", "a"]


@pytest.fixture(autouse=True)
def _fresh():
    releases.forget()
    live.forget()
