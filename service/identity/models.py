"""Tables of people and units (DESIGN §5)."""

from datetime import datetime

import flask_security
import sqlalchemy as sqla
from sqlalchemy.orm import Mapped, mapped_column, relationship

from service import clock, db


class Unit(db.Model):
    """A node of the organisation: from 自治区 over 市, 县, 乡镇 and 行政村 down to 自然屯, and a county's departments.

    `path` holds the ids from the root to the unit itself, such as "/1/5/9/": a subtree is a prefix.
    """

    __tablename__ = "units"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, default=db.next_key)
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    kind: Mapped[str]
    parent_id: Mapped[int | None] = mapped_column(sqla.ForeignKey("units.id"), index=True)
    path: Mapped[str]

    parent: Mapped["Unit | None"] = relationship(remote_side=id, viewonly=True)

    __table_args__ = (sqla.Index("ix_units_path", "path", postgresql_ops={"path": "text_pattern_ops"}),)

    @property
    def ancestor_ids(self) -> list[int]:
        """Ids from the root down to the unit itself."""
        return [int(part) for part in self.path.split("/") if part]


class Role(db.Model, flask_security.RoleMixin):
    """A role that a person can have in units of one kind; without a kind, in any unit."""

    __tablename__ = "roles"

    id: Mapped[str] = mapped_column(primary_key=True)  # type: ignore[assignment]
    name: Mapped[str]
    unit_kind: Mapped[str | None]


class User(db.Model, flask_security.UserMixin):
    """Somebody who can sign in. `fs_uniquifier` changes with the password and ends all sessions."""

    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, default=db.next_key)
    username: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    email: Mapped[str | None] = mapped_column(unique=True)  # type: ignore[assignment]
    password: Mapped[str | None]
    active: Mapped[bool] = mapped_column(default=True)
    fs_uniquifier: Mapped[str] = mapped_column(unique=True)
    second_factor: Mapped[bytes | None]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)

    memberships: Mapped[list["Membership"]] = relationship(back_populates="user", cascade="all, delete-orphan")

    @property
    def roles(self) -> list[Role]:  # type: ignore[override]
        """The roles of the person in any unit."""
        return [membership.role for membership in self.memberships]


class Membership(db.Model):
    """A person has a role in a unit."""

    __tablename__ = "memberships"

    user_id: Mapped[int] = mapped_column(sqla.ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    role_id: Mapped[str] = mapped_column(sqla.ForeignKey("roles.id"), primary_key=True)
    unit_id: Mapped[int] = mapped_column(sqla.ForeignKey("units.id"), primary_key=True)

    user: Mapped[User] = relationship(back_populates="memberships")
    role: Mapped[Role] = relationship()
    unit: Mapped[Unit] = relationship()

    __table_args__ = (sqla.Index("ix_memberships_unit_role", "unit_id", "role_id"),)


class ApiToken(db.Model):
    """A bearer token of a person; only its digest is kept."""

    __tablename__ = "api_tokens"

    digest: Mapped[bytes] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(sqla.ForeignKey("users.id", ondelete="CASCADE"), index=True)
    label: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    expires_at: Mapped[datetime | None]


class Attempt(db.Model):
    """How often something was tried in the window that began at `since` (see `identity.throttle`)."""

    __tablename__ = "attempts"

    name: Mapped[str] = mapped_column(primary_key=True)
    count: Mapped[int]
    since: Mapped[datetime] = mapped_column(index=True)


class SavedFilter(db.Model):
    """What a person looks for often in a list: `query` is the address's query string, such as "due=late"."""

    __tablename__ = "saved_filters"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, default=db.next_key)
    user_id: Mapped[int] = mapped_column(sqla.ForeignKey("users.id", ondelete="CASCADE"))
    name: Mapped[str]
    query: Mapped[str]

    __table_args__ = (sqla.UniqueConstraint("user_id", "name"),)
