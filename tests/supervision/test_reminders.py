import pytest
import sqlalchemy as sqla

from service import clock, db, identity
from service.identity import people, units
from service.notifications import models as told
from service.notifications import outbox
from service.supervision import reminders
from service.workflow import deployments, instances, live, models, releases, tasks
from tests.engine.bpmn import xml

DUE = "2026-07-24T00:00:00+08:00"
"""24:00 of Thursday the 23rd."""


def drawing(schedule=f'<zeebe:taskSchedule dueDate="{DUE}"/>', properties=""):
    given = f"<zeebe:properties>{properties}</zeebe:properties>" if properties else ""
    task = (
        '<bpmn:userTask id="check" name="核查"><bpmn:extensionElements><zeebe:userTask/>'
        f'<zeebe:assignmentDefinition candidateGroups="township_clerk"/>{schedule}{given}'
        "</bpmn:extensionElements></bpmn:userTask>"
    )
    return xml(f'<bpmn:startEvent id="s"/>{task}<bpmn:endEvent id="e"/>\nflow: s -> check -> e\n')


@pytest.fixture
def county(app):
    """bob and bea are clerks of a township; eva supervises it, cora the county."""
    releases.forget()
    live.forget()
    top = units.add("4502", "某县", "county")
    east = units.add("4502-e", "东乡", "township", top)
    places = (("bob", "township_clerk", east), ("bea", "township_clerk", east))
    for name, role, unit in (*places, ("eva", "supervisor", east), ("cora", "supervisor", top)):
        people.add(name, name.title())
        people.join(name, role, unit)


@pytest.fixture
def started(county, at):
    """Start the drawing, at an instant."""

    def start(when="2026-07-01T09:00+08:00", content=None, **variables):
        at(when)
        deployments.deploy({"p.bpmn": content or drawing()}, by=identity.SYSTEM)
        instances.create("p", variables, by=identity.SYSTEM, unit="4502-e")
        reminders.look()
        return db.sa.session.scalars(sqla.select(models.UserTask).order_by(models.UserTask.key.desc())).first().key

    return start


def heard():
    """Who was told what since the last question."""
    rows = list(db.sa.session.scalars(sqla.select(told.Notification).order_by(told.Notification.username)))
    found = [(row.username, row.kind) for row in rows]
    with db.transaction() as session:
        session.execute(sqla.delete(told.Notification))
    return found


def days(at, first, last):
    """Let the days of July pass, and tell what was told on which."""
    found = {}
    for day in range(first, last + 1):
        at(f"2026-07-{day:02}T08:31+08:00")
        reminders.look()
        if now := heard():
            found[day] = now
    return found


def test_people_are_reminded_before_the_date_and_after_it_and_then_their_supervisors_by_level(started, at):
    started()
    assert days(at, 2, 31) == {
        20: [("bea", "due-soon"), ("bob", "due-soon")],
        24: [("bea", "overdue"), ("bob", "overdue")],
        27: [("eva", "escalated")],
        30: [("cora", "escalated")],
    }


def test_who_has_the_task_is_reminded_alone(started, at):
    key = started()
    tasks.assign(key, "bob", by=identity.SYSTEM)
    assert days(at, 20, 20) == {20: [("bob", "due-soon")]}


def test_a_completed_task_is_silent(started, at):
    key = started()
    tasks.complete(key, {}, by=identity.SYSTEM)
    assert days(at, 20, 31) == {}
    assert db.sa.session.scalars(sqla.select(reminders.Reminder)).all() == []


def test_a_reminder_for_a_sunday_goes_out_on_the_working_day_before(started, at):
    started(content=drawing(properties='<zeebe:property name="dueReminder" value="P4D"/>'))  # 24th - 4 d: Monday 0:00
    assert list(days(at, 16, 23)) == [17]


def test_an_overdue_message_waits_for_a_working_day(started, at):
    started(content=drawing(schedule='<zeebe:taskSchedule dueDate="2026-07-25T00:00:00+08:00"/>'))  # end of Friday
    assert days(at, 25, 27) == {27: [("bea", "overdue"), ("bob", "overdue")]}


def test_a_diagram_says_how_long_before_and_after_by_its_variables(started, at):
    given = (
        '<zeebe:property name="dueReminder" value="=if urgent then &quot;P1D&quot; else &quot;P10D&quot;"/>'
        '<zeebe:property name="escalateAfter" value="P1D"/>'
    )
    started(content=drawing(properties=given), urgent=True)
    found = days(at, 2, 28)
    assert list(found) == [22, 24, 27, 28]
    assert found[27] == [("eva", "escalated")]


def test_a_task_that_comes_late_brings_no_reminder_at_once(started, at):
    started("2026-07-22T09:00+08:00")
    assert days(at, 23, 24) == {24: [("bea", "overdue"), ("bob", "overdue")]}


def test_after_a_pause_only_the_latest_is_told(started, at):
    started()
    assert days(at, 25, 26) == {25: [("bea", "overdue"), ("bob", "overdue")]}


def test_another_due_date_is_another_plan(started, at):
    key = started()
    assert list(days(at, 20, 20)) == [20]
    tasks.update(key, due=clock.now().replace(day=31), by=identity.SYSTEM)
    assert list(days(at, 21, 28)) == [28]


def test_a_suspended_instance_is_silent_until_it_goes_on(started, at):
    key = started()
    instance = db.sa.session.get(models.UserTask, key).instance_key
    instances.suspend(instance, by=identity.SYSTEM, reason="trial")
    assert days(at, 20, 22) == {}
    instances.resume(instance, by=identity.SYSTEM, reason="trial")
    assert list(days(at, 23, 23)) == [23]


def test_what_concerns_one_person_at_once_is_one_message(started, at):
    started()
    started()
    at("2026-07-20T08:31+08:00")
    reminders.look()
    rows = db.sa.session.scalars(sqla.select(told.Notification).where(told.Notification.username == "bob"))
    (row,) = rows
    assert outbox.subject_of(row) == "2 tasks are due soon"
    assert len({link for _line, link in outbox.texts_of(row)}) == 2
    assert outbox.texts_of(row)[0][0] == "核查 (东乡) is due on 2026-07-23."


def test_what_escalates_names_who_is_waited_for(started, at):
    started()
    for day in (20, 24, 27):
        at(f"2026-07-{day}T08:31+08:00")
        reminders.look()
    row = db.sa.session.scalars(sqla.select(told.Notification).where(told.Notification.kind == "escalated")).one()
    assert outbox.texts_of(row)[0][0] == "核查 (东乡) was due on 2026-07-23. It waits for 扶贫站经办."


def test_a_wrong_duration_falls_back_to_the_default(started, at):
    given = '<zeebe:property name="dueReminder" value="=urgent"/>'
    started(content=drawing(properties=given), urgent="soon")
    assert list(days(at, 2, 22)) == [20]
