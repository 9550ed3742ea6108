"""What a reader without the right to personal data sees instead of a number (DOMAIN §4, §7 台账)."""

import re
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


def identities(text: str) -> str:
    """A text with every identity and disability number in it masked."""
    return IDENTITIES.sub(lambda found: certificate(found.group()), text)


def everywhere(value: Any) -> Any:
    """A value of any shape with every identity, bank and telephone number masked, wherever it stands in a text."""
    if isinstance(value, str):
        return NUMBERS.sub(lambda found: _hidden(found.group()), value)
    if isinstance(value, Mapping):
        return {name: everywhere(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [everywhere(item) for item in value]
    return value


def _hidden(number: str) -> str:
    if CERTIFICATE.fullmatch(number):
        return certificate(number)
    return account(number) if number.isdigit() and len(number) > LONGEST_TELEPHONE else phone(number)


def _hide(text: str | None, *, head: int, tail: int, shortest: int) -> str:
    """Keep ``head`` and ``tail`` characters; text shorter than ``shortest`` would show too much and is hidden whole."""
    if not text:
        return ""
    if len(text) < shortest:
        return STAR * len(text)
    return text[:head] + STAR * (len(text) - head - tail) + text[-tail:]


LONGEST_TELEPHONE = 12
CERTIFICATE = re.compile(
    r"[1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx]"  # identity number
    r"(?:[1-7][1-4](?:B\d{1,2})?)?"  # and what a disability certificate adds
)
TELEPHONE = r"1[3-9]\d{9}|0\d{2,3}-?\d{7,8}"
ACCOUNT = r"\d{15,30}"
IDENTITIES = re.compile(rf"(?<![\dA-Za-z]){CERTIFICATE.pattern}(?![\dA-Za-z])")
NUMBERS = re.compile(rf"(?<![\dA-Za-z])(?:{CERTIFICATE.pattern}|{ACCOUNT}|{TELEPHONE})(?![\dA-Za-z])")
