"""The checks by name."""

from collections.abc import Callable, Mapping
from typing import Any

from service.forms.messages import Message

Check = Callable[[str, Mapping[str, Any]], Message | None]
"""Return what is wrong with a text that is not empty, or None."""
Mask = Callable[[str], str]

_checks: dict[str, Check] = {}
_masks: dict[str, Mask] = {}


def validator(name: str, *, mask: Mask | None = None) -> Callable[[Check], Check]:
    """Register a check under `name`; what it checks is confidential if there is a `mask` for it."""

    def register(check: Check) -> Check:
        if _checks.setdefault(name, check) is not check:
            raise ValueError(f"two checks are named {name}")
        if mask:
            _masks[name] = mask
        return check

    return register


def find(name: str) -> Check:
    """Return a check; raises KeyError for a name nobody registered."""
    return _checks[name]


def mask(name: str) -> Mask | None:
    """Return how what a check checks is masked; None if it may be read."""
    return _masks.get(name)


def known() -> frozenset[str]:
    """Return the names of all checks."""
    return frozenset(_checks)
