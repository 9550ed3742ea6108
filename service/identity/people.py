"""Users: add, find, give a role in a unit."""

import uuid
from collections.abc import Collection, Iterable

import flask_security
import sqlalchemy as sqla
from sqlalchemy import orm

from service import db, errors
from service.errors import _
from service.identity import roles
from service.identity.models import Membership, Unit, User
from service.identity.persons import Member, Person

MIN_PASSWORD = 8
_WITH_MEMBERSHIPS = orm.joinedload(User.memberships).joinedload(Membership.unit)


def add(username: str, name: str, password: str | None = None) -> Person:
    """Add a user; without a password only tokens work. Raises Conflict for a name in use, Invalid for a bad one."""
    if not username or username != username.strip() or ":" in username:
        raise errors.Invalid(
            _("%(username)s cannot be a user name: no colon and no space at its ends."), username=username
        )
    with db.transaction() as session:
        if exists(username):
            raise errors.Conflict(_("There is already a user %(username)s."), username=username)
        user = User(username=username, name=name, password=_hashed(password), fs_uniquifier=uuid.uuid4().hex)
        session.add(user)
        session.flush()
        return person(user)


def set_password(username: str, password: str) -> None:
    """Set a password; all sessions of the user end."""
    with db.transaction():
        user = _user(username)
        user.password = _hashed(password)
        user.fs_uniquifier = uuid.uuid4().hex


def set_active(username: str, active: bool) -> None:
    """Let a user in, or lock one out."""
    with db.transaction():
        user = _user(username)
        user.active = active
        user.fs_uniquifier = uuid.uuid4().hex


def join(username: str, role: str, unit: Unit) -> None:
    """Give a user a role in a unit. Idempotent. Raises NotFound, Invalid for a role that such units do not have."""
    with db.transaction() as session:
        if roles.named(role) != role or role in roles.GROUPS:
            raise errors.NotFound(_("There is no role %(role)s."), role=role)
        kind = roles.unit_kind(role)
        if kind not in (None, unit.kind):
            raise errors.Invalid(
                _("The role %(role)s belongs to units of kind %(kind)s; %(unit)s is of kind %(other)s."),
                role=role,
                kind=kind,
                unit=unit.code,
                other=unit.kind,
            )
        session.merge(Membership(user_id=_user(username).id, role_id=role, unit_id=unit.id))
        session.flush()


def leave(username: str, role: str, unit: Unit) -> None:
    """Take a role in a unit from a user."""
    with db.transaction() as session:
        if found := session.get(Membership, (_user(username).id, role, unit.id)):
            session.delete(found)
            session.flush()


def holders(candidates: Iterable[str]) -> list[str]:
    """Return who may do what is offered to candidates, "role@unit id" and "user:name" texts; active users only."""
    named: set[str] = set()
    held = []
    for text in candidates:
        kind, _colon, name = text.partition(":")
        role, _at, unit = text.rpartition("@")
        if kind == "user":
            named.add(name)
        elif unit.isdecimal():
            held.append(sqla.and_(Membership.unit_id == int(unit), Membership.role_id.in_(roles.held_as(role))))
    offices = sqla.select(Membership.user_id).where(sqla.or_(sqla.false(), *held))
    query = sqla.select(User.username).where(User.active, User.username.in_(named) | User.id.in_(offices))
    return list(db.sa.session.scalars(query.order_by(User.username)))


def supervisors(unit_id: int | None) -> list[list[str]]:
    """Return who supervises a unit, level by level: of the nearest unit that has supervisors first, then further up."""
    return supervisors_of([unit_id])[unit_id] if unit_id is not None else []


def supervisors_of(unit_ids: Collection[int]) -> dict[int, list[list[str]]]:
    """Return who supervises each of some units, as :func:`supervisors` does for one."""
    above = orm.aliased(Unit)
    query = (
        sqla.select(Unit.id, above.id, User.username)
        .join(above, Unit.path.startswith(above.path))
        .join(Membership, Membership.unit_id == above.id)
        .join(User, User.id == Membership.user_id)
        .where(Unit.id.in_(unit_ids), User.active, Membership.role_id == "supervisor")
        .order_by(sqla.func.length(above.path).desc(), User.username)
    )
    levels: dict[int, dict[int, list[str]]] = {unit: {} for unit in unit_ids}
    for unit, level, username in db.sa.session.execute(query):
        levels[unit].setdefault(level, []).append(username)
    return {unit: list(found.values()) for unit, found in levels.items()}


def exists(username: str) -> bool:
    """Tell whether there is such a user."""
    return db.sa.session.scalar(sqla.select(User.id).where(User.username == username)) is not None


def find(username: str) -> Person:
    """Return a user as a person. Raises NotFound."""
    return person(_user(username))


def person(user: User) -> Person:
    """Return the value for a user."""
    members = sorted(user.memberships, key=lambda each: (each.unit.path, each.role_id))
    return Person(user.id, user.username, user.name, tuple(_member(each) for each in members))


def _member(membership: Membership) -> Member:
    unit = membership.unit
    return Member(membership.role_id, unit.id, unit.code, unit.name, unit.kind, unit.path)


def _user(username: str) -> User:
    query = sqla.select(User).where(User.username == username).options(_WITH_MEMBERSHIPS)
    user = db.sa.session.scalars(query.execution_options(populate_existing=True)).unique().one_or_none()
    if user is None:
        raise errors.NotFound(_("There is no user %(username)s."), username=username)
    return user


def _hashed(password: str | None) -> str | None:
    if password is None:
        return None
    if len(password) < MIN_PASSWORD:
        raise errors.Invalid(_("A password has at least %(length)s characters."), length=MIN_PASSWORD)
    return str(flask_security.hash_password(password))
