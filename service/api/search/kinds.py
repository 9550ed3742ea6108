"""The kinds of values in search results: how each is shown, read from a filter, and compared in SQL."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import marshmallow as ma
import sqlalchemy as sqla
from sqlalchemy.sql.elements import ColumnElement

from service import errors
from service.api import schemas
from service.errors import _

Column = sqla.SQLColumnExpression[Any]
Condition = ColumnElement[bool]

EQUALITY = ("$eq", "$neq", "$exists", "$in", "$notIn")
ORDER = ("$eq", "$neq", "$exists", "$in", "$gt", "$gte", "$lt", "$lte")
WORDS = (*EQUALITY, "$like")
MOST_VALUES = 1000
LIKE = {"type": "string", "description": "* stands for any text, ? for one character, \\* for an asterisk itself."}


@dataclass(frozen=True)
class Kind:
    """A kind of value.

    `show` turns a value that is not None into JSON, `read` turns JSON from a filter or cursor into a value or raises
    ValueError with the reason; `operators` may stand in a filter; `schema` makes the field that documents it in a
    result, `json` is the JSON schema that documents it in a filter; `null` is shown where there is no value.
    """

    name: str
    operators: tuple[str, ...]
    show: Callable[[Any], Any]
    read: Callable[[Any], Any]
    schema: Callable[..., ma.fields.Field[Any]]
    json: Mapping[str, Any] = field(default_factory=dict)
    null: Any = None

    @property
    def criterion(self) -> dict[str, Any]:
        """The JSON schema of what a filter may say: a plain value or an object of operators."""
        if not self.operators:
            return dict(self.json)
        several = {"type": "array", "items": self.json, "maxItems": MOST_VALUES}
        special = {"$exists": {"type": "boolean"}, "$in": several, "$notIn": several, "$like": LIKE}
        properties = {name: special.get(name, self.json) for name in self.operators}
        operators = {"type": "object", "properties": properties, "minProperties": 1, "additionalProperties": False}
        return {"oneOf": [self.json, operators]}

    def condition(self, column: Column, operator: str, given: Any, place: str) -> Condition:
        """Build the condition of one operator. Raises Invalid naming `place`."""
        if operator not in self.operators:
            known = ", ".join(self.operators)
            raise refuse(
                place, _("There is no operator %(name)s here; there are %(known)s."), name=operator, known=known
            )
        if operator == "$exists":
            if not isinstance(given, bool):
                raise refuse(place, _("This must be true or false."))
            return column.is_not(None) if given else column.is_(None)
        if operator == "$like":
            return column.like(_pattern(self._text(given, place)), escape="\\")
        if operator in ("$in", "$notIn"):
            if not isinstance(given, list) or len(given) > MOST_VALUES:
                raise refuse(place, _("This must be a list of at most %(most)s values."), most=MOST_VALUES)
            values = [self._value(each, place) for each in given]
            return column.in_(values) if operator == "$in" else sqla.or_(column.not_in(values), column.is_(None))
        return _COMPARE[operator](column, self._value(given, place))

    def _value(self, given: Any, place: str) -> Any:
        try:
            return self.read(given)
        except ValueError as error:
            raise refuse(place, str(error)) from error

    def _text(self, given: Any, place: str) -> str:
        if not isinstance(given, str):
            raise refuse(place, _("This must be text."))
        return given


def refuse(place: str, msgid: str, **params: Any) -> errors.Invalid:
    """Build the refusal of a search request for what stands at `place`."""
    text = errors.localize(msgid, **params)
    return errors.Invalid(
        _("The search cannot be understood: %(place)s: %(text)s"), place=place, text=text, fields={place: [text]}
    )


def _read_text(given: Any) -> str:
    if not isinstance(given, str):
        raise ValueError(_("This must be text."))
    return given


def _read_number(given: Any) -> int:
    if isinstance(given, bool) or not isinstance(given, int) or abs(given) >= 2**31:
        raise ValueError(_("This must be a whole number."))
    return given


def _read_flag(given: Any) -> bool:
    if not isinstance(given, bool):
        raise ValueError(_("This must be true or false."))
    return given


def _read_key(given: Any) -> int:
    number = schemas.read_key(given)
    if number is None:
        raise ValueError(_("A key is text of at most 19 digits."))
    return number


def _read_instant(given: Any) -> datetime:
    instant = schemas.read_instant(given)
    if instant is None:
        raise ValueError(_("An instant is ISO 8601 with an offset, such as 2026-07-01T08:00:00+08:00."))
    return instant


def _read_nothing(given: Any) -> Any:
    raise ValueError(_("This cannot be compared."))


def _pattern(text: str) -> str:
    """Turn `*` and `?` into SQL's wildcards; a backslash takes their meaning away."""
    out, escaped = [], False
    for character in text:
        if escaped or character in "%_":
            out.append("\\" + character if character in "%_\\" else character)
            escaped = False
        elif character == "\\":
            escaped = True
        else:
            out.append({"*": "%", "?": "_"}.get(character, character))
    return "".join(out) + ("\\\\" if escaped else "")


_COMPARE: dict[str, Callable[[Column, Any], Condition]] = {
    "$eq": lambda column, value: column == value,
    "$neq": lambda column, value: column.is_distinct_from(value),
    "$gt": lambda column, value: column > value,
    "$gte": lambda column, value: column >= value,
    "$lt": lambda column, value: column < value,
    "$lte": lambda column, value: column <= value,
}


def _same(value: Any) -> Any:
    return value


def _texts(**options: Any) -> ma.fields.Field[Any]:
    return ma.fields.List(schemas.Text(), **options)


TEXT = Kind("text", WORDS, _same, _read_text, schemas.Text, {"type": "string"})
KEY = Kind("key", EQUALITY, str, _read_key, schemas.Key, {"type": "string", "pattern": "^[0-9]{1,19}$"})
NUMBER = Kind("number", ORDER, _same, _read_number, schemas.Whole, {"type": "integer", "format": "int32"})
INSTANT = Kind(
    "instant", ORDER, schemas.show_instant, _read_instant, schemas.Instant, {"type": "string", "format": "date-time"}
)
FLAG = Kind("flag", (), _same, _read_flag, schemas.Flag, {"type": "boolean"})
LIST = Kind("list", (), list, _read_nothing, _texts)
MAP = Kind("map", (), _same, _read_nothing, ma.fields.Dict)


def Choice(*values: str) -> Kind:  # noqa: N802 - it stands beside the constants
    """Build the kind of a text that is one of several."""

    def read(given: Any) -> str:
        if given not in values:
            raise ValueError(errors.localize(_("This must be one of %(values)s."), values=", ".join(values)))
        return str(given)

    def schema(**options: Any) -> ma.fields.Field[Any]:
        options.setdefault("validate", ma.validate.OneOf(values))
        return schemas.Text(**options)

    return Kind("choice", WORDS, _same, read, schema, {"type": "string", "enum": list(values)})
