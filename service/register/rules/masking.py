"""What a reader without the right to personal data sees instead of a number (DOMAIN §4, §7 台账)."""

from collections.abc import Mapping
from typing import Any

STAR = "*"


def certificate(number: str | None) -> str:
    """An identity or disability number with its area and last four characters, date of birth hidden."""
    return _hide(number, head=6, tail=4, shortest=18)


def phone(number: str | None) -> str:
    """A telephone number with its first three and last four digits; a short one is hidden whole."""
    return _hide(number, head=3, tail=4, shortest=10)


def account(number: str | None) -> str:
    """A bank account with its last four digits."""
    return _hide(number, head=0, tail=4, shortest=10)


def within(answers: Mapping[str, Any]) -> dict[str, Any]:
    """Answers of a form with the identity and bank numbers masked, also inside lists and contexts."""
    return {name: _masked(name, value) for name, value in answers.items()}


def _masked(name: str, value: Any) -> Any:
    if isinstance(value, str) and name in PRIVATE:
        return PRIVATE[name](value)
    if isinstance(value, Mapping):
        return within(value)
    if isinstance(value, list):
        return [within(item) if isinstance(item, Mapping) else item for item in value]
    return value


def _hide(text: str | None, *, head: int, tail: int, shortest: int) -> str:
    """Keep ``head`` and ``tail`` characters; text shorter than ``shortest`` would show too much and is hidden whole."""
    if not text:
        return ""
    if len(text) < shortest:
        return STAR * len(text)
    return text[:head] + STAR * (len(text) - head - tail) + text[-tail:]


PRIVATE = {"cert_no": certificate, "bank_account": account}
