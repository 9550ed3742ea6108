"""Stepping in on one or on many: an operation with an item for each subject, done by the worker, each in a transaction
of its own.

An item's mark and what it did commit together, so that after a crash the job goes on with the items that wait, and
none is done twice.
"""

import logging
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sqla

from service import clock, db, errors, identity, jobs
from service.errors import _
from service.identity import people
from service.supervision.measures import MEASURES, Measure
from service.supervision.measures.base import Given, wrong
from service.supervision.models import Operation, OperationItem
from service.workflow import audit, outcome

log = logging.getLogger(__name__)

CHUNK = 25
"""Items in one job; another job goes on, so that other work has its turn."""
LONGEST_REASON = 2_000
INTERVAL = 60.0
"""Seconds between two looks for operations without a job."""
STRANDED_AFTER = timedelta(minutes=2)
item = OperationItem
_next_look = 0.0


@dataclass(frozen=True)
class Progress:
    """How many items of an operation are in each state."""

    waiting: int
    done: int
    failed: int
    cancelled: int

    @property
    def total(self) -> int:
        """All items."""
        return self.waiting + self.done + self.failed + self.cancelled


def begin(measure: Measure, rows: Sequence[Any], given: Given, reason: str, *, by: identity.Person) -> Operation:
    """Store an operation on subjects that the measure found and let the worker do it.

    Raises Unprocessable without a reason or subjects.
    """
    reason = reason.replace("\r\n", "\n").strip()
    if not reason or len(reason) > LONGEST_REASON:
        raise wrong(reason=_("Give a reason; it stands in the audit log."))
    if not rows:
        raise errors.Unprocessable(_("There is nothing to do it to; choose something."))
    with db.transaction() as session:
        operation = Operation(
            key=db.next_key(),
            measure=measure.id,
            given=dict(given),
            reason=reason,
            by=by.username,
            state="RUNNING",
            created_at=clock.now(),
        )
        session.add(operation)
        session.flush()
        session.execute(sqla.insert(item), [_item(operation, position, row) for position, row in enumerate(rows)])
        _go_on(operation.key)
    return operation


def settle(key: int) -> OperationItem | None:
    """Do an operation on a single subject at once and tell what came of it; None if it is on many."""
    if len(items(key, most=2)) > 1:
        return None
    _next(key)
    return items(key)[0]


@jobs.task("supervision.operate")
def operate(key: int) -> None:
    """Settle the next items of an operation."""
    for _number in range(CHUNK):
        if not _next(key):
            return
    _go_on(key)


def tick() -> int:
    """Once a minute, go on with operations whose job was lost, as when the database was away for long; how many."""
    global _next_look
    if time.monotonic() < _next_look:
        return 0
    _next_look = time.monotonic() + INTERVAL
    return go_on_with_stranded()


def go_on_with_stranded() -> int:
    """Queue operations that run and have no job; a job too many finds nothing to do. Returns how many."""
    started = Operation.state == "RUNNING", Operation.created_at < clock.now() - STRANDED_AFTER
    with db.transaction() as session:
        return sum(_go_on(key) for key in session.scalars(sqla.select(Operation.key).where(*started)).all())


def cancel(key: int, *, by: identity.Person) -> None:
    """Stop an operation: what waits is not done any more. Raises NotFound, Conflict when it is over."""
    with db.transaction() as session:
        operation = get(key, by=by, lock=True)
        if operation.state != "RUNNING":
            raise errors.Conflict(_("This is over already."))
        operation.state, operation.ended_at = "CANCELLED", clock.now()
        waiting = sqla.update(item).where(item.operation_key == key, item.state == "WAITING")
        session.execute(waiting.values(state="CANCELLED"))


