"""Blueprints for pages: somebody is signed in, and what changes something carries the session's token."""

from collections.abc import Iterable
from typing import Any

import flask

from service import errors, identity
from service.web import shield


class Pages(flask.Blueprint):
    """The pages of one noun. All but those in `public` need somebody who is signed in."""

    def __init__(self, name: str, *, public: Iterable[str] = (), **more: Any) -> None:
        super().__init__(f"web-{name}", __name__, **more)
        self.public = frozenset(public)
        self.before_request(self._admit)

    def _admit(self) -> Any:
        shield.protect()
        shield.refuse_nul()
        view = (flask.request.endpoint or "").rpartition(".")[2]
        recognise()
        return to_login() if person_or_none() is None and view not in self.public else None


def recognise() -> None:
    """Note who asks, if somebody is signed in."""
    try:
        flask.g.person = identity.credentials.current()
    except errors.Unauthorized:
        flask.g.person = None


def person_or_none() -> identity.Person | None:
    """Return who asks for the page, None where nobody is signed in."""
    found: identity.Person | None = flask.g.get("person")
    return found


def person() -> identity.Person:
    """Return who asks for the page."""
    found: identity.Person = flask.g.person
    return found


def to_login() -> Any:
    """Answer somebody who is not signed in: a page leads to the sign-in, a script is told (401)."""
    if wants_fragment() or flask.request.method != "GET":
        raise errors.Unauthorized(
            errors._("You are no longer signed in. Sign in again in another tab; nothing is lost.")
        )
    return flask.redirect(flask.url_for("web-account.login", next=flask.request.full_path.rstrip("?")))


def wants_fragment() -> bool:
    """Tell whether a script asks, not a reader."""
    return "HX-Request" in flask.request.headers or flask.request.accept_mimetypes.best == "application/json"
