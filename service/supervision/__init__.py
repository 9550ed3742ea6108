"""What is late, stands still or failed, why and who is waited for, and what supervisors do about it."""

import flask

from service import jobs
from service.supervision import reminders, sweep


def init_app(app: flask.Flask) -> None:
    """Let workers look for what stands still."""
    jobs.on_tick(sweep.tick)
    jobs.on_tick(reminders.tick)
