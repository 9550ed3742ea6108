"""One's own account: sign in and out, password, language and look."""

from typing import Any

import flask
import flask_security.utils

from service import errors, i18n
from service.errors import _
from service.identity import credentials, people
from service.web import entering, second_factor
from service.web.pages import Pages, person

pages = Pages("account", public=("login", "log_in", "home", "choose"))

LOOKS = ("auto", "light", "dark")
YEAR = 365 * 24 * 3600


@pages.get("/")
def home() -> Any:
    """Lead to the inbox, or to the sign-in."""
    return flask.redirect(flask.url_for("web-inbox.show" if flask.g.person else "web-account.login"))


@pages.get("/login")
def login() -> Any:
    """Show the sign-in."""
    if flask.g.person:
        return flask.redirect(entering.wanted())
    return flask.render_template("login.html", wanted=flask.request.args.get("next", ""))


@pages.post("/login")
def log_in() -> Any:
    """Sign somebody in."""
    username, password = (flask.request.form.get(name, "") for name in ("username", "password"))
    username = username.strip()
    found = credentials.by_password(username, password, address=flask.request.remote_addr or "")
    if found is None:
        wrong = errors.localize(_("The user name or the password is wrong."))
        return flask.render_template("login.html", wrong=wrong, username=username, wanted=entering.asked()), 401
    if found.second_factor:
        return second_factor.pending(username)
    entering.begin(username)
    return flask.redirect(entering.wanted())


@pages.post("/logout")
def log_out() -> Any:
    """Sign out."""
    flask_security.utils.logout_user()
    flask.session.clear()
    return flask.redirect(flask.url_for("web-account.login"))


@pages.get("/account")
def show() -> Any:
    """Show who one is, with one's roles, and the form for a new password."""
    return flask.render_template("account.html")


@pages.post("/account/password")
def change_password() -> Any:
    """Change the password; all other sessions of the person end."""
    given = flask.request.form
    username = person().username
    wrong = _fault_of_password(username, given.get("old", ""), given.get("new", ""), given.get("again", ""))
    if wrong:
        return flask.render_template("account.html", wrong=wrong), 422
    people.set_password(username, given["new"])
    entering.begin(username)
    flask.flash(errors.localize(_("The password was changed.")), "success")
    return flask.redirect(flask.url_for("web-account.show"))


@pages.post("/choose")
def choose() -> Any:
    """Choose language or look and go back to where one was."""
    given = flask.request.form
    response = flask.redirect(entering.safe(given.get("back", "")) or flask.url_for("web-account.home"))
    for name, known in (("lang", i18n.LOCALES), ("look", LOOKS)):
        if given.get(name) in known:
            response.set_cookie(
                name, given[name], max_age=YEAR, httponly=True, samesite="Lax", secure=flask.request.is_secure
            )
    return response


def _fault_of_password(username: str, old: str, new: str, again: str) -> dict[str, str]:
    if credentials.by_password(username, old, address=flask.request.remote_addr or "") is None:
        return {"old": errors.localize(_("The present password is wrong."))}
    if len(new) < people.MIN_PASSWORD:
        return {"new": errors.localize(_("A password has at least %(length)s characters."), length=people.MIN_PASSWORD)}
    if new != again:
        return {"again": errors.localize(_("The two passwords differ."))}
    return {}
