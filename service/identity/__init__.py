"""People and units: who somebody is, where, and what they may do."""

import flask
import flask_security

from service import db
from service.identity import access, credentials, filters, models, people, roles, second_factor, units
from service.identity.models import Unit
from service.identity.persons import SYSTEM, Member, Person

__all__ = [
    "SYSTEM",
    "Member",
    "Person",
    "Unit",
    "access",
    "credentials",
    "filters",
    "init_app",
    "people",
    "roles",
    "second_factor",
    "units",
]

SETTINGS = {
    "SECURITY_PASSWORD_HASH": "argon2",
    "SECURITY_USER_IDENTITY_ATTRIBUTES": [{"username": {"mapper": str.strip, "case_insensitive": False}}],
    "SECURITY_USERNAME_ENABLE": False,
    "SECURITY_REGISTER_BLUEPRINT": False,
    "SECURITY_SEND_REGISTER_EMAIL": False,
    "SECURITY_JOIN_USER_ROLES": False,
}


class _Users(flask_security.SQLAlchemyUserDatastore):
    """Flask-Security's way to the users; it never commits by itself."""

    def commit(self) -> None:
        with db.transaction():
            pass


def init_app(app: flask.Flask) -> None:
    """Let Flask-Security know users and roles. Its own pages are off: the web part brings the sign-in page."""
    for name, value in SETTINGS.items():
        app.config.setdefault(name, value)
    flask_security.Security(app, _Users(db.sa, models.User, models.Role), register_blueprint=False)
