"""marshmallow fields: from the JSON that form-js submits to the values that processes keep.

They judge the type only; whether a value is required, in range or visible is judged where the whole form is known.
A fault is a `Message`, so that it can be told in any language.
"""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal, InvalidOperation
from typing import Any

import marshmallow

from service import clock
from service.errors import _
from service.forms import model
from service.forms.messages import Message

MAX_TEXT = 20_000
"""Characters of a text without a maximum of its own."""
MAX_DIGITS = 34
"""Digits of a number, as in FEEL."""
MAX_FILES = 50
MAX_DEPTH = 20
"""Levels of an object that is the value of an option."""

_FILE = re.compile(r"[A-Za-z0-9][A-Za-z0-9:_.-]{0,199}")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_TIME = re.compile(r"(\d{2}):(\d{2})(?::(\d{2})(?:\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})?")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def refuse(msgid: str, **params: Any) -> marshmallow.ValidationError:
    """Return the exception that carries one message."""
    return marshmallow.ValidationError([Message(msgid, params)])


class Text(marshmallow.fields.Field[str]):
    """A text; one line loses its line breaks (as in form-js) and the blanks around it."""

    def __init__(self, *, lines: bool, **options: Any) -> None:
        super().__init__(**options)
        self.lines = lines

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        if not isinstance(value, str):
            raise refuse(_("Enter a text."))
        if len(value) > MAX_TEXT:
            raise refuse(_("At most %(limit)d characters are kept."), limit=MAX_TEXT)
        if _UNSTORABLE.search(value):
            raise refuse(_("The text holds a character that cannot be stored."))
        return value if self.lines else re.sub(r"[\r\n\t]", " ", value).strip()


class Number(marshmallow.fields.Field[Any]):
    """A number as Decimal; with `as_text` the same as text, which is how a form with serializeToString keeps it."""

    def __init__(self, *, as_text: bool, **options: Any) -> None:
        super().__init__(**options)
        self.as_text = as_text

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if self.as_text and isinstance(value, str):
            if not value:
                return None
            number = _decimal(value)
        else:
            number = _decimal(value) if isinstance(value, int | float | Decimal) else None
        if number is None or isinstance(value, bool):
            raise refuse(_("Enter a number."))
        if abs(number.adjusted()) > MAX_DIGITS or len(number.as_tuple().digits) > MAX_DIGITS:
            raise refuse(_("Numbers have at most %(limit)d digits."), limit=MAX_DIGITS)
        return format(number, "f") if self.as_text else number


def _decimal(value: Any) -> Decimal | None:
    text = repr(value) if isinstance(value, float) else str(value)
    if len(text) > 2 * MAX_DIGITS + 8:
        return Decimal("1e99") if text.lstrip("-").replace(".", "").isdigit() else None
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


class Flag(marshmallow.fields.Field[bool]):
    """True or false."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bool:
        if not isinstance(value, bool):
            raise refuse(_("Choose yes or no."))
        return value


class Choice(marshmallow.fields.Field[Any]):
    """The value of one option: text, number, true, false, or an object that the form offers."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        return plain(value)


class Choices(marshmallow.fields.Field[list[Any]]):
    """The values of several options, each once."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> list[Any]:
        if not isinstance(value, list):
            raise refuse(_("Choose from the list."))
        if len(value) > 1000:
            raise refuse(_("At most %(limit)d can be chosen."), limit=1000)
        chosen: list[Any] = []
        for item in value:
            choice = plain(item)
            if choice not in chosen:
                chosen.append(choice)
        return chosen


class Files(marshmallow.fields.Field[Any]):
    """What a file picker gives: the id of the chosen files (`files::…`), or a list of ids of stored files."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        ids = value if isinstance(value, list) else [value]
        if value == "":
            return None
        if len(ids) > MAX_FILES or not all(isinstance(each, str) and _FILE.fullmatch(each) for each in ids):
            raise refuse(_("Choose files (at most %(limit)d)."), limit=MAX_FILES)
        return value


