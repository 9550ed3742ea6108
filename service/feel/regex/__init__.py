"""Regular expressions."""

from __future__ import annotations

import re

from service.feel.errors import Failure

_FLAGS = {"i": re.IGNORECASE, "s": re.DOTALL, "m": re.MULTILINE, "x": re.VERBOSE}


class Pattern:
    """A pattern ready to be used."""

    def __init__(self, pattern: str, flags: str) -> None:
        value = 0
        for flag in flags:
            if flag not in _FLAGS:
                raise Failure("bad_pattern", pattern=pattern, reason=f"flag {flag}")
            value |= _FLAGS[flag]
        try:
            self._pattern = re.compile(pattern, value)
        except re.error as error:
            raise Failure("bad_pattern", pattern=pattern, reason=str(error)) from None

    def search(self, text: str) -> bool:
        """Whether it occurs."""
        return self._pattern.search(text) is not None

    def replace(self, text: str, replacement: str, limit: int) -> str:
        """Replace all."""
        return self._pattern.sub(re.sub(r"\$(\d)", r"\\\1", replacement), text)

    def find_all(self, text: str) -> list[str]:
        """All matches."""
        return [match.group() for match in self._pattern.finditer(text)]

    def split(self, text: str) -> list[str]:
        """Split."""
        return self._pattern.split(text)


def compile(pattern: str, flags: str = "") -> Pattern:
    """Compile."""
    return Pattern(pattern, flags)
