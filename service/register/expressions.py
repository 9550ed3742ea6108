"""The headers of a service task and the properties of a user task: FEEL after "=", literal text otherwise."""

from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from service import errors, feel
from service.errors import _

Headers = Mapping[str, str]
Context = Mapping[str, Any]


def value(headers: Headers, name: str, scope: Context, default: Any = None) -> Any:
    """What header ``name`` says; ``default`` when it is missing, blank or null.

    :raises errors.Invalid: an expression that does not parse, with the header's name.
    """
    text = headers.get(name, "").strip()
    if not text:
        return default
    found = _evaluate(text[1:], scope, name) if text.startswith("=") else text
    return default if found is None else found


def text(headers: Headers, name: str, scope: Context, default: str = "") -> str:
    """A header that must be text."""
    found = value(headers, name, scope, default)
    if isinstance(found, Decimal):
        return str(found)
    if not isinstance(found, str):
        raise errors.Invalid(_("Header %(name)s must give a text, not %(found)r"), name=name, found=feel.Shown(found))
    return found


def number(headers: Headers, name: str, scope: Context, default: int | None = None) -> int | None:
    """A header that must be a whole number."""
    found = value(headers, name, scope, default)
    return None if found is None else whole(found, name)


def whole(found: Any, name: str) -> int:
    """A whole number out of a FEEL value or literal text."""
    try:
        exact = Decimal(found) if not isinstance(found, bool) else None
    except (InvalidOperation, TypeError, ValueError):
        exact = None
    if exact is None or exact != exact.to_integral_value():
        raise errors.Invalid(_("%(name)s must be a whole number, not %(found)r"), name=name, found=feel.Shown(found))
    return int(exact)


def context(headers: Headers, name: str, scope: Context) -> dict[str, Any]:
    """A header that must be a FEEL context; an empty one when it is missing."""
    found = value(headers, name, scope, {})
    if not isinstance(found, dict):
        told = _("Header %(name)s must give a context {…}, not %(found)r")
        raise errors.Invalid(told, name=name, found=feel.Shown(found))
    return found


def listed(headers: Headers, name: str, scope: Context) -> list[Any]:
    """A header that must be a list; one value alone is a list of one."""
    found = value(headers, name, scope, [])
    return found if isinstance(found, list) else [found]


def holds(expression: str, scope: Context, name: str) -> bool:
    """Whether a filter is true; false and null are not, anything else is refused."""
    found = _evaluate(expression.strip().removeprefix("="), scope, name)
    if found is None or isinstance(found, bool):
        return bool(found)
    raise errors.Invalid(_("Filter %(name)s must be true or false, not %(found)r"), name=name, found=feel.Shown(found))


def each(scope: Context, name: str, items: Iterable[Any]) -> Iterable[dict[str, Any]]:
    """The scope with every item in turn under ``name``."""
    return ({**scope, name: item} for item in items)


def _evaluate(expression: str, scope: Context, name: str) -> Any:
    try:
        return feel.evaluate(expression, dict(scope))
    except feel.FeelError as error:
        raise errors.Invalid(
            _("%(name)s: the expression %(expression)s cannot be evaluated: %(reason)s"),
            name=name,
            expression=expression,
            reason=str(error),
        ) from None
