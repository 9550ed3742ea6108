"""Who sends this request? A session cookie, HTTP Basic or a bearer token says so."""

import base64
import binascii
import hashlib
import hmac
import secrets
import threading
import time
from datetime import timedelta

import flask
import flask_login
import flask_security
import sqlalchemy as sqla

from service import clock, db, errors
from service.errors import _
from service.identity import accounts, people
from service.identity.models import ApiToken
from service.identity.persons import Person

TOKEN_PREFIX = "lika_"  # noqa: S105 - lets people and secret scanners recognise a token
PERSON = "lika.person"
NOBODY = _("Sign in, or send an Authorization header with Basic or Bearer.")
REMEMBER_SECONDS = 300.0
REMEMBER_AT_MOST = 10_000


def current() -> Person:
    """Return who sends the current request. Raises Unauthorized with the remedy."""
    found: Person | None = flask.request.environ.get(PERSON)
    if found is None:
        found = flask.request.environ[PERSON] = _identify()
    return found


def _identify() -> Person:
    header = flask.request.headers.get("Authorization", "")
    scheme, _space, rest = header.partition(" ")
    if scheme.lower() == "basic":
        return _person(by_password(*_decode_basic(rest)), _("The user name or the password is wrong."))
    if scheme.lower() == "bearer":
        return _person(by_token(rest.strip()), _("The token is unknown or has expired."))
    if header:
        raise errors.Unauthorized(_("The Authorization header must begin with Basic or Bearer."))
    if flask_login.current_user.is_authenticated:
        account = accounts.by_id(flask_login.current_user.id)
        return _person(account.person if account else None, NOBODY)
    raise errors.Unauthorized(NOBODY)


def _person(found: Person | None, refusal: str) -> Person:
    if found is None:
        raise errors.Unauthorized(refusal)
    return found


def _decode_basic(text: str) -> tuple[str, str]:
    try:
        username, colon, password = base64.b64decode(text, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        colon = ""
    if not colon or "\0" in username + password:
        raise errors.Unauthorized(_("The Basic credentials cannot be read; send base64 of name:password."))
    return username, password


def by_password(username: str, password: str) -> Person | None:
    """Return the active person with this user name and password.

    argon2 is slow on purpose, so a credential found right is remembered for five minutes, as a digest under a key of
    this process, and only as long as the user's stored hash stays the same. What is wrong is never remembered.
    """
    account = accounts.named(username)
    if account is None or account.password is None:
        flask_security.hash_password(password)  # an unknown name takes as long as a wrong password
        return None
    proof = _remembered.proof(username, password, account.password)
    if not _remembered.has(proof):
        if not flask_security.verify_password(password, account.password):
            return None
        _remembered.add(proof)
    return account.person


def by_token(token: str) -> Person | None:
    """Return the active person of a bearer token that has not expired."""
    account = accounts.with_token(_digest(token), clock.now())
    return account.person if account else None


def create_token(username: str, label: str, *, lasting: timedelta | None = None) -> str:
    """Make a bearer token for a user and return it; it cannot be shown again."""
    token = TOKEN_PREFIX + secrets.token_urlsafe(32)
    with db.transaction() as session:
        user_id = people.find(username).id
        expires = clock.now() + lasting if lasting else None
        session.add(ApiToken(digest=_digest(token), user_id=user_id, label=label, expires_at=expires))
    return token


def revoke_tokens(username: str) -> int:
    """Revoke all tokens of a user; return how many there were."""
    with db.transaction() as session:
        user_id = people.find(username).id
        done = session.execute(sqla.delete(ApiToken).where(ApiToken.user_id == user_id).returning(ApiToken.digest))
        return len(done.all())


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()  # a random token needs no slow hash


class _Remembered:
    """Credentials found right a short while ago."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)
        self._until: dict[bytes, float] = {}
        self._lock = threading.Lock()

    def proof(self, username: str, password: str, stored: str) -> bytes:
        text = "\0".join((username, password, stored))
        return hmac.digest(self._key, text.encode(), "sha256")

    def has(self, proof: bytes) -> bool:
        return self._until.get(proof, 0.0) > time.monotonic()

    def add(self, proof: bytes) -> None:
        now = time.monotonic()
        with self._lock:
            if len(self._until) >= REMEMBER_AT_MOST:
                self._until = {key: until for key, until in self._until.items() if until > now}
            if len(self._until) >= REMEMBER_AT_MOST:
                self._until.clear()
            self._until[proof] = now + REMEMBER_SECONDS


_remembered = _Remembered()
