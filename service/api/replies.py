"""Answers: JSON with exact numbers, and problem details (RFC 9457)."""

import json
import logging
import secrets
from typing import Any

import flask
import orjson
import psycopg
import sqlalchemy as sqla
from gunicorn.http.errors import ParseException
from werkzeug import exceptions

from service import db, errors
from service.db import values
from service.errors import _

log = logging.getLogger(__name__)
PROBLEM = "application/problem+json"


def dumps(data: Any) -> bytes:
    """Return JSON text. Decimals are written exactly, dates as ISO text."""
    try:
        return orjson.dumps(data, option=orjson.OPT_PASSTHROUGH_DATETIME)
    except TypeError:  # decimals or FEEL's dates inside
        return values.plain_json(data).encode()


def answer(data: Any, status: int = 200) -> flask.Response:
    """Return a JSON answer; None is an answer without a body (204)."""
    if data is None:
        return flask.Response(status=204)
    return flask.Response(dumps(data), status=status, mimetype="application/json")


def problem(status: int, title: str, detail: str, **more: Any) -> flask.Response:
    """Return problem details; `more` are further members. The log knows the request by the same id."""
    request = flask.request
    number = more.setdefault("requestId", secrets.token_hex(8))
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail, "instance": request.path, **more}
    log.info("request %s: %s %s: %s %s", number, request.method, request.path, status, detail)
    # A refused text may hold half a character, which is no UTF-8.
    text = json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")
    response = flask.Response(text, status=status, mimetype=PROBLEM, headers={"X-Request-Id": number})
    if status == 401:
        response.headers.add("WWW-Authenticate", 'Basic realm="Lika", charset="UTF-8"')
        response.headers.add("WWW-Authenticate", 'Bearer realm="Lika"')
    if status == 503:
        response.headers["Retry-After"] = "1"
    return response


def of_problem(error: errors.Problem) -> flask.Response:
    """Return the details of a problem of ours.

    The Camunda API knows no 422: what breaks a rule is a bad request (400) there, and its clients expect that.
    """
    more = {"fields": values.plain(error.fields)} if error.fields else {}
    status = 400 if isinstance(error, errors.Unprocessable) else error.status
    response = problem(status, error.localized_title(), error.localized(), **more)
    if isinstance(error, errors.TooMany):
        response.headers["Retry-After"] = str(error.params["seconds"])
    return response


REFUSED = {
    400: (errors.Invalid.title, _("The request cannot be read.")),
    404: (errors.NotFound.title, _("There is no such address.")),
    405: (_("Method not allowed"), _("This address does not take %(method)s; the header Allow names what it takes.")),
    413: (errors.TooLarge.title, _("The request is larger than the server accepts.")),
}
"""What the framework refuses, in our words."""


def of_http(error: exceptions.HTTPException) -> flask.Response:
    """Return the details of what the framework refused."""
    if error.response is not None:
        return error.response  # type: ignore[return-value]
    code = error.code or 500
    title, detail = REFUSED.get(code, (error.name, error.description or error.name))
    response = problem(code, errors.localize(title), errors.localize(detail, method=flask.request.method))
    if isinstance(error, exceptions.MethodNotAllowed) and error.valid_methods:
        response.headers["Allow"] = ", ".join(sorted(error.valid_methods))
    return response


UNSTORABLE = ("22", "54")
"""SQLSTATE classes: data that do not fit, limits exceeded."""


def of_failure(error: Exception) -> flask.Response:
    """Return the details of what the database refused; log any other failure and tell the caller only its id."""
    if isinstance(error, ParseException):
        return of_problem(errors.Invalid(_("The body did not arrive whole.")))
    cause = error.orig if isinstance(error, sqla.exc.DBAPIError) else error
    state = (cause.sqlstate or "") if isinstance(cause, psycopg.Error) else ""
    if state.startswith(UNSTORABLE) or isinstance(cause, psycopg.DataError):
        log.warning("the database refused what was sent", exc_info=error)
        return of_problem(errors.Invalid(_("Something in the request is too long or too large to be stored.")))
    if db.is_busy(error):
        log.warning("the database is busy", exc_info=error)
        return of_problem(errors.Unavailable(_("The database is busy; try again.")))
    number = secrets.token_hex(8)
    log.error("request %s: %s %s failed", number, flask.request.method, flask.request.path, exc_info=error)
    text = errors.localize(_("Something went wrong inside; the log tells more under %(id)s."), id=number)
    return problem(500, errors.localize(errors.Problem.title), text, requestId=number)
