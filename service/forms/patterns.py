"""Regular expressions of a form's `pattern`: written for the browser, judged by FEEL's engine, which cannot
hang.

As in the browser, a pattern is searched anywhere in the text, and `\\d` and `\\w` mean ASCII. What the engine cannot do
(look-around, word boundaries, repetitions above 1000) is refused when the form is read.
"""

import re
from functools import lru_cache

from service.feel import regex
from service.feel.errors import Failure

_STEP = re.compile(r"\\(u[0-9A-Fa-f]{4}|x[0-9A-Fa-f]{2}|.)|\[|\]|[^\\\[\]]+|\\", re.DOTALL)
_ASCII = {"d": "0-9", "w": "A-Za-z0-9_"}
_SAME = frozenset(r"DWsSnrt\|.?*+(){}[]^$-0123456789")
"""Escapes that both languages read alike; those of other signs stand for the sign."""


def _translated(pattern: str) -> str:
    """Write a JavaScript pattern as one of XML Schema and XPath."""
    parts: list[str] = []
    inside = False
    for step in _STEP.finditer(pattern):
        escape = step[1]
        if escape is None:
            inside = step[0] == "[" or (inside and step[0] != "]")
            parts.append(step[0])
        else:
            parts.append(_escaped(escape, inside))
    return "".join(parts)


def _escaped(escape: str, inside: bool) -> str:
    if escape in _ASCII:
        return _ASCII[escape] if inside else f"[{_ASCII[escape]}]"
    if len(escape) > 1:
        return _literal(chr(int(escape[1:], 16)))
    return f"\\{escape}" if escape in _SAME or escape.isalpha() else escape


def _literal(character: str) -> str:
    return f"\\{character}" if character in r"\|.?*+(){}[]^$-" else character


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> regex.Pattern:
    return regex.compile(_translated(pattern))


def fault(pattern: str) -> str | None:
    """Return why a pattern cannot be used, or None."""
    try:
        _compiled(pattern)
    except Failure as wrong:
        return str(wrong.params.get("reason", wrong.code))
    return None


def found(pattern: str, text: str) -> bool:
    """Whether the pattern occurs in the text; no, if finding out would take too much work."""
    try:
        return _compiled(pattern).search(text)
    except Failure:
        return False
