"""The tables of what may come to stand still, of what is told about due dates, and of stepping in."""

from datetime import datetime
from typing import Any

import sqlalchemy as sqla
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from service import db
from service.db.values import TypedJSON


class Watch(db.Model):
    """A wait that is watched: from `late_at` on it counts as stalled, for the reason that `kind` and `detail` tell.

    `subject_key` is the element instance that waits (of a timer its owner), `unit_id` the unit that is waited for.
    `found_at` is when the sweep first saw it stand still. The row goes when the cause is gone. Due dates have no rows
    here: `user_tasks.due` is the instant at which a task becomes late.
    """

    __tablename__ = "watches"

    key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, default=db.next_key)
    kind: Mapped[str]
    subject_key: Mapped[int]
    element_id: Mapped[str]
    instance_key: Mapped[int | None]
    definition_key: Mapped[int]
    process_id: Mapped[str]
    unit_id: Mapped[int | None] = mapped_column(sqla.ForeignKey("units.id"))
    task_key: Mapped[int | None]
    since: Mapped[datetime]
    late_at: Mapped[datetime]
    found_at: Mapped[datetime | None]
    detail: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)

    __table_args__ = (
        sqla.UniqueConstraint("kind", "subject_key", "element_id"),
        sqla.Index("ix_watches_late", "late_at", "key"),
        sqla.Index("ix_watches_found", "late_at", postgresql_where=sqla.text("found_at is null")),
    )


class Reminder(db.Model):
    """What is told next about an open task with a due date, and when; nothing more without `next_at`.

    `stage` is the kind of notification, `level` how many levels of supervisors were told. `due` is the date that the
    plan was made for.
    """

    __tablename__ = "reminders"

    task_key: Mapped[int] = mapped_column(
        sqla.ForeignKey("user_tasks.key", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    due: Mapped[datetime]
    stage: Mapped[str]
    level: Mapped[int]
    next_at: Mapped[datetime | None]

    __table_args__ = (sqla.Index("ix_reminders_next", "next_at", postgresql_where=sqla.text("next_at is not null")),)


class Operation(db.Model):
    """A measure that somebody takes on one or many: RUNNING until each item is settled, then DONE or CANCELLED.

    `given` is what the measure was told besides its reason, such as the new due date.
    """

    __tablename__ = "operations"

    key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    measure: Mapped[str]
    given: Mapped[Any] = mapped_column(TypedJSON, default=dict)
    reason: Mapped[str]
    by: Mapped[str]
    state: Mapped[str] = mapped_column(default="RUNNING")
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    __table_args__ = (sqla.Index("ix_operations_by", "by", "created_at"),)


class OperationItem(db.Model):
    """One of an operation's subjects: a task, an instance, or an entry of the audit log that is undone.

    It is WAITING, DONE, FAILED (`message` says why) or CANCELLED; `audit_keys` are the entries that it made.
    """

    __tablename__ = "operation_items"

    operation_key: Mapped[int] = mapped_column(sqla.ForeignKey("operations.key"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    subject_key: Mapped[int]
    instance_key: Mapped[int]
    name: Mapped[str]
    unit: Mapped[str]
    state: Mapped[str] = mapped_column(default="WAITING")
    message: Mapped[str | None]
    audit_keys: Mapped[list[int]] = mapped_column(sqla.ARRAY(sqla.BigInteger), default=list)

    __table_args__ = (
        sqla.Index(
            "ix_operation_items_waiting", "operation_key", "position", postgresql_where=sqla.text("state = 'WAITING'")
        ),
    )


class Urging(db.Model):
    """A task was urged; `level` counts the levels of supervisors that were told besides who must act."""

    __tablename__ = "urgings"

    key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    task_key: Mapped[int] = mapped_column(sqla.ForeignKey("user_tasks.key"))
    at: Mapped[datetime]
    by: Mapped[str]
    level: Mapped[int]

    __table_args__ = (sqla.Index("ix_urgings_task", "task_key", "at"),)
