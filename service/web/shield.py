"""Defences of all pages: content security policy, CSRF tokens, and headers that forbid framing and guessing."""

import flask
import flask_wtf

from service import errors
from service.errors import _

POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self' 'unsafe-inline'",  # bpmn-js and form-js set style attributes
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
SETTINGS = {
    "WTF_CSRF_CHECK_DEFAULT": False,  # the API asks for the origin instead; pages are protected one by one
    "WTF_CSRF_TIME_LIMIT": None,  # a token lives as long as its session
    "WTF_CSRF_SSL_STRICT": False,
}

csrf = flask_wtf.CSRFProtect()


def init_app(app: flask.Flask) -> None:
    """Set the policy for every page and make `csrf_token()` known to templates."""
    for name, value in SETTINGS.items():
        app.config.setdefault(name, value)
    csrf.init_app(app)
    app.after_request(_add_headers)


def protect() -> None:
    """Refuse a request that changes something and does not carry the session's token."""
    csrf.protect()


def refuse_nul() -> None:
    """Refuse what no column can hold, in the address or in a form; `bodies` does so with JSON."""
    for fields in (flask.request.args, flask.request.form):
        if any("\0" in text for name, texts in fields.lists() for text in (name, *texts)):
            raise errors.Invalid(_("A text holds a NUL character or half a character, which cannot be stored."))


def _add_headers(response: flask.Response) -> flask.Response:
    for name, value in HEADERS.items():
        if flask.request.path.startswith("/v2") and name == "Content-Security-Policy":
            continue  # Swagger UI has scripts of its own in its page
        response.headers.setdefault(name, value)
    if flask.request.blueprint != "files":
        response.headers.setdefault("Cache-Control", "no-store")
    return response
