"""Regular expressions of a form's `pattern`: RE2, which takes linear time whatever the pattern and the text.

As in the browser, a pattern is searched anywhere in the text and `\\d` means 0 to 9. What RE2 cannot do (look-around,
back references, repetitions above 1000) is refused when the form is read.
"""

from functools import lru_cache
from typing import Any

import re2  # type: ignore[import-untyped]

_OPTIONS = re2.Options()
_OPTIONS.log_errors = False
_OPTIONS.max_mem = 1 << 20


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> Any:
    return re2.compile(pattern, _OPTIONS)


def fault(pattern: str) -> str | None:
    """Return why a pattern cannot be used, or None."""
    try:
        _compiled(pattern)
    except re2.error as wrong:
        reason = wrong.args[0]
        return reason.decode("utf-8", "replace") if isinstance(reason, bytes) else str(reason)
    return None


def found(pattern: str, text: str) -> bool:
    """Whether the pattern occurs in the text."""
    return _compiled(pattern).search(text) is not None
