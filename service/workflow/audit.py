"""The log of who did what, when and why."""

from typing import Any

from service import clock, db, identity
from service.db.batch import Batch
from service.workflow.models import AuditLog


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
    """Note one operation inside the open transaction, at once or with a batch. `before` and `after` are plain JSON."""
    row = {
        "key": db.next_key(),
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
    into = Batch() if batch is None else batch
    into.insert(AuditLog.__table__, row)
    if batch is None:
        into.run()
