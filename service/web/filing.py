"""Filing a form once, however often it is sent: a second click, a repetition after a lost answer."""

from collections.abc import Callable

import flask

from service import identity
from service.api import idempotency
from service.web.pages import person_or_none


def once(act: Callable[[], str | None]) -> str | None:
    """Return what `act` returns, or what it returned to the same form before; the form's field `once` names it."""
    form = flask.request.form
    told = {name: form.getlist(name) for name in form if name != "csrf_token"}
    by = person_or_none() or identity.SYSTEM
    found: str | None = idempotency.once(by, told, lambda: {"done": act()}, key=form.get("once"))["done"]
    return found
