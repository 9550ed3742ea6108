"""Tables of public notices: the notice, its postings site by site, objections, and the closing certificate."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from service import clock, db
from service.db import values
from service.identity import models as identity

Key = sa.BigInteger
Instant = sa.DateTime(timezone=True)


class Notice(db.sa.Model):  # type: ignore[name-defined,misc]
    """A publicity (公示) or announcement (公告) as posted; ``rows`` hold whitelisted columns only (DOMAIN §4)."""

    __tablename__ = "notices"

    key: Mapped[int] = mapped_column(Key, primary_key=True, default=db.next_key)
    no: Mapped[str | None] = mapped_column(sa.Text, unique=True)
    run_key: Mapped[int] = mapped_column(sa.ForeignKey("runs.key", ondelete="CASCADE"), index=True)
    instance_key: Mapped[int] = mapped_column(Key, index=True)
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("units.id"), index=True)
    mode: Mapped[str] = mapped_column(sa.Text)
    round: Mapped[str] = mapped_column(sa.Text, default="")
    subject: Mapped[str] = mapped_column(sa.Text)
    title: Mapped[str] = mapped_column(sa.Text)
    issuer: Mapped[str] = mapped_column(sa.Text)
    basis: Mapped[str] = mapped_column(sa.Text, default="")
    contact: Mapped[str] = mapped_column(sa.Text, default="")
    columns: Mapped[list[Any]] = mapped_column(values.TypedJSON)
    rows: Mapped[list[Any]] = mapped_column(values.TypedJSON)
    case_keys: Mapped[list[Any]] = mapped_column(values.TypedJSON, default=list)
    households: Mapped[int] = mapped_column(sa.Integer)
    persons: Mapped[int] = mapped_column(sa.Integer)
    days: Mapped[int] = mapped_column(sa.Integer)
    lost_days: Mapped[int] = mapped_column(sa.Integer, default=0)
    drafted_at: Mapped[datetime] = mapped_column(Instant, default=clock.now)
    issued_at: Mapped[datetime | None] = mapped_column(Instant)
    starts_at: Mapped[datetime | None] = mapped_column(Instant)
    ends_at: Mapped[datetime | None] = mapped_column(Instant)
    closed_at: Mapped[datetime | None] = mapped_column(Instant)

    unit: Mapped[identity.Unit] = relationship(identity.Unit, lazy="joined", innerjoin=True)


class Posting(db.sa.Model):  # type: ignore[name-defined,misc]
    """One site's display of a notice (张贴记录); photos are names of stored files."""

    __tablename__ = "postings"

    key: Mapped[int] = mapped_column(Key, primary_key=True, default=db.next_key)
    notice_key: Mapped[int] = mapped_column(sa.ForeignKey("notices.key", ondelete="CASCADE"))
    site: Mapped[str] = mapped_column(sa.Text)
    posted_at: Mapped[datetime] = mapped_column(Instant)
    posted_by: Mapped[str] = mapped_column(sa.Text, default="")
    witness: Mapped[str] = mapped_column(sa.Text, default="")
    photos: Mapped[dict[str, Any]] = mapped_column(values.TypedJSON, default=dict)
    removed_at: Mapped[datetime | None] = mapped_column(Instant)
    lost_days: Mapped[int] = mapped_column(sa.Integer, default=0)

    __table_args__ = (sa.UniqueConstraint("notice_key", "site"),)


class Objection(db.sa.Model):  # type: ignore[name-defined,misc]
    """An objection (异议) to a notice, its investigation, decision and reply; the objector's name is sealed."""

    __tablename__ = "objections"

    key: Mapped[int] = mapped_column(Key, primary_key=True, default=db.next_key)
    no: Mapped[str] = mapped_column(sa.Text, unique=True)
    notice_key: Mapped[int] = mapped_column(sa.ForeignKey("notices.key", ondelete="CASCADE"), index=True)
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("units.id"), index=True)
    instance_key: Mapped[int] = mapped_column(Key)
    case_key: Mapped[int | None] = mapped_column(sa.ForeignKey("cases.key"))
    received_at: Mapped[datetime] = mapped_column(Instant, default=clock.now)
    due_at: Mapped[datetime] = mapped_column(Instant)
    channel: Mapped[str] = mapped_column(sa.Text, default="")
    objector_sealed: Mapped[bytes | None] = mapped_column(sa.LargeBinary)
    phone_sealed: Mapped[bytes | None] = mapped_column(sa.LargeBinary)
    phone_index: Mapped[bytes | None] = mapped_column(sa.LargeBinary)
    kind: Mapped[str] = mapped_column(sa.Text)
    party: Mapped[str] = mapped_column(sa.Text, default="")
    facts: Mapped[str] = mapped_column(sa.Text)
    investigators: Mapped[list[Any]] = mapped_column(values.TypedJSON, default=list)
    findings: Mapped[str] = mapped_column(sa.Text, default="")
    decision: Mapped[str | None] = mapped_column(sa.Text)
    decided_at: Mapped[datetime | None] = mapped_column(Instant)
    reply: Mapped[str | None] = mapped_column(sa.Text)
    replied_at: Mapped[datetime | None] = mapped_column(Instant)

    notice: Mapped[Notice] = relationship(lazy="raise_on_sql")


class Certificate(db.sa.Model):  # type: ignore[name-defined,misc]
    """The statement on a finished publicity (公示情况说明) that travels with the report upward."""

    __tablename__ = "certificates"

    key: Mapped[int] = mapped_column(Key, primary_key=True, default=db.next_key)
    notice_key: Mapped[int] = mapped_column(sa.ForeignKey("notices.key", ondelete="CASCADE"), unique=True)
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("units.id"))
    content: Mapped[dict[str, Any]] = mapped_column(values.TypedJSON)
    made_at: Mapped[datetime] = mapped_column(Instant, default=clock.now)
