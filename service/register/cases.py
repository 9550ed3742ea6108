"""Cases: who takes part in a run, where each stands, and what FEEL sees of them (DESIGN §6)."""

import collections
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from service import db, errors
from service.errors import _
from service.identity import models as identity
from service.identity import units
from service.register import models

HOUSEHOLD, VILLAGE = "household", "village"
_Above = orm.aliased(identity.Unit)
LONGEST_KEY = 19
"""Fewer digits than this fit into the database's whole numbers."""
GAPS = ("gap_housing", "gap_education", "gap_health")


def find(
    run_key: int,
    unit_id: int,
    limits: Mapping[str, Iterable[str]] | None = None,
    *,
    names: Sequence[str] | None = None,
    since: datetime | None = None,
) -> Sequence[models.Case]:
    """The cases of a run within a unit's subtree, by household code, with household, unit and the unit above loaded.

    ``limits`` gives the values a column may have, as :func:`service.register.filters.limits` reads them; ``names`` the
    keys and codes of the cases wanted; ``since`` an instant after which they changed.
    """
    conditions = [_one_of(column, list(allowed)) for column, allowed in (limits or {}).items()]
    if names is not None:
        conditions.append(_called(names))
    if since is not None:
        conditions.append(models.Case.changed_at > since)
    query = _within(sa.select(models.Case), run_key, unit_id).where(*conditions)
    return list(db.sa.session.scalars(query).unique())


def get(key: int) -> models.Case:
    """One case.

    :raises errors.NotFound: no such case.
    """
    query = sa.select(models.Case).where(models.Case.key == key)
    case = db.sa.session.scalars(query.options(orm.joinedload(models.Case.household))).first()
    if case is None:
        raise errors.NotFound(_("There is no case %(key)s"), key=key)
    return case


def named(cases: Iterable[models.Case], name: Any) -> models.Case:
    """The case that a row means by its key, its household's code or its village's code.

    :raises errors.NotFound: none of them.
    """
    wanted = str(name)
    for case in cases:
        if wanted in (str(case.key), code(case)):
            return case
    raise errors.NotFound(_("There is no case %(name)s in this list"), name=wanted)


def code(case: models.Case) -> str:
    """The household's code (户编号), or the village's."""
    return case.household.code if case.household else case.unit.code


def open_household(
    run_key: int, instance_key: int, household: models.Household, *, state: str = "", flow: str = ""
) -> models.Case:
    """Open a household's case; the facts are what the register knows and the visit may correct."""
    return _open(
        run_key=run_key,
        instance_key=instance_key,
        unit_id=household.unit_id,
        kind=HOUSEHOLD,
        household=household,
        household_key=household.key,
        state=state,
        flow=flow,
        persons=household.persons,
        facts={},
    )


def open_village(run_key: int, instance_key: int, village: models.Village, *, state: str = "") -> models.Case:
    """Open a village's case with the figures of its profile."""
    return _open(
        run_key=run_key,
        instance_key=instance_key,
        unit_id=village.unit_id,
        kind=VILLAGE,
        state=state,
        persons=village.persons,
        facts=dict(village.figures),
    )


def context(case: models.Case) -> dict[str, Any]:
    """A case as FEEL sees it: its own fields, and on top the facts of this run, which win over the register's."""
    known = facts_of(case.household) if case.household else {"name": case.unit.name, "figures": case.facts}
    seen = {
        "key": str(case.key),
        "kind": case.kind,
        "code": code(case),
        "unit": case.unit.code,
        "unit_name": case.unit.name,
        "township": case.unit.parent.code if case.unit.parent else None,
        "state": case.state,
        "flow": case.flow,
        "persons": case.persons,
        "rank": case.rank,
        "answers": case.answers,
        "results": case.results,
        "flags": case.flags,
        "applied_at": case.opened_at,
    }
    merged = {**known, **case.facts, **seen}
    if case.household and "gaps" not in case.facts:
        merged["gaps"] = sum(merged[name] is True for name in GAPS)
    return merged


