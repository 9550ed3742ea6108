"""The options of radio, select, checklist and taglist, and whether a value is one of them."""

from collections.abc import Iterable, Mapping
from datetime import date, time
from decimal import Decimal
from typing import Any

import marshmallow

from service.forms import expressions, fields, model


def key(value: Any) -> Any:
    """Return something hashable that is equal for equal JSON values (and tells true from 1)."""
    if isinstance(value, bool):
        return ("flag", value)
    if isinstance(value, list):
        return ("list", *map(key, value))
    if isinstance(value, dict):
        return ("object", *sorted((name, key(item)) for name, item in value.items()))
    if isinstance(value, int | float):
        return Decimal(repr(value))
    return value


def keys(options: Any) -> frozenset[Any]:
    """Return the keys of the values that options stand for; what form-js would not show is left out."""
    if not isinstance(options, Iterable) or isinstance(options, str | Mapping):
        return frozenset()
    return frozenset(key(value) for option in options if (value := _value(option)) not in (None, ""))


def _value(option: Any) -> Any:
    value = option.get("value") if isinstance(option, Mapping) else option
    if isinstance(value, date | time):
        return value.isoformat()
    try:
        return fields.plain(value)
    except marshmallow.ValidationError:
        return None


class Source:
    """Where a component's options come from: the file, a process variable (`valuesKey`) or an expression."""

    __slots__ = ("_expression", "_fixed", "_key", "names")

    def __init__(self, component: model.Component, names: Iterable[str]) -> None:
        given = component.attributes
        self._key: str | None = given.get("valuesKey")
        self._fixed: frozenset[Any] | None = None
        self._expression: expressions.Expression | None = None
        if self._key is None and "values" in given:
            self._fixed = keys(given["values"])
        elif self._key is None and given.get("valuesExpression"):
            self._expression = expressions.Expression(given["valuesExpression"], names)

    def allowed(self, scope: Mapping[str, Any], context: Mapping[str, Any]) -> frozenset[Any]:
        """Return the keys of the values that may be chosen now."""
        if self._fixed is not None:
            return self._fixed
        if self._expression is not None:
            return keys(self._expression.value(scope))
        return keys(context.get(self._key)) if self._key else frozenset()
