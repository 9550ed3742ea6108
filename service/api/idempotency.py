"""`Idempotency-Key`: a request that was answered once is answered the same again, and does nothing.

The key's row commits together with what the request did. Two requests with the same key at the same moment wait for one
another at the row; a refused request leaves no row and may be sent again.
"""

import hashlib
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import flask
import sqlalchemy as sqla
from sqlalchemy.dialects.postgresql import insert

from service import clock, db, errors, identity, jobs
from service.api import bodies, replies
from service.errors import _
from service.workflow import models

HEADER = "Idempotency-Key"
LONGEST = 255
KEPT = timedelta(days=2)
SWEEP_SECONDS = 600.0
_next_sweep = 0.0


class Reused(errors.Unprocessable):
    """The key was used for another request, which was done."""


def once(by: identity.Person, given: Any, act: Callable[[], Any], *, key: str | None = None) -> Any:
    """Return what `act` returns (JSON or None), or what it returned to the same request before.

    The key is that of the header, or `key` from a form; without one it simply acts. Raises Reused when the key was used
    for another request.
    """
    key = key or flask.request.headers.get(HEADER)
    if key is None:
        return act()
    if not 0 < len(key) <= LONGEST or not key.isprintable():
        raise errors.Invalid(_("%(header)s must have 1 to %(most)s printable characters."), header=HEADER, most=LONGEST)
    with db.transaction() as session:
        table = models.IdempotencyKey
        fingerprint = _fingerprint(given)
        row = {"person": by.username, "key": key, "request": fingerprint, "status": 0, "body": "", "at": clock.now()}
        fresh = session.execute(insert(table).values(row).on_conflict_do_nothing().returning(table.key)).first()
        if fresh is None:
            return _again(session.get_one(table, (by.username, key), populate_existing=True), fingerprint)
        data = act()
        done = replies.dumps(data).decode() if data is not None else ""
        mine = (table.person == by.username) & (table.key == key)
        session.execute(sqla.update(table).where(mine).values(status=200 if data is not None else 204, body=done))
        return data


def init_app() -> None:
    """Let workers delete old keys."""
    jobs.on_tick(forget_old)


def forget_old() -> None:
    """Delete, once in a while, the keys of requests that nobody repeats any more."""
    global _next_sweep
    if time.monotonic() < _next_sweep:
        return
    _next_sweep = time.monotonic() + SWEEP_SECONDS
    with db.transaction() as session:
        session.execute(sqla.delete(models.IdempotencyKey).where(models.IdempotencyKey.at < clock.now() - KEPT))


def _again(row: models.IdempotencyKey, fingerprint: str) -> Any:
    if row.request != fingerprint:
        raise Reused(_("The %(header)s %(key)s was already used for another request."), header=HEADER, key=row.key)
    return bodies.loads(row.body.encode()) if row.body else None


def _fingerprint(given: Any) -> str:
    request = flask.request
    digest = hashlib.sha256(f"{request.method} {request.path}\0".encode())
    digest.update(replies.dumps(given))
    return digest.hexdigest()
