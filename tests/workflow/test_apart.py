"""`notBy`: who did one step may not do the other, whoever he is and however the task comes to him."""

import pytest
import sqlalchemy as sqla

from service import db, errors, identity
from service.identity import people, units
from service.workflow import deployments, instances, live, models, passing, releases, tasks
from tests.engine.bpmn import xml


def task(id, extra=""):
    return (
        f'<bpmn:userTask id="{id}" name="{id}"><bpmn:extensionElements><zeebe:userTask/>'
        f'<zeebe:assignmentDefinition candidateGroups="volunteer"/>{extra}</bpmn:extensionElements></bpmn:userTask>'
    )


APART = '<zeebe:properties><zeebe:property name="notBy" value="enter"/></zeebe:properties>'
DRAWING = xml(
    f'<bpmn:startEvent id="s"/>{task("enter")}{task("audit", APART)}<bpmn:endEvent id="e"/>\n'
    "flow: s -> enter -> audit -> e\n"
)


@pytest.fixture
def audit(app):
    """Ann, an administrator too, has entered the data; Ben holds the same role. The key of the task to audit them."""
    releases.forget()
    live.forget()
    town = units.add("4502-e", "东乡", "township")
    for name in ("ann", "ben"):
        people.add(name, name.title())
        people.join(name, "volunteer", town)
    people.join("ann", "admin", town)
    deployments.deploy({"p.bpmn": DRAWING}, by=identity.SYSTEM)
    instances.create("p", {}, by=identity.SYSTEM, unit="4502-e")
    tasks.complete(_open(), {}, by=people.find("ann"))
    return _open()


def _open():
    return db.sa.session.scalars(sqla.select(models.UserTask.key).where(models.UserTask.state == "CREATED")).one()


def test_who_entered_does_not_audit(audit):
    ann, ben = people.find("ann"), people.find("ben")
    with pytest.raises(errors.Forbidden, match="Ann did “enter”"):
        tasks.complete(audit, {}, by=ann)
    tasks.complete(audit, {}, by=ben)


def test_nor_is_the_task_given_or_passed_on_to_him(audit):
    ann, ben = people.find("ann"), people.find("ben")
    for by in (ann, identity.SYSTEM):
        with pytest.raises(errors.Forbidden, match="somebody else must do “audit”"):
            tasks.assign(audit, "ann", by=by)
    tasks.assign(audit, "ben", by=ben)
    with pytest.raises(errors.Forbidden):
        passing.transfer(audit, "ann", "I am away", by=ben)
    assert db.sa.session.get(models.UserTask, audit, populate_existing=True).assignee == "ben"


def test_another_instance_is_another_matter(audit):
    tasks.complete(audit, {}, by=people.find("ben"))
    instances.create("p", {}, by=identity.SYSTEM, unit="4502-e")
    tasks.complete(_open(), {}, by=people.find("ben"))
    tasks.complete(_open(), {}, by=people.find("ann"))
