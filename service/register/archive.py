"""The electronic archive (电子档案), DOMAIN §7: which papers a village or township has filed, and which are missing."""

from collections.abc import Sequence

import sqlalchemy as sa

from service import clock, db
from service.identity import models as identity
from service.identity import units
from service.register import models


def file(
    run_key: int,
    unit_id: int,
    *,
    kind: str,
    title: str,
    source: str = "",
    present: bool = True,
    household_key: int | None = None,
) -> None:
    """File a paper, or note that it is missing; the same paper of the same unit is noted once, as it stands now."""
    held = sa.select(models.ArchiveEntry).filter_by(
        run_key=run_key, unit_id=unit_id, kind=kind, title=title, household_key=household_key
    )
    entry = db.sa.session.scalars(held).first()
    if entry is None:
        entry = models.ArchiveEntry(
            run_key=run_key, unit_id=unit_id, kind=kind, title=title, household_key=household_key
        )
        db.sa.session.add(entry)
    entry.source, entry.present, entry.filed_at = source, present, clock.now()


def missing(run_key: int, unit_id: int, required: Sequence[str]) -> list[str]:
    """Titles of papers noted as missing in a subtree, and required kinds of which nothing was filed."""
    entries = db.sa.session.execute(_below(run_key, unit_id)).all()
    filed = {kind for kind, _title, present in entries if present}
    return [f"{kind}：{title}" for kind, title, present in entries if not present] + [
        kind for kind in required if kind not in filed
    ]


def count(run_key: int, unit_id: int) -> int:
    """Papers that are there, in a subtree."""
    return sum(present for _kind, _title, present in db.sa.session.execute(_below(run_key, unit_id)))


def _below(run_key: int, unit_id: int) -> sa.Select[str, str, bool]:
    entry = models.ArchiveEntry
    return (
        sa.select(entry.kind, entry.title, entry.present)
        .join(identity.Unit, identity.Unit.id == entry.unit_id)
        .where(entry.run_key == run_key, units.within(units.get(unit_id).path))
        .order_by(identity.Unit.code, entry.key)
    )
