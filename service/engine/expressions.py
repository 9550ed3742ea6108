"""Evaluates what stands in the attributes of a drawing: FEEL after "=", literal text otherwise."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from service import feel
from service.engine import timers
from service.engine.failures import Failure
from service.errors import _


def evaluate(text: str, variables: Mapping[str, Any]) -> Any:
    """The value of an attribute: FEEL when it begins with "=", else the text itself."""
    if not text.startswith("="):
        return text
    try:
        return feel.evaluate(text[1:], variables)
    except feel.FeelError as error:
        told = _("the expression %(text)r cannot be evaluated: %(reason)s")
        raise Failure(timers.VALUE, told, text=text, reason=error) from error


def condition(text: str, variables: Mapping[str, Any], where: str) -> bool:
    """The truth of a condition at `where`; anything but true or false is a Failure that shows what was seen."""
    expression = text.removeprefix("=")
    try:
        value, warnings = feel.evaluate_with_warnings(expression, variables)
    except feel.FeelError as error:
        told = _("the condition %(text)r of %(element)s is not valid: %(reason)s")
        raise Failure(timers.VALUE, told, text=expression, element=where, reason=error) from error
    if isinstance(value, bool):
        return value
    if warnings:
        told = _("the condition %(text)r of %(element)s is %(value)r, not true or false (%(reason)s)")
        raise Failure(timers.VALUE, told, text=expression, element=where, value=value, reason=warnings[0])
    told = _("the condition %(text)r of %(element)s is %(value)r, not true or false")
    raise Failure(timers.VALUE, told, text=expression, element=where, value=value)


def string(text: str | None, variables: Mapping[str, Any]) -> str | None:
    """An attribute that must be text or null."""
    value = evaluate(text, variables) if text else None
    if value is None or isinstance(value, str):
        return value
    raise Failure(timers.VALUE, _("%(text)r is %(value)r, not text"), text=text, value=value)


def strings(text: str | None, variables: Mapping[str, Any]) -> tuple[str, ...]:
    """An attribute that is a list of texts, or texts joined by commas."""
    value = evaluate(text, variables) if text else None
    if value is None:
        return ()
    items = value.split(",") if isinstance(value, str) else value
    if not isinstance(items, list) or not all(isinstance(item, str) for item in items):
        raise Failure(timers.VALUE, _("%(text)r is %(value)r, not a list of texts"), text=text, value=value)
    return tuple(item.strip() for item in items if item.strip())


def instant(text: str | None, variables: Mapping[str, Any]) -> datetime | None:
    """An attribute that is a point in time, as UTC, or null."""
    value = evaluate(text, variables) if text else None
    return None if value is None else timers.instant(value)


def integer(text: str | None, variables: Mapping[str, Any], default: int) -> int:
    """An attribute that is a whole number."""
    value = evaluate(text, variables) if text else None
    if value is None:
        return default
    try:
        return int(value)
    except (TypeError, ValueError) as error:
        raise Failure(timers.VALUE, _("%(text)r is %(value)r, not a whole number"), text=text, value=value) from error


def correlation_key(text: str | None, variables: Mapping[str, Any], message: str | None) -> str:
    """A message's correlation key as text. Null or anything but text, number or boolean is a Failure."""
    value = evaluate(text, variables) if text else ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value
    if value is not None and not isinstance(value, (list, dict)):
        return str(value)
    told = _("the correlation key %(text)r of message %(name)r is %(value)r, not text")
    raise Failure(timers.VALUE, told, text=text, name=message, value=value)
