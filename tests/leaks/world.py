"""Two townships with everything that has an address: each with a finished household identification and open work."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sqla

from service import bootstrap, clock, db, identity, notifications, scenarios
from service.identity import people, units
from service.notices import models as notices
from service.notifications.models import Notification
from service.register import desk
from service.register import models as register
from service.scenarios import scratch
from service.seeds import staff, tree_a, worlds
from service.supervision import models as supervision
from service.workflow import deployments, external_jobs, instances, live, models, releases
from tests.engine import bpmn
from tests.hostile.test_foreigners import VISIT

SMALL = scenarios.read(Path(__file__).parents[1] / "processes" / "small_township.yaml")
SLUGS = tree_a.SLUGS | {"RJ": "rongjiang", "RJ01": "dazhai"}


@dataclass(frozen=True)
class Place:
    """A township, its village with a finished run, and the keys of what belongs to them, by what they are."""

    township: str
    village: str
    keys: Mapping[str, Any]
    marks: tuple[str, ...]


def plant() -> tuple[Place, Place]:
    """Write both townships into the empty database, with a person for each office."""
    releases.forget()
    live.forget()
    worlds.sow("tree-a-units")
    township = units.add("RJ", "榕江乡", "township", units.find(tree_a.COUNTY))
    village = units.add("RJ01", "大寨村", "village", township)
    for number, name in enumerate(("岜上屯", "岜脚屯"), 1):
        units.add(f"RJ01-{number}", name, "hamlet", village)
    staff.appoint(units.find(tree_a.ROOT), SLUGS)
    visits = {"visits.bpmn": bpmn.xml(VISIT, process_id="visits")}
    deployments.deploy({**bootstrap.bundled_files(), **visits}, by=identity.SYSTEM)
    return _settle("FX", "FX02", "township_clerk.fengxi"), _settle("RJ", "RJ01", "township_clerk.rongjiang")


def posts(place: Place) -> list[str]:
    """The user names of those in a township or below it: one for each role."""
    below = {unit.id for unit in units.subtree(units.find(place.township))}
    held = [post for post in staff.posts(units.find(tree_a.ROOT), SLUGS) if post.unit_id in below]
    return list({post.role: post.username for post in held}.values())


def _settle(township: str, village: str, clerk: str) -> Place:
    scenario = replace(
        SMALL,
        villages=[{**row, "unit": village} for row in SMALL.villages],
        households=[{**row, "unit": village, "code": f"{village}-{row['code']}"} for row in SMALL.households],
        message=replace(SMALL.message, variables={"township": township, "quota_persons": "=quota"}),
    )
    scratch.furnish(scenario)
    played = scenarios.Player(scenario).play()
    assert played.passed, played.failures
    root = played.acts[0].instance_key
    visit = instances.create("visits", {"secret": f"秘密{village}"}, by=identity.SYSTEM, unit=village).key
    with db.transaction():
        _fail(visit)
        keys = _keys(root, visit, units.find(village).id) | _tell(clerk)
    return Place(township, village, keys, (*keys.pop("heads"), f"秘密{village}", f"{village}-H1"))


def _fail(visit: int) -> None:
    """Let the job of an external worker fail, which is an incident."""
    given = {"worker": "tests", "timeout": timedelta(minutes=1), "limit": 9}
    for job, _variables in external_jobs.activate("pay", **given, by=identity.SYSTEM):
        external_jobs.fail(
            job.key, retries=0, message="no money", back_off=timedelta(), variables={}, by=identity.SYSTEM
        )


def _tell(clerk: str) -> dict[str, Any]:
    """What belongs to one person: a notification, an operation."""
    notifications.notify([clerk], "copied", "Sent: %(what)s.", "Sent: %(what)s.", "/inbox", what="x")
    operation = supervision.Operation(
        key=db.next_key(), measure="urge", reason="x", by=clerk, state="DONE", created_at=clock.now()
    )
    db.sa.session.add(operation)
    db.sa.session.flush()
    told = db.sa.session.scalars(sqla.select(Notification.key).filter_by(username=clerk)).first()
    return {"notification": told, "operation": operation.key}


def _keys(root: int, visit: int, village: int) -> dict[str, Any]:
    """One key for each thing that has an address."""
    session = db.sa.session
    tree = sqla.select(models.ProcessInstance.key).where(models.ProcessInstance.root_key == root).scalar_subquery()

    def first(column: Any, *conditions: Any) -> Any:
        found = session.scalars(sqla.select(column).where(*conditions).order_by(column)).first()
        assert found is not None, column
        return found

    task, element, notice = models.UserTask, models.ElementInstance, notices.Notice
    published = first(notice.key, notice.unit_id == village)
    objection = notices.Objection(
        no=f"Y{published}",
        notice_key=published,
        unit_id=village,
        instance_key=first(notice.instance_key, notice.key == published),
        due_at=clock.now() + timedelta(days=5),
        facts=f"异议事实{village}",
    )
    session.add(objection)
    session.flush()
    return {
        "instance": visit,
        "run": root,
        "task": first(task.key, task.instance_key == visit, task.element_id == "visit"),
        "roster": first(task.key, task.root_key == root, task.element_id == "Task_VisitHouseholds"),
        "minutes": first(task.key, task.root_key == root, task.element_id == "Task_HoldMeeting"),
        "vote": first(task.key, task.root_key == root, task.element_id == "Task_VoteOnHouseholds"),
        "posting": first(task.key, task.root_key == root, task.element_id == "Task_PostNotice"),
        "element": first(element.key, element.instance_key == visit, element.element_id == "visit"),
        "incident": first(models.Incident.key, models.Incident.instance_key == visit),
        "offer": desk.offers(people.find("county_office_clerk.sanjiang"))[0].id,
        "variable": first(models.Variable.key, models.Variable.instance_key == visit),
        "job": first(models.Job.key, models.Job.instance_key == visit),
        "audit": first(models.AuditLog.key, models.AuditLog.instance_key.in_(tree)),
        "notice": published,
        "objection": objection.key,
        "case": first(register.Case.key, register.Case.unit_id == village),
        "household": first(register.Household.key, register.Household.unit_id == village),
        "handbook": first(register.Handbook.key, register.Handbook.unit_id == village),
        "village": village,
        "heads": session.scalars(sqla.select(register.Household.head_name).filter_by(unit_id=village)).all(),
    }
