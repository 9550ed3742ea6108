"""Whether a value keeps the limits of its component, judged as form-js 2.0 does."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from service import clock
from service.errors import _
from service.forms import attributes, expressions, model, options, patterns, plan
from service.forms.messages import Message

_EMAIL = r"^[A-Za-z0-9._%+'-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63}){0,8}$"
_INTERNATIONAL_PHONE = r"^(\+|00)[1-9]\d{6,19}$"


def faults(node: plan.Node, value: Any, scope: Mapping[str, Any], context: Mapping[str, Any]) -> Iterator[Message]:
    """Yield what is wrong with the value of a visible component."""
    component = node.component
    if value is None or value == "" or value == [] or (component.type == "checkbox" and value is False):
        if component.limits.required:
            yield Message(_("Please tick this box.") if component.type == "checkbox" else _("Please fill this in."))
        return
    if node.source is not None:
        yield from _choice(node, value, scope, context)
    elif component.type == "number":
        yield from _number(node, Decimal(value), scope)
    elif component.type in ("textfield", "textarea"):
        yield from _text(node, value, scope)
    elif component.type == "datetime" and component.attributes.get("disallowPassedDates"):
        yield from _passed(value)


def _choice(node: plan.Node, value: Any, scope: Mapping[str, Any], context: Mapping[str, Any]) -> Iterator[Message]:
    assert node.source is not None
    allowed = node.source.allowed(scope, context)
    chosen = value if node.component.type in model.MULTIPLE else [value]
    if any(options.key(each) not in allowed for each in chosen):
        yield Message(_("Choose from the list."))


def _number(node: plan.Node, value: Decimal, scope: Mapping[str, Any]) -> Iterator[Message]:
    given = node.component.attributes
    digits = given.get("decimalDigits")
    if digits is not None and value != round(value, int(digits)):
        yield (
            Message(_("Enter a whole number."))
            if digits == 0
            else Message(_("At most %(count)d decimal places are allowed."), {"count": int(digits)})
        )
    step = attributes.decimal(given.get("increment"))
    if step and value % step:
        below = value - value % step
        yield Message(
            _("Enter a multiple of %(step)s, such as %(below)s or %(above)s."),
            {"step": plain(step), "below": plain(below), "above": plain(below + step)},
        )
    low, high = (_bound(bound, scope) for bound in (node.bounds.min, node.bounds.max))
    if low is not None and value < low:
        yield Message(_("The least value is %(limit)s."), {"limit": plain(low)})
    if high is not None and value > high:
        yield Message(_("The greatest value is %(limit)s."), {"limit": plain(high)})


def _text(node: plan.Node, value: str, scope: Mapping[str, Any]) -> Iterator[Message]:
    limits, length = node.component.limits, len(value.strip())
    if limits.required and not length:
        yield Message(_("Please fill this in."))
        return
    low, high = (_bound(bound, scope) for bound in (node.bounds.min_length, node.bounds.max_length))
    if low is not None and length < low:
        yield Message(_("At least %(limit)s characters are needed."), {"limit": plain(low)})
    if high is not None and length > high:
        yield Message(_("At most %(limit)s characters are allowed."), {"limit": plain(high)})
    if limits.pattern and not patterns.found(limits.pattern, value):
        yield _own(limits.pattern_message) or Message(_("The text does not have the expected form."))
    if limits.validation_type == "email" and not patterns.found(_EMAIL, value):
        yield Message(_("Enter an e-mail address."))
    if limits.validation_type == "phone" and not patterns.found(_INTERNATIONAL_PHONE, value):
        yield Message(_("Enter a phone number with its country code, such as +86 and the number."))


def _own(text: str | None) -> Message | None:
    return Message(text, translations={"zh": text}) if text else None


def _passed(value: Any) -> Iterator[Message]:
    day = value.astimezone(clock.TZ).date() if isinstance(value, datetime) else value
    if isinstance(day, date) and day < clock.today():
        yield Message(_("The date must not be in the past."))


def _bound(bound: Any, scope: Mapping[str, Any]) -> Decimal | None:
    """Return a limit; an expression without a number limits nothing (as in form-js)."""
    value = expressions.evaluated(bound, scope)
    return value if attributes.is_number(value) else attributes.decimal(value) if isinstance(value, str) else None


def plain(number: Decimal) -> str:
    """Write a number without an exponent or trailing zeros."""
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
