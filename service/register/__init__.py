"""Households, villages, and their candidacy in the yearly runs."""

import flask

from service import identity
from service.register import conclusions, handlers, households, models, rosters
from service.workflow import extensions

__all__ = ["handlers", "init_app", "models", "rosters"]


def init_app(app: flask.Flask) -> None:
    """Let user tasks be rosters, and say who may see personal numbers."""
    extensions.register(
        rosters.ROSTER,
        on_complete=conclusions.complete,
        on_reopen=conclusions.reopen,
        is_begun=conclusions.is_begun,
        takes=(rosters.ROWS,),
    )
    identity.access.register(households.READ_PERSONAL, identity.access.official)
