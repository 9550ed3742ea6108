"""Trees as programs for the matching machine."""

from __future__ import annotations

from enum import IntEnum
from typing import Any

from service.feel.errors import Failure
from service.feel.regex.charsets import Set, variants
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

MAX_INSTRUCTIONS = 20_000


class Op(IntEnum):
    """What an instruction does."""

    TEST = 0
    SPLIT = 1
    JUMP = 2
    SAVE = 3
    START = 4
    END = 5
    REFERENCE = 6
    MATCH = 7


class Program:
    """Instructions ``(op, argument, second argument)``."""

    def __init__(self, tree: Tree, flags: str, pattern: str) -> None:
        self.fold = "i" in flags
        self.dot_all = "s" in flags
        self.lines = "m" in flags
        self.code: list[tuple[Op, Any, Any]] = []
        self.references = False
        self.source = repr(pattern[:60])
        self._emit(Op.SAVE, 0)
        self._compile(tree)
        self._emit(Op.SAVE, 1)
        self._emit(Op.MATCH)

    def _emit(self, op: Op, first: Any = None, second: Any = None) -> int:
        if len(self.code) >= MAX_INSTRUCTIONS:
            raise Failure("bad_pattern", pattern=self.source, reason="too large")
        self.code.append((op, first, second))
        return len(self.code) - 1

    def _compile(self, tree: Tree) -> None:
        if isinstance(tree, (Character, Dot, Set)):
            self._emit(Op.TEST, self._test(tree))
        elif isinstance(tree, Sequence):
            for part in tree.parts:
                self._compile(part)
        elif isinstance(tree, Choice):
            self._choice(tree)
        elif isinstance(tree, Repeat):
            self._repeat(tree)
        elif isinstance(tree, Group):
            self._group(tree)
        elif isinstance(tree, Anchor):
            self._emit(Op.START if tree.start else Op.END, self.lines)
        elif isinstance(tree, Reference):
            self.references = True
            self._emit(Op.REFERENCE, tree.group, self.fold)

    def _test(self, tree: Character | Dot | Set) -> Any:
        if isinstance(tree, Dot):
            return (lambda c: True) if self.dot_all else (lambda c: c not in "\n\r")
        if isinstance(tree, Set):
            return tree.test(self.fold)
        allowed = variants(tree.text) if self.fold else frozenset({tree.text})
        return allowed.__contains__

    def _choice(self, tree: Choice) -> None:
        jumps = []
        for branch in tree.branches[:-1]:
            split = self._emit(Op.SPLIT)
            self._compile(branch)
            jumps.append(self._emit(Op.JUMP))
            self.code[split] = (Op.SPLIT, split + 1, len(self.code))
        self._compile(tree.branches[-1])
        for jump in jumps:
            self.code[jump] = (Op.JUMP, len(self.code), None)

    def _group(self, tree: Group) -> None:
        if tree.index is None:
            self._compile(tree.body)
            return
        self._emit(Op.SAVE, 2 * tree.index)
        self._compile(tree.body)
        self._emit(Op.SAVE, 2 * tree.index + 1)

    def _repeat(self, tree: Repeat) -> None:
        for _ in range(tree.least):
            self._compile(tree.body)
        if tree.most is None:
            split = self._emit(Op.SPLIT)
            self._compile(tree.body)
            self._emit(Op.JUMP, split)
            self._split(split, tree.greedy)
            return
        splits = []
        for _ in range(tree.most - tree.least):
            splits.append(self._emit(Op.SPLIT))
            self._compile(tree.body)
        for split in splits:
            self._split(split, tree.greedy)

    def _split(self, split: int, greedy: bool) -> None:
        inside, after = split + 1, len(self.code)
        self.code[split] = (Op.SPLIT, inside, after) if greedy else (Op.SPLIT, after, inside)
