"""Names of several words, and how they are found in a row of tokens (DMN 1.5 clause 10.3.1.4)."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from functools import lru_cache

from service.feel.errors import FeelSyntaxError
from service.feel.lexer import END, Token, tokenize

KEYWORDS = frozenset(
    {
        "for",
        "return",
        "if",
        "then",
        "else",
        "some",
        "every",
        "satisfies",
        "in",
        "between",
        "and",
        "or",
        "instance",
        "function",
        "true",
        "false",
        "null",
    }
)


@lru_cache(maxsize=20_000)
def words(name: str) -> tuple[str, ...]:
    """The tokens a name consists of; empty if it cannot be written as a name."""
    try:
        return tuple(token.text for token in tokenize(name) if token.kind != END)
    except FeelSyntaxError:
        return ()


def is_plain(name: str) -> bool:
    """Whether the name is a single token, which the parser finds without help."""
    return len(words(name)) < 2 and name not in KEYWORDS


class NameSet:
    """A set of names of more than one token, by first token, longest first."""

    __slots__ = ("_by_first",)

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._by_first: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        for name in names:
            self.add(name)

    def add(self, name: str) -> None:
        """Add a name; a single-token name needs no entry, as the parser finds it without help."""
        tokens = words(name)
        if not tokens or is_plain(name):
            return
        known = self._by_first.setdefault(tokens[0], [])
        if all(tokens != candidate for candidate, _ in known):
            known.append((tokens, name))
            known.sort(key=lambda entry: len(entry[0]), reverse=True)

    def match(self, tokens: Sequence[Token], at: int) -> tuple[int, str]:
        """How many tokens from ``at`` on form the longest known name, and that name; (0, "") if none do."""
        for candidate, name in self._by_first.get(tokens[at].text, ()):
            if at + len(candidate) < len(tokens) and all(
                tokens[at + i].text == word for i, word in enumerate(candidate)
            ):
                return len(candidate), name
        return 0, ""


def joined(tokens: Sequence[Token]) -> str:
    """The name that the tokens form: single spaces where the source has white space between them."""
    parts = [tokens[0].text]
    for before, token in itertools.pairwise(tokens):
        if token.start > before.end:
            parts.append(" ")
        parts.append(token.text)
    return "".join(parts)


def normal(name: str) -> str:
    """A name with its white space reduced to single spaces."""
    return " ".join(name.split())
