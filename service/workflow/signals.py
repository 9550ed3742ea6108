"""Signals: given at once to everybody who waits for them, and kept for nobody."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from service import db, errors, identity, jobs
from service.db import values
from service.errors import _
from service.workflow import confidential, models


def broadcast(name: str, variables: Mapping[str, Any], *, by: identity.Person) -> int:
    """Broadcast a signal to every waiting instance and start event; returns the signal's key."""
    identity.access.ensure(by, "signal.broadcast", name)
    if not name:
        raise errors.Invalid(_("A signal needs a name."))
    with db.transaction():
        return send(name, confidential.taken(variables))


def send(name: str, variables: Mapping[str, Any]) -> int:
    """Defer the delivery of a signal inside the open transaction."""
    subscription = models.SignalSubscription
    rows = db.sa.session.execute(
        select(subscription.owner_key, subscription.element_id, subscription.instance_key).where(
            subscription.name == name
        )
    )
    payload = values.dumps(dict(variables))
    for owner, element_id, instance_key in rows:
        lock = str(instance_key) if instance_key is not None else None
        jobs.defer("workflow.signal", lock=lock, owner=owner, element_id=element_id, variables=payload)
    return db.next_key()
