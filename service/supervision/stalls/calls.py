"""Waiting for a called process that ended, vanished or never began."""

from datetime import datetime
from typing import Any

import sqlalchemy as sqla
from sqlalchemy import orm

from service import db
from service.supervision import watches
from service.supervision.watches import CALL, GRACE, Cause
from service.workflow import models

element, instance = models.ElementInstance, models.ProcessInstance


def look(now: datetime) -> None:
    """Watch call activities without a called process that is at work. Its start and return are deferred work, so
    either may be under way.
    """
    watches.reconcile(CALL, [_cause(row, now) for row in db.sa.session.execute(_idle())])


def _idle() -> sqla.Select[Any]:
    child = orm.aliased(models.ProcessInstance)
    mine = child.parent_key == element.instance_key, child.parent_element_key == element.key
    at_work = sqla.select(child.key).where(*mine, child.state == "ACTIVE", child.started)
    incident = models.Incident
    failed = sqla.select(incident.key).where(
        incident.instance_key == element.instance_key, incident.element_key == element.key, incident.state == "ACTIVE"
    )
    last = sqla.select(child.key, child.state, child.process_id).where(*mine).order_by(child.key.desc()).limit(1)
    found = last.lateral("child")
    waits = element.key, element.element_id, element.instance_key, element.start_date
    place = instance.definition_key, instance.process_id, instance.unit_id
    query = sqla.select(*waits, *place, found.c.key.label("child"), found.c.state, found.c.process_id.label("called"))
    query = query.select_from(element).join(instance, instance.key == element.instance_key)
    query = query.outerjoin(found, sqla.true())
    open_ = element.token.is_not(None), element.state == "ACTIVE", element.type == "CALL_ACTIVITY"
    return query.where(*open_, instance.state == "ACTIVE", ~instance.suspended, ~at_work.exists(), ~failed.exists())


def _cause(row: Any, now: datetime) -> Cause:
    why = "vanished" if row.child is None else "waiting" if row.state == "ACTIVE" else row.state.lower()
    detail = {"why": why, "child": str(row.child or ""), "called": row.called or ""}
    place = row.key, row.element_id, row.instance_key, row.definition_key, row.process_id, row.unit_id
    return Cause(*place, row.start_date or now, now + GRACE, detail=detail)
