"""Reads the JSON text of a form under limits of size and nesting; numbers become decimals."""

import json
from decimal import Decimal, InvalidOperation
from typing import Any

from service import errors
from service.db import values
from service.errors import _

MAX_BYTES = 1_000_000
MAX_DEPTH = 40
"""JSON levels; a component inside five groups needs eleven."""


def read(source: bytes) -> dict[str, Any]:
    """Return the JSON object in `source`; raises `errors.TooLarge` or `errors.Invalid`."""
    if len(source) > MAX_BYTES:
        raise errors.TooLarge(
            _("The form has %(size)d bytes; at most %(limit)d are read. Split it."), size=len(source), limit=MAX_BYTES
        )
    try:
        text = source.decode("utf-8-sig")
        _check_depth(text)
        document = json.loads(
            text, parse_int=_number, parse_float=_number, parse_constant=_refuse_constant, object_pairs_hook=_object
        )
    except UnicodeDecodeError as wrong:
        raise errors.Invalid(_("The form is not UTF-8 text.")) from wrong
    except json.JSONDecodeError as wrong:
        raise errors.Invalid(
            _("The form is not JSON: line %(line)d, column %(column)d."), line=wrong.lineno, column=wrong.colno
        ) from wrong
    if not isinstance(document, dict):
        raise errors.Invalid(_("The form must be a JSON object with components."))
    values.dumps(document)  # refuses what no column can hold: NUL, half a character
    return document


def _check_depth(text: str) -> None:
    depth = 0
    inside = escaped = False
    for character in text:
        if inside:
            inside = escaped or character != '"'
            escaped = character == "\\" and not escaped
        elif character == '"':
            inside = True
        elif character in "{[":
            depth += 1
            if depth > MAX_DEPTH:
                raise errors.TooLarge(_("The form is nested more than %(limit)d levels deep."), limit=MAX_DEPTH)
        elif character in "}]":
            depth -= 1


def _number(text: str) -> Decimal:
    if len(text) > 40:
        raise errors.Invalid(_("The form holds a number with more than 40 characters."))
    try:
        return Decimal(text)
    except InvalidOperation:
        raise errors.Invalid(_("The form holds the number %(text)s, which is out of range."), text=text) from None


def _refuse_constant(text: str) -> None:
    raise errors.Invalid(_("The form holds %(text)s, which is not JSON."), text=text)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _value in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise errors.Invalid(_('The form gives "%(name)s" twice in one object.'), name=twice)
    return found
