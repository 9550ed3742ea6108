"""Telling people what happened: on their page at once, by e-mail and other channels from an outbox (DESIGN §4).

`notify` writes into the open transaction: what is told commits or vanishes with what it tells of.
"""

import flask

from service import identity
from service.notifications import channels
from service.notifications.kinds import KINDS
from service.notifications.outbox import Item, notify, notify_of

__all__ = ["KINDS", "Item", "init_app", "notify", "notify_of"]


def init_app(app: flask.Flask) -> None:
    """Read the channels, so that a mistake in their file is told at the start."""
    app.extensions["channels"] = channels.read(app.config["CHANNELS"], app.config["PUBLIC_URL"])
    identity.access.register("outbox.manage", identity.access.nobody)
