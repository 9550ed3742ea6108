"""A pattern ready for use: searching, replacing, splitting."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache

from service.feel.errors import Failure
from service.feel.regex.machine import Machine
from service.feel.regex.native import MAX_WORK, Native, Untranslatable
from service.feel.regex.program import Program
from service.feel.regex.syntax import Character, Reader, Sequence, Tree

MAX_PATTERN = 5000
_REPLACEMENT = re.compile(r"\\(.?)|\$([0-9]*)|([^\\$]+)", re.DOTALL)
Spans = tuple[int, ...]
"""Start and end of the whole match, then of each group; -1 where a group took no part."""


Spend = Callable[[int], None]


def _free(work: int) -> None:
    """For callers who do not count."""


class Pattern:
    """A compiled pattern. ``search`` and the others raise :class:`Failure` if a text would take too much work."""

    def __init__(self, pattern: str, flags: str) -> None:
        self.source = pattern
        self.literal = "q" in flags
        reader = Reader(pattern, flags)
        tree: Tree = Sequence(tuple(Character(c) for c in pattern)) if self.literal else reader.read()
        self.groups = reader.groups
        self._tree = tree
        self._flags = flags
        self._program: Program | None = None
        self._native: Native | None = None
        try:
            self._native = Native(tree, flags)
        except (Untranslatable, re.error, RecursionError, OverflowError):
            self._program = Program(tree, flags, pattern)

    def search(self, text: str, spend: Spend = _free) -> bool:
        """Whether the pattern occurs in the text; ``spend`` is told the work it takes."""
        native = self._quick(text, spend)
        return self._machine(text, spend).find(0) is not None if native is None else native.search(text) is not None

    def _quick(self, text: str, spend: Spend) -> re.Pattern[str] | None:
        """Python's pattern if the work it can take with the text is within bounds; that work is counted."""
        if self._native is None:
            return None
        work = self._native.work(len(text))
        if work > MAX_WORK:
            return None
        spend(work // 64)
        return self._native.pattern

    def _machine(self, text: str, spend: Spend) -> Machine:
        if self._program is None:
            self._program = Program(self._tree, self._flags, self.source)
        return Machine(self._program, self.groups, text, spend)

    def _matches(self, text: str, spend: Spend) -> Iterator[Spans]:
        """All matches in a row; a pattern that matches nothing at all is refused, as the standard wants."""
        native = self._quick(text, spend)
        if native is not None:
            for match in native.finditer(text):
                yield tuple(end for group in range(self.groups + 1) for end in match.span(group))
            return
        machine, position = self._machine(text, spend), 0
        while position <= len(text):
            found = machine.find(position)
            if found is None:
                return
            yield found
            position = found[1] if found[1] > found[0] else found[1] + 1

    def _refuse_empty(self) -> None:
        if self.search(""):
            raise Failure("bad_pattern", pattern=repr(self.source[:60]), reason="matches an empty text")

    def replace(self, text: str, replacement: str, limit: int, spend: Spend = _free) -> str:
        """The text with every match replaced; ``$1`` stands for a group, ``\\$`` and ``\\\\`` for the characters."""
        self._refuse_empty()
        parts = [replacement] if self.literal else self._template(replacement)
        pieces, position, size = [], 0, 0
        for spans in self._matches(text, spend):
            pieces.append(text[position : spans[0]])
            pieces += [part if isinstance(part, str) else _group(text, spans, part) for part in parts]
            position = spans[1]
            size += sum(len(piece) for piece in pieces[-len(parts) - 1 :])
            if size > limit:
                raise Failure("string_too_long", limit=limit)
        return "".join(pieces) + text[position:]

    def _template(self, replacement: str) -> list[str | int]:
        parts: list[str | int] = []
        for match in _REPLACEMENT.finditer(replacement):
            escaped, number, plain = match.groups()
            if plain is not None:
                parts.append(plain)
            elif escaped is not None:
                if escaped not in ("\\", "$"):
                    raise Failure("bad_pattern", pattern=repr(replacement[:60]), reason="\\" + escaped)
                parts.append(escaped)
            else:
                parts += self._numbered(number, replacement)
        return parts

    def _numbered(self, digits: str, replacement: str) -> list[str | int]:
        """A group number: as many digits as make a known group; the rest is text."""
        if not digits:
            raise Failure("bad_pattern", pattern=repr(replacement[:60]), reason="$")
        length = len(digits)
        while length > 1 and int(digits[:length]) > self.groups:
            length -= 1
        return [int(digits[:length]), digits[length:]]

    def split(self, text: str, spend: Spend = _free) -> list[str]:
        """The parts of the text between the matches."""
        self._refuse_empty()
        parts, position = [], 0
        for spans in self._matches(text, spend):
            parts.append(text[position : spans[0]])
            position = spans[1]
        return [*parts, text[position:]]

    def find_all(self, text: str, spend: Spend = _free) -> list[str]:
        """All matches."""
        return [text[spans[0] : spans[1]] for spans in self._matches(text, spend)]


def _group(text: str, spans: Spans, group: int) -> str:
    start = spans[2 * group] if 2 * group < len(spans) else -1
    return text[start : spans[2 * group + 1]] if start >= 0 else ""


@lru_cache(maxsize=1024)
def compile(pattern: str, flags: str = "") -> Pattern:
    """Compile a pattern; raises :class:`Failure` if it or its flags (any of ``ismxq``) are not valid."""
    if len(pattern) > MAX_PATTERN:
        raise Failure("bad_pattern", pattern=repr(pattern[:60]), reason="too long")
    for flag in flags:
        if flag not in "ismxq":
            raise Failure("bad_pattern", pattern=repr(pattern[:60]), reason=f"flag {flag}")
    return Pattern(pattern, flags)
