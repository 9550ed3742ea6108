"""What readers send in addresses and forms, read with care: keys and search texts."""

from collections.abc import Iterable
from typing import Any

from werkzeug.routing import IntegerConverter

LARGEST_KEY = 2**63 - 1
LONGEST_KEY = 18
"""Digits of a number that 64 bits hold in any case."""


class KeyConverter(IntegerConverter):
    """A number in an address that a column of 64 bits can hold; of any larger there is no page."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"max": LARGEST_KEY, **kwargs})


def key(given: str | None) -> int | None:
    """The number that was sent, None where it is no key."""
    return int(given) if given and given.isascii() and given.isdigit() and len(given) <= LONGEST_KEY else None


def keys(given: Iterable[str]) -> list[int]:
    """The numbers that were sent, each once."""
    return list(dict.fromkeys(found for each in given if (found := key(each)) is not None))


def like(text: str) -> str:
    """A pattern for LIKE, with the escape character \\, that finds a text anywhere."""
    return "%" + text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
