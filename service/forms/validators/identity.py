"""Citizen's identity numbers (公民身份号码, GB 11643) and disability certificates (残疾人证号); DOMAIN §3.6 (1)."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from service import clock
from service.errors import _
from service.forms.messages import Message
from service.forms.validators.registry import validator
from service.privacy import masking

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_DIGITS = "10X98765432"

_CITIZEN = re.compile(r"[1-9][0-9]{16}[0-9X]")
_CERTIFICATE = re.compile(r"([1-9][0-9]{16}[0-9X])[1-7][1-4](B[0-9]{1,2})?")
"""A disability certificate: the identity number, category 1 to 7, grade 1 to 4, and B with a number when reissued."""


def check_digit(digits: str) -> str:
    """Return the last character of an identity number for its first 17 digits."""
    return CHECK_DIGITS[sum(weight * int(digit) for weight, digit in zip(WEIGHTS, digits, strict=False)) % 11]


@validator("citizen-id", mask=masking.certificate)
def citizen_id(value: str, scope: Mapping[str, Any]) -> Message | None:
    """18 characters, a right check digit, a day of birth that exists and is not after the reference point."""
    if not _CITIZEN.fullmatch(value):
        return Message(_("An identity number has 17 digits and a check digit 0-9 or X."))
    if check_digit(value) != value[17]:
        return Message(_("The check digit of the identity number does not fit. Compare it with the identity card."))
    return _birth_fault(value, scope)


@validator("disability-certificate", mask=masking.certificate)
def disability_certificate(value: str, scope: Mapping[str, Any]) -> Message | None:
    """An identity number with category and grade."""
    match = _CERTIFICATE.fullmatch(value)
    if not match:
        return Message(_("A disability certificate has the identity number, a category 1-7 and a grade 1-4."))
    return citizen_id(match[1], scope)


@validator("resident-id", mask=masking.certificate)
def resident_id(value: str, scope: Mapping[str, Any]) -> Message | None:
    """An identity number or a disability certificate."""
    long = len(value) > 18
    return disability_certificate(value, scope) if long else citizen_id(value, scope)


def _birth_fault(value: str, scope: Mapping[str, Any]) -> Message | None:
    try:
        born = date(int(value[6:10]), int(value[10:12]), int(value[12:14]))
    except ValueError:
        return Message(_("The day of birth in the identity number does not exist."))
    latest = _reference_point(scope)
    if born > latest:
        return Message(
            _("The day of birth in the identity number is after %(latest)s."), {"latest": latest.isoformat()}
        )
    if born.year < 1880:
        return Message(_("The day of birth in the identity number does not exist."))
    return None


def _reference_point(scope: Mapping[str, Any]) -> date:
    """Return the variable `ref_point` (统计基准日) of the process, else today."""
    given = scope.get("ref_point")
    if isinstance(given, str):
        try:
            return date.fromisoformat(given)
        except ValueError:
            return clock.today()
    return given if type(given) is date else clock.today()
