"""The durable shell around the engine: one command, one transaction, one lock on one instance row."""

import flask

from service import feel, jobs
from service.db import values
from service.workflow import remarks, timers, work

__all__ = ["init_app", "remarks", "work"]


def init_app(app: flask.Flask) -> None:
    """Let workers fire timers, and rows hold FEEL's years and months durations."""
    values.register("@years-months", feel.YearsMonths, _text, _years_months)
    jobs.on_tick(timers.fire_due)


def _years_months(text: str) -> feel.YearsMonths:
    value = feel.evaluate("duration(text)", {"text": text})
    assert isinstance(value, feel.YearsMonths)
    return value


def _text(duration: feel.YearsMonths) -> str:
    return feel.to_text(duration) or ""