class Day(marshmallow.fields.Field[date | None]):
    """A calendar day, YYYY-MM-DD."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> date | None:
        if type(value) is date:
            return value
        if value == "":
            return None
        found = parsed_day(value) if isinstance(value, str) else None
        if found is None:
            raise refuse(_("Enter a date such as %(example)s."), example="2016-07-20")
        return found


class TimeOfDay(marshmallow.fields.Field[time | None]):
    """A time of day, HH:mm, with the offset from UTC if the form asks for one."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> time | None:
        if type(value) is time:
            return value
        if value == "":
            return None
        found = _parsed_time(value) if isinstance(value, str) else None
        if found is None:
            raise refuse(_("Enter a time such as %(example)s."), example="09:30")
        return found


class Moment(marshmallow.fields.Field[datetime | None]):
    """A day and a time; without an offset they are Beijing time, and so are those that FEEL wrote with its zone."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> datetime | None:
        if isinstance(value, datetime):
            return value if value.tzinfo else value.replace(tzinfo=clock.TZ)
        if value == "":
            return None
        text = value.removesuffix(f"@{clock.TZ.key}") if isinstance(value, str) else ""
        day_text, separator, time_text = text.partition("T")
        day, moment = parsed_day(day_text), _parsed_time(time_text)
        if not separator or day is None or moment is None:
            raise refuse(_("Enter a date and time such as %(example)s."), example="2016-07-20T09:30")
        return datetime.combine(day, moment, moment.tzinfo or clock.TZ)


def parsed_day(text: str) -> date | None:
    """Return the day of a text YYYY-MM-DD that the calendar has."""
    if not _DATE.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _parsed_time(text: str) -> time | None:
    match = _TIME.fullmatch(text)
    if not match:
        return None
    try:
        return time(int(match[1]), int(match[2]), int(match[3] or 0), tzinfo=_offset(match[4]))
    except ValueError:
        return None


def _offset(text: str | None) -> timezone | None:
    if not text:
        return None
    if text == "Z":
        return UTC
    sign = -1 if text[0] == "-" else 1
    return timezone(sign * timedelta(hours=int(text[1:3]), minutes=int(text[4:6])))


def plain(value: Any, depth: int = 0) -> Any:
    """Return a JSON value with its numbers as Decimal."""
    if isinstance(value, bool) or value is None or isinstance(value, str | Decimal):
        return value
    if isinstance(value, int | float) and (number := _decimal(value)) is not None:
        return number
    if isinstance(value, list) and depth < MAX_DEPTH:
        return [plain(item, depth + 1) for item in value]
    if isinstance(value, dict) and depth < MAX_DEPTH:
        return {str(key): plain(item, depth + 1) for key, item in value.items()}
    raise refuse(_("Choose from the list."))


def for_component(component: model.Component, name: str) -> marshmallow.fields.Field[Any]:
    """Return the field of a component that produces a value under `name`."""
    options: Mapping[str, Any] = {"data_key": name, "attribute": name, "allow_none": True}
    match component.type:
        case "textfield" | "textarea":
            return Text(lines=component.type == "textarea", **options)
        case "number":
            return Number(as_text=component.attributes.get("serializeToString") is True, **options)
        case "checkbox":
            return Flag(**options)
        case "radio" | "select":
            return Choice(**options)
        case "checklist" | "taglist":
            return Choices(**options)
        case "filepicker":
            return Files(**options)
        case "datetime":
            return _moment(component.attributes.get("subtype", "date"), options)
    raise AssertionError(f"no field for {component.type}")


def _moment(subtype: str, options: Mapping[str, Any]) -> marshmallow.fields.Field[Any]:
    if subtype == "time":
        return TimeOfDay(**options)
    return Moment(**options) if subtype == "datetime" else Day(**options)
