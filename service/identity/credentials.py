"""Who sends this request? A session cookie, HTTP Basic or a bearer token says so."""

import base64
import binascii
import hashlib
import hmac
import secrets
import threading
import time
from collections.abc import Mapping
from datetime import timedelta

import flask
import flask_login
import flask_security
import sqlalchemy as sqla

from service import clock, db, errors
from service.errors import _
from service.identity import accounts, people, throttle
from service.identity.models import ApiToken
from service.identity.persons import Person

TOKEN_PREFIX = "lika_"  # noqa: S105 - lets people and secret scanners recognise a token
PERSON = "lika.person"
NOBODY = _("Sign in, or send an Authorization header with Basic or Bearer.")
WINDOW = timedelta(minutes=10)
TRIES = 10
"""Wrong passwords for one name from one address in a window."""
TRIES_OF_ADDRESS = 300
"""Wrong passwords from one address in a window: many people of an office share one."""
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
        found = by_password(*_decode_basic(rest), address=flask.request.remote_addr or "")
        if found is not None and found.second_factor:
            raise errors.Unauthorized(_("This user signs in with a second factor; use a bearer token here."))
        return _person(found, _("The user name or the password is wrong."))
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


def by_password(username: str, password: str, *, address: str | None = None) -> Person | None:
    """Return the active person with this user name and password.

    argon2 is slow on purpose, so a credential found right is remembered for five minutes, as a digest under a key of
    this process, and only as long as the user's stored hash stays the same. What is wrong is never remembered.

    :raises errors.TooMany: too many wrong ones came from the `address`, before argon2 takes any time.
    """
    account = accounts.named(username)
    stored = account.password if account else None
    proof = _remembered.proof(username, password, stored or "")
    with _remembered.asking(proof):
        if not _remembered.has(proof):
            counters = _counters(username, address) if address is not None else {}
            _count(counters)
            if not _is_right(password, stored):
                return None
            _uncount(*counters)
            _remembered.add(proof)
    return account.person if account else None


def _is_right(password: str, stored: str | None) -> bool:
    if stored is None:
        flask_security.hash_password(password)  # an unknown name takes as long as a wrong password
        return False
    return bool(flask_security.verify_password(password, stored))


def _counters(username: str, address: str) -> dict[str, int]:
    """The names under which attempts are counted, with how many there may be."""
    name = hashlib.sha256(username.encode()).hexdigest()
    return {f"login {name} {address}": TRIES, f"login {address}": TRIES_OF_ADDRESS}


def _count(counters: Mapping[str, int]) -> None:
    """Count an attempt until it succeeds, so that many at once cannot outrun the limit."""
    waits = [throttle.hit(name, limit=limit, window=WINDOW) for name, limit in counters.items()]
    if seconds := max(waits, default=0):
        text = _("There were too many attempts to sign in. Wait %(minutes)s minutes and try again.")
        raise errors.TooMany(text, minutes=-(-seconds // 60), seconds=seconds)


def _uncount(own: str = "", *others: str) -> None:
    """Forget a person's wrong ones, but not those that others sent from the same address."""
    throttle.forget(own)
    for name in others:
        throttle.take_back(name)


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
        self._asking = [threading.Lock() for _each in range(64)]

    def asking(self, proof: bytes) -> threading.Lock:
        """Held by one request at a time, so that many with the same new credential ask argon2 once."""
        return self._asking[proof[0] % len(self._asking)]

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
