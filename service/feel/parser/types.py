"""Type names (DMN 1.5 grammar rule 53): ``number``, ``list<T>``, ``context<a: T>``, ``function<T> -> U``."""

from __future__ import annotations

from service.feel import nodes
from service.feel.lexer import NAME
from service.feel.names import NameSet
from service.feel.parser.stream import Stream, Vocabulary

_BUILT_IN = NameSet(("date and time", "days and time duration", "years and months duration"))
_GENERIC = frozenset({"list", "range", "context", "function"})


def parse_type(source: str, vocabulary: Vocabulary) -> nodes.Node:
    """The whole of ``source`` as a type; raises :class:`FeelSyntaxError`."""
    stream = Stream(source, vocabulary)
    node = parse_type_name(stream)
    stream.expect_end()
    return node


def parse_type_name(stream: Stream) -> nodes.Node:
    """A type, read from the stream."""
    with stream.nested():
        token = stream.token
        if token.text in _GENERIC and stream.peek().text == "<":
            stream.advance()
            stream.advance()
            return _generic(stream, token.text, token.start)
        name = _name(stream)
        return nodes.TypeName(token.start, stream.last_end, name)


def _generic(stream: Stream, name: str, start: int) -> nodes.Node:
    names: list[str] = []
    arguments: list[nodes.Node] = []
    while not stream.is_symbol(">"):
        if name == "context":
            names.append(stream.take_until(frozenset(":,<>"), "an entry name"))
            stream.expect_symbol(":")
        arguments.append(parse_type_name(stream))
        if not stream.skip_symbol(","):
            break
    stream.expect_symbol(">")
    result = None
    if name == "function" and stream.skip_symbol("->"):
        result = parse_type_name(stream)
    return nodes.GenericType(start, stream.last_end, name, tuple(arguments), tuple(names), result)


def _name(stream: Stream) -> str:
    if stream.token.kind != NAME:
        raise stream.unexpected("a type")
    for known in (stream.type_names, _BUILT_IN):
        length, name = known.match(stream.tokens, stream.at)
        if length:
            stream.at += length
            return name
    parts = [stream.advance().text]
    while True:
        if stream.token.kind == NAME and not stream.at_keyword():
            parts.append(" " + stream.advance().text)
        elif stream.is_symbol(".") and stream.peek().kind == NAME:
            stream.advance()
            parts.append("." + stream.advance().text)
        else:
            return "".join(parts)
