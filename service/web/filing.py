"""Filing a form once, however often it is sent: a second click, a repetition after a lost answer."""

from collections.abc import Callable
from typing import TypeVar

import flask

from service import errors, identity
from service.api import idempotency
from service.errors import _
from service.web.pages import person_or_none

Told = TypeVar("Told", bound="str | None")


def once(act: Callable[[], Told]) -> Told:
    """Return what `act` returns, or what it returned to the same form before; the form's field `once` names it.

    Raises Unprocessable when the form was changed after it had arrived, its answer being lost.
    """
    form = flask.request.form
    told = {name: form.getlist(name) for name in form if name != "csrf_token"}
    by = person_or_none() or identity.SYSTEM
    try:
        done = idempotency.once(by, told, lambda: {"done": act()}, key=form.get("once"))
    except idempotency.Reused:
        first = _("What you sent first has arrived; what you changed since has not. Send it again if both count.")
        raise errors.Unprocessable(first, fields={"once": errors.localize(first)}) from None
    found: Told = done["done"]
    return found
