"""Remarks on tasks: what people write to each other, and why a task was sent back, passed on or taken back.

They belong to the case: who may see a task of an instance finds there what was remarked on the others.
"""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Text, orm, select
from sqlalchemy.orm import Mapped, mapped_column

from service import clock, db, errors, identity, notifications
from service.errors import _
from service.identity.models import User
from service.notifications import kinds
from service.workflow import audit, models, tasks

COMMENT, SENT_BACK, TAKEN_BACK = "COMMENT", "SEND_BACK", "TAKE_BACK"
TRANSFERRED, DELEGATED, RETURNED, COPIED = "TRANSFER", "DELEGATE", "RETURN", "COPY"
LONGEST = 2_000
MOST = 100


class Remark(db.Model):
    """Something said or done about a task; `to` is the person it concerns, if there is one."""

    __tablename__ = "remarks"

    key: Mapped[int] = mapped_column(models.Key, primary_key=True, autoincrement=False)
    task_key: Mapped[int] = mapped_column(ForeignKey("user_tasks.key"))
    instance_key: Mapped[int] = mapped_column(models.Key)
    kind: Mapped[str] = mapped_column(Text)
    person: Mapped[str] = mapped_column(Text)
    to: Mapped[str | None] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(models.Instant)

    __table_args__ = (Index("ix_remarks_instance", "instance_key", "key"),)


def add(task: models.UserTask, kind: str, text: str, *, by: identity.Person, to: str | None = None) -> None:
    """Note a remark in the open transaction."""
    row = Remark(key=db.next_key(), task_key=task.key, instance_key=task.instance_key, kind=kind, text=text)
    row.person, row.to, row.at = by.username, to, clock.now()
    db.sa.session.add(row)


def comment(key: int, text: str, *, by: identity.Person) -> None:
    """Write a comment on a task that the person sees; who has the task and who is named (@user) is told.

    Raises NotFound, Unprocessable for an empty or too long text.
    """
    with db.transaction():
        task = tasks.get(key, by=by)
        identity.access.ensure(by, "task.comment", task)
        text = checked(text, _("Write a comment."))
        add(task, COMMENT, text, by=by)
        audit.record("COMMENT", "USER_TASK", key, by=by, instance_key=task.instance_key)
        told = {task.assignee or "", *mentioned(text)} - {by.username}
        readers = [name for name in told if name and _sees(name, task)]
        notifications.notify(
            readers,
            kinds.COMMENTED,
            _("%(name)s commented on: %(task)s"),
            _("%(comment)s"),
            link(key),
            name=by.name,
            task=task.title,
            comment=text[:200],
        )


def mentioned(text: str) -> set[str]:
    """The user names after "@" in a text."""
    return set(re.findall(r"@([A-Za-z0-9][\w.-]*\w|[A-Za-z0-9])", text, re.ASCII))


def of(task: models.UserTask, *, by: identity.Person) -> Sequence[Any]:
    """The remarks on the tasks of a task's instance with the names of task and people, the latest first.

    Who sees the task only because it was copied to him finds those on this one.
    """
    author, other, about = orm.aliased(User), orm.aliased(User), models.UserTask
    query = (
        select(Remark, about.title.label("task"), author.name.label("who"), other.name.label("whom"))
        .join(about, about.key == Remark.task_key)
        .outerjoin(author, author.username == Remark.person)
        .outerjoin(other, other.username == Remark.to)
        .where(Remark.instance_key == task.instance_key)
        .order_by(Remark.key.desc())
    )
    if not identity.access.allowed(by, "case.remarks", task):
        query = query.where(Remark.task_key == task.key)
    return db.sa.session.execute(query.limit(MOST)).all()


def why_back(task: models.UserTask) -> Any:
    """Who sent the work back to this task, and why; None where nobody did."""
    if task.origin_key is None:
        return None
    query = select(Remark, User.name).outerjoin(User, User.username == Remark.person)
    query = query.where(Remark.task_key == task.key, Remark.instance_key == task.instance_key)
    return db.sa.session.execute(query.where(Remark.kind == SENT_BACK).limit(1)).first()


def checked(text: str, empty: str) -> str:
    """A text without blanks around it. Raises Unprocessable (`empty`) when nothing is left, or when it is too long.

    Browsers send a line break as two characters and count it as one.
    """
    text = text.replace("\r\n", "\n").strip()
    if not text:
        raise errors.Unprocessable(empty)
    if len(text) > LONGEST:
        raise errors.Unprocessable(_("At most %(most)s characters, please."), most=LONGEST)
    return text


def link(key: int) -> str:
    """The address of a task's page."""
    return f"/tasks/{key}"


def _sees(username: str, task: models.UserTask) -> bool:
    return identity.people.exists(username) and identity.access.allowed(
        identity.people.find(username), "task.read", task
    )
