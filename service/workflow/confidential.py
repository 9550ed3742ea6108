"""What comes from outside and what of it nobody may read where processes keep it: variables, messages, jobs, audit.

The forms of a release say under which names confidential answers stand (`service.forms.private`); the same names are
confidential wherever they occur. An identity number is masked in every text, whatever its name. Only what a roster
writes into the register, and files, pass by: they never become variables.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from service import engine, errors
from service.privacy import masking, vault
from service.workflow import releases

Keep = Callable[[str], str]


def taken(given: Any, release: releases.Release | None = None) -> Any:
    """A value from outside as FEEL has it and processes may keep it; by the newest release unless one is given."""
    return _kept(engine.normalise(given), (release or _latest()).private)


def opened(answers: Mapping[str, Any], release: releases.Release) -> dict[str, Any]:
    """Values with what the forms of a release seal opened: for a form, and for what comes back from one."""
    return {name: _opened(name, value, release.sealed) for name, value in answers.items()}


def _latest() -> releases.Release:
    try:
        return releases.latest()
    except errors.NotFound:
        return releases.NOTHING


def _kept(value: Any, private: Mapping[str, Keep]) -> Any:
    if isinstance(value, Mapping):
        return {name: _named(value[name], private.get(name), private) for name in value}
    if isinstance(value, list):
        return [_kept(item, private) for item in value]
    if isinstance(value, str):
        return masking.identities(value)
    if isinstance(value, Decimal) and value >= SHORTEST_IDENTITY:
        return _number(value)
    return value


def _named(value: Any, keep: Keep | None, private: Mapping[str, Keep]) -> Any:
    if keep is not None and isinstance(value, str | Decimal) and not isinstance(value, bool):
        return keep(str(value))
    return _kept(value, private)


def _number(value: Decimal) -> Decimal | str:
    text = f"{value:f}"
    kept = masking.identities(text)
    return value if kept == text else kept


def _opened(name: str, value: Any, sealed: frozenset[str]) -> Any:
    if isinstance(value, str):
        return vault.opened_text(value) if name in sealed else value
    if isinstance(value, Mapping):
        return {inner: _opened(inner, item, sealed) for inner, item in value.items()}
    if isinstance(value, list):
        return [_opened(name, item, sealed) for item in value]
    return value


SHORTEST_IDENTITY = Decimal(10) ** 17
