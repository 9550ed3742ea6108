"""The row of tokens being read: looking, taking, and finding names in scope."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from service.feel.errors import FeelSyntaxError
from service.feel.lexer import END, NAME, SYMBOL, Token, tokenize
from service.feel.names import KEYWORDS, NameSet, joined

MAX_DEPTH = 100
MAX_CHAIN = 60
_FOUND = {END: "the end"}


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The names an expression may use: variables, entries of their values, built-in functions and types."""

    names: frozenset[str] = frozenset()
    members: frozenset[str] = frozenset()
    functions: NameSet = field(default_factory=NameSet)
    types: frozenset[str] = frozenset()


class Stream:
    """A position in the tokens of one source text."""

    def __init__(self, source: str, vocabulary: Vocabulary) -> None:
        self.source = source
        self.tokens = tokenize(source)
        self.at = 0
        self.depth = 0
        self.work = 2000 + 40 * len(self.tokens)
        self.functions = vocabulary.functions
        self.scopes = [NameSet(vocabulary.names)]
        self.members = NameSet(vocabulary.members)
        self.type_names = NameSet(vocabulary.types)
        self.filters = 0
        self.in_endpoint = False

    @property
    def token(self) -> Token:
        """The token to be read next."""
        return self.tokens[self.at]

    @property
    def last_end(self) -> int:
        """Where the token read last ends."""
        return self.tokens[self.at - 1].end if self.at else 0

    def is_symbol(self, *texts: str) -> bool:
        """Whether the next token is one of these symbols."""
        token = self.tokens[self.at]
        return token.kind == SYMBOL and token.text in texts

    def is_word(self, text: str) -> bool:
        """Whether the next token is this word."""
        token = self.tokens[self.at]
        return token.kind == NAME and token.text == text

    def peek(self, offset: int = 1) -> Token:
        """A token further on."""
        return self.tokens[min(self.at + offset, len(self.tokens) - 1)]

    def advance(self) -> Token:
        """Read one token."""
        token = self.tokens[self.at]
        if token.kind != END:
            self.at += 1
        return token

    def skip_symbol(self, text: str) -> bool:
        """Read the symbol if it is next."""
        if self.is_symbol(text):
            self.at += 1
            return True
        return False

    def expect_symbol(self, *texts: str) -> Token:
        """Read one of these symbols or fail."""
        if not self.is_symbol(*texts):
            raise self.unexpected(" or ".join(f"'{text}'" for text in texts))
        return self.advance()

    def expect_word(self, text: str) -> Token:
        """Read this word or fail."""
        if not self.is_word(text):
            raise self.unexpected(f"'{text}'")
        return self.advance()

    def expect_end(self) -> None:
        """Fail unless everything has been read."""
        if self.token.kind != END:
            raise self.unexpected("an operator or the end")

    def unexpected(self, expected: str) -> FeelSyntaxError:
        """The error for the next token, given what would have been right."""
        token = self.token
        found = _FOUND.get(token.kind, f"'{token.text}'")
        return FeelSyntaxError("unexpected", self.source, token.start, token.end, expected=expected, found=found)

    @contextmanager
    def nested(self) -> Iterator[None]:
        """Count one level of nesting; too many, or too much work in all, is an error."""
        self.depth += 1
        self.work -= 1
        if self.depth > MAX_DEPTH:
            raise FeelSyntaxError("too_deep", self.source, self.token.start, limit=MAX_DEPTH)
        if self.work < 0:
            raise FeelSyntaxError("too_complex", self.source, self.token.start)
        try:
            yield
        finally:
            self.depth -= 1

    @contextmanager
    def brackets(self, endpoint: bool = False) -> Iterator[None]:
        """Inside brackets an opening bracket no longer ends an outer interval; in its last endpoint it may."""
        before, self.in_endpoint = self.in_endpoint, endpoint
        try:
            yield
        finally:
            self.in_endpoint = before

    @contextmanager
    def scope(self, names: Iterable[str] = ()) -> Iterator[NameSet]:
        """Make further names known while a part is read."""
        inner = NameSet(names)
        self.scopes.append(inner)
        try:
            yield inner
        finally:
            self.scopes.pop()

    def at_name(self) -> bool:
        """Whether a name begins here."""
        return self.token.kind == NAME and (not self.at_keyword() or self._known()[0] > 0)

    def at_keyword(self, offset: int = 0) -> bool:
        """Whether the token is a reserved word in its place."""
        token = self.peek(offset)
        if token.kind != NAME or token.text not in KEYWORDS:
            return False
        following = self.peek(offset + 1)
        if token.text == "instance":
            return following.text == "of"
        return token.text != "function" or following.text == "("

    def _known(self) -> tuple[int, str]:
        best = (0, "")
        for names in reversed(self.scopes):
            found = names.match(self.tokens, self.at)
            if found[0] > best[0]:
                best = found
        if self.filters:
            found = self.members.match(self.tokens, self.at)
            best = found if found[0] > best[0] else best
        return best if best[0] else self._known_function()

    def _known_function(self) -> tuple[int, str]:
        length, name = self.functions.match(self.tokens, self.at)
        if length and " and " in name and self.peek(length).text != "(":
            return 0, ""
        return length, name

    def take_name(self, expected: str = "a name") -> str:
        """Read the longest name known here, or else a row of words."""
        length, name = self._known()
        if not length and (self.token.kind != NAME or self.at_keyword()):
            raise self.unexpected(expected)
        return self._take(length, name)

    def take_member(self) -> str:
        """Read the name after a dot."""
        length, name = self.members.match(self.tokens, self.at)
        if not length:
            for names in self.scopes:
                found = names.match(self.tokens, self.at)
                length, name = found if found[0] > length else (length, name)
        if not length and self.token.kind != NAME:
            raise self.unexpected("a name")
        return self._take(length, name)

    def _take(self, length: int, name: str) -> str:
        first = self.at
        self.at += length or 1
        extended = False
        while self.token.kind == NAME and not self.at_keyword():
            self.at += 1
            extended = True
        if length and not extended:
            return name
        return joined(self.tokens[first : self.at])

    def take_until(self, stops: frozenset[str], expected: str) -> str:
        """Read all tokens up to one of the stopping symbols or words, as one name."""
        first = self.at
        while self.token.kind != END and self.token.text not in stops:
            self.at += 1
        if first == self.at:
            raise self.unexpected(expected)
        return joined(self.tokens[first : self.at])

    def name_before_colon(self) -> bool:
        """Whether a name and a colon come next, as in named arguments."""
        offset = 0
        while True:
            token = self.peek(offset)
            if token.kind not in (NAME, SYMBOL) and not (offset and token.kind == "number"):
                return False
            if token.kind == SYMBOL and token.text in _CLOSERS:
                return token.text == ":" and offset > 0
            offset += 1


_CLOSERS = frozenset(",()[]{}:")
