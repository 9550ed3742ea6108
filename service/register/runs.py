"""Runs and the scale of each unit in them."""

from collections.abc import Iterable, Mapping, Sequence
from operator import itemgetter
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from service import db, errors
from service.errors import _
from service.identity import models as identity
from service.identity import units
from service.register import models


def open_run(key: int, *, kind: str, process_id: str, unit_id: int, year: int) -> models.Run:
    """Open a run, or give the one that is open under this key."""
    run = db.sa.session.get(models.Run, key)
    if run is None:
        run = models.Run(key=key, kind=kind, process_id=process_id, unit_id=unit_id, year=year)
        db.sa.session.add(run)
        db.sa.session.flush()
    return run


def get(key: int) -> models.Run:
    """An open run.

    :raises errors.Conflict: none is open; the diagram must open it before it uses cases.
    """
    run = db.sa.session.get(models.Run, key)
    if run is None:
        raise errors.Conflict(_("No run is open for this process; put a service task run-open before this step"))
    return run


def below(unit_id: int, kind: str) -> Sequence[identity.Unit]:
    """The units of a kind in a unit's subtree, itself included, by code."""
    query = sa.select(identity.Unit).where(_inside(unit_id), identity.Unit.kind == kind)
    return db.sa.session.scalars(query.order_by(identity.Unit.code)).all()


def villages(unit_id: int) -> Sequence[models.Village]:
    """The village profiles in a unit's subtree, by code."""
    query = sa.select(models.Village).join(models.Village.unit).where(_inside(unit_id))
    return db.sa.session.scalars(query.order_by(identity.Unit.code)).all()


def set_scales(run_key: int, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write figures of units in one statement: each row names ``unit_id`` and the same columns of the scale.

    The rows are locked in the order of their units, so that two who write the same ones wait and never lock out.
    """
    if not rows:
        return
    names = [name for name in rows[0] if name != "unit_id"]
    insert = postgresql.insert(models.Scale)
    update = insert.on_conflict_do_update(
        index_elements=["run_key", "unit_id"], set_={name: insert.excluded[name] for name in names}
    )
    db.sa.session.execute(
        update, [{"run_key": run_key, "statistics": {}, **row} for row in sorted(rows, key=itemgetter("unit_id"))]
    )


def scale(run_key: int, unit_id: int) -> models.Scale | None:
    """A unit's figures in a run."""
    return db.sa.session.get(models.Scale, (run_key, unit_id), populate_existing=True)


def frozen(run_key: int) -> dict[int, tuple[int, int, str]]:
    """The frozen base of a run by village: households, persons, and the village's path."""
    query = (
        sa.select(models.Scale.unit_id, models.Scale.base_households, models.Scale.base_persons, identity.Unit.path)
        .join(identity.Unit, identity.Unit.id == models.Scale.unit_id)
        .where(models.Scale.run_key == run_key, identity.Unit.kind == "village", models.Scale.frozen_at.is_not(None))
    )
    rows = db.sa.session.execute(query)
    return {unit_id: (households or 0, persons or 0, path) for unit_id, households, persons, path in rows}


def fix_quotas(run_key: int, rows: Iterable[Mapping[str, Any]], ids: Mapping[str, int]) -> int:
    """Fix the quotas of units given by code; gives their sum.

    :raises errors.Invalid: a unit that does not belong to the run, or a quota that is missing.
    """
    found = []
    for row in rows:
        code, quota = str(row.get("unit")), row.get("quota")
        if code not in ids or quota is None:
            raise errors.Invalid(_("The quota of %(unit)s is missing or the unit does not belong here"), unit=code)
        found.append({"unit_id": ids[code], "quota": int(quota)})
    set_scales(run_key, found)
    return sum(row["quota"] for row in found)


def _inside(unit_id: int) -> sa.ColumnElement[bool]:
    return units.within(units.get(unit_id).path)
