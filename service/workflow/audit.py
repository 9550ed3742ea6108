"""The log of who did what, when and why."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from service import clock, db, identity
from service.db.batch import Batch
from service.workflow.models import AuditLog

_noted: ContextVar[list[int] | None] = ContextVar("noted", default=None)


@contextmanager
def noted() -> Iterator[list[int]]:
    """Collect the keys of the entries that are made inside the block."""
    keys: list[int] = []
    token = _noted.set(keys)
    try:
        yield keys
    finally:
        _noted.reset(token)


def record(
    operation: str,
    entity_type: str,
    entity_key: int | None,
    *,
    by: identity.Person,
    instance_key: int | None = None,
    reason: str | None = None,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    batch: Batch | None = None,
) -> None:
    """Note one operation inside the open transaction, at once or with a batch.

    `before` and `after` are plain JSON; variables among them as `values.tagged` gives them.
    """
    key = db.next_key()
    row = {
        "key": key,
        "at": clock.now(),
        "by": by.username,
        "operation": operation,
        "entity_type": entity_type,
        "entity_key": entity_key,
        "instance_key": instance_key,
        "reason": reason,
        "before": before,
        "after": after,
    }
    if (keys := _noted.get()) is not None:
        keys.append(key)
    into = Batch() if batch is None else batch
    into.insert(AuditLog.__table__, row)
    if batch is None:
        into.run()
