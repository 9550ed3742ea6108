"""The tree of units: find, walk, and find who is responsible."""

import sqlalchemy as sqla
from sqlalchemy import orm
from sqlalchemy.sql.elements import ColumnElement

from service import db, errors
from service.errors import _
from service.identity import roles
from service.identity.models import Membership, Unit

KINDS = ("region", "city", "county", "county_office", "county_department", "township", "village", "hamlet")
DEPARTMENTS = ("county_office", "county_department")
"""Kinds of units that stand beside the line of government, below the unit they work for."""


def add(code: str, name: str, kind: str, parent: Unit | None = None) -> Unit:
    """Add a unit below another. Raises Invalid for an unknown kind and Conflict for a code in use."""
    if kind not in KINDS:
        raise errors.Invalid(_("%(kind)s is no kind of unit; there are %(kinds)s."), kind=kind, kinds=", ".join(KINDS))
    with db.transaction() as session:
        if exists(code):
            raise errors.Conflict(_("There is already a unit with the code %(code)s."), code=code)
        unit_id = db.next_key()
        path = f"{parent.path if parent else '/'}{unit_id}/"
        unit = Unit(id=unit_id, code=code, name=name, kind=kind, parent_id=parent.id if parent else None, path=path)
        session.add(unit)
        session.flush()
        return unit


def find(code: str) -> Unit:
    """Return the unit with this code. Raises NotFound."""
    unit = db.sa.session.scalar(sqla.select(Unit).where(Unit.code == code))
    if unit is None:
        raise errors.NotFound(_("There is no unit with the code %(code)s."), code=code)
    return unit


def exists(code: str) -> bool:
    """Tell whether there is a unit with this code."""
    return db.sa.session.scalar(sqla.select(Unit.id).where(Unit.code == code)) is not None


def get(unit_id: int) -> Unit:
    """Return the unit with this id. Raises NotFound."""
    unit: Unit | None = db.sa.session.get(Unit, unit_id)
    if unit is None:
        raise errors.NotFound(_("There is no unit %(id)s."), id=unit_id)
    return unit


def children(unit: Unit, kind: str | None = None) -> list[Unit]:
    """Return the units directly below, by code."""
    query = sqla.select(Unit).where(Unit.parent_id == unit.id).order_by(Unit.code)
    return list(db.sa.session.scalars(query.where(Unit.kind == kind) if kind else query))


def subtree(unit: Unit, kind: str | None = None) -> list[Unit]:
    """Return the unit and all below it, parents first."""
    query = sqla.select(Unit).where(within(unit.path)).order_by(sqla.func.length(Unit.path), Unit.code)
    return list(db.sa.session.scalars(query.where(Unit.kind == kind) if kind else query))


def ancestors(unit: Unit) -> list[Unit]:
    """Return the units above, the root first, without the unit itself."""
    above = unit.ancestor_ids[:-1]
    found = {each.id: each for each in db.sa.session.scalars(sqla.select(Unit).where(Unit.id.in_(above)))}
    return [found[unit_id] for unit_id in above]


def within(path: str) -> ColumnElement[bool]:
    """Condition: the unit lies in the subtree with this path."""
    return Unit.path.startswith(path, autoescape=True)


def nearest_with_role(unit: Unit | int, role: str) -> int | None:
    """Return the id of the nearest unit where a role (or role group) acts, going up from a unit (DESIGN §5).

    At each level the unit itself and its departments are asked. A role of one kind of unit acts in units of that kind,
    first in one that has a holder; a role of any kind acts where somebody holds it. None if there is no such unit.
    """
    unit_id = unit.id if isinstance(unit, Unit) else unit
    kind, held_as = roles.unit_kind(role), list(roles.held_as(role))
    found: int | None = _NEAREST.scalar(unit_id=unit_id, role_kind=kind, held_as=held_as)
    return found


def _nearest() -> sqla.Select[int]:
    start, kind = sqla.bindparam("unit_id", type_=sqla.BigInteger), sqla.bindparam("role_kind", type_=sqla.Text)
    held_as = sqla.bindparam("held_as", type_=sqla.ARRAY(sqla.Text))
    first = orm.aliased(Unit)
    ids = sqla.func.string_to_array(sqla.func.btrim(first.path, "/"), "/").cast(sqla.ARRAY(sqla.BigInteger))
    line = sqla.select(ids.label("ids")).where(first.id == start).cte("line").c.ids
    in_line = Unit.id == sqla.any_(line)
    beside = sqla.or_(*(Unit.kind == each for each in DEPARTMENTS)) & (Unit.parent_id == sqla.any_(line))
    holders = sqla.select(Membership.unit_id).where(Membership.unit_id == Unit.id)
    is_held = holders.where(Membership.role_id == sqla.any_(held_as)).exists()
    level = sqla.case((beside & ~in_line, Unit.parent_id), else_=Unit.id)
    depth = sqla.func.array_position(line, level)
    fits = sqla.or_(Unit.kind == kind, kind.is_(None) & is_held)
    query = sqla.select(Unit.id).where(in_line | beside, fits)
    return query.order_by(depth.desc(), is_held.desc(), Unit.id).limit(1)


_NEAREST = db.Prepared(_nearest())
