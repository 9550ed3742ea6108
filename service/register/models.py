"""Tables of the register: households and villages as they are, and what happens to them in a run.

A run is one campaign: its key is the key of the root process instance. A case is one household's or village's
candidacy in a run. Rows here point at process instances, never the other way round.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Mapped, mapped_column, relationship

from service import clock, db
from service.db import values
from service.identity import models as identity

Money = sa.Numeric(14, 2)
NEVER_REGISTERED = ""
POOR = "未脱贫"
LEFT = "已脱贫"
RETURNED = "返贫"
CLEARED = "清退"
ON_REGISTER = (POOR, "预脱贫", RETURNED)


def _letters(column: str) -> sa.TextClause:
    """The characters of a name, by which an index finds parts of it (service.register.lookup)."""
    return sa.text(f"regexp_split_to_array(lower({column}), '')")


class Household(db.Model):
    """A household (户) with the facts of its registration form (贫困户登记表), DOMAIN §3.2."""

    __tablename__ = "households"

    key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, default=db.next_key)
    code: Mapped[str] = mapped_column(unique=True)
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("units.id"), index=True)
    hamlet: Mapped[str] = mapped_column(default="")
    group_no: Mapped[str] = mapped_column(default="")
    head_name: Mapped[str]
    phone: Mapped[str] = mapped_column(default="")
    bank_name: Mapped[str] = mapped_column(default="")
    bank_account_sealed: Mapped[bytes | None]
    bank_account_index: Mapped[bytes | None]
    status: Mapped[str] = mapped_column(default=NEVER_REGISTERED)
    attr: Mapped[str] = mapped_column(default="")
    main_cause: Mapped[str] = mapped_column(default="")
    persons: Mapped[int] = mapped_column(default=0)
    labourers: Mapped[int] = mapped_column(default=0)
    per_capita_net_income: Mapped[Decimal | None] = mapped_column(Money)
    gap_housing: Mapped[bool] = mapped_column(default=False)
    gap_education: Mapped[bool] = mapped_column(default=False)
    gap_health: Mapped[bool] = mapped_column(default=False)
    local_hukou: Mapped[bool] = mapped_column(default=True)
    cadre_relative: Mapped[bool] = mapped_column(default=False)
    is_prior_registered: Mapped[bool] = mapped_column(default=False)
    facts: Mapped[dict[str, Any]] = mapped_column(values.TypedJSON, default=dict)
    entered_on: Mapped[date | None]
    left_on: Mapped[date | None]
    policies_until: Mapped[date | None]
    updated_at: Mapped[datetime] = mapped_column(default=clock.now, onupdate=clock.now)

    unit: Mapped[identity.Unit] = relationship()
    members: Mapped[list["Member"]] = relationship(
        back_populates="household", order_by="Member.position", cascade="all, delete-orphan", lazy="raise_on_sql"
    )

    __table_args__ = (
        sa.Index("ix_households_registered", "unit_id", postgresql_where=sa.column("status").in_(ON_REGISTER)),
        sa.Index("ix_households_bank_account_index", "bank_account_index"),
        sa.Index("ix_households_head_name", _letters("head_name"), postgresql_using="gin"),
        sa.Index("ix_households_code", "code", postgresql_ops={"code": "text_pattern_ops"}),
    )

    @property
    def registered(self) -> bool:
        """Whether the household stands on the register now."""
        return self.status in ON_REGISTER

    @property
    def gaps(self) -> int:
        """Guarantee gaps in housing, education and health, 0 to 3."""
        return self.gap_housing + self.gap_education + self.gap_health


class Member(db.Model):
    """A member of a household (家庭成员). The number is sealed; nobody stands in two households at a time."""

    __tablename__ = "members"

    key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, default=db.next_key)
    household_key: Mapped[int] = mapped_column(sa.ForeignKey("households.key", ondelete="CASCADE"), index=True)
    position: Mapped[int] = mapped_column(sa.SmallInteger)
    name: Mapped[str]
    sex: Mapped[str]
    born: Mapped[date]
    cert_no_sealed: Mapped[bytes]
    cert_no_index: Mapped[bytes]
    relation_to_head: Mapped[str]
    ethnicity: Mapped[str] = mapped_column(default="")
    education: Mapped[str] = mapped_column(default="")
    student_status: Mapped[str] = mapped_column(default="01")
    health: Mapped[list[str]] = mapped_column(postgresql.ARRAY(sa.Text), default=list)
    labour_ability: Mapped[str] = mapped_column(default="")
    work_status: Mapped[str] = mapped_column(default="")
    work_months: Mapped[int] = mapped_column(sa.SmallInteger, default=0)
    has_coop_medical: Mapped[bool] = mapped_column(default=False)
    has_pension: Mapped[bool] = mapped_column(default=False)
    is_dibao: Mapped[bool] = mapped_column(default=False)
    change: Mapped[str | None]
    changed_on: Mapped[date | None]
    left: Mapped[bool] = mapped_column(default=False)

    household: Mapped[Household] = relationship(back_populates="members")

    __table_args__ = (
        sa.Index("ix_members_name", _letters("name"), postgresql_using="gin"),
        sa.Index("uq_members_cert_no_index", "cert_no_index", unique=True, postgresql_where=sa.text('NOT "left"')),
    )


class Village(db.Model):
    """A village's profile: the figures of its registration form (贫困村登记表), DOMAIN §3.3."""

    __tablename__ = "villages"

    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("units.id"), primary_key=True, autoincrement=False)
    households: Mapped[int] = mapped_column(default=0)
    persons: Mapped[int] = mapped_column(default=0)
    reported_poor: Mapped[int] = mapped_column(default=0)
    is_poor_village: Mapped[bool] = mapped_column(default=False)
    figures: Mapped[dict[str, Any]] = mapped_column(values.TypedJSON, default=dict)
    updated_at: Mapped[datetime] = mapped_column(default=clock.now, onupdate=clock.now)

    unit: Mapped[identity.Unit] = relationship(lazy="joined", innerjoin=True)


