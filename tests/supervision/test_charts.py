"""Two townships in a campaign of their county; eva supervises one, cora the county, wim a county beside it."""

from datetime import timedelta

import pytest
import sqlalchemy as sqla

from service import db, errors, identity
from service.identity import people, units
from service.register import models, runs
from service.supervision import campaigns, stays
from service.workflow import deployments, instances, live, releases, tasks
from service.workflow import models as workflow
from tests.engine.bpmn import xml

PROCESS = xml(
    '<bpmn:startEvent id="s"/><bpmn:userTask id="check" name="核查"><bpmn:extensionElements><zeebe:userTask/>'
    '<zeebe:assignmentDefinition candidateGroups="township_clerk"/>'
    '<zeebe:taskSchedule dueDate="2026-07-24T00:00:00+08:00"/></bpmn:extensionElements></bpmn:userTask>'
    '<bpmn:endEvent id="e"/>\nflow: s -> check -> e\n'
)


@pytest.fixture
def campaign(app, at):
    """East did its task in time, west has not; east's base is 100 persons, of whom 18 leave and 17 come."""
    releases.forget()
    live.forget()
    at("2026-07-01T09:00+08:00")
    region = units.add("45", "某区", "region")
    top = units.add("4502", "某县", "county", region)
    beside = units.add("4503", "邻县", "county", region)
    east = units.add("4502-e", "东乡", "township", top)
    west = units.add("4502-w", "西乡", "township", top)
    village = units.add("4502-e-u", "上村", "village", east)
    for name, role, unit in (
        ("bob", "township_clerk", east),
        ("cai", "township_clerk", west),
        ("eva", "supervisor", east),
        ("cora", "supervisor", top),
        ("wim", "supervisor", beside),
    ):
        people.add(name, name.title())
        people.join(name, role, unit)
    deployments.deploy({"p.bpmn": PROCESS}, by=identity.SYSTEM)
    root = instances.create("p", {}, by=identity.SYSTEM, unit="4502").key
    called = [instances.create("p", {}, by=identity.SYSTEM, unit=code).key for code in ("4502-e", "4502-w")]
    with db.transaction() as session:
        for table, column in ((workflow.ProcessInstance, "key"), (workflow.UserTask, "instance_key")):
            mine = getattr(table, column).in_(called)
            session.execute(sqla.update(table).where(mine).values(root_key=root))
        runs.open_run(root, kind="adjust", process_id="p", unit_id=top.id, year=2026)
        runs.set_scales(root, [{"unit_id": village.id, "base_persons": 100}])
        runs.set_scales(root, [{"unit_id": east.id, "exit_target": 20}])
        for flow, persons in (("脱贫", 18), ("新增", 17), ("暂缓", 5)):
            household = models.Household(code=flow, unit_id=village.id, head_name=flow, persons=persons)
            session.add(household)
            session.flush()
            session.add(
                models.Case(
                    run_key=root,
                    instance_key=root,
                    unit_id=village.id,
                    kind="household",
                    household_key=household.key,
                    persons=persons,
                    confirmed=flow,
                )
            )
    live.forget()
    at("2026-07-03T09:00+08:00")
    (mine,) = db.sa.session.scalars(sqla.select(workflow.UserTask).where(workflow.UserTask.unit_id == east.id))
    tasks.complete(mine.key, {}, by=people.find("bob"))
    at("2026-07-25T09:00+08:00")
    return root


def compared(key, name):
    run, unit, _name, _state = campaigns.find(key, people.find(name))
    return {row.unit.name: row for row in campaigns.compare(run, unit, people.find(name))}


def test_townships_are_compared_by_tasks_and_persons(campaign):
    rows = compared(campaign, "cora")
    east, west = rows["东乡"], rows["西乡"]
    assert (east.in_time, east.late, east.open, east.overdue, east.running, east.ended) == (1, 0, 0, 0, 0, 1)
    assert (west.in_time, west.late, west.open, west.overdue, west.running, west.ended) == (0, 0, 1, 1, 1, 0)
    assert (east.base, east.target, east.leaving, east.arriving, east.turnover) == (100, 20, 18, 17, 18.0)
    assert (west.base, west.turnover) == (None, None)


def test_a_township_sees_its_own_numbers_only(campaign):
    assert list(compared(campaign, "eva")) == ["东乡"]
    run, *_rest = campaigns.find(campaign, people.find("eva"))
    (stage,) = campaigns.stages(run, people.find("eva"))
    assert (stage.day.isoformat(), stage.steps, stage.in_time, stage.open) == ("2026-07-23", ["核查"], 1, 0)


def test_who_supervises_nothing_of_it_does_not_find_it(campaign):
    for name in ("wim", "bob"):
        with pytest.raises(errors.NotFound):
            campaigns.find(campaign, people.find(name))
        assert campaigns.listing(people.find(name)) == []
    assert [row.key for row in campaigns.listing(people.find("cora"))] == [campaign]


def test_stays_are_measured_over_ones_own_units(campaign):
    (version,) = stays.versions(people.find("cora"))
    assert (version.running, version.all) == (2, 3)
    _process, (check,) = stays.of(version.key, people.find("eva"))
    assert (check.here, check.done, check.average) == (0, 1, timedelta(days=2))
    _process, (check,) = stays.of(version.key, people.find("cora"), campaign)
    assert (check.here, check.done, check.longest) == (2, 1, timedelta(days=24))
    with pytest.raises(errors.NotFound):
        stays.of(version.key, people.find("wim"))
