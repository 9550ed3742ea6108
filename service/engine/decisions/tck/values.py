"""Values in test files: reading them, and comparing them with what the engine gave."""

from __future__ import annotations

from decimal import Decimal

from service.engine.decisions.document import Element, child, children
from service.feel.errors import Failure
from service.feel.operators import equal
from service.feel.temporal.text import parse_date, parse_datetime, parse_duration, parse_literal, parse_time
from service.feel.text import shown
from service.feel.values import Value, kind_of

_XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
_NUMBERS = frozenset({"decimal", "double", "float", "integer", "int", "long"})
_TEMPORAL = {
    "date": parse_date,
    "time": parse_time,
    "dateTime": parse_datetime,
    "duration": parse_duration,
    "dayTimeDuration": parse_duration,
    "yearMonthDuration": parse_duration,
}
TOLERANCE = Decimal("1e-8")


def read_value(element: Element) -> Value:
    """The value that an ``inputNode``, ``expected``, ``component`` or ``item`` holds."""
    if element.get(f"{_XSI}nil") == "true":
        return None
    value, items = child(element, "value"), child(element, "list")
    if value is not None:
        return _simple(value)
    if items is not None:
        return None if items.get(f"{_XSI}nil") == "true" else [read_value(item) for item in children(items, "item")]
    components = list(children(element, "component"))
    return {each.get("name") or "": read_value(each) for each in components} if components else None


def _simple(element: Element) -> Value:
    if element.get(f"{_XSI}nil") == "true":
        return None
    text = "".join(str(part) for part in element.itertext())
    kind = (element.get(f"{_XSI}type") or "").rpartition(":")[2]
    if kind in _NUMBERS:
        return Decimal(text.strip())
    if kind == "boolean":
        return text.strip() in ("true", "1")
    if kind in _TEMPORAL:
        return _TEMPORAL[kind](text.strip())
    return text if kind else _guessed(text)


def _guessed(text: str) -> Value:
    """A value without a type: what it looks like."""
    plain = text.strip()
    if plain in ("true", "false"):
        return plain == "true"
    try:
        return Decimal(plain)
    except ArithmeticError:
        pass
    try:
        return parse_literal(plain)
    except Failure:
        return text


def difference(expected: Value, actual: Value) -> str:
    """Why two values are not the same; empty if they are. Numbers may differ in the eighth digit."""
    if kind_of(expected) == "number" and kind_of(actual) == "number":
        close = abs(expected - actual) <= TOLERANCE * max(Decimal(1), abs(expected))
        return "" if close else _told(expected, actual)
    if isinstance(expected, list) and isinstance(actual, list) and len(expected) == len(actual):
        return next(
            (found for left, right in zip(expected, actual, strict=True) if (found := difference(left, right))), ""
        )
    if isinstance(expected, dict) and isinstance(actual, dict) and expected.keys() == actual.keys():
        return next((found for key in expected if (found := difference(expected[key], actual[key]))), "")
    same = kind_of(expected) == kind_of(actual) and equal(expected, actual) is True
    return "" if same and _has_zone(expected) == _has_zone(actual) else _told(expected, actual)


def _has_zone(value: Value) -> bool:
    """Whether a time has a zone; a test file can only write its offset."""
    return getattr(value, "tzinfo", None) is not None


def _told(expected: Value, actual: Value) -> str:
    return f"expected {shown(expected)}, got {shown(actual)}"
