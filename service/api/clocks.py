"""The clock: moved by the API where the setting CLOCK_MAY_MOVE allows it."""

import contextlib
from datetime import UTC, datetime
from typing import Any

import flask
from marshmallow import fields, validate

from service import clock, errors, identity
from service.api import schemas
from service.api.routes import Routes
from service.errors import _

routes = Routes("Clock", "The time by which timers and dates go.")

_pin = contextlib.ExitStack()


class ClockPinRequest(schemas.Schema):
    """An instant in milliseconds since 1970."""

    timestamp = fields.Integer(required=True, strict=True, validate=validate.Range(0, 253_402_300_799_000))


@routes.endpoint("PUT", "/clock", body=ClockPinRequest)
def pin_clock(by: identity.Person, body: dict[str, Any]) -> None:
    """Pin the clock

    It stands still at the instant until it is pinned again or reset.
    """
    _ensure_movable(by)
    _pin.close()
    _pin.enter_context(clock.frozen(datetime.fromtimestamp(body["timestamp"] / 1000, UTC)))


@routes.post("/clock/reset")
def reset_clock(by: identity.Person) -> None:
    """Reset the clock to real time."""
    _ensure_movable(by)
    _pin.close()
    clock.travel_to(None)


def _ensure_movable(by: identity.Person) -> None:
    identity.access.ensure(by, "clock.set")
    if not flask.current_app.config["CLOCK_MAY_MOVE"]:
        raise errors.Forbidden(_("The clock of this server does not move; the setting LIKA_CLOCK_MAY_MOVE allows it."))
