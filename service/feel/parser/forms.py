"""The worded forms: ``for``, ``if``, ``some``, ``every`` and ``function`` (DMN 1.5 grammar rules 44-46, 55)."""

from __future__ import annotations

from collections.abc import Callable

from service.feel import nodes
from service.feel.lexer import NAME
from service.feel.parser.expressions import expression
from service.feel.parser.stream import Stream
from service.feel.parser.types import parse_type_name

_NAME_STOPS = frozenset(":,)")


def _if(stream: Stream) -> nodes.Node:
    start = stream.advance().start
    condition = expression(stream)
    stream.expect_word("then")
    yes = expression(stream)
    stream.expect_word("else")
    no = expression(stream)
    return nodes.If(start, no.end, condition, yes, no)


def _for(stream: Stream) -> nodes.Node:
    start = stream.advance().start
    with stream.scope(("partial",)) as known:
        iterators = _iterators(stream, known.add)
        stream.expect_word("return")
        body = expression(stream)
    return nodes.For(start, body.end, iterators, body)


def _quantified(stream: Stream) -> nodes.Node:
    word = stream.advance()
    with stream.scope() as known:
        iterators = _iterators(stream, known.add)
        stream.expect_word("satisfies")
        body = expression(stream)
    return nodes.Quantified(word.start, body.end, word.text == "every", iterators, body)


def _iterators(stream: Stream, know: Callable[[str], None]) -> tuple[nodes.Iterator, ...]:
    found = [_iterator(stream, know)]
    while stream.skip_symbol(","):
        found.append(_iterator(stream, know))
    return tuple(found)


def _iterator(stream: Stream, know: Callable[[str], None]) -> nodes.Iterator:
    start = stream.token.start
    if stream.token.kind != NAME:
        raise stream.unexpected("a name")
    name = stream.take_until(frozenset({"in", ",", "(", "[", "{"}), "a name")
    stream.expect_word("in")
    source = expression(stream)
    if stream.is_symbol(".."):
        stream.advance()
        last = expression(stream)
        source = nodes.Interval(source.start, last.end, source, last)
    know(name)
    return nodes.Iterator(start, source.end, name, source)


def _function(stream: Stream) -> nodes.Node:
    start = stream.advance().start
    stream.expect_symbol("(")
    parameters: list[nodes.Parameter] = []
    while not stream.is_symbol(")"):
        parameters.append(_parameter(stream))
        if not stream.skip_symbol(","):
            break
    stream.expect_symbol(")")
    external = stream.is_word("external") and stream.peek().text == "{"
    if external:
        stream.advance()
    with stream.scope(parameter.name for parameter in parameters):
        body = expression(stream)
    return nodes.FunctionDefinition(start, body.end, tuple(parameters), body, external)


def _parameter(stream: Stream) -> nodes.Parameter:
    start = stream.token.start
    if stream.token.kind != NAME:
        raise stream.unexpected("a parameter name")
    name = stream.take_until(_NAME_STOPS, "a parameter name")
    type_node = parse_type_name(stream) if stream.skip_symbol(":") else None
    return nodes.Parameter(start, stream.last_end, name, type_node)


READERS = {"if": _if, "for": _for, "some": _quantified, "every": _quantified, "function": _function}
