"""What all request and response schemas share: camelCase names, string keys, strict types."""

from datetime import UTC, datetime
from typing import Any

import marshmallow as ma
from marshmallow import fields, validate

from service.errors import _

TENANT = "<default>"
"""The one tenant; the Camunda API names it in every answer."""

LARGEST_KEY = 2**63 - 1
LONGEST_NAME = 255
MOST_VARIABLES = 1000


def camel(name: str) -> str:
    """Turn `process_instance_key` into `processInstanceKey`."""
    first, *rest = name.rstrip("_").split("_")
    return first + "".join(word.capitalize() for word in rest)


def says(**texts: str) -> dict[str, Any]:
    """Return the messages of a schema or field by the name of the fault."""
    return texts


def only(value: Any) -> set[Any]:
    """Return the set of one value."""
    return {value}


class Schema(ma.Schema):
    """A schema whose JSON names are camelCase. Unknown fields are refused by name."""

    error_messages = says(unknown=_("There is no such field here."), type=_("This must be a JSON object."))

    def on_bind_field(self, field_name: str, field_obj: fields.Field[Any]) -> None:
        """Give the field its JSON name."""
        if field_obj.data_key is None:
            field_obj.data_key = camel(field_name)


class Text(fields.String):
    """Text, and only text."""

    default_error_messages = says(invalid=_("This must be text."))


class Key(fields.Field[int]):
    """A key: a 64-bit number inside, text of digits in JSON."""

    default_error_messages = says(invalid=_("A key is text of at most 19 digits."))

    def _serialize(self, value: int | None, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else str(value)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        number = read_key(value)
        if number is None:
            raise self.make_error("invalid")
        return number


def read_key(value: Any) -> int | None:
    """Return the number of a key's text, None if it is none."""
    if not isinstance(value, str) or not value.isascii() or not value.isdigit() or len(value) > 19:
        return None
    number = int(value)
    return number if number <= LARGEST_KEY else None


class Instant(fields.Field[datetime]):
    """An instant: aware in UTC inside, ISO 8601 with an offset or Z in JSON."""

    default_error_messages = says(
        invalid=_("An instant is ISO 8601 with an offset, such as 2026-07-01T08:00:00+08:00.")
    )

    def _serialize(self, value: datetime | None, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else show_instant(value)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> datetime:
        instant = read_instant(value)
        if instant is None:
            raise self.make_error("invalid")
        return instant


def show_instant(value: datetime) -> str:
    """Return an instant in ISO 8601, UTC."""
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


def read_instant(value: Any) -> datetime | None:
    """Return the UTC instant of an ISO 8601 text with an offset, None if it is none."""
    try:
        instant = datetime.fromisoformat(value) if isinstance(value, str) else None
        return instant.astimezone(UTC) if instant is not None and instant.tzinfo else None
    except (ValueError, OverflowError):
        return None


class Flag(fields.Boolean):
    """true or false, and nothing that looks like it."""

    truthy = only(True)
    falsy = only(False)
    default_error_messages = says(invalid=_("This must be true or false."))


class Whole(fields.Integer):
    """A whole number of 32 bits, not below `minimum`."""

    default_error_messages = says(invalid=_("This must be a whole number."))

    def __init__(self, *, minimum: int = -(2**31), maximum: int = 2**31 - 1, **options: Any) -> None:
        super().__init__(strict=True, validate=validate.Range(minimum, maximum), **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        if isinstance(value, (bool, str)):
            raise self.make_error("invalid")
        number: int = super()._deserialize(value, attr, data, **kwargs)
        return number


class Variables(fields.Dict):
    """An object with the values of variables by name."""

    default_error_messages = says(
        invalid=_("This must be a JSON object with variables by name."),
        names=_("A variable has a name of 1 to 255 characters."),
        many=_("There are more than 1000 variables; put them into lists or contexts."),
    )

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise self.make_error("invalid")
        if len(value) > MOST_VARIABLES:
            raise self.make_error("many")
        if not all(0 < len(name) <= LONGEST_NAME for name in value):
            raise self.make_error("names")
        return value


class Tenant(Text):
    """The tenant; there is only one."""

    default_error_messages = says(tenant=_("There is only the tenant <default>."))

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        if value != TENANT:
            raise self.make_error("tenant")
        return TENANT


class Unsupported(fields.Raw):
    """A field of the Camunda API that this server cannot honour: it is refused unless it is empty."""

    default_error_messages = says(unsupported=_("This server does not support this field; leave it out."))

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if value not in (None, "", [], {}, False):
            raise self.make_error("unsupported")
        return value
