"""What goes wrong, as a page with the request's id, or as JSON for a script."""

import logging
import secrets
from typing import Any

import flask
import flask_wtf.csrf
from werkzeug import exceptions

from service import errors
from service.errors import _
from service.web import pages

log = logging.getLogger(__name__)

REMEDIES = {
    400: _("Go back and check what was sent."),
    401: _("Sign in again."),
    403: _("If this is part of your work, ask your office's administrator for the role."),
    404: _("It may have been moved, or it belongs to another unit. Look in your inbox."),
    405: _("Go back and use the page's own buttons."),
    409: _("Reload the page to see how things stand now."),
    413: _("Send less at once, or smaller files."),
    429: _("Wait a few minutes and try again."),
    500: _("Nothing was changed. Try again; if it stays so, give this number to the administrator."),
    503: _("Try again in a moment."),
}


def init_app(app: flask.Flask) -> None:
    """Show problems of every page, of addresses that do not exist too. The API has handlers of its own."""
    app.register_error_handler(errors.Problem, of_problem)
    app.register_error_handler(flask_wtf.csrf.CSRFError, of_csrf)
    app.register_error_handler(exceptions.HTTPException, of_http)
    app.register_error_handler(Exception, of_failure)


def of_problem(error: errors.Problem) -> Any:
    """Show a problem of ours."""
    response = flask.make_response(_show(error.status, error.localized_title(), error.localized(), fields=error.fields))
    if isinstance(error, errors.TooMany):
        response.headers["Retry-After"] = str(error.params["seconds"])
    return response


def of_csrf(error: flask_wtf.csrf.CSRFError) -> Any:
    """Show that a form's token does not belong to the session."""
    return _show(
        400, errors.localize(_("The page is out of date")), errors.localize(_("Load the page again and repeat."))
    )


def of_http(error: exceptions.HTTPException) -> Any:
    """Show what the framework refused."""
    if error.response is not None:
        return error.response
    code = error.code or 500
    titles = {404: errors.NotFound.title, 403: errors.Forbidden.title, 413: errors.TooLarge.title}
    detail = {404: _("There is no such page.")}.get(code)
    title = errors.localize(titles.get(code, error.name))
    return _show(code, title, errors.localize(detail) if detail else "")


def of_failure(error: Exception) -> Any:
    """Log an unforeseen failure under the request's id and show only that."""
    log.error("request %s: %s %s failed", number(), flask.request.method, flask.request.path, exc_info=error)
    return _show(500, errors.localize(errors.Problem.title), errors.localize(_("Something went wrong inside.")))


def number() -> str:
    """Return the id of the request, as the log has it."""
    if "request_id" not in flask.g:
        flask.g.request_id = secrets.token_hex(6)
    return str(flask.g.request_id)


def _show(status: int, title: str, detail: str, fields: Any = None) -> Any:
    remedy = errors.localize(REMEDIES[status]) if status in REMEDIES else ""
    facts = {"status": status, "title": title, "detail": detail, "remedy": remedy, "request_id": number()}
    if pages.wants_fragment():
        response = flask.jsonify({**facts, "fields": fields or {}})
        response.status_code = status
        return response
    if "person" not in flask.g and status < 500:
        pages.recognise()  # no page took the request
    return flask.render_template("problem.html", **facts), status, {"X-Request-Id": number()}
