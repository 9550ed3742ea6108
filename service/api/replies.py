"""Answers: JSON with exact numbers, and problem details (RFC 9457)."""

import logging
import secrets
from typing import Any

import flask
import orjson
from werkzeug import exceptions

from service import errors
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
    """Return a JSON answer; None has no body."""
    if data is None:
        return flask.Response(status=status)
    return flask.Response(dumps(data), status=status, mimetype="application/json")


def problem(status: int, title: str, detail: str, **more: Any) -> flask.Response:
    """Return problem details; `more` are further members."""
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    body |= {"instance": flask.request.path, **more}
    response = flask.Response(dumps(body), status=status, mimetype=PROBLEM)
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
    return problem(status, error.localized_title(), error.localized(), **more)


def of_http(error: exceptions.HTTPException) -> flask.Response:
    """Return the details of what the framework refused."""
    if error.response is not None:
        return error.response  # type: ignore[return-value]
    code = error.code or 500
    if code == 413:
        return of_problem(errors.TooLarge(_("The request is larger than the server accepts.")))
    response = problem(code, error.name, error.description or error.name)
    if isinstance(error, exceptions.MethodNotAllowed) and error.valid_methods:
        response.headers["Allow"] = ", ".join(sorted(error.valid_methods))
    return response


def of_failure(error: Exception) -> flask.Response:
    """Log an unforeseen failure under a request id and tell the caller only that id."""
    request_id = secrets.token_hex(8)
    log.error("request %s: %s %s failed", request_id, flask.request.method, flask.request.path, exc_info=error)
    text = errors.localize(_("Something went wrong inside; the log tells more under %(id)s."), id=request_id)
    return problem(500, errors.localize(errors.Problem.title), text, requestId=request_id)
