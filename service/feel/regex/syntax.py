"""Patterns as trees, read by the grammar of XML Schema with the additions of XPath (anchors, groups, references)."""

from __future__ import annotations

from dataclasses import dataclass

from service.feel.errors import Failure
from service.feel.regex.charsets import BLOCKS, CATEGORIES, Named, Range, Set

MAX_COUNT = 1000
MAX_DEPTH = 50


@dataclass(frozen=True, slots=True)
class Character:
    """One character as it is."""

    text: str


@dataclass(frozen=True, slots=True)
class Dot:
    """Any character."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """``^`` or ``$``."""

    start: bool


@dataclass(frozen=True, slots=True)
class Reference:
    """What a group matched, again."""

    group: int


@dataclass(frozen=True, slots=True)
class Group:
    """A part in parentheses; ``index`` is None if it is not remembered."""

    body: Tree
    index: int | None


@dataclass(frozen=True, slots=True)
class Sequence:
    """Parts in a row."""

    parts: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several."""

    branches: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    """A part several times; ``most`` is None if there is no limit."""

    body: Tree
    least: int
    most: int | None
    greedy: bool


Tree = Character | Dot | Anchor | Reference | Group | Sequence | Choice | Repeat | Set

_SINGLE = {"n": "\n", "r": "\r", "t": "\t"}
_LITERAL = frozenset("\\|.?*+(){}-[]^$")
_META = frozenset("|?*+(){}[]")


class Reader:
    """Reads one pattern."""

    def __init__(self, pattern: str, flags: str) -> None:
        self.pattern = _without_space(pattern) if "x" in flags else pattern
        self.at = 0
        self.depth = 0
        self.groups = 0
        self.closed: set[int] = set()

    def fail(self, reason: str) -> Failure:
        """The failure of a pattern that is none."""
        return Failure("bad_pattern", pattern=repr(self.pattern[:60]), reason=reason)

    def read(self) -> Tree:
        """The whole pattern."""
        tree = self._choice()
        if self.at < len(self.pattern):
            raise self.fail(f"'{self.pattern[self.at]}' at {self.at + 1}")
        return tree

    def _next(self) -> str:
        return self.pattern[self.at : self.at + 1]

    def _choice(self) -> Tree:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self.fail("too deep")
        branches = [self._sequence()]
        while self._next() == "|":
            self.at += 1
            branches.append(self._sequence())
        self.depth -= 1
        return branches[0] if len(branches) == 1 else Choice(tuple(branches))

    def _sequence(self) -> Tree:
        parts = []
        while self._next() not in ("", "|", ")"):
            parts.append(self._quantified())
        return parts[0] if len(parts) == 1 else Sequence(tuple(parts))

    def _quantified(self) -> Tree:
        atom = self._atom()
        sign = self._next()
        if sign not in ("?", "*", "+", "{") or not sign:
            return atom
        self.at += 1
        least, most = {"?": (0, 1), "*": (0, None), "+": (1, None)}.get(sign) or self._counts()
        greedy = self._next() != "?"
        self.at += not greedy
        return Repeat(atom, least, most, greedy)

    def _counts(self) -> tuple[int, int | None]:
        end = self.pattern.find("}", self.at)
        low, comma, high = self.pattern[self.at : end].partition(",")
        if end < 0 or not _is_count(low) or (high and not _is_count(high)):
            raise self.fail("{n,m}")
        least, most = int(low), int(high) if high else None
        if not comma:
            most = least
        if least > MAX_COUNT or (most is not None and (most > MAX_COUNT or most < least)):
            raise self.fail("{n,m}")
        self.at = end + 1
        return least, most

    def _atom(self) -> Tree:
        character = self._next()
        self.at += 1
        if character == "(":
            return self._group()
        if character == "[":
            return self._set()
        if character == "\\":
            return self._escape()
        if character == ".":
            return Dot()
        if character in "^$":
            return Anchor(character == "^")
        if character in _META:
            raise self.fail(f"'{character}' at {self.at}")
        return Character(character)

    def _group(self) -> Tree:
        index = None
        if self.pattern.startswith("?:", self.at):
            self.at += 2
        else:
            self.groups += 1
            index = self.groups
        body = self._choice()
        if self._next() != ")":
            raise self.fail("')'")
        self.at += 1
        if index is not None:
            self.closed.add(index)
        return Group(body, index)

    def _escape(self) -> Tree:
        character = self.pattern[self.at : self.at + 1]
        if character.isdigit() and character.isascii() and character != "0":
            return self._reference()
        found = self._class_escape()
        return Character(found) if isinstance(found, str) else Set((found,))

    def _reference(self) -> Tree:
        number = int(self.pattern[self.at])
        self.at += 1
        while (
            self.pattern[self.at : self.at + 1].isdecimal() and number * 10 + int(self.pattern[self.at]) <= self.groups
        ):
            number = number * 10 + int(self.pattern[self.at])
            self.at += 1
        if number not in self.closed:
            raise self.fail(f"\\{number}")
        return Reference(number)

    def _class_escape(self) -> str | Named:
        """An escape that stands for one character or a set, inside or outside of brackets."""
        character = self.pattern[self.at : self.at + 1]
        self.at += 1
        if character in _SINGLE:
            return _SINGLE[character]
        if character and character in _LITERAL:
            return character
        if character and character in "sSdDwWiIcC":
            return Named(character.lower(), character.isupper())
        if character and character in "pP":
            return self._property(character == "P")
        raise self.fail(f"\\{character}")

    def _property(self, negated: bool) -> Named:
        end = self.pattern.find("}", self.at)
        name = self.pattern[self.at + 1 : end]
        if self.pattern[self.at : self.at + 1] != "{" or end < 0:
            raise self.fail("\\p{...}")
        if name not in CATEGORIES and not (name.startswith("Is") and name[2:] in BLOCKS):
            raise self.fail(f"\\p{{{name}}}")
        self.at = end + 1
        return Named(f"p:{name}", negated)

    def _set(self) -> Set:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self.fail("too deep")
        negated = self.pattern[self.at : self.at + 1] == "^"
        self.at += negated
        items: list[Range | Named] = []
        minus = None
        while not self.pattern.startswith("]", self.at):
            if self.pattern.startswith("-[", self.at) and items:
                self.at += 2
                minus = self._set()
                break
            items.append(self._item())
        if not items or not self.pattern.startswith("]", self.at):
            raise self.fail("[...]")
        self.at += 1
        self.depth -= 1
        return Set(tuple(items), negated, minus)

    def _item(self) -> Range | Named:
        low = self._member()
        if isinstance(low, Named):
            return low
        follows = self.pattern[self.at : self.at + 2]
        if not follows.startswith("-") or follows in ("-]", "-["):
            return Range(low, low)
        self.at += 1
        high = self._member()
        if isinstance(high, Named) or high < low:
            raise self.fail("[a-b]")
        return Range(low, high)

    def _member(self) -> str | Named:
        character = self.pattern[self.at : self.at + 1]
        if not character:
            raise self.fail("[...]")
        self.at += 1
        if character == "\\":
            return self._class_escape()
        if character == "[":
            raise self.fail("'[' in [...]")
        return character


def _without_space(pattern: str) -> str:
    """The pattern without its white space outside of brackets, as the flag ``x`` wants it."""
    kept, depth, escaped = [], 0, False
    for character in pattern:
        if depth == 0 and character in " \t\n\r":
            continue
        kept.append(character)
        if escaped:
            escaped = False
        elif character == "\\":
            escaped = True
        else:
            depth += (character == "[") - (character == "]")
    return "".join(kept)


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 6
