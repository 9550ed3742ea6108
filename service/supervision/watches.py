"""Keeps the rows of `Watch` true to what the stalls' modules find: new causes come in, those that are gone go out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sqla

from service import db
from service.supervision.models import Watch

PROGRESS, MESSAGE, CALL, VACANCY, TIMER, JOB = KINDS = ("progress", "message", "call", "vacancy", "timer", "job")
"""No progress, nobody sends the message, the called process is gone, nobody holds the role, the timer does not fire,
no worker takes the job."""

GRACE = timedelta(seconds=20)
"""What deferred work sets right within this time, such as a timer that is about to fire, does not stand still."""


@dataclass(frozen=True, slots=True)
class Cause:
    """Why something stands still, from `late_at` on; `detail` is plain JSON for `reasons`."""

    subject_key: int
    element_id: str
    instance_key: int | None
    definition_key: int
    process_id: str
    unit_id: int | None
    since: datetime
    late_at: datetime
    task_key: int | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)


COLUMNS = [each.name for each in fields(Cause)]


def begin(kind: str, causes: Iterable[Cause]) -> None:
    """Watch these waits, which are not watched yet."""
    rows = [
        {"key": db.next_key(), "kind": kind, **{name: getattr(cause, name) for name in COLUMNS}} for cause in causes
    ]
    if rows:
        db.sa.session.execute(sqla.insert(Watch), rows)


def reconcile(kind: str, causes: Iterable[Cause]) -> None:
    """Make the rows of a kind those of `causes`. A cause that is there already keeps its instants unless its detail
    changed.
    """
    found = {(cause.subject_key, cause.element_id): cause for cause in causes}
    stored = {
        (row.subject_key, row.element_id): row
        for row in db.sa.session.execute(
            sqla.select(Watch.key, Watch.subject_key, Watch.element_id, Watch.detail, Watch.unit_id).where(
                Watch.kind == kind
            )
        )
    }
    gone = [row.key for place, row in stored.items() if _differs(row, found.get(place))]
    if gone:
        db.sa.session.execute(sqla.delete(Watch).where(Watch.key.in_(gone)))
    kept = {place for place, row in stored.items() if not _differs(row, found.get(place))}
    begin(kind, (cause for place, cause in found.items() if place not in kept))


def _differs(row: Any, cause: Cause | None) -> bool:
    return cause is None or (row.detail, row.unit_id) != (cause.detail, cause.unit_id)


def find(now: datetime) -> list[Watch]:
    """Mark what stands still since the last look and return it; of several workers one gets each row."""
    late = sqla.select(Watch.key).where(Watch.late_at <= now, Watch.found_at.is_(None))
    claimed = sqla.update(Watch).where(Watch.key.in_(late.with_for_update(skip_locked=True))).values(found_at=now)
    return list(db.sa.session.scalars(claimed.returning(Watch)))