def change(
    case: models.Case,
    *,
    state: str | None = None,
    flow: str | None = None,
    facts: Mapping[str, Any] | None = None,
    flags: Mapping[str, Any] | None = None,
) -> None:
    """Set what is given and merge facts and flags; ``persons`` among the facts becomes the case's size."""
    if state is not None and state != case.state:
        case.state = state
    if flow is not None and flow != case.flow:
        case.flow = flow
    if facts:
        case.facts = {**case.facts, **facts}
        case.persons = int(facts.get("persons") or case.persons)
    if flags:
        case.flags = {**case.flags, **flags}


def count(cases: Iterable[models.Case], into: str) -> dict[str, Any]:
    """Households, persons, and households per state, as the three variables of a handler."""
    found = list(cases)
    return {
        f"{into}_households": len(found),
        f"{into}_persons": sum(case.persons for case in found),
        f"{into}_states": dict(collections.Counter(case.state for case in found)),
    }


def hamlets(cases: Iterable[models.Case]) -> list[dict[str, str]]:
    """The hamlets (自然屯) of households as {unit, name}, by code; one that is no unit has its village's code."""
    places = {(case.unit_id, case.unit.code, case.household.hamlet) for case in cases if case.household}
    query = sa.select(identity.Unit).where(
        identity.Unit.kind == "hamlet", identity.Unit.parent_id.in_({village for village, _code, _name in places})
    )
    known = {(unit.parent_id, unit.name): unit.code for unit in db.sa.session.scalars(query)}
    rows = {(known.get((village, name), code), name) for village, code, name in places}
    return [{"unit": code, "name": name} for code, name in sorted(rows)]


def facts_of(household: models.Household) -> dict[str, Any]:
    """A household as FEEL sees it: what the register knows."""
    return {
        **household.facts,
        "code": household.code,
        "persons": household.persons,
        "gaps": household.gaps,
        "hamlet": household.hamlet,
        "group_no": household.group_no,
        "head_name": household.head_name,
        "status": household.status,
        "registered": household.registered,
        "prior_registered": household.is_prior_registered,
        "local_hukou": household.local_hukou,
        "cadre_relative": household.cadre_relative,
        "attr": household.attr,
        "main_cause": household.main_cause,
        "labourers": household.labourers,
        "income": household.per_capita_net_income,
        "entered_on": household.entered_on,
        **{name: getattr(household, name) for name in GAPS},
    }


def _called(names: Sequence[str]) -> sa.ColumnElement[bool]:
    keys = [int(name) for name in names if name.isdecimal() and len(name) < LONGEST_KEY]
    return sa.or_(
        models.Case.key.in_(keys),
        models.Household.code.in_(names),
        sa.and_(models.Case.kind == VILLAGE, identity.Unit.code.in_(names)),
    )


def _open(**known: Any) -> models.Case:
    case = models.Case(key=db.next_key(), answers={}, results={}, flags={}, answered={}, **known)
    db.sa.session.add(case)
    return case


def _one_of(column: str, allowed: list[str]) -> sa.ColumnElement[bool]:
    match column:
        case "key":
            return models.Case.key.in_([int(key) for key in allowed if key.isdecimal()])
        case "unit":
            return identity.Unit.code.in_(allowed)
        case "township":
            return _Above.code.in_(allowed)
    plain: sa.ColumnElement[str] = models.Case.__table__.c[column]
    return plain.in_(allowed)


def _within(query: sa.Select[models.Case], run_key: int, unit_id: int) -> sa.Select[models.Case]:
    top = units.get(unit_id).path
    return (
        query.join(models.Case.unit)
        .outerjoin(_Above, identity.Unit.parent_id == _Above.id)
        .outerjoin(models.Case.household)
        .options(
            orm.contains_eager(models.Case.unit).contains_eager(identity.Unit.parent.of_type(_Above)),
            orm.contains_eager(models.Case.household),
        )
        .where(models.Case.run_key == run_key, units.within(top))
        .order_by(identity.Unit.code, models.Household.code)
    )
