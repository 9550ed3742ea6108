"""Who calls: a signed-in person by session, HTTP Basic or bearer token."""

from urllib.parse import urlsplit

import flask

from service import errors, identity
from service.errors import _

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def current() -> identity.Person:
    """Return who sends the current request. Raises Unauthorized, and Forbidden for a request forged by another site."""
    if "Authorization" not in flask.request.headers and flask.request.method not in SAFE:
        _ensure_same_site()
    return identity.credentials.current()


def _ensure_same_site() -> None:
    """A browser sends the session cookie by itself, so what changes something must come from our own pages."""
    origin = flask.request.headers.get("Origin")
    if origin is not None and urlsplit(origin).netloc != flask.request.host:
        raise errors.Forbidden(_("The request comes from another site (%(origin)s)."), origin=origin)
    if flask.request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        raise errors.Forbidden(_("The request comes from another site (%(origin)s)."), origin=origin or "?")
