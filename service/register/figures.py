"""What is counted per unit in a run: base, flows, natural changes, and events reported by others (DOMAIN §7)."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from service import db
from service.identity import models as identity
from service.identity import units
from service.register import models
from service.register.rules import statistics

FLOWS = {"脱贫": "exit", "清退": "cleared", "返贫": "reentry", "新增": "new"}
ARRIVALS, DEPARTURES = ("05", "06", "07"), ("01", "02", "03", "04", "08")


def note(run_key: int, unit_id: int, **events: int) -> None:
    """Add events to a unit's counts, for instance ``notices=1``; concurrent notes add up.

    What is pending is written first: everybody locks cases before counts, so that nobody locks another out.
    """
    db.sa.session.flush()
    columns = models.Scale.statistics
    for name, number in events.items():
        row = postgresql.insert(models.Scale).values(run_key=run_key, unit_id=unit_id, statistics={name: number})
        before = sa.func.coalesce(sa.cast(columns, postgresql.JSONB)[name].astext.cast(sa.Integer), 0)
        raised = sa.cast(columns, postgresql.JSONB).op("||")(sa.func.jsonb_build_object(name, before + number))
        db.sa.session.execute(
            row.on_conflict_do_update(index_elements=["run_key", "unit_id"], set_={"statistics": raised})
        )


def base(unit_id: int) -> Sequence[sa.Row[int, int, int]]:
    """Registered households and persons now, per village of a subtree: rows of village id, households, persons."""
    query = (
        sa.select(models.Household.unit_id, sa.func.count(), sa.func.sum(models.Household.persons))
        .join(identity.Unit, identity.Unit.id == models.Household.unit_id)
        .where(units.within(units.get(unit_id).path), models.Household.status.in_(models.ON_REGISTER))
        .group_by(models.Household.unit_id)
    )
    return db.sa.session.execute(query).all()


def natural(run_key: int, unit_id: int) -> dict[str, int]:
    """Members of registered households who came or left since the base was frozen (自然增减), DOMAIN A2, A5."""
    frozen = sa.select(sa.func.min(models.Scale.frozen_at)).where(models.Scale.run_key == run_key).scalar_subquery()
    query = (
        sa.select(models.Member.change, sa.func.count())
        .join(models.Member.household)
        .join(identity.Unit, identity.Unit.id == models.Household.unit_id)
        .where(
            units.within(units.get(unit_id).path),
            models.Household.status.in_(models.ON_REGISTER),
            models.Member.changed_on > sa.func.date(sa.func.timezone("Asia/Shanghai", frozen)),
        )
        .group_by(models.Member.change)
    )
    changes = {change: number for change, number in db.sa.session.execute(query) if change}
    return {
        "natural_inc": sum(changes.get(code, 0) for code in ARRIVALS),
        "natural_dec": sum(changes.get(code, 0) for code in DEPARTURES),
    }


def confirmed(run_key: int, unit_id: int) -> dict[str, int]:
    """Households and persons per confirmed flow in a subtree."""
    query = (
        sa.select(models.Case.confirmed, sa.func.count(), sa.func.sum(models.Case.persons))
        .join(identity.Unit, identity.Unit.id == models.Case.unit_id)
        .where(models.Case.run_key == run_key, units.within(units.get(unit_id).path))
        .group_by(models.Case.confirmed)
    )
    counts: dict[str, int] = {}
    for flow, households, persons in db.sa.session.execute(query):
        if flow in FLOWS:
            counts |= {f"{FLOWS[flow]}_households": households, f"{FLOWS[flow]}_persons": persons}
    return counts


def noted(run_key: int, unit_id: int) -> dict[str, int]:
    """The events noted for the units of a subtree, added up."""
    query = (
        sa.select(models.Scale.statistics)
        .join(identity.Unit, identity.Unit.id == models.Scale.unit_id)
        .where(models.Scale.run_key == run_key, units.within(units.get(unit_id).path))
    )
    rows = [{name: int(number) for name, number in row.items()} for row in db.sa.session.scalars(query)]
    return statistics.add(rows)


def frozen_base(run_key: int, unit_id: int) -> tuple[int, int]:
    """Households and persons of the frozen base in a subtree, added up from its villages."""
    query = (
        sa.select(
            sa.func.coalesce(sa.func.sum(models.Scale.base_households), 0),
            sa.func.coalesce(sa.func.sum(models.Scale.base_persons), 0),
        )
        .join(identity.Unit, identity.Unit.id == models.Scale.unit_id)
        .where(models.Scale.run_key == run_key, identity.Unit.kind == "village", units.within(units.get(unit_id).path))
    )
    households, persons = db.sa.session.execute(query).one()
    return int(households or 0), int(persons or 0)
