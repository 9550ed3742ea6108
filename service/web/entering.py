"""Coming in: a fresh session, and the address that somebody wanted to see before."""

import re

import flask
import flask_security.utils
import sqlalchemy as sqla

from service import db
from service.identity.models import User


def begin(username: str) -> None:
    """Begin a fresh session, so that nothing of an earlier one lives on."""
    user = db.sa.session.scalars(sqla.select(User).where(User.username == username)).one()
    flask.session.clear()
    flask_security.utils.login_user(user, remember=False, authn_via=["password"])


def asked() -> str:
    """The address that was asked for before the sign-in."""
    return flask.request.values.get("next", "")


def wanted() -> str:
    """Where to go after the sign-in."""
    return safe(asked()) or flask.url_for("web-account.home")


def safe(address: str) -> str:
    """The address if it is one of this server, else nothing."""
    return address if re.match(r"/(?![/\\])", address) and address.isprintable() else ""
