"""What a public notice may show, and nothing else (DOMAIN §4).

The list on a notice is built by copying the columns named in a whitelist. A column that is not in it cannot be asked
for, and text that carries a long number is refused, so that neither a diagram nor a typing slip can publish an
identity number, a telephone, a bank account, an illness or an exact income.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from service import errors
from service.errors import _

HOUSEHOLD_COLUMNS = ("no", "group", "head_name", "persons")
VILLAGE_COLUMNS = ("no", "village", "households", "persons")
OPTIONAL_COLUMNS = ("cause",)
ALLOWED = frozenset(HOUSEHOLD_COLUMNS + VILLAGE_COLUMNS + OPTIONAL_COLUMNS)
LONG_NUMBER = re.compile(r"\d{7,}|\*{4,}")
"""A number of a person, or what is left of one that was masked on its way in."""
HEALTH_CAUSES = frozenset({"01", "02"})
OTHER_CAUSE = "99"


def rows(entries: Iterable[Mapping[str, Any]], columns: Sequence[str]) -> list[dict[str, Any]]:
    """The list as published: numbered, each row with exactly ``columns``.

    :raises errors.Invalid: a column outside the whitelist, or a long number within a text.
    """
    forbidden = [name for name in columns if name not in ALLOWED]
    if forbidden:
        raise errors.Invalid(
            _("A public notice must not show %(columns)s; allowed are %(allowed)s"),
            columns=", ".join(forbidden),
            allowed=", ".join(sorted(ALLOWED)),
        )
    return [_row(number, entry, columns) for number, entry in enumerate(entries, start=1)]


def public_cause(code: str | None) -> str | None:
    """The main cause as a general word: illness and disability are shown as other causes."""
    return OTHER_CAUSE if code in HEALTH_CAUSES else code


def plain(text: str, place: str) -> str:
    """Text fit for the board; refuses one with a number long enough to be a certificate, telephone or account."""
    if LONG_NUMBER.search(text):
        raise errors.Invalid(
            _("%(place)s contains a long number, which a public notice must not show; correct the record first"),
            place=place,
        )
    return text


def _row(number: int, entry: Mapping[str, Any], columns: Sequence[str]) -> dict[str, Any]:
    row: dict[str, Any] = {}
    for name in columns:
        value = number if name == "no" else public_cause(entry.get(name)) if name == "cause" else entry.get(name)
        row[name] = plain(value, name) if isinstance(value, str) else value
    return row
