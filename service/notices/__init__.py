"""Public notices, objections and their certificates."""

import flask

from service import identity
from service.notices import handlers, models, publicity

__all__ = ["handlers", "init_app", "models"]


def init_app(app: flask.Flask) -> None:
    """Say who may follow a publicity that is not his own task."""
    identity.access.register(publicity.READ, publicity.may_read)
