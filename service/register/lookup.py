"""Find households and villages by what people know of them: a name or part of one, a code, an identity number.

The characters of names stand in an index (GIN over arrays, which every PostgreSQL has), so that one character of a name
among 100,000 is found at once. An identity number is found by its keyed digest alone and never shown.
"""

import re
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.dialects import postgresql

from service import db, identity
from service.identity import models as people
from service.identity import units
from service.privacy import masking
from service.register import households, models

MOST, PAGE = 20, 100
LONGEST = 50
KINDS = ("village", "township", "county")


def cleaned(text: str) -> str:
    """What somebody typed into a search box, without blanks around it and not longer than any name."""
    return re.sub(r"[\x00-\x1f\s]+", " ", text).strip()[:LONGEST]


def find_households(text: str, by: identity.Person, most: int = MOST) -> Sequence[models.Household]:
    """The households with such a name (of the head or of a member), code or handbook number that the person may see.

    A whole identity number finds the household in which its holder stands.
    """
    household = models.Household
    seen = identity.access.official_units(by, household.unit_id)
    if masking.CERTIFICATE.fullmatch(text):
        found = households.find_by_number(text)
        return [found] if found and households.may_see_numbers(by, found) else []
    parts = _by_number(text, seen) if text.isascii() else []
    parts += _by_name(text, seen) if not (text.isascii() and text.isdigit()) else []
    keys = sa.union_all(*(part.limit(MOST * 50) for part in parts))
    query = sa.select(household).where(household.key.in_(keys))
    query = query.options(orm.joinedload(household.unit)).order_by(household.head_name != text, household.code)
    return db.sa.session.scalars(query.limit(most)).all()


def find_units(text: str, by: identity.Person, most: int = MOST) -> Sequence[people.Unit]:
    """The villages, townships and counties of such a name or code that the person may see."""
    unit = people.Unit
    fits = sa.or_(unit.name.contains(text, autoescape=True), unit.code.startswith(text, autoescape=True))
    query = sa.select(unit).where(unit.kind.in_(KINDS), fits, identity.access.official_units(by, unit.id))
    return db.sa.session.scalars(query.order_by(unit.name != text, unit.code).limit(most)).all()


def _by_number(text: str, seen: sa.ColumnElement[bool]) -> list[sa.Select[int]]:
    household, book = models.Household, models.Handbook
    coded = sa.select(household.key).where(household.code.startswith(text, autoescape=True), seen)
    booked = sa.select(book.household_key).join(household, household.key == book.household_key)
    return [coded, booked.where(book.no.startswith(text, autoescape=True), seen)]


def _by_name(text: str, seen: sa.ColumnElement[bool]) -> list[sa.Select[int]]:
    household, member = models.Household, models.Member
    heads = sa.select(household.key).where(_named(household.head_name, text), seen)
    inside = sa.select(member.household_key).join(household)
    return [heads, inside.where(_named(member.name, text), ~member.left, seen)]


def _named(column: Any, text: str) -> sa.ColumnElement[bool]:
    """Whether a name contains the text: the index finds those with all its characters, their order is checked then."""
    letters = sa.cast(sorted(set(text.lower())), postgresql.ARRAY(sa.Text))
    held = sa.func.regexp_split_to_array(sa.func.lower(column), sa.literal_column("''"))
    found: sa.ColumnElement[bool] = held.op("@>")(letters) & column.icontains(text, autoescape=True)
    return found


def cases_of(household_key: int) -> Sequence[tuple[models.Case, models.Run]]:
    """The cases of a household over the years with their runs, the newest first."""
    query = sa.select(models.Case, models.Run).join(models.Run, models.Run.key == models.Case.run_key)
    query = query.where(models.Case.household_key == household_key).order_by(
        models.Run.year.desc(), models.Case.key.desc()
    )
    return [(case, run) for case, run in db.sa.session.execute(query)]


def books_of(household_key: int) -> Sequence[models.Handbook]:
    """The handbooks of a household, the newest first."""
    query = sa.select(models.Handbook).where(models.Handbook.household_key == household_key)
    return db.sa.session.scalars(query.order_by(models.Handbook.written_at.desc())).all()


def standings(unit: people.Unit) -> Sequence[tuple[str, int, int]]:
    """Households and persons of a unit's subtree by their standing in the register."""
    household = models.Household
    query = sa.select(household.status, sa.func.count(), sa.func.sum(household.persons)).join(household.unit)
    query = query.where(units.within(unit.path)).group_by(household.status).order_by(household.status)
    return [(status, number, int(persons or 0)) for status, number, persons in db.sa.session.execute(query)]


def households_of(unit: people.Unit, *, after: str = "") -> Sequence[models.Household]:
    """The households of a unit itself by code, from the one after a code on; one more than fits on a page."""
    household = models.Household
    query = sa.select(household).where(household.unit_id == unit.id, household.code > after)
    return db.sa.session.scalars(query.order_by(household.code).limit(PAGE + 1)).all()
