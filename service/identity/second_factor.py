"""A second factor at the sign-in: a one-time code (TOTP, RFC 6238) of an app, or a recovery code, each good once.

What a person has is kept sealed in one value: the secret, the last code that was used, the recovery codes left.
"""

import json
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import flask
import flask_security
import sqlalchemy as sqla
from flask_security import totp

from service import db, errors
from service.errors import _
from service.identity.models import User
from service.privacy import vault

ISSUER = "Lika"
RECOVERY_CODES = 10
ANYBODY = flask_security.UserMixin()
"""Flask-Security passes a user through to what keeps the last code; ours knows whose it is."""
WINDOW_SECONDS = 30
"""A clock may be wrong by so much."""


@dataclass(frozen=True)
class Factor:
    """A person's second factor."""

    secret: str
    counter: int | None = None
    codes: list[str] = field(default_factory=list)


class _Once(totp.Totp):
    """Flask-Security's one-time codes, each accepted once."""

    def __init__(self, last: int | None = None) -> None:
        super().__init__({"1": flask.current_app.config["PRIVACY_KEY"]}, ISSUER)
        self.last = last

    def get_last_counter(self, user: Any) -> int | None:
        return self.last

    def set_last_counter(self, user: Any, tmatch: Any) -> None:
        self.last = tmatch.counter


def codes_left(username: str) -> int:
    """Count the recovery codes that a user has left."""
    found = _load(username)
    return len(found.codes) if found else 0


def propose() -> str:
    """Make a secret for somebody who wants a second factor; it is sealed and may go through the browser's session."""
    return _Once().generate_totp_secret()


def address(username: str, secret: str) -> str:
    """Return the otpauth address of a secret, for a QR code."""
    return _Once().get_totp_uri(username, secret)


def readable(secret: str) -> str:
    """Return a secret to be typed into an app."""
    return _Once().get_totp_pretty_key(secret)


def turn_on(username: str, secret: str, code: str) -> list[str]:
    """Let a user sign in with a second factor from now on, and return the recovery codes; they cannot be shown again.

    Raises Unprocessable when the code is not that of the secret.
    """
    once = _Once()
    if not once.verify_totp(_digits(code), secret, ANYBODY, window=WINDOW_SECONDS):
        raise errors.Unprocessable(_("This code does not fit. Look at the app again; its clock must be right."))
    codes = once.generate_recovery_codes(RECOVERY_CODES)
    with db.transaction():
        _store(username, Factor(secret, once.last, codes))
    return codes


def turn_off(username: str) -> None:
    """Let a user sign in with the password alone."""
    with db.transaction():
        _store(username, None)


def passes(username: str, code: str) -> bool:
    """Tell whether a code is the user's present one or a recovery code, and use it up."""
    with db.transaction():
        found = _load(username, locked=True)
        if found is None:
            return False
        once = _Once(found.counter)
        if once.verify_totp(_digits(code), found.secret, ANYBODY, window=WINDOW_SECONDS):
            _store(username, replace(found, counter=once.last))
            return True
        given = code.strip().lower()
        if given in found.codes:
            _store(username, replace(found, codes=[each for each in found.codes if each != given]))
            return True
        return False


def _digits(code: str) -> str:
    return "".join(each for each in code if each.isdigit() and each.isascii()) or "0"


def _load(username: str, *, locked: bool = False) -> Factor | None:
    query = sqla.select(User.second_factor).where(User.username == username)
    sealed = db.sa.session.scalar(query.with_for_update() if locked else query)
    return None if sealed is None else Factor(**json.loads(vault.current().open(sealed)))


def _store(username: str, factor: Factor | None) -> None:
    sealed = None if factor is None else vault.current().seal(json.dumps(asdict(factor)))
    db.sa.session.execute(sqla.update(User).where(User.username == username).values(second_factor=sealed))
