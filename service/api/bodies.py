"""Reading request bodies: JSON with exact numbers, bounded in size, depth and length of numbers."""

import json
import re
from decimal import Decimal, InvalidOperation
from typing import Any, NoReturn

import flask
import marshmallow as ma
from werkzeug import exceptions

from service import errors
from service.errors import _

LARGEST_JSON = 8 * 1024 * 1024
DEEPEST = 100
MOST_DIGITS = 34
"""Digits of a number: those of FEEL's decimals (IEEE 754 decimal128)."""
LARGEST_EXPONENT = 308
_ESCAPES = re.compile(rb"\\u(0000|[dD][89a-fA-F])")


def read() -> dict[str, Any]:
    """Return the JSON object that the current request carries; no body is an empty object.

    Raises Invalid for what is no JSON object, TooLarge for what exceeds a limit.
    """
    request = flask.request
    raw = _raw(request)
    if not raw:
        return {}
    if not request.is_json:
        raise errors.Invalid(
            _("The body must be JSON: send the header Content-Type: application/json, not %(type)s."),
            type=request.mimetype or "-",
        )
    found = loads(raw)
    if not isinstance(found, dict):
        raise errors.Invalid(_("The body must be a JSON object."))
    return found


def loads(raw: bytes) -> Any:
    """Return the value of a JSON text; numbers with a fraction or exponent are Decimal. Raises Invalid."""
    try:
        text = raw.decode("utf-8-sig")
        found = json.loads(text, parse_float=_decimal, parse_int=_whole, parse_constant=_no_number)
    except RecursionError:
        raise _too_deep() from None
    except json.JSONDecodeError as error:
        raise errors.Invalid(
            _("The body is not JSON: line %(line)s, column %(column)s: %(text)s."),
            line=error.lineno,
            column=error.colno,
            text=error.msg,
        ) from None
    except UnicodeDecodeError:
        raise errors.Invalid(_("The body is not JSON: it is not encoded in UTF-8.")) from None
    if raw.count(b"{") + raw.count(b"[") > DEEPEST:
        _check_depth(found, DEEPEST)
    if _ESCAPES.search(raw):
        _check_text(found)
    return found


def checked(schema: ma.Schema, given: dict[str, Any]) -> dict[str, Any]:
    """Return what a schema makes of a body. Raises Invalid with the place and reason of each fault."""
    try:
        loaded: dict[str, Any] = schema.load(given)
        return loaded
    except ma.ValidationError as error:
        faults = dict(_flat(error.messages, ""))
        place, texts = next(iter(faults.items()))
        raise errors.Invalid(
            _("The request cannot be understood: %(place)s: %(text)s"),
            place=place or "body",
            text=" ".join(texts),
            fields=faults,
        ) from None


def _raw(request: flask.Request) -> bytes:
    if (request.content_length or 0) > LARGEST_JSON:
        raise errors.TooLarge(_("The body is larger than %(mb)s MB."), mb=LARGEST_JSON // 1024 // 1024)
    try:
        raw = request.get_data(cache=False)
    except exceptions.RequestEntityTooLarge:
        raw = None
    except OSError:
        raise errors.Invalid(_("The body did not arrive whole.")) from None
    if raw is None or len(raw) > LARGEST_JSON:
        raise errors.TooLarge(_("The body is larger than %(mb)s MB."), mb=LARGEST_JSON // 1024 // 1024)
    return raw


def _whole(text: str) -> int:
    if len(text) > MOST_DIGITS and len(text.lstrip("-")) > MOST_DIGITS:
        raise _long_number(text)
    return int(text)


def _decimal(text: str) -> Decimal:
    try:
        number = Decimal(text)
    except InvalidOperation:  # an exponent beyond the machine's numbers
        raise _long_number(text) from None
    if len(number.as_tuple().digits) > MOST_DIGITS or abs(number.adjusted()) > LARGEST_EXPONENT:
        raise _long_number(text)
    return number


def _long_number(text: str) -> errors.Invalid:
    return errors.Invalid(
        _("The number %(number)s has more than %(digits)s digits or is out of range; send it as text."),
        number=text[:40],
        digits=MOST_DIGITS,
    )


def _no_number(text: str) -> NoReturn:
    raise errors.Invalid(_("%(text)s is no JSON number."), text=text)


def _too_deep() -> errors.Invalid:
    return errors.Invalid(_("The body is nested deeper than %(depth)s levels."), depth=DEEPEST)


def _check_depth(value: Any, left: int) -> None:
    if not isinstance(value, (dict, list)):
        return
    if left == 0:
        raise _too_deep()
    for each in value.values() if isinstance(value, dict) else value:
        _check_depth(each, left - 1)


def _check_text(value: Any) -> None:
    """PostgreSQL stores neither NUL nor half of a surrogate pair."""
    if isinstance(value, str):
        if "\0" in value or any("\ud800" <= character <= "\udfff" for character in value):
            raise errors.Invalid(_("A text holds a NUL character or half a character, which cannot be stored."))
    elif isinstance(value, dict):
        for name, each in value.items():
            _check_text(name)
            _check_text(each)
    elif isinstance(value, list):
        for each in value:
            _check_text(each)


def _flat(messages: Any, place: str) -> Any:
    """Yield (place, messages) of marshmallow's nested messages; indexes in brackets, names after dots."""
    if isinstance(messages, dict):
        for name, inner in messages.items():
            at = f"{place}[{name}]" if isinstance(name, int) else f"{place}.{name}".lstrip(".")
            yield from _flat(inner, "" if name == "_schema" else at)
    else:
        yield place, [errors.localize(str(text)) for text in messages]
