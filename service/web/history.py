"""A task's surroundings: what happened before it, what came after, and where the process stands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sqla
from sqlalchemy import orm
from sqlalchemy.dialects import postgresql

from service import db, identity
from service.identity.models import Unit, User
from service.workflow import models, releases

MOST = 60
BODY = "MULTI_INSTANCE_BODY"
task, instance, element = models.UserTask, models.ProcessInstance, models.ElementInstance
WAITING = (
    "CALL_ACTIVITY",
    "INTERMEDIATE_CATCH_EVENT",
    "RECEIVE_TASK",
    "EVENT_BASED_GATEWAY",
    "SERVICE_TASK",
    "SEND_TASK",
)


@dataclass(frozen=True)
class Heading:
    """What a task is about: process, the unit concerned, the unit that acts, and who has it."""

    process: str
    subject: str
    unit: str
    holder: str


@dataclass(frozen=True)
class Next:
    """What follows a completed task: open tasks, else what the process waits for, else how it ended."""

    tasks: Sequence[Any]
    waits: Sequence[str]
    ended: Sequence[str]


@dataclass(frozen=True)
class Places:
    """Where an instance stands in its diagram: tokens by the id of the element they are in, and what was passed."""

    here: Mapping[str, int]
    passed: list[str]


def heading(row: models.UserTask) -> Heading:
    """What stands above a task."""
    subject, acting = orm.aliased(Unit), orm.aliased(Unit)
    query = (
        sqla.select(models.Definition.name, subject.name, acting.name, User.name)
        .select_from(task)
        .join(models.Definition, models.Definition.key == task.definition_key)
        .join(instance, instance.key == task.instance_key)
        .outerjoin(subject, subject.id == instance.unit_id)
        .outerjoin(acting, acting.id == task.unit_id)
        .outerjoin(User, User.username == task.assignee)
        .where(task.key == row.key)
    )
    return Heading(*(text or "" for text in db.sa.session.execute(query).one()))


def so_far(row: models.UserTask, *, by: identity.Person) -> Sequence[Any]:
    """The tasks done before in the same instance and those around it, the latest first; `seen` tells whether the
    person may open one.
    """
    around = sqla.select(sqla.func.unnest(postgresql.array([instance.key, instance.parent_key, instance.root_key])))
    keys = around.where(instance.key == row.instance_key)
    query = (
        sqla.select(task.key, task.title, task.completed_at, User.name.label("who"), Unit.name.label("unit"), _seen(by))
        .outerjoin(User, User.username == task.completed_by)
        .outerjoin(Unit, Unit.id == task.unit_id)
        .where(task.instance_key.in_(keys), task.state == "COMPLETED", task.key != row.key)
        .order_by(task.completed_at.desc(), task.key.desc())
    )
    return db.sa.session.execute(query.limit(MOST)).all()


def next_steps(row: models.UserTask, *, by: identity.Person) -> Next:
    """What came of a completed task: tasks opened since in the same run, else what its instance does now."""
    query = (
        sqla.select(task.key, task.title, Unit.name.label("unit"), User.name.label("holder"), _seen(by))
        .outerjoin(Unit, Unit.id == task.unit_id)
        .outerjoin(User, User.username == task.assignee)
        .where(task.root_key == row.root_key, task.state == "CREATED", task.created_at >= row.completed_at)
        .order_by(task.created_at, task.key)
    )
    found = db.sa.session.execute(query.limit(MOST)).all()
    process = releases.process(row.definition_key).process
    ended = db.sa.session.get_one(instance, row.instance_key)
    waits = [] if found else [process.nodes[id].name or id for id in _waiting(row.instance_key) if id in process.nodes]
    names = [process.nodes[id].name or id for id in ended.end_events if id in process.nodes]
    return Next(found, waits, names if ended.state == "COMPLETED" else [])


def places(instance_key: int) -> Places:
    """The active and the passed elements of an instance, and the flows that its tokens took."""
    counted = sqla.func.count().filter(element.state == "ACTIVE", element.type != BODY)
    elements = (
        sqla.select(element.element_id, sqla.func.bool_or(element.state == "ACTIVE"), counted)
        .where(element.instance_key == instance_key, element.key != instance_key)
        .group_by(element.element_id)
    )
    flow = models.FlowTaken
    flows = sqla.select(flow.flow_id, sqla.false(), sqla.literal(0)).where(flow.instance_key == instance_key)
    found = list(db.sa.session.execute(elements.union_all(flows)))
    here = {id: count for id, active, count in found if active}
    return Places(here, [id for id, active, _count in found if not active])


def name_of(username: str) -> str:
    """The name of a user, or the user name where there is none."""
    return db.sa.session.scalar(sqla.select(User.name).where(User.username == username)) or username


def _seen(by: identity.Person) -> Any:
    condition = identity.access.visible_tasks(
        by, assignee=task.assignee, candidates=task.candidates, unit_id=task.unit_id
    )
    return condition.label("seen")


def _waiting(key: int) -> Sequence[str]:
    query = sqla.select(element.element_id).where(element.instance_key == key, element.state == "ACTIVE")
    return db.sa.session.scalars(query.where(element.type.in_(WAITING)).distinct()).all()
