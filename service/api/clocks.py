"""The clock of the installation: moved by the API where the setting CLOCK_MAY_MOVE allows it."""

from datetime import UTC, datetime
from typing import Any

from marshmallow import fields, validate

from service import db, identity
from service.api import schemas
from service.api.routes import Routes

routes = Routes("Clock", "The time by which timers and dates go.")


class ClockPinRequest(schemas.Schema):
    """An instant in milliseconds since 1970."""

    timestamp = fields.Integer(required=True, strict=True, validate=validate.Range(0, 253_402_300_799_000))


@routes.endpoint("PUT", "/clock", body=ClockPinRequest)
def pin_clock(by: identity.Person, body: dict[str, Any]) -> None:
    """Pin the clock

    It stands still at the instant, for all web servers and workers, until it is pinned again or reset.
    """
    identity.access.ensure(by, "clock.set")
    db.shared_clock.put(datetime.fromtimestamp(body["timestamp"] / 1000, UTC))


@routes.post("/clock/reset")
def reset_clock(by: identity.Person) -> None:
    """Reset the clock to real time."""
    identity.access.ensure(by, "clock.set")
    db.shared_clock.put(None)
