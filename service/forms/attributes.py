"""Which attributes a component of each type may carry, and what their values may be (form-js schema 19)."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from service.errors import _
from service.forms import model
from service.forms.messages import Message

Check = Callable[[Any], Message | None]
"""Return what is wrong with a value, or None."""


def text(value: Any) -> Message | None:
    """A text."""
    return None if isinstance(value, str) else Message(_("must be a text"))


def flag(value: Any) -> Message | None:
    """True or false."""
    return None if isinstance(value, bool) else Message(_("must be true or false"))


def flag_or_feel(value: Any) -> Message | None:
    """True, false or an expression."""
    return None if isinstance(value, bool) or is_feel(value) else Message(_("must be true, false or an expression"))


def number(value: Any) -> Message | None:
    """A number."""
    return None if is_number(value) else Message(_("must be a number"))


def count(value: Any) -> Message | None:
    """A whole number from 0."""
    whole = is_number(value) and value >= 0 and value == int(value)
    return None if whole else Message(_("must be a whole number from 0"))


def number_or_feel(value: Any) -> Message | None:
    """A number, a text with a number as form-js writes it, or an expression."""
    return (
        None
        if is_number(value) or is_feel(value) or decimal(value) is not None
        else Message(_("must be a number or an expression"))
    )


def feel(value: Any) -> Message | None:
    """An expression."""
    return None if is_feel(value) else Message(_('must be an expression (begin with "=")'))


def options(value: Any) -> Message | None:
    """A list of options: objects with a label and a value, or plain values."""
    if not isinstance(value, list):
        return Message(_("must be a list"))
    plain = all(isinstance(option, str | Decimal | bool) or _is_option(option) for option in value)
    return None if plain else Message(_("must hold options with a label (text) and a value"))


def columns(value: Any) -> Message | None:
    """The columns of a table."""
    good = isinstance(value, list) and all(
        isinstance(column, dict) and isinstance(column.get("key"), str) and isinstance(column.get("label"), str)
        for column in value
    )
    return None if good else Message(_("must be a list of columns with a key and a label"))


def mapping(value: Any) -> Message | None:
    """An object."""
    return None if isinstance(value, dict) else Message(_("must be an object"))


def anything(value: Any) -> Message | None:
    """Any value."""
    return None


def one_of(*values: str) -> Check:
    """One of some words."""

    def check(value: Any) -> Message | None:
        return None if value in values else Message(_("must be one of %(values)s"), {"values": ", ".join(values)})

    return check


def is_feel(value: Any) -> bool:
    """Whether a value is an expression."""
    return isinstance(value, str) and value.startswith("=")


def is_number(value: Any) -> bool:
    """Whether a value is a number (the reader gives decimals; true and false are none)."""
    return isinstance(value, Decimal) and value.is_finite()


def decimal(value: Any) -> Decimal | None:
    """The number in a text such as "0.01"; None if there is none."""
    if isinstance(value, str) and value.strip() and len(value) <= 40:
        try:
            found = Decimal(value)
        except ArithmeticError:
            return None
        return found if found.is_finite() else None
    return value if is_number(value) else None


def _is_option(option: Any) -> bool:
    return isinstance(option, dict) and "value" in option and isinstance(option.get("label", ""), str)


COMMON: Mapping[str, Check] = {
    "type": text,
    "id": text,
    "label": text,
    "description": text,
    "layout": mapping,
    "conditional": mapping,
    "properties": mapping,
    "appearance": mapping,
    "versionTag": text,
}
_FIELD: Mapping[str, Check] = {
    "key": text,
    "disabled": flag,
    "readonly": flag_or_feel,
    "validate": mapping,
    "defaultValue": anything,
}
_CHOICE: Mapping[str, Check] = {"values": options, "valuesKey": text, "valuesExpression": feel}
_BOX: Mapping[str, Check] = {"path": text, "showOutline": flag, "verticalAlignment": text}

OWN: Mapping[str, Mapping[str, Check]] = {
    "textfield": {},
    "textarea": {},
    "number": {"decimalDigits": count, "increment": number_or_feel, "serializeToString": flag},
    "datetime": {
        "subtype": one_of("date", "time", "datetime"),
        "dateLabel": text,
        "timeLabel": text,
        "use24h": flag,
        "disallowPassedDates": flag,
        "timeInterval": count,
        "timeSerializingFormat": one_of("utc_offset", "utc_normalized", "no_timezone"),
    },
    "checkbox": {},
    "radio": _CHOICE,
    "select": {**_CHOICE, "searchable": flag},
    "checklist": _CHOICE,
    "taglist": _CHOICE,
    "filepicker": {"accept": text, "multiple": flag_or_feel},
    "expression": {"expression": feel, "computeOn": one_of("change", "presubmit")},
    "group": _BOX,
    "dynamiclist": {
        **_BOX,
        "isRepeating": flag,
        "allowAddRemove": flag,
        "defaultRepetitions": count,
        "disableCollapse": flag,
        "nonCollapsedItems": count,
        "disabled": flag,
        "readonly": flag_or_feel,
    },
    "text": {"text": text, "strict": flag},
    "html": {"content": text, "strict": flag},
    "image": {"source": text, "alt": text},
    "table": {"dataSource": text, "rowCount": number, "columns": columns, "columnsExpression": feel},
    "button": {"action": one_of("submit", "reset"), "disabled": flag},
    "spacer": {"height": number},
    "separator": {},
    "iframe": {"url": text, "height": number, "security": mapping},
    "documentPreview": {"title": text, "dataSource": text, "maxHeight": number, "endpointKey": text},
}

VALIDATE: Mapping[str, Check] = {
    "required": flag,
    "min": number_or_feel,
    "max": number_or_feel,
    "minLength": number_or_feel,
    "maxLength": number_or_feel,
    "pattern": text,
    "patternErrorMessage": text,
    "validationType": one_of("", "email", "phone", "custom"),
}
CONDITIONAL: Mapping[str, Check] = {"hide": feel}


def of(type_: str) -> Mapping[str, Check]:
    """Every attribute a component of this type may have."""
    keyed = type_ in model.KEYED
    return {**COMMON, **(_FIELD if keyed else {}), **OWN[type_]}
