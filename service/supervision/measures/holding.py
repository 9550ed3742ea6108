"""Suspend, resume and cancel instances, and try again what failed in them."""

from typing import Any

import sqlalchemy as sqla

from service import db, errors, identity
from service.errors import _
from service.supervision.measures.base import Given, Measure
from service.workflow import external_jobs, incidents, instances, models


class Suspend(Measure):
    """Nothing in a suspended instance can be completed, and its timers wait."""

    id, title, below, undoable = "suspend", _("Suspend"), True, True
    below_first = True  # what is held should not go on in what it called
    hint = _("Nobody can complete anything in a suspended process, and its timers wait until it is resumed.")

    def now(self, row: Any) -> str:
        return standing(row)

    def then(self, row: Any, given: Given) -> str:
        return errors.localize(_("suspended"))

    def hindrance(self, row: Any, given: Given) -> str:
        already = errors.localize(_("It is suspended already.")) if row.suspended else ""
        return super().hindrance(row, given) or already

    def do(self, key: int, given: Given, reason: str, by: identity.Person) -> None:
        instances.suspend(key, by=by, reason=reason)


class Resume(Measure):
    """Let suspended instances go on."""

    id, title, below, undoable = "resume", _("Resume"), True, True

    def now(self, row: Any) -> str:
        return standing(row)

    def then(self, row: Any, given: Given) -> str:
        return errors.localize(_("running"))

    def hindrance(self, row: Any, given: Given) -> str:
        running = "" if row.suspended else errors.localize(_("It is not suspended."))
        return super().hindrance(row, given) or running

    def do(self, key: int, given: Given, reason: str, by: identity.Person) -> None:
        instances.resume(key, by=by, reason=reason)


class Cancel(Measure):
    """End an instance and all that it called."""

    id, title = "cancel", _("Cancel")
    hint = _("The process and everything that it called end at once. This cannot be undone.")

    def now(self, row: Any) -> str:
        return standing(row)

    def then(self, row: Any, given: Given) -> str:
        return errors.localize(_("cancelled"))

    def hindrance(self, row: Any, given: Given) -> str:
        called = errors.localize(_("Another process called it; cancel that one.")) if row.parent_key else ""
        return super().hindrance(row, given) or called

    def do(self, key: int, given: Given, reason: str, by: identity.Person) -> None:
        instances.cancel(key, by=by, reason=reason)


class Retry(Measure):
    """Try again what failed; a job of an outside program gets one more try."""

    id, title, below = "retry", _("Retry"), True

    def now(self, row: Any) -> str:
        return errors.localize(_("%(count)s incidents"), count=row.incidents)

    def then(self, row: Any, given: Given) -> str:
        return errors.localize(_("tried again"))

    def hindrance(self, row: Any, given: Given) -> str:
        whole = errors.localize(_("Nothing has failed.")) if not row.incidents else ""
        held = errors.localize(_("The process is suspended; resume it first.")) if row.suspended else ""
        return super().hindrance(row, given) or whole or held

    def do(self, key: int, given: Given, reason: str, by: identity.Person) -> None:
        row = db.sa.session.get(models.ProcessInstance, key)
        identity.access.ensure(by, "incident.resolve", row)
        job, incident = models.Job, models.Incident
        spent = sqla.select(job.key).join(incident, incident.job_key == job.key)
        spent = spent.where(incident.instance_key == key, incident.state == "ACTIVE", job.retries <= 0)
        for job_key in db.sa.session.scalars(spent).all():
            external_jobs.update(job_key, by=identity.SYSTEM, retries=1)
        if not incidents.resolve_all(key, by=by, reason=reason):
            raise errors.Conflict(_("Nothing has failed."))


def standing(row: Any) -> str:
    """The state of an instance in a word."""
    state = "SUSPENDED" if row.suspended and row.state == "ACTIVE" else row.state
    return errors.localize(_STATES[state])


_STATES = {
    "ACTIVE": _("running"),
    "SUSPENDED": _("suspended"),
    "COMPLETED": _("finished"),
    "TERMINATED": _("cancelled"),
}
