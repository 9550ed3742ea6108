"""Called processes: an instance of its own for each call, linked to the caller."""

from datetime import datetime
from typing import Any

from sqlalchemy import select

from service import db, engine, identity, jobs
from service.engine import effects
from service.errors import _
from service.workflow import models, releases
from service.workflow.changes import ABOUT


def request(
    caller: models.ProcessInstance, call: effects.CallRequested, *, by: identity.Person, now: datetime
) -> models.ProcessInstance:
    """Make the row of the called instance and let the worker start it."""
    key = db.next_key()
    release = releases.get(caller.deployment_key)
    definition_key = release.find("process", call.process_id)
    if definition_key is None:
        raise engine.Failure("CALLED_ELEMENT_ERROR", _("There is no process %(id)s."), id=call.process_id)
    row = models.ProcessInstance(
        key=key,
        process_id=call.process_id,
        definition_key=definition_key,
        deployment_key=caller.deployment_key,
        root_key=caller.root_key,
        parent_key=caller.key,
        parent_element_key=call.key,
        unit_id=identity.units.find(call.unit).id if call.unit else caller.unit_id,
        started=False,
        start_date=now,
        progress_at=now,
        started_by=by.username,
    )
    db.sa.session.add(row)
    db.sa.session.flush()
    put_variables(key, dict(call.variables))
    jobs.defer("workflow.start", lock=str(key), key=key)
    return row


def put_variables(instance_key: int, variables: dict[str, Any]) -> None:
    """Store the variables with which an instance will start."""
    rows = [
        {
            "scope_key": instance_key,
            "instance_key": instance_key,
            "name": n,
            "value": v,
            "key": db.next_key(),
            "inherited": True,
        }
        for n, v in variables.items()
        if n not in ABOUT
    ]
    if rows:
        db.sa.session.execute(models.Variable.__table__.insert(), rows)


def withdraw(element_key: int) -> None:
    """Cancel the instance that was called by an element instance."""
    child = db.sa.session.scalar(
        select(models.ProcessInstance.key).where(
            models.ProcessInstance.parent_element_key == element_key, models.ProcessInstance.state == "ACTIVE"
        )
    )
    if child is not None:
        jobs.defer("workflow.cancel", lock=str(child), key=child)
