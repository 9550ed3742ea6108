"""A lossless codec between FEEL values and JSON text.

Numbers are decimals on both ways and exact through jsonb; text, booleans, null, lists and contexts are themselves.
Everything else is an object with one key that names its type: `{"@date": "2026-01-01"}`. Where a context of one entry
has a key that begins with "@", the key is written with one more "@", so that no user data can pass for a tagged value.
"""

import datetime as dt
import functools
import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from json.encoder import encode_basestring
from typing import Any
from zoneinfo import ZoneInfo

from psycopg.types.json import Jsonb
from sqlalchemy import Dialect, Text, cast, type_coerce
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.types import TypeDecorator

from service import errors
from service.errors import _

MICROSECOND = dt.timedelta(microseconds=1)


@dataclass(frozen=True)
class _Kind:
    tag: str
    to_text: Callable[[Any], str]
    from_text: Callable[[str], Any]


_by_type: dict[type, _Kind] = {}
_by_tag: dict[str, _Kind] = {}


def register(tag: str, kind: type, to_text: Callable[[Any], str], from_text: Callable[[str], Any]) -> None:
    """Teach the codec a type: `tag` begins with "@"; `from_text(to_text(v)) == v` must hold."""
    if not tag.startswith("@") or tag.startswith("@@"):
        raise ValueError(f"{tag!r} cannot name a type: it must begin with one '@'")
    _by_type[kind] = _by_tag[tag] = _Kind(tag, to_text, from_text)


def dumps(value: Any) -> str:
    """Return the JSON text of a value. Raises errors.Invalid for what cannot be stored."""
    return _write(value, _tagged)


def plain_json(value: Any) -> str:
    """Return JSON text for other programs: dates as ISO text, numbers exact, no tags."""
    return _write(value, _untagged)


def loads(text: str | bytes) -> Any:
    """Return the value of a JSON text; all numbers are Decimal."""
    return _decoder().decode(text if isinstance(text, str) else text.decode())


@functools.cache
def _decoder() -> json.JSONDecoder:
    """Made once: to make it takes as long as to read the small texts of most columns."""
    return json.JSONDecoder(parse_int=Decimal, parse_float=Decimal, object_hook=_unwrap)


def tagged(value: Any) -> Any:
    """Return the value as JSON with tags, for a jsonb column of plain JSON; `untagged` gives the value back."""
    return json.loads(dumps(value))


def untagged(value: Any) -> Any:
    """Return the value of what `tagged` made."""
    return loads(json.dumps(value))


