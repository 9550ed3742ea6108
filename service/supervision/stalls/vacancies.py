"""A role with nobody in it: a task that nobody can take, or whose holder can no longer sign in."""

from datetime import datetime
from typing import Any

import sqlalchemy as sqla

from service import db
from service.identity import roles
from service.identity.models import Membership, User
from service.supervision import watches
from service.supervision.watches import VACANCY, Cause
from service.workflow import models

task, instance = models.UserTask, models.ProcessInstance


def look(now: datetime) -> None:
    """Watch open tasks that no active user may do."""
    columns = task.key, task.element_id, task.instance_key, task.definition_key, task.process_id, task.unit_id
    query = sqla.select(*columns, task.created_at, task.assignee).join(instance, instance.key == task.instance_key)
    query = query.where(task.state == "CREATED", ~instance.suspended)
    offers, left = _vacant_offers(), _users("").cte("present")
    unclaimed = query.join(offers, offers.c.candidates == task.candidates).where(task.assignee.is_(None))
    orphaned = query.where(task.assignee.is_not(None), task.assignee.not_in(sqla.select(left.c.grant)))
    rows = db.sa.session.execute(unclaimed.union_all(orphaned))
    watches.reconcile(VACANCY, [_cause(row, now) for row in rows])


def _cause(row: Any, now: datetime) -> Cause:
    place = row.key, row.element_id, row.instance_key, row.definition_key, row.process_id, row.unit_id
    return Cause(*place, row.created_at, now, row.key, {"holder": row.assignee} if row.assignee else {})


def _vacant_offers() -> sqla.CTE:
    """The lists of candidates of open tasks in which nobody is found. Many tasks share few lists."""
    open_ = task.state == "CREATED", task.assignee.is_(None)
    offers = sqla.select(task.candidates).where(*open_).distinct().cte("offers")
    grants = sqla.union_all(*_grants()).cte("grants")
    offered = sqla.func.unnest(offers.c.candidates).column_valued("offered")
    taken = sqla.select(grants.c.grant).where(grants.c.grant.in_(sqla.select(offered).correlate(offers)))
    return sqla.select(offers.c.candidates).where(~taken.exists()).cte("vacant")


def _grants() -> list[sqla.Select[Any]]:
    """What active users hold, as `Person.grants` names it."""
    unit = sqla.cast(Membership.unit_id, sqla.Text)
    holders = sqla.select((Membership.role_id + "@" + unit).label("grant")).join(User).where(User.active)
    groups = [
        sqla.select((sqla.literal(f"{group}@") + unit).label("grant"))
        .join(User)
        .where(User.active, Membership.role_id.in_(members))
        for group, members in roles.MEMBERS.items()
    ]
    return [holders, *groups, _users("user:")]


def _users(prefix: str) -> sqla.Select[Any]:
    return sqla.select((sqla.literal(prefix) + User.username).label("grant")).where(User.active)
