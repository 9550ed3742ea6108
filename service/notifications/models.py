"""Tables of what people were told and how it went out."""

from datetime import datetime
from typing import Any

import sqlalchemy as sqla
from sqlalchemy import Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from service import clock, db

Instant = sqla.DateTime(timezone=True)


class Notification(db.Model):
    """What one person was told. `subject` and `text` are msgids, filled and translated when they are shown.

    `arguments` fill the subject; each of `items`, a dict of arguments and a `link`, fills the text once.
    """

    __tablename__ = "notifications"

    key: Mapped[int] = mapped_column(sqla.BigInteger, primary_key=True, autoincrement=False, default=db.next_key)
    username: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    subject: Mapped[str] = mapped_column(Text)
    arguments: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    text: Mapped[str] = mapped_column(Text)
    items: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    at: Mapped[datetime] = mapped_column(Instant, default=clock.now)
    read_at: Mapped[datetime | None] = mapped_column(Instant)

    __table_args__ = (
        sqla.Index("ix_notifications_person", "username", "key"),
        sqla.Index("ix_notifications_unread", "username", postgresql_where=sqla.text("read_at is null")),
    )


class Delivery(db.Model):
    """A message that goes out by a channel, once: WAITING, SENT or FAILED."""

    __tablename__ = "notification_deliveries"

    key: Mapped[int] = mapped_column(sqla.BigInteger, primary_key=True, autoincrement=False, default=db.next_key)
    notification_key: Mapped[int] = mapped_column(sqla.ForeignKey("notifications.key", ondelete="CASCADE"))
    channel: Mapped[str] = mapped_column(Text)
    address: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text, default="WAITING")
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Instant, default=clock.now)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)

    __table_args__ = (
        sqla.Index("ix_notification_deliveries_notification", "notification_key"),
        sqla.Index("ix_notification_deliveries_unsent", "key", postgresql_where=sqla.text("state <> 'SENT'")),
    )


class Contact(db.Model):
    """Where a person can be reached, and the kinds that are not to be sent there."""

    __tablename__ = "contacts"

    username: Mapped[str] = mapped_column(sqla.ForeignKey("users.username", ondelete="CASCADE"), primary_key=True)
    email: Mapped[str | None] = mapped_column(Text)
    phone: Mapped[str | None] = mapped_column(Text)
    declined: Mapped[list[str]] = mapped_column(sqla.ARRAY(Text), default=list)
