"""Checks that FEEL cannot say, named in a component's property `validator`.

One module per subject, one function per check: `@validator("phone")` on `def f(value, scope) -> Message | None`. A
check sees a text that is not empty and right in all else, and the variables in scope (answers over process variables).
"""

from service.forms.validators import contact, identity, money
from service.forms.validators.registry import Check, Mask, find, known, mask, validator

__all__ = ["Check", "Mask", "contact", "find", "identity", "known", "mask", "money", "validator"]
