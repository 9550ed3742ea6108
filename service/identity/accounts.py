"""Who may come in: active users with all that each request needs to know of them, in one short query."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, bindparam, or_, select

from service import db
from service.identity.models import ApiToken, Membership, Unit, User
from service.identity.persons import Member, Person


class Account(NamedTuple):
    """An active user: the hash of the password, if there is one, and the person."""

    password: str | None
    person: Person


def named(username: str) -> Account | None:
    """Return the active user with this name."""
    return _account(NAMED.all(username=username))


def by_id(user_id: int) -> Account | None:
    """Return the active user with this id."""
    return _account(BY_ID.all(user_id=user_id))


def with_token(digest: bytes, now: datetime) -> Account | None:
    """Return the active user who has a bearer token with this digest that is valid now."""
    return _account(WITH_TOKEN.all(digest=digest, now=now))


def _account(rows: Sequence[tuple[Any, ...]]) -> Account | None:
    if not rows:
        return None
    user_id, username, name, password, second_factor = rows[0][:5]
    members = tuple(Member(*row[5:]) for row in rows if row[5] is not None)
    return Account(password, Person(user_id, username, name, members, second_factor))


def _users(*where: ColumnElement[bool]) -> db.Prepared:
    columns = Membership.role_id, Unit.id, Unit.code, Unit.name, Unit.kind, Unit.path
    query = select(User.id, User.username, User.name, User.password, User.second_factor.is_not(None), *columns)
    query = query.outerjoin(Membership, Membership.user_id == User.id).outerjoin(Unit, Unit.id == Membership.unit_id)
    return db.Prepared(query.where(User.active, *where).order_by(Unit.path, Membership.role_id))


NAMED = _users(User.username == bindparam("username"))
BY_ID = _users(User.id == bindparam("user_id"))
WITH_TOKEN = _users(
    User.id.in_(
        select(ApiToken.user_id).where(
            ApiToken.digest == bindparam("digest"),
            or_(ApiToken.expires_at.is_(None), ApiToken.expires_at > bindparam("now")),
        )
    )
)
