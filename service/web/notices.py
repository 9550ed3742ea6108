"""The public notice board: what is on display, objections, and how far one's own is. Nobody signs in here."""

from datetime import timedelta
from typing import Any

import flask

from service import errors
from service.errors import _
from service.identity import throttle
from service.notices import board, public
from service.web import filing, printing, reading
from service.web.pages import Pages

pages = Pages("notices", public=("index", "show", "form", "file", "follow", "tell"))

WINDOW = timedelta(hours=1)
OBJECTIONS = 10
"""Objections filed from one address in an hour."""
QUESTIONS = 30
"""Receipts asked for from one address in an hour."""


@pages.get("/notices")
def index() -> Any:
    """List the notices on display."""
    asked = flask.request.args
    chosen, mode = reading.key(asked.get("unit")), asked.get("mode", "")
    found = public.current(chosen, mode=mode, after=reading.key(asked.get("after")))
    more = found[-1].key if len(found) == public.MOST else None
    shown = {"notices": found, "more": more, "modes": public.MODES, "mode": mode}
    return flask.render_template("notices.html", units=public.posting_units(), chosen=chosen, **shown)


@pages.get("/notices/<int:key>")
def show(key: int) -> Any:
    """Show a notice as it is posted."""
    notice = public.get(key)
    return flask.render_template("notice.html", **_about(notice), body=printing.notice_body(notice))


@pages.get("/notices/<int:key>/objection")
def form(key: int) -> Any:
    """Show the form for an objection."""
    notice = public.get(key)
    return flask.render_template("objection.html", **_about(notice), kinds=public.KINDS, given={}, wrong={})


@pages.post("/notices/<int:key>/objection")
def file(key: int) -> Any:
    """File an objection and show its receipt."""
    notice, given = public.get(key), flask.request.form
    try:
        _count("objection", OBJECTIONS)
        receipt = filing.once(lambda: public.object_to(notice, given))
    except errors.Unprocessable as refused:
        again = flask.render_template(
            "objection.html", **_about(notice), kinds=public.KINDS, given=given, wrong=refused.fields
        )
        return again, 422
    return flask.render_template("receipt.html", notice=notice, receipt=receipt), 201


@pages.get("/objections")
def follow() -> Any:
    """Ask how far one's objection is."""
    return flask.render_template("follow.html", given={})


@pages.post("/objections")
def tell() -> Any:
    """Tell how far an objection is."""
    given = flask.request.form
    _count("receipt", QUESTIONS)
    try:
        found = public.standing(given.get("receipt", ""), given.get("phone", ""))
    except errors.NotFound as unknown:
        return flask.render_template("follow.html", given=given, wrong=unknown.localized()), 404
    return flask.render_template("follow.html", given=given, found=found)


def _about(notice: Any) -> dict[str, Any]:
    return {
        "notice": notice,
        "sites": board.postings(notice),
        "may_object": public.open_to_objection(notice),
    }


def _count(what: str, limit: int) -> None:
    if seconds := throttle.hit(f"{what} {flask.request.remote_addr}", limit=limit, window=WINDOW):
        text = _("There were too many requests from here. Try again in an hour, or call the office.")
        raise errors.TooMany(text, seconds=seconds)
