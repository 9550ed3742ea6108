"""The REST API `/v2`, as in the Camunda 8 Orchestration Cluster API (DESIGN §1.7): it translates, it never decides."""

import flask

from service.api import idempotency, openapi


def init_app(app: flask.Flask) -> None:
    """Add the endpoints and their OpenAPI document."""
    openapi.init_app(app)
    idempotency.init_app()
