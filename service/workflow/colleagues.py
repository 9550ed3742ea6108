"""Whom a task may be passed on to, and who may get a copy of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import aliased

from service import db, identity
from service.identity import roles
from service.identity.models import Membership, Unit, User
from service.workflow import models

MOST = 300


@dataclass(frozen=True)
class Colleague:
    """Somebody with an office, by the first role that fits."""

    username: str
    name: str
    role: str
    unit: str


def takers(task: models.UserTask, *, by: identity.Person) -> Sequence[Colleague]:
    """Who may take the task over: its candidates; for its supervisors, also who holds an office in their units."""
    may = _offered(task)
    if identity.access.allowed(by, "task.assign", task):
        may = or_(may, identity.access.visible_units(by, Unit.id))
    return _people(may, besides=[task.assignee or by.username])


def readers(task: models.UserTask, *, by: identity.Person) -> Sequence[Colleague]:
    """Who may get a copy: office holders of the unit that acts, of those below it and above it, and beside these."""
    acting, above = aliased(Unit), aliased(Unit)
    line = select(above.id).join(acting, acting.path.startswith(above.path)).where(acting.id == task.unit_id)
    path = select(Unit.path).where(Unit.id == task.unit_id).scalar_subquery()
    beside = and_(Unit.kind.in_(identity.units.DEPARTMENTS), Unit.parent_id.in_(line))
    return _people(or_(Unit.id.in_(line), Unit.path.startswith(path), beside), besides=[by.username, *task.copied_to])


def _offered(task: models.UserTask) -> ColumnElement[bool]:
    found: list[ColumnElement[bool]] = [false()]
    for text in task.candidates:
        role, at, unit = text.rpartition("@")
        if text.startswith("user:"):
            found.append(User.username == text.removeprefix("user:"))
        elif at and unit.isdecimal():
            found.append(and_(Membership.role_id.in_(roles.held_as(role)), Membership.unit_id == int(unit)))
    return or_(*found)


def _people(condition: ColumnElement[bool], *, besides: Sequence[str]) -> Sequence[Colleague]:
    query: Any = (
        select(User.username, User.name, Membership.role_id, Unit.name.label("unit"))
        .join(Membership, Membership.user_id == User.id)
        .join(Unit, Unit.id == Membership.unit_id)
        .where(User.active, condition, Membership.role_id.not_in(roles.VILLAGERS), User.username.not_in(besides))
        .order_by(User.username, Unit.path, Membership.role_id)
        .ext(distinct_on(User.username))
        .limit(MOST)
    )
    return [Colleague(*row) for row in db.sa.session.execute(query)]
