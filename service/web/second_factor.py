"""The second factor: asked for at the sign-in, set up and given up in one's entering."""

import time
from datetime import timedelta
from typing import Any

import flask

from service import errors, identity
from service.errors import _
from service.identity import credentials, throttle
from service.web import entering, printing
from service.web.pages import Pages, person

pages = Pages("second-factor", public=("ask", "check"))

PENDING, PROPOSED = "second-factor", "proposed-factor"
PATIENCE_SECONDS = 300
"""So long a password that was right waits for the code."""
TRIES, WINDOW = 10, timedelta(minutes=10)


def pending(username: str) -> Any:
    """Ask somebody whose password was right for the code, in a fresh session."""
    flask.session.clear()
    flask.session[PENDING] = [username, int(time.time())]
    return flask.redirect(flask.url_for("web-second-factor.ask", next=entering.asked() or None))


@pages.get("/login/code")
def ask() -> Any:
    """Show the form for the code."""
    if _waiting() is None:
        return flask.redirect(flask.url_for("web-account.login", next=entering.asked() or None))
    return flask.render_template("second_factor.html", what="ask", wanted=entering.asked())


@pages.post("/login/code")
def check() -> Any:
    """Sign somebody in whose code is right."""
    username = _waiting()
    if username is None:
        return flask.redirect(flask.url_for("web-account.login", next=entering.asked() or None))
    counter = _counted(username)
    if not identity.second_factor.passes(username, flask.request.form.get("code", "")):
        wrong = errors.localize(_("The code is wrong or was used already."))
        return flask.render_template("second_factor.html", what="ask", wrong=wrong, wanted=entering.asked()), 401
    throttle.forget(counter)
    entering.begin(username)
    return flask.redirect(entering.wanted())


@pages.get("/account/second-factor")
def show() -> Any:
    """Show how to set up a second factor, or that there is one."""
    username = person().username
    if person().second_factor:
        left = identity.second_factor.codes_left(username)
        return flask.render_template("second_factor.html", what="on", left=left)
    secret = flask.session.setdefault(PROPOSED, identity.second_factor.propose())
    return _setup(username, secret)


@pages.post("/account/second-factor")
def turn_on() -> Any:
    """Turn the second factor on with a code of the app, and show the recovery codes once."""
    username, secret = person().username, flask.session.get(PROPOSED)
    if secret is None or person().second_factor:
        return flask.redirect(flask.url_for("web-second-factor.show"))
    _counted(username)
    try:
        codes = identity.second_factor.turn_on(username, secret, flask.request.form.get("code", ""))
    except errors.Unprocessable as refused:
        return _setup(username, secret, refused.localized()), 422
    del flask.session[PROPOSED]
    return flask.render_template("second_factor.html", what="codes", codes=codes)


@pages.post("/account/second-factor/off")
def turn_off() -> Any:
    """Give the second factor up; the password is asked once more."""
    username, password = person().username, flask.request.form.get("password", "")
    if credentials.by_password(username, password, address=flask.request.remote_addr or "") is None:
        wrong = errors.localize(_("The present password is wrong."))
        left = identity.second_factor.codes_left(username)
        return flask.render_template("second_factor.html", what="on", left=left, wrong=wrong), 422
    identity.second_factor.turn_off(username)
    flask.flash(errors.localize(_("You sign in with the password alone now.")), "success")
    return flask.redirect(flask.url_for("web-account.show"))


def _setup(username: str, secret: str, wrong: str = "") -> Any:
    shown = {"qr": printing.code(identity.second_factor.address(username, secret)), "wrong": wrong}
    key = identity.second_factor.readable(secret)
    return flask.render_template("second_factor.html", what="setup", key=key, **shown)


def _waiting() -> str | None:
    """Who gave a right password a short while ago and no code yet."""
    username, since = flask.session.get(PENDING) or (None, 0)
    return username if time.time() - since < PATIENCE_SECONDS else None


def _counted(username: str) -> str:
    counter = f"code {username}"
    seconds = throttle.hit(counter, limit=TRIES, window=WINDOW)
    if seconds:
        text = _("There were too many attempts to sign in. Wait %(minutes)s minutes and try again.")
        raise errors.TooMany(text, minutes=-(-seconds // 60), seconds=seconds)
    return counter