class Run(db.Model):
    """One campaign; ``key`` is the key of its root process instance, ``kind`` household, village or adjust."""

    __tablename__ = "runs"

    key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str]
    process_id: Mapped[str]
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("units.id"), index=True)
    year: Mapped[int]
    opened_at: Mapped[datetime] = mapped_column(default=clock.now)


class Scale(db.Model):
    """A unit's figures in a run: quota (规模), frozen base (基数), exit target (退出指标); persons unless named so."""

    __tablename__ = "scales"

    run_key: Mapped[int] = mapped_column(sa.ForeignKey("runs.key", ondelete="CASCADE"), primary_key=True)
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("units.id"), primary_key=True, autoincrement=False)
    quota: Mapped[int | None]
    base_households: Mapped[int | None]
    base_persons: Mapped[int | None]
    exit_target: Mapped[int | None]
    frozen_at: Mapped[datetime | None]
    statistics: Mapped[dict[str, Any]] = mapped_column(values.TypedJSON, default=dict)

    unit: Mapped[identity.Unit] = relationship(lazy="joined", innerjoin=True)


class Case(db.Model):
    """A household's or a village's candidacy in a run.

    ``flow`` is what the case is about (新增, 返贫, 脱贫, 清退 …), ``state`` where it stands; both are words of the
    diagram. ``facts`` are the figures as this run found them, ``answers`` the form of each step by element id,
    ``results`` those of decisions by decision id, ``flags`` what the diagram notes. ``answered`` tells for an element
    id which user task gave the answer: an earlier round's answer stays and does not count for a new task. ``entered``
    tells for an element id who gave it and when, and the answer of the round before, which comes back if it is cleared.
    """

    __tablename__ = "cases"

    key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, default=db.next_key)
    run_key: Mapped[int] = mapped_column(sa.ForeignKey("runs.key", ondelete="CASCADE"))
    instance_key: Mapped[int]
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("units.id"))
    kind: Mapped[str]
    household_key: Mapped[int | None] = mapped_column(sa.ForeignKey("households.key"), index=True)
    state: Mapped[str] = mapped_column(default="")
    flow: Mapped[str] = mapped_column(default="")
    persons: Mapped[int] = mapped_column(default=0)
    rank: Mapped[int | None]
    confirmed: Mapped[str | None]
    facts: Mapped[dict[str, Any]] = mapped_column(values.TypedJSON, default=dict)
    answers: Mapped[dict[str, Any]] = mapped_column(values.TypedJSON, default=dict)
    results: Mapped[dict[str, Any]] = mapped_column(values.TypedJSON, default=dict)
    flags: Mapped[dict[str, Any]] = mapped_column(values.TypedJSON, default=dict)
    answered: Mapped[dict[str, Any]] = mapped_column(values.TypedJSON, default=dict)
    entered: Mapped[dict[str, Any]] = mapped_column(values.TypedJSON, default=dict, server_default="{}")
    opened_at: Mapped[datetime] = mapped_column(default=clock.now)
    changed_at: Mapped[datetime] = mapped_column(default=clock.now, onupdate=clock.now)

    household: Mapped[Household | None] = relationship(lazy="raise_on_sql")
    unit: Mapped[identity.Unit] = relationship(lazy="joined", innerjoin=True)

    __table_args__ = (
        sa.Index("ix_cases_run_unit", "run_key", "unit_id"),
        sa.Index(
            "uq_cases_household",
            "run_key",
            "household_key",
            unique=True,
            postgresql_where=sa.text("kind = 'household'"),
        ),
        sa.Index("uq_cases_village", "run_key", "unit_id", unique=True, postgresql_where=sa.text("kind = 'village'")),
        sa.CheckConstraint("(kind = 'household') = (household_key IS NOT NULL)", name="household_of_case"),
    )


