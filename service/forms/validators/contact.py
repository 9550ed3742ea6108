"""Telephone numbers and post codes; DOMAIN §3.6 (2)."""

import re
from collections.abc import Mapping
from typing import Any

from service.errors import _
from service.forms.messages import Message
from service.forms.validators.registry import validator

_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_FIXED_LINE = re.compile(r"0[0-9]{2,3}-?[0-9]{7,8}")
_POST_CODE = re.compile(r"[0-9]{6}")


@validator("phone")
def phone(value: str, scope: Mapping[str, Any]) -> Message | None:
    """A mobile number, or a fixed line with its area code."""
    if _MOBILE.fullmatch(value) or _FIXED_LINE.fullmatch(value):
        return None
    return Message(_("Enter a mobile number of 11 digits, or a fixed line with its area code."))


@validator("mobile")
def mobile(value: str, scope: Mapping[str, Any]) -> Message | None:
    """A mobile number."""
    return None if _MOBILE.fullmatch(value) else Message(_("Enter a mobile number of 11 digits."))


@validator("post-code")
def post_code(value: str, scope: Mapping[str, Any]) -> Message | None:
    """A post code of six digits."""
    return None if _POST_CODE.fullmatch(value) else Message(_("A post code has six digits."))
