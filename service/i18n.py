"""Which language a reader gets: the one chosen in the session, else the browser's, else Chinese."""

import flask

LOCALES = {"zh": "zh_Hans_CN", "en": "en"}
DEFAULT = LOCALES["zh"]


def preferred_locale() -> str:
    """Return the locale of the current request."""
    if not flask.has_request_context():
        return DEFAULT
    chosen = LOCALES.get(flask.session.get("lang", ""))
    return chosen or LOCALES[flask.request.accept_languages.best_match(LOCALES, default="zh")]