class FinishedRoster(db.Model):
    """How the cases of a roster task were before it ended: by case key the columns that its end may change."""

    __tablename__ = "finished_rosters"

    task_key: Mapped[int] = mapped_column(
        sa.ForeignKey("user_tasks.key", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    cases: Mapped[dict[str, Any]] = mapped_column(values.TypedJSON)


class Decided(db.Model):
    """A list as decided at a step (名单): ``kind`` listed or waiting (候补), rows of case key, persons and rank."""

    __tablename__ = "lists"

    key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, default=db.next_key)
    run_key: Mapped[int] = mapped_column(sa.ForeignKey("runs.key", ondelete="CASCADE"))
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("units.id"))
    instance_key: Mapped[int]
    element_id: Mapped[str]
    kind: Mapped[str]
    quota: Mapped[int | None]
    persons: Mapped[int]
    rows: Mapped[list[Any]] = mapped_column(values.TypedJSON)
    made_at: Mapped[datetime] = mapped_column(default=clock.now)

    __table_args__ = (sa.Index("ix_lists_run_unit", "run_key", "unit_id"),)


class Sample(db.Model):
    """A random draw (抽查样本) with its seed, so that it can be repeated; ``level`` is county or city."""

    __tablename__ = "samples"

    key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, default=db.next_key)
    run_key: Mapped[int] = mapped_column(sa.ForeignKey("runs.key", ondelete="CASCADE"))
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("units.id"))
    level: Mapped[str]
    seed: Mapped[int]
    pool: Mapped[int]
    rows: Mapped[list[Any]] = mapped_column(values.TypedJSON)
    drawn_at: Mapped[datetime] = mapped_column(default=clock.now)

    __table_args__ = (sa.Index("ix_samples_run_unit", "run_key", "unit_id"),)


class Handbook(db.Model):
    """A household's handbook (扶贫手册): the six parts of DOMAIN §3.4; the family part is read from the register."""

    __tablename__ = "handbooks"

    key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, default=db.next_key)
    no: Mapped[str] = mapped_column(unique=True)
    household_key: Mapped[int] = mapped_column(sa.ForeignKey("households.key"), index=True)
    run_key: Mapped[int] = mapped_column(sa.ForeignKey("runs.key"))
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("units.id"))
    parts: Mapped[dict[str, Any]] = mapped_column(values.TypedJSON)
    written_at: Mapped[datetime] = mapped_column(default=clock.now)
    delivered_at: Mapped[datetime | None]

    __table_args__ = (
        sa.UniqueConstraint("run_key", "household_key"),
        sa.Index("ix_handbooks_no", "no", postgresql_ops={"no": "text_pattern_ops"}),
    )


class LedgerRow(db.Model):
    """A row of the ledger (台账), DOMAIN §7. The head's number stays with the member and is masked on print."""

    __tablename__ = "ledger_rows"

    key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, default=db.next_key)
    run_key: Mapped[int] = mapped_column(sa.ForeignKey("runs.key", ondelete="CASCADE"))
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("units.id"))
    household_key: Mapped[int] = mapped_column(sa.ForeignKey("households.key"))
    number: Mapped[int]
    columns: Mapped[dict[str, Any]] = mapped_column(values.TypedJSON)
    written_at: Mapped[datetime] = mapped_column(default=clock.now)

    __table_args__ = (
        sa.UniqueConstraint("run_key", "household_key"),
        sa.Index("ix_ledger_rows_run_unit", "run_key", "unit_id"),
    )


class ArchiveEntry(db.Model):
    """A paper in the electronic archive (电子档案) of a village or township in a run, or one that is missing."""

    __tablename__ = "archive_entries"

    key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, default=db.next_key)
    run_key: Mapped[int] = mapped_column(sa.ForeignKey("runs.key", ondelete="CASCADE"))
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("units.id"))
    household_key: Mapped[int | None] = mapped_column(sa.ForeignKey("households.key"))
    kind: Mapped[str]
    title: Mapped[str]
    source: Mapped[str] = mapped_column(default="")
    present: Mapped[bool] = mapped_column(default=True)
    filed_at: Mapped[datetime] = mapped_column(default=clock.now)

    __table_args__ = (sa.Index("ix_archive_entries_run_unit", "run_key", "unit_id"),)
