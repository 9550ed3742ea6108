"""Patterns for Python's ``re``, with a bound on the work they can cause."""

from __future__ import annotations

import re

from service.feel.regex.charsets import Named, Range, Set
from service.feel.regex.syntax import (
    Anchor,
    Character,
    Choice,
    Dot,
    Group,
    Reference,
    Repeat,
    Sequence,
    Tree,
)

MAX_WORK = 20_000_000
MAX_DEGREE = 4
_NAMED = {"d": "\\d", "s": " \\t\\n\\r"}


class Untranslatable(Exception):
    """Python's syntax has no equal, or no bound on the work is known."""


class Native:
    """A translated pattern and the degree of its work in the length of the text."""

    def __init__(self, tree: Tree, flags: str) -> None:
        self._lines = "m" in flags
        self._dot_all = "s" in flags
        self._fold = "i" in flags
        factor, self.degree = _work(tree)
        self.factor = int(factor)
        source = self._translate(tree)
        self.pattern = re.compile(source, (re.IGNORECASE if self._fold else 0) | (re.MULTILINE if self._lines else 0))

    def work(self, size: int) -> int:
        """The most comparisons a search through a text of that size can take."""
        work: int = self.factor * (size + 1) ** (self.degree + 1)
        return work

    def _translate(self, tree: Tree) -> str:
        if isinstance(tree, Character):
            return re.escape(tree.text)
        if isinstance(tree, Dot):
            return "(?s:.)" if self._dot_all else "[^\\n\\r]"
        if isinstance(tree, Set):
            return self._set(tree)
        if isinstance(tree, Anchor):
            return self._anchor(tree.start)
        if isinstance(tree, Sequence):
            return "".join(self._translate(part) for part in tree.parts)
        if isinstance(tree, Choice):
            return "(?:" + "|".join(self._translate(branch) for branch in tree.branches) + ")"
        if isinstance(tree, Group):
            return f"({'?:' if tree.index is None else ''}{self._translate(tree.body)})"
        if isinstance(tree, Repeat):
            return self._repeat(tree)
        raise Untranslatable

    def _anchor(self, start: bool) -> str:
        if not self._lines:
            return "\\A" if start else "\\Z"
        raise Untranslatable

    def _set(self, tree: Set) -> str:
        if not tree.plain:
            raise Untranslatable
        parts = []
        for item in tree.items:
            if isinstance(item, Named):
                if item.negated and item.name == "s":
                    raise Untranslatable
                parts.append("\\D" if item.negated else _NAMED[item.name])
            else:
                parts.append(_range(item))
        return f"[{'^' if tree.negated else ''}{''.join(parts)}]"

    def _repeat(self, tree: Repeat) -> str:
        high = "" if tree.most is None else str(tree.most)
        return f"(?:{self._translate(tree.body)}){{{tree.least},{high}}}{'' if tree.greedy else '?'}"


def _range(item: Range) -> str:
    low, high = (f"\\U{ord(end):08x}" for end in (item.low, item.high))
    return low if low == high else f"{low}-{high}"


def _work(tree: Tree) -> tuple[float, int]:
    """How often ``re`` may try a part at one position: at most factor * size ** degree times."""
    if isinstance(tree, (Character, Dot, Set, Anchor)):
        return 1, 0
    if isinstance(tree, Group):
        return _work(tree.body)
    if isinstance(tree, Sequence):
        return _product([_work(part) for part in tree.parts])
    if isinstance(tree, Choice):
        works = [_work(branch) for branch in tree.branches]
        return sum(factor for factor, _ in works), max(degree for _, degree in works)
    if isinstance(tree, Repeat):
        return _repeated(tree)
    if isinstance(tree, Reference):
        raise Untranslatable
    raise AssertionError


def _repeated(tree: Repeat) -> tuple[float, int]:
    factor, degree = _work(tree.body)
    if tree.most is not None and tree.most <= 1:
        return factor + 1, degree
    single = factor == 1 and degree == 0 and _width(tree.body) is not None
    if not single or _width(tree.body) == 0:
        raise Untranslatable
    return (1, 0) if tree.most == tree.least else (1, 1)


def _product(works: list[tuple[float, int]]) -> tuple[float, int]:
    factor, degree = 1.0, 0
    for each, power in works:
        factor *= each
        degree += power
        if factor > MAX_WORK or degree > MAX_DEGREE:
            raise Untranslatable
    return factor, degree


def _width(tree: Tree) -> int | None:
    """The number of characters a part always has; None if that varies."""
    if isinstance(tree, (Character, Dot, Set)):
        return 1
    if isinstance(tree, Anchor):
        return 0
    if isinstance(tree, Group):
        return _width(tree.body)
    if isinstance(tree, Sequence):
        widths = [_width(part) for part in tree.parts]
        known = [width for width in widths if width is not None]
        return sum(known) if len(known) == len(widths) else None
    if isinstance(tree, Choice):
        found = {_width(branch) for branch in tree.branches}
        return found.pop() if len(found) == 1 else None
    if isinstance(tree, Repeat) and tree.most == tree.least:
        width = _width(tree.body)
        return None if width is None else width * tree.least
    return None
