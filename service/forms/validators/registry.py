"""The checks by name."""

from collections.abc import Callable, Mapping
from typing import Any

from service.forms.messages import Message

Check = Callable[[str, Mapping[str, Any]], Message | None]
"""Return what is wrong with a text that is not empty, or None."""

_checks: dict[str, Check] = {}


def validator(name: str) -> Callable[[Check], Check]:
    """Register a check under `name`."""

    def register(check: Check) -> Check:
        if _checks.setdefault(name, check) is not check:
            raise ValueError(f"two checks are named {name}")
        return check

    return register


def find(name: str) -> Check:
    """Return a check; raises KeyError for a name nobody registered."""
    return _checks[name]


def known() -> frozenset[str]:
    """Return the names of all checks."""
    return frozenset(_checks)
