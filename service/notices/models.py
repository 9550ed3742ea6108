"""Tables of public notices: the notice, its postings site by site, objections, and the closing certificate."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from service import clock, db
from service.db import values
from service.identity import models as identity


class Notice(db.Model):
    """A publicity (公示) or announcement (公告) as posted; ``rows`` hold whitelisted columns only (DOMAIN §4).

    ``late`` is a warning: a site was posted after the last day in the plan (DOMAIN A7, A14).
    """

    __tablename__ = "notices"

    key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, default=db.next_key)
    no: Mapped[str | None] = mapped_column(unique=True)
    doc_no: Mapped[str] = mapped_column(default="")
    run_key: Mapped[int] = mapped_column(sa.ForeignKey("runs.key", ondelete="CASCADE"), index=True)
    instance_key: Mapped[int] = mapped_column(index=True)
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("units.id"), index=True)
    mode: Mapped[str]
    round: Mapped[str] = mapped_column(default="")
    subject: Mapped[str]
    title: Mapped[str]
    issuer: Mapped[str]
    basis: Mapped[str] = mapped_column(default="")
    contact: Mapped[str] = mapped_column(default="")
    columns: Mapped[list[Any]] = mapped_column(values.TypedJSON)
    rows: Mapped[list[Any]] = mapped_column(values.TypedJSON)
    case_keys: Mapped[list[Any]] = mapped_column(values.TypedJSON, default=list)
    households: Mapped[int]
    persons: Mapped[int]
    days: Mapped[int]
    lost_days: Mapped[int] = mapped_column(default=0)
    late: Mapped[bool] = mapped_column(default=False)
    drafted_at: Mapped[datetime] = mapped_column(default=clock.now)
    issued_at: Mapped[datetime | None]
    sealed_on: Mapped[date | None]
    starts_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]

    unit: Mapped[identity.Unit] = relationship(lazy="joined", innerjoin=True)


class Posting(db.Model):
    """One site's display of a notice (张贴记录); photos are names of stored files."""

    __tablename__ = "postings"

    key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, default=db.next_key)
    notice_key: Mapped[int] = mapped_column(sa.ForeignKey("notices.key", ondelete="CASCADE"))
    site: Mapped[str]
    posted_at: Mapped[datetime]
    posted_by: Mapped[str] = mapped_column(default="")
    witness: Mapped[str] = mapped_column(default="")
    photos: Mapped[dict[str, Any]] = mapped_column(values.TypedJSON, default=dict)
    removed_at: Mapped[datetime | None]
    lost_days: Mapped[int] = mapped_column(default=0)

    __table_args__ = (sa.UniqueConstraint("notice_key", "site"),)


class Objection(db.Model):
    """An objection (异议) to a notice, its investigation, decision and reply; the objector's name is sealed."""

    __tablename__ = "objections"

    key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, default=db.next_key)
    no: Mapped[str] = mapped_column(unique=True)
    receipt: Mapped[str | None] = mapped_column(unique=True)
    notice_key: Mapped[int] = mapped_column(sa.ForeignKey("notices.key", ondelete="CASCADE"), index=True)
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("units.id"), index=True)
    instance_key: Mapped[int]
    case_key: Mapped[int | None] = mapped_column(sa.ForeignKey("cases.key", ondelete="CASCADE"))
    received_at: Mapped[datetime] = mapped_column(default=clock.now)
    due_at: Mapped[datetime]
    channel: Mapped[str] = mapped_column(default="")
    objector_sealed: Mapped[bytes | None]
    phone_sealed: Mapped[bytes | None]
    phone_index: Mapped[bytes | None]
    kind: Mapped[str] = mapped_column(default="")
    party: Mapped[str] = mapped_column(default="")
    facts: Mapped[str] = mapped_column(default="")
    evidence: Mapped[str] = mapped_column(default="")
    receiver: Mapped[str] = mapped_column(default="")
    investigators: Mapped[list[Any]] = mapped_column(values.TypedJSON, default=list)
    findings: Mapped[str] = mapped_column(default="")
    decision: Mapped[str | None]
    effect: Mapped[str] = mapped_column(default="")
    correction: Mapped[str] = mapped_column(default="")
    decided_by: Mapped[str] = mapped_column(default="")
    decided_at: Mapped[datetime | None]
    reply: Mapped[str | None]
    replied_at: Mapped[datetime | None]

    notice: Mapped[Notice] = relationship(lazy="raise_on_sql")


class Certificate(db.Model):
    """The statement on a finished publicity (公示情况说明) that travels with the report upward."""

    __tablename__ = "certificates"

    key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, default=db.next_key)
    notice_key: Mapped[int] = mapped_column(sa.ForeignKey("notices.key", ondelete="CASCADE"), unique=True)
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("units.id"))
    content: Mapped[dict[str, Any]] = mapped_column(values.TypedJSON)
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