def get(key: int, *, by: identity.Person, lock: bool = False) -> Operation:
    """An operation of the person's own. Raises NotFound for all others."""
    query = sqla.select(Operation).where(Operation.key == key).execution_options(populate_existing=True)
    found = db.sa.session.scalars(query.with_for_update() if lock else query).one_or_none()
    if found is None or not identity.access.allowed(by, "operation.read", found):
        raise errors.NotFound(_("There is no operation %(key)s."), key=key)
    return found


def is_own(person: identity.Person, operation: Any) -> bool:
    """Whether the person began it."""
    return getattr(operation, "by", None) == person.username


def own(by: identity.Person, most: int) -> Sequence[Operation]:
    """The operations of a person, the latest first."""
    query = sqla.select(Operation).where(Operation.by == by.username)
    return db.sa.session.scalars(query.order_by(Operation.created_at.desc()).limit(most)).all()


def progress(key: int) -> Progress:
    """How far an operation is."""
    query = sqla.select(item.state, sqla.func.count()).where(item.operation_key == key).group_by(item.state)
    counts = dict(db.sa.session.execute(query).all())
    return Progress(*(counts.get(state, 0) for state in ("WAITING", "DONE", "FAILED", "CANCELLED")))


def items(key: int, states: Iterable[str] = (), most: int = 1_000) -> Sequence[OperationItem]:
    """The items of an operation, those that failed first."""
    query = sqla.select(item).where(item.operation_key == key).execution_options(populate_existing=True)
    if chosen := list(states):
        query = query.where(item.state.in_(chosen))
    return db.sa.session.scalars(query.order_by(item.state != "FAILED", item.position).limit(most)).all()


def _go_on(key: int) -> bool:
    """Queue the next job of an operation, unless one waits already."""
    return jobs.defer("supervision.operate", queueing_lock=f"operation {key}", key=key) is not None


def _item(operation: Operation, position: int, row: Any) -> dict[str, Any]:
    subject = {"subject_key": row.key, "instance_key": row.instance_key, "name": row.name or "", "unit": row.unit}
    return {"operation_key": operation.key, "position": position, "state": "WAITING", "audit_keys": [], **subject}


def _next(key: int) -> bool:
    """Settle one item; False when there is none left."""
    position = None
    try:
        with db.transaction() as session:
            operation = session.get_one(Operation, key, populate_existing=True)
            row = session.scalars(_claim(key)).one_or_none() if operation.state == "RUNNING" else None
            if row is None:
                _end(operation)
                return False
            position = row.position
            with audit.noted() as entries:
                _do(operation, row.subject_key)
            row.state, row.audit_keys = "DONE", entries
    except Exception as failure:
        if position is None:
            raise
        _fail(key, position, failure)
    return True


def _claim(key: int) -> Any:
    """Take the next item; of two workers each gets another one."""
    waiting = sqla.select(item).where(item.operation_key == key, item.state == "WAITING")
    return waiting.order_by(item.position).limit(1).with_for_update(skip_locked=True)


def _do(operation: Operation, subject_key: int) -> None:
    by = people.find(operation.by)
    MEASURES[operation.measure].do(subject_key, operation.given, operation.reason, by)


def _fail(key: int, position: int, failure: Exception) -> None:
    if isinstance(failure, errors.Problem):
        message = outcome.describe(failure)
    else:
        log.error("item %s of operation %s failed", position, key, exc_info=failure)
        message = errors.record(_("Something went wrong inside."))
    with db.transaction() as session:
        mine = item.operation_key == key, item.position == position, item.state == "WAITING"
        session.execute(sqla.update(item).where(*mine).values(state="FAILED", message=message))


def _end(operation: Operation) -> None:
    """Note the end when no item waits any more, in other workers' hands neither."""
    waiting = sqla.exists().where(item.operation_key == operation.key, item.state == "WAITING")
    mine = Operation.key == operation.key, Operation.state == "RUNNING", ~waiting
    db.sa.session.execute(sqla.update(Operation).where(*mine).values(state="DONE", ended_at=clock.now()))
