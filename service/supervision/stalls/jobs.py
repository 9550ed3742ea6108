"""A job that no worker takes."""

from datetime import datetime, timedelta

import sqlalchemy as sqla
from sqlalchemy import orm

from service import db
from service.supervision import watches
from service.supervision.watches import GRACE, JOB, Cause
from service.workflow import models

job, instance = models.Job, models.ProcessInstance
PATIENCE = timedelta(minutes=10)
"""While a worker did a job of the type within this time, the others wait in its queue."""


def look(now: datetime) -> None:
    """Watch jobs that could be taken while no worker for their type is to be seen."""
    other = orm.aliased(models.Job)
    at_work = sqla.select(other.key).where(
        other.type == job.type,
        sqla.or_(
            (other.state == "ACTIVATED") & (other.deadline > now),
            (other.worker != "") & (other.ended_at > now - PATIENCE),
        ),
    )
    columns = job.key, job.element_id, job.instance_key, job.definition_key, job.process_id, job.type, job.visible_at
    query = sqla.select(*columns, instance.unit_id).join(instance, instance.key == job.instance_key)
    query = query.where(job.ended_at.is_(None), job.retries > 0, job.visible_at <= now)
    free = (job.state.not_in(("ACTIVATED", "ERROR_THROWN"))) | (job.deadline <= now)
    query = query.where(free, instance.state == "ACTIVE", ~instance.suspended, ~at_work.exists())
    watches.reconcile(
        JOB,
        [
            Cause(
                row.key,
                row.element_id,
                row.instance_key,
                row.definition_key,
                row.process_id,
                row.unit_id,
                row.visible_at,
                now + GRACE,
                detail={"type": row.type},
            )
            for row in db.sa.session.execute(query)
        ],
    )
