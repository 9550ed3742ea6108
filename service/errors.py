"""What can go wrong by the caller's doing: each problem has an HTTP status, a title and a sentence with the remedy.

`_` marks a text for translation and returns it unchanged; it is translated when it is shown, in the reader's language.
"""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from service import i18n

Messages = str | Sequence[str]


def _(msgid: str) -> str:
    """Mark an English text for the catalogue."""
    return msgid


def localize(msgid: str, **params: Any) -> str:
    """Tell a marked text in the reader's language: that of the request, or of the command that runs."""
    return _fill(i18n.translate(msgid), params)


def record(msgid: str, **params: Any) -> str:
    """Tell a marked text in the installation's language, for what is stored and read by many people."""
    return _fill(i18n.translate(msgid, i18n.LOCALES[i18n.installed()]), params)


def _fill(text: str, params: Mapping[str, Any]) -> str:
    return text % params if params else text


class Problem(Exception):
    """A refused request.

    `msgid` is an English sentence, with `%(name)s` places filled from `params`. `fields` maps a place (component
    path, file:line, element id) to what is wrong there.
    """

    status: ClassVar[int] = 500
    title: ClassVar[str] = _("Internal error")

    def __init__(self, msgid: str, *, fields: Mapping[str, Any] | None = None, **params: Any) -> None:
        super().__init__(msgid)
        self.msgid = msgid
        self.params = params
        self.fields: dict[str, Any] = dict(fields or {})

    def __str__(self) -> str:
        return _fill(self.msgid, self.params)

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (type(self), self.msgid, self.fields, self.params)

    def localized(self) -> str:
        """Return the sentence in the reader's language."""
        return localize(self.msgid, **self.params)

    def localized_title(self) -> str:
        """Return the title in the reader's language."""
        return localize(self.title)


def _rebuild(kind: type[Problem], msgid: str, fields: dict[str, Any], params: dict[str, Any]) -> Problem:
    return kind(msgid, fields=fields, **params)


class Invalid(Problem):
    """The request cannot be understood."""

    status, title = 400, _("Invalid request")


class Unauthorized(Problem):
    """Nobody, or nobody known, is signed in."""

    status, title = 401, _("Sign in first")


class Forbidden(Problem):
    """The person may not do this to that."""

    status, title = 403, _("Not allowed")


class NotFound(Problem):
    """There is no such thing, or the person may not know of it."""

    status, title = 404, _("Not found")


class Conflict(Problem):
    """The thing's state no longer allows it."""

    status, title = 409, _("Conflict with the present state")


class TooLarge(Problem):
    """The request exceeds a limit."""

    status, title = 413, _("Too large")


class Unprocessable(Problem):
    """The request is understood, and its content breaks a rule."""

    status, title = 422, _("The content breaks a rule")


class TooMany(Problem):
    """Somebody tries too often; the parameter `seconds` says after how long it may be tried again."""

    status, title = 429, _("Too many attempts")


class Unavailable(Problem):
    """The service cannot answer now."""

    status, title = 503, _("Not available now")