def plain(value: Any) -> Any:
    """Return the value as the API shows it: dates as ISO text; a number as int if whole, else float."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if value is None or isinstance(value, (str, bool, int, float)):
        return value
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return _kind(value).to_text(value)


def _write(value: Any, write_other: Callable[[_Kind, Any], str]) -> str:
    parts: list[str] = []
    try:
        _append(value, parts.append, write_other)
    except RecursionError:
        raise errors.Invalid(_("The value is nested too deeply to be stored.")) from None
    return "".join(parts)


def _append(value: Any, add: Callable[[str], None], write_other: Callable[[_Kind, Any], str]) -> None:
    if isinstance(value, str):
        add(_text(value))
    elif value is None:
        add("null")
    elif isinstance(value, bool):
        add("true" if value else "false")
    elif isinstance(value, (Decimal, int, float)):
        add(_number(value))
    elif isinstance(value, Mapping):
        _append_context(value, add, write_other)
    elif isinstance(value, (list, tuple)):
        _append_list(value, add, write_other)
    else:
        add(write_other(_kind(value), value))


def _append_list(items: Any, add: Callable[[str], None], write_other: Callable[[_Kind, Any], str]) -> None:
    separator = "["
    for item in items:
        add(separator)
        _append(item, add, write_other)
        separator = ","
    add("]" if separator == "," else "[]")


def _append_context(
    context: Mapping[Any, Any], add: Callable[[str], None], write_other: Callable[[_Kind, Any], str]
) -> None:
    escape = write_other is _tagged and len(context) == 1
    separator = "{"
    for key, item in context.items():
        if not isinstance(key, str):
            raise errors.Invalid(_("The key %(key)s is not text; only text can name an entry."), key=repr(key))
        add(separator + _text("@" + key if escape and key.startswith("@") else key) + ":")
        _append(item, add, write_other)
        separator = ","
    add("}" if separator == "," else "{}")


def _text(text: str) -> str:
    if "\0" in text:
        raise errors.Invalid(
            _("The text %(text)s holds a NUL character, which cannot be stored."), text=repr(text[:40])
        )
    try:
        text.encode()
    except UnicodeEncodeError:
        raise errors.Invalid(
            _("The text %(text)s holds half a character, which cannot be stored."), text=repr(text[:40])
        ) from None
    return encode_basestring(text)


def _number(number: Decimal | int | float) -> str:
    if not math.isfinite(number):
        raise errors.Invalid(_("%(number)s is not a number that can be stored."), number=str(number))
    return str(number) if isinstance(number, (Decimal, int)) else repr(number)


def _kind(value: Any) -> _Kind:
    for base in type(value).__mro__:
        if kind := _by_type.get(base):
            return kind
    raise errors.Invalid(_("A value of type %(type)s cannot be stored."), type=type(value).__name__)


def _tagged(kind: _Kind, value: Any) -> str:
    return f'{{"{kind.tag}":{_text(kind.to_text(value))}}}'


def _untagged(kind: _Kind, value: Any) -> str:
    return _text(kind.to_text(value))


def _unwrap(found: dict[str, Any]) -> Any:
    if len(found) != 1:
        return found
    ((key, value),) = found.items()
    if key.startswith("@@"):
        return {key[1:]: value}
    kind = _by_tag.get(key)
    return kind.from_text(value) if kind and isinstance(value, str) else found


def _zoned(moment: dt.time | dt.datetime) -> str:
    zone = moment.tzinfo
    return f"{moment.isoformat()}@{zone.key}" if isinstance(zone, ZoneInfo) else moment.isoformat()


def _read_datetime(text: str) -> dt.datetime:
    moment, _at, zone = text.partition("@")
    read = dt.datetime.fromisoformat(moment)
    return read.astimezone(ZoneInfo(zone)) if zone else read


def _read_time(text: str) -> dt.time:
    moment, _at, zone = text.partition("@")
    read = dt.time.fromisoformat(moment)
    return read.replace(tzinfo=ZoneInfo(zone)) if zone else read


def _write_duration(duration: dt.timedelta) -> str:
    seconds = Decimal(duration // MICROSECOND) / 1_000_000
    return f"{'-' if seconds < 0 else ''}PT{abs(seconds).normalize():f}S"


def _read_duration(text: str) -> dt.timedelta:
    sign = -1 if text.startswith("-") else 1
    return sign * int(Decimal(text.lstrip("-")[2:-1]) * 1_000_000) * MICROSECOND


register("@date", dt.date, dt.date.isoformat, dt.date.fromisoformat)
register("@datetime", dt.datetime, _zoned, _read_datetime)
register("@time", dt.time, _zoned, _read_time)
register("@duration", dt.timedelta, _write_duration, _read_duration)


class TypedJSON(TypeDecorator[Any]):
    """A jsonb column that holds FEEL values without loss."""

    impl = JSONB
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any]:
        """Send the codec's text as jsonb; None is JSON null only inside a value: a column's None is SQL NULL."""
        return lambda value: None if value is None else Jsonb(value, dumps=dumps)

    def column_expression(self, column: ColumnElement[Any]) -> ColumnElement[Any]:
        """Read the column as text: the driver would turn decimals into floats."""
        return type_coerce(cast(column, Text), self)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any]:
        """Decode the text."""
        return lambda text: None if text is None else loads(text)
