"""Messages: publish one for whoever waits or will wait, or hand one to who waits now."""

from datetime import timedelta
from typing import Any

from marshmallow import fields, validate

from service import identity
from service.api import schemas
from service.api.routes import Routes
from service.workflow import delivery, messages

routes = Routes("Messages", "What processes wait for.")


class MessageCorrelationRequest(schemas.Schema):
    """A message for one who waits for it now."""

    name = schemas.Text(required=True, validate=validate.Length(1, 500))
    correlation_key = schemas.Text(validate=validate.Length(max=500))
    variables = schemas.Variables()
    tenant_id = schemas.Tenant()
    business_id = schemas.Unsupported()


class MessagePublicationRequest(MessageCorrelationRequest):
    """A message, how long (ms) it is kept for those who wait later, and an id that makes it unique meanwhile."""

    time_to_live = fields.Integer(strict=True, validate=validate.Range(0, 10 * 365 * 86_400_000))
    message_id = schemas.Text(validate=validate.Length(max=500))


class MessagePublicationResult(schemas.Schema):
    """The message's key."""

    tenant_id = schemas.Text(required=True)
    message_key = schemas.Key(required=True)


class MessageCorrelationResult(MessagePublicationResult):
    """The message's key and the instance that got it."""

    process_instance_key = schemas.Key(required=True)


@routes.post("/messages/publication", body=MessagePublicationRequest, returns=MessagePublicationResult)
def publish_message(by: identity.Person, body: dict[str, Any]) -> dict[str, Any]:
    """Publish message

    It reaches every process that waits for it or comes to wait within `timeToLive` milliseconds. 409 if a kept message
    has the same name, correlation key and message id, or if it is meant for one run and several wait for it: the key
    `<run>/<correlationKey>` names one.
    """
    key = messages.publish(
        body["name"],
        body.get("correlation_key", ""),
        body.get("variables") or {},
        by=by,
        ttl=timedelta(milliseconds=body.get("time_to_live", 0)),
        message_id=body.get("message_id") or None,
    )
    return {"tenantId": schemas.TENANT, "messageKey": str(key)}


@routes.post("/messages/correlation", body=MessageCorrelationRequest, returns=MessageCorrelationResult)
def correlate_message(by: identity.Person, body: dict[str, Any]) -> dict[str, Any]:
    """Correlate message

    Done when the answer comes; 404 if nobody waits for it now.
    """
    key, instance_key = delivery.correlate(
        body["name"], body.get("correlation_key", ""), body.get("variables") or {}, by=by
    )
    return {"tenantId": schemas.TENANT, "messageKey": str(key), "processInstanceKey": str(instance_key)}
