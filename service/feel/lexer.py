"""Characters to tokens (DMN 1.5 clause 10.3.1.2, grammar rules 27-35 and 58-64).

White space and comments only separate tokens. A name of several words, or with ``+ - * / ' .`` in it, is several
tokens here; the parser joins them with the help of the names in scope.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import NamedTuple

from service.feel.errors import FeelSyntaxError
from service.feel.numbers import LITERAL

NAME, NUMBER, STRING, SYMBOL, END = "name", "number", "string", "symbol", "end"

MAX_SOURCE = 200_000

_SPACE = "\\t-\\r \\u0085\\u00a0\\u1680\\u180e\\u2000-\\u200b\\u2028\\u2029\\u202f\\u205f\\u3000\\ufeff"
_START = (
    "?A-Z_a-z\\u00c0-\\u00d6\\u00d8-\\u00f6\\u00f8-\\u02ff\\u0370-\\u037d\\u037f-\\u1fff\\u200c-\\u200d"
    "\\u2070-\\u218f\\u2c00-\\u2fef\\u3001-\\ud7ff\\uf900-\\ufdcf\\ufdf0-\\ufffd\\U00010000-\\U000effff"
)
_PART = _START + "0-9\\u00b7\\u0300-\\u036f\\u203f-\\u2040"
_TOKEN = re.compile(
    f"(?P<space>[{_SPACE}]+|//[^\\n\\r]*|/\\*.*?\\*/)"
    "|(?P<number>(?:[0-9]+(?:\\.[0-9]+)?|\\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
    f"|(?P<name>[{_START}][{_PART}]*)"
    '|(?P<string>"(?:[^"\\\\]|\\\\.)*")'
    "|(?P<symbol>\\*\\*|\\.\\.|<=|>=|!=|->|.)",
    re.DOTALL,
)
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{6})|(.))", re.DOTALL)
_SIMPLE_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "'": "'", "\\": "\\"}


class Token(NamedTuple):
    """One token: its kind, its text, its value (number, string) and where it stands."""

    kind: str
    text: str
    value: Decimal | str | None
    start: int
    end: int


def tokenize(source: str) -> list[Token]:
    """The tokens of ``source``, closed by one of kind ``END``; raises :class:`FeelSyntaxError`."""
    if len(source) > MAX_SOURCE:
        raise FeelSyntaxError("too_long", source[:200], 0, limit=MAX_SOURCE)
    tokens: list[Token] = []
    for match in _TOKEN.finditer(source):
        kind = match.lastgroup
        if kind == "space":
            continue
        text, start, end = match.group(), match.start(), match.end()
        if kind == NAME:
            tokens.append(Token(NAME, text, None, start, end))
        elif kind == NUMBER:
            tokens.append(Token(NUMBER, text, _number(text, source, start), start, end))
        elif kind == STRING:
            tokens.append(Token(STRING, text, unescape(text[1:-1]), start, end))
        else:
            _check_symbol(text, source, start)
            tokens.append(Token(SYMBOL, text, None, start, end))
    tokens.append(Token(END, "", None, len(source), len(source)))
    return tokens


def _number(text: str, source: str, start: int) -> Decimal:
    value = LITERAL.create_decimal(text)
    if not value.is_finite():
        raise FeelSyntaxError("out_of_range", source, start, start + len(text))
    return value


def _check_symbol(text: str, source: str, start: int) -> None:
    if text == '"':
        raise FeelSyntaxError("unterminated_string", source, start, len(source))
    if text == "/" and source.startswith("/*", start):
        raise FeelSyntaxError("unterminated_comment", source, start, len(source))


def unescape(body: str) -> str:
    """The text between quotation marks with its escapes resolved; an unknown escape stays as written."""
    if "\\" not in body:
        return body
    plain = _ESCAPE.sub(_escaped, body)
    if any("\ud800" <= character <= "\udfff" for character in plain):
        plain = plain.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return plain


def _escaped(match: re.Match[str]) -> str:
    four, six, single = match.groups()
    if single is not None:
        return _SIMPLE_ESCAPES.get(single, match.group())
    point = int(four or six, 16)
    return chr(point) if point <= 0x10FFFF else match.group()
