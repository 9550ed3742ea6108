"""Bank accounts."""

import re
from collections.abc import Mapping
from typing import Any

from service.errors import _
from service.forms.messages import Message
from service.forms.validators.registry import validator
from service.privacy import masking

_ACCOUNT = re.compile(r"[0-9]{8,30}")


@validator("bank-account", mask=masking.account)
def bank_account(value: str, scope: Mapping[str, Any]) -> Message | None:
    """8 to 30 digits."""
    return None if _ACCOUNT.fullmatch(value) else Message(_("A bank account has 8 to 30 digits."))
