"""Incidents: what stopped, and trying it again."""

from sqlalchemy import select

from service import db, errors, identity
from service.engine import effects
from service.errors import _
from service.workflow import models
from service.workflow.running import Running, locked, translated


def resolve(key: int, *, by: identity.Person, reason: str | None = None) -> None:
    """Try again what stopped. If it fails again a new incident is opened. Raises NotFound, Conflict."""
    with db.transaction() as session:
        incident = session.get(models.Incident, key)
        if incident is None:
            raise errors.NotFound(_("There is no incident %(key)s."), key=key)
        with locked(incident.instance_key, by=by, action="incident.resolve") as running, translated():
            session.refresh(incident)
            if incident.state != "ACTIVE":
                raise errors.Conflict(_("Incident %(key)s is already resolved."), key=key)
            incident.state, incident.resolved_at = "RESOLVED", running.now
            _again(running, incident)
            running.record("RESOLVE", "INCIDENT", key, reason=reason)


def resolve_all(instance_key: int, *, by: identity.Person, reason: str | None = None) -> int:
    """Resolve every open incident of an instance; returns how many there were."""
    incident = models.Incident
    keys = db.sa.session.scalars(
        select(incident.key).where(incident.instance_key == instance_key, incident.state == "ACTIVE")
    ).all()
    for key in keys:
        resolve(key, by=by, reason=reason)
    return len(keys)


def _again(running: Running, incident: models.Incident) -> None:
    element_key = incident.element_key
    token = running.instance.token(element_key)
    if token is None:
        return
    if "failed" in token.data:
        running.do(lambda live, now: live.retry(element_key, now))
    elif incident.type == "CALLED_ELEMENT_ERROR" or token.data.get("waits") == "job":
        _serve_again(running, incident, token)


def _serve_again(running: Running, incident: models.Incident, token: effects.TokenState) -> None:
    job = db.sa.session.get(models.Job, incident.element_key)
    if job is not None:
        if job.retries <= 0:
            raise errors.Conflict(_("Job %(key)s has no retries left; give it some first."), key=job.key)
        job.state = "CREATED"
        return
    running.do(lambda live, now: live.repeat(incident.element_key, now))
