"""Runs a program on a text: backtracking that never tries the same thing twice, with a bound on its steps."""

from __future__ import annotations

from collections.abc import Callable

from service.feel.errors import Failure
from service.feel.regex.program import Op, Program

MAX_STEPS = 1_000_000
Saved = tuple[int, ...]


class Machine:
    """One search through one text."""

    def __init__(
        self, program: Program, groups: int, text: str, spend: Callable[[int], None] = lambda work: None
    ) -> None:
        self._spend = spend
        self._program = program
        self._text = text
        self._empty: Saved = (-1,) * (2 * groups + 2)
        self._steps = MAX_STEPS
        self._seen: set[object] = set()

    def find(self, start: int) -> Saved | None:
        """The first match from ``start`` on, as the ends of the groups; None if there is none."""
        self._seen.clear()
        before = self._steps
        try:
            return self._find(start)
        finally:
            self._spend(max(before - self._steps, 0))

    def _find(self, start: int) -> Saved | None:
        for position in range(start, len(self._text) + 1):
            found = self._match(position)
            if found is not None:
                return found
        return None

    def _match(self, start: int) -> Saved | None:
        code, text, seen = self._program.code, self._text, self._seen
        exact, size, width = self._program.references, len(text), len(code)
        stack: list[tuple[int, int, Saved]] = [(0, start, self._empty)]
        while stack:
            at, position, saved = stack.pop()
            while True:
                op, first, second = code[at]
                if op is Op.SPLIT or op is Op.JUMP or op is Op.SAVE:
                    self._steps -= 1
                    if self._steps < 0:
                        raise Failure("bad_pattern", pattern=self._program.source, reason="too much work")
                if op is Op.TEST:
                    if position >= size or not first(text[position]):
                        break
                    position += 1
                    at += 1
                elif op is Op.SPLIT:
                    key = (at, position, saved) if exact else position * width + at
                    if key in seen:
                        break
                    seen.add(key)
                    stack.append((second, position, saved))
                    at = first
                elif op is Op.JUMP:
                    at = first
                elif op is Op.SAVE:
                    saved = (*saved[:first], position, *saved[first + 1 :])
                    at += 1
                elif op is Op.MATCH:
                    return saved
                else:
                    moved = self._special(op, first, second, position, saved)
                    if moved < 0:
                        break
                    position = moved
                    at += 1
        return None

    def _special(self, op: Op, first: object, fold: object, position: int, saved: Saved) -> int:
        """Anchors and references; the new position, or -1."""
        text = self._text
        if op is Op.START:
            inside_lines = first and position < len(text) and text[position - 1 : position] == "\n"
            return position if position == 0 or inside_lines else -1
        if op is Op.END:
            return position if position == len(text) or (first and text[position] == "\n") else -1
        group = int(str(first))
        start, end = saved[2 * group], saved[2 * group + 1]
        wanted = text[start:end] if 0 <= start <= end else ""
        found = text[position : position + len(wanted)]
        self._steps -= len(wanted) // 8
        same = found == wanted or (bool(fold) and found.casefold() == wanted.casefold())
        return position + len(wanted) if same else -1
