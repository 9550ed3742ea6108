"""What is late, stands still or failed, why and who is waited for, and what supervisors do about it."""

import flask

from service import identity, jobs
from service.supervision import interventions, remedies, reminders, sweep

__all__ = ["init_app", "interventions", "remedies"]


def init_app(app: flask.Flask) -> None:
    """Let workers look for what stands still and what is due, and supervisors urge."""
    jobs.on_tick(sweep.tick)
    jobs.on_tick(reminders.tick)
    jobs.on_tick(interventions.tick)
    identity.access.register("task.urge", identity.access.supervising)
    identity.access.register("operation.read", interventions.is_own)
