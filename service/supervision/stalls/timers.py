"""A timer that should have fired."""

from datetime import datetime

import sqlalchemy as sqla

from service import db
from service.supervision import watches
from service.supervision.watches import GRACE, TIMER, Cause
from service.workflow import models

timer, instance, definition = models.Timer, models.ProcessInstance, models.Definition


def look(now: datetime) -> None:
    """Watch timers whose time has come; workers fire them within seconds, after a pause of all of them too."""
    key = sqla.func.coalesce(instance.definition_key, timer.owner_key).label("definition_key")
    columns = timer.owner_key, timer.element_id, timer.instance_key, timer.due_at, key, instance.unit_id
    query = sqla.select(*columns, definition.id.label("process_id")).outerjoin(
        instance, instance.key == timer.instance_key
    )
    query = query.join(definition, definition.key == key)
    query = query.where(timer.due_at <= now, instance.suspended.is_not(True))
    watches.reconcile(
        TIMER,
        [
            Cause(
                row.owner_key,
                row.element_id,
                row.instance_key,
                row.definition_key,
                row.process_id,
                row.unit_id,
                row.due_at,
                now + GRACE,
            )
            for row in db.sa.session.execute(query)
        ],
    )
