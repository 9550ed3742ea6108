"""Start processes and hand in what processes wait for: what there is for somebody, and the form of one."""

import json
from typing import Any

import flask

from service import errors, identity
from service.api import bodies, idempotency
from service.errors import _
from service.register import desk
from service.web.pages import Pages, person

pages = Pages("starting")


@pages.get("/start")
def index() -> Any:
    """List what one may start and hand in."""
    found = desk.offers(person())
    return flask.render_template(
        "starting.html",
        starts=[offer for offer in found if offer.starts],
        waiting=[offer for offer in found if not offer.starts],
    )


@pages.get("/start/<id>")
def show(id: str) -> Any:
    """Show the form of an offer."""
    offer = desk.find(id, person())
    form = {"schema": json.loads(offer.form_source), "data": desk.choices(offer)}
    return flask.render_template("send.html", offer=offer, form=form)


@pages.post("/start/<id>")
def send(id: str) -> Any:
    """Send what was filled in."""
    by, given = person(), bodies.read()
    return idempotency.once(by, given, lambda: _send(id, given, by))


def _send(id: str, given: dict[str, Any], by: identity.Person) -> dict[str, Any]:
    offer = desk.find(id, by)
    started = desk.send(offer, given, by=by)
    flask.flash(errors.localize(_("Sent: %(what)s."), what=offer.title), "success")
    return {"next": _next(offer, started)}


def _next(offer: desk.Offer, started: int | None) -> str:
    """The started instance; while a worker has yet to start it, the list of those that one started."""
    if started is not None:
        return flask.url_for("web-instances.show", key=started)
    return flask.url_for("web-inbox.show", box="started") if offer.starts else flask.url_for("web-starting.index")
