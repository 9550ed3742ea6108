"""What Lika reads from a component's `properties` (free texts that every form editor keeps).

| property | meaning |
|---|---|
| `rule.<id>` | a FEEL condition that must not be false |
| `rule.<id>.message`, `rule.<id>.message_en` | what to tell if it is (Chinese, English) |
| `rule.<id>.severity` | `error` (default) blocks; `warning` needs a reason under `warning_reasons` |
| `validator` | names of checks of `service.forms.validators`, separated by commas |
| `minRows`, `maxRows` | how many rows a list must and may have |
| `sealed` | `true`: variables keep the answer encrypted; the register and whoever does a task can open it |
| `prefill` | FEEL over the variables and `me` (`name`, `username`): what an open task shows first, not the variable |
| `rowKey` | the column by which sent rows are matched with the rows of the process variable |
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from service.errors import _
from service.forms import attributes, model

RULE = re.compile(r"rule\.([A-Za-z][A-Za-z0-9_-]{0,63})(?:\.(message|message_en|severity))?")
KNOWN = frozenset({"validator", "minRows", "maxRows", "rowKey", "sealed", "prefill"})
DEFAULT_MAX_ROWS = 1000

Fault = Callable[..., None]


def rules(texts: Mapping[str, str], fault: Fault) -> tuple[model.Rule, ...]:
    """Return the rules in their order; `fault(msgid, **params)` is told of each that cannot be used."""
    found: dict[str, dict[str, str]] = {}
    for name, value in texts.items():
        match = RULE.fullmatch(name)
        if match:
            found.setdefault(match[1], {})[match[2] or "condition"] = value
        elif name.startswith("rule."):
            fault(_('The property "%(name)s" is not of the form rule.<id> or rule.<id>.message.'), name=name)
    return tuple(rule for id_, parts in found.items() if (rule := _rule(id_, parts, fault)))


def _rule(id_: str, parts: Mapping[str, str], fault: Fault) -> model.Rule | None:
    severity = parts.get("severity", "error")
    if not attributes.is_feel(parts.get("condition")):
        fault(_('The rule "%(id)s" needs a condition that begins with "=".'), id=id_)
    elif not parts.get("message"):
        fault(_('The rule "%(id)s" needs a text under rule.%(id)s.message.'), id=id_)
    elif severity not in ("error", "warning"):
        fault(_('The severity of the rule "%(id)s" must be error or warning.'), id=id_)
    else:
        return model.Rule(
            id_,
            parts["condition"],
            parts["message"],
            parts.get("message_en", ""),
            "warning" if severity == "warning" else "error",
        )
    return None


def validators(texts: Mapping[str, str]) -> tuple[str, ...]:
    """Return the names of the checks a component asks for."""
    return tuple(name for part in texts.get("validator", "").split(",") if (name := part.strip()))


def rows(component: model.Component) -> tuple[int, int]:
    """Return how many rows a list must and may have."""
    return _whole(component.properties, "minRows", 0), _whole(component.properties, "maxRows", DEFAULT_MAX_ROWS)


def _whole(texts: Mapping[str, Any], name: str, default: int) -> int:
    text = texts.get(name, "")
    return int(text) if text.isdigit() and len(text) < 6 else default
