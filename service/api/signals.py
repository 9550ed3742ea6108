"""Signals: given to everybody who waits for them now."""

from typing import Any

from marshmallow import validate

from service import identity
from service.api import schemas
from service.api.routes import Routes
from service.workflow import signals

routes = Routes("Signals", "What is told to all processes at once.")


class SignalBroadcastRequest(schemas.Schema):
    """A signal and its variables."""

    signal_name = schemas.Text(required=True, validate=validate.Length(1, 500))
    variables = schemas.Variables()
    tenant_id = schemas.Tenant()


class SignalBroadcastResult(schemas.Schema):
    """The signal's key."""

    tenant_id = schemas.Text(required=True)
    signal_key = schemas.Key(required=True)


@routes.post("/signals/broadcast", body=SignalBroadcastRequest, returns=SignalBroadcastResult)
def broadcast_signal(by: identity.Person, body: dict[str, Any]) -> dict[str, Any]:
    """Broadcast signal."""
    key = signals.broadcast(body["signal_name"], body.get("variables") or {}, by=by)
    return {"tenantId": schemas.TENANT, "signalKey": str(key)}
