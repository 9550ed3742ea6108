"""Expressions (DMN 1.5 grammar rules 1-57)."""

from __future__ import annotations

from service.feel import nodes
from service.feel.errors import Failure, FeelSyntaxError
from service.feel.lexer import END, NAME, NUMBER, STRING
from service.feel.parser.stream import MAX_CHAIN, Stream, Vocabulary
from service.feel.parser.types import parse_type_name
from service.feel.temporal.text import parse_literal

OR, AND, COMPARISON, RELATION, SUM, PRODUCT, POWER, OPERAND = range(1, 9)
_SYMBOLS = {
    "=": COMPARISON,
    "!=": COMPARISON,
    "<": COMPARISON,
    "<=": COMPARISON,
    ">": COMPARISON,
    ">=": COMPARISON,
    "+": SUM,
    "-": SUM,
    "*": PRODUCT,
    "/": PRODUCT,
    "**": POWER,
}
_WORDS = {"or": OR, "and": AND, "between": RELATION, "in": RELATION, "instance": RELATION}
TESTS = ("<", "<=", ">", ">=", "=", "!=")
_CONSTANTS = {"true": True, "false": False, "null": None}


def parse_expression(source: str, vocabulary: Vocabulary) -> nodes.Node:
    """The whole of ``source`` as one expression; raises :class:`FeelSyntaxError`."""
    stream = Stream(source, vocabulary)
    node = expression(stream)
    stream.expect_end()
    return node


def expression(stream: Stream) -> nodes.Node:
    """Any expression; one that begins with an order operator is a range (grammar rules 2h and 7a)."""
    if stream.is_symbol("<", "<=", ">", ">="):
        return positive_test(stream, OR)
    return operation(stream, OR)


def operation(stream: Stream, least: int) -> nodes.Node:
    """Operands joined by operators that bind at least as tightly as ``least``."""
    with stream.nested():
        left = unary(stream)
        while True:
            token = stream.token
            level = _level(stream)
            if level < least:
                return left
            stream.advance()
            left = _joined(stream, left, token.text, level)


def _level(stream: Stream) -> int:
    token = stream.token
    if token.kind == NAME:
        return _WORDS.get(token.text, 0) if stream.at_keyword() else 0
    return _SYMBOLS.get(token.text, 0) if token.kind == "symbol" else 0


def _joined(stream: Stream, left: nodes.Node, op: str, level: int) -> nodes.Node:
    if op == "between":
        low = operation(stream, SUM)
        stream.expect_word("and")
        high = operation(stream, SUM)
        return nodes.Between(left.start, high.end, left, low, high)
    if op == "in":
        tests = _in_tests(stream)
        return nodes.In(left.start, stream.last_end, left, tests)
    if op == "instance":
        stream.expect_word("of")
        type_node = parse_type_name(stream)
        return nodes.InstanceOf(left.start, type_node.end, left, type_node)
    right = operation(stream, level + 1)
    return nodes.Binary(left.start, right.end, op, left, right)


def _in_tests(stream: Stream) -> tuple[nodes.Node, ...]:
    if not stream.is_symbol("("):
        return (positive_test(stream, SUM),)
    at = stream.at
    tests = _bracketed_tests(stream)
    if stream.is_symbol(".", "[", "(", "+", "-", "*", "/", "**"):
        stream.at = at
        return (positive_test(stream, SUM),)
    return tests


def _bracketed_tests(stream: Stream) -> tuple[nodes.Node, ...]:
    start = stream.advance().start
    with stream.brackets():
        first = positive_test(stream, OR)
        if stream.is_symbol(".."):
            return (_range(stream, start, first, False),)
        tests = [first]
        while stream.skip_symbol(","):
            tests.append(positive_test(stream, OR))
    stream.expect_symbol(")")
    return tuple(tests)


def positive_test(stream: Stream, least: int) -> nodes.Node:
    """A test of a value: ``< 5``, a range, or an expression."""
    token = stream.token
    if token.kind == "symbol" and token.text in TESTS:
        stream.advance()
        endpoint = operation(stream, SUM)
        return nodes.UnaryTest(token.start, endpoint.end, token.text, endpoint)
    return operation(stream, least)


def unary(stream: Stream) -> nodes.Node:
    """An operand with its signs."""
    if stream.is_symbol("-"):
        start = stream.advance().start
        with stream.nested():
            operand = unary(stream)
        return nodes.Negation(start, operand.end, operand)
    return postfix(stream)


def postfix(stream: Stream) -> nodes.Node:
    """An operand with its paths, filters and calls."""
    node = primary(stream)
    for _ in range(MAX_CHAIN):
        if stream.is_symbol("."):
            stream.advance()
            name = stream.take_member()
            node = nodes.Path(node.start, stream.last_end, node, name)
        elif stream.is_symbol("("):
            node = _call(stream, node)
        elif stream.is_symbol("["):
            filtered = _filter(stream, node)
            if filtered is None:
                return node
            node = filtered
        else:
            return node
    raise FeelSyntaxError("too_deep", stream.source, stream.token.start, limit=MAX_CHAIN)


def _filter(stream: Stream, subject: nodes.Node) -> nodes.Node | None:
    """``[condition]``; None where the bracket instead closes an interval that is open at its end."""
    start = stream.at
    in_endpoint = stream.in_endpoint
    try:
        stream.advance()
        stream.filters += 1
        with stream.brackets():
            condition = expression(stream)
        stream.expect_symbol("]")
    except FeelSyntaxError as error:
        if not in_endpoint or error.code == "too_complex":
            raise
        stream.at = start
        return None
    finally:
        stream.filters -= 1
    return nodes.Filter(subject.start, stream.last_end, subject, condition)


def _call(stream: Stream, function: nodes.Node) -> nodes.Node:
    stream.advance()
    arguments: list[nodes.Node] = []
    names: list[str] | None = None
    with stream.brackets():
        if not stream.is_symbol(")"):
            names = [] if stream.name_before_colon() else None
            while True:
                if names is not None:
                    names.append(stream.take_until(frozenset(":,)"), "a parameter name"))
                    stream.expect_symbol(":")
                arguments.append(expression(stream))
                if not stream.skip_symbol(","):
                    break
        stream.expect_symbol(")")
    if names and len(set(names)) != len(names):
        name = next(name for name in names if names.count(name) > 1)
        raise FeelSyntaxError("duplicate_parameter", stream.source, function.start, stream.last_end, name=name)
    return nodes.Call(
        function.start, stream.last_end, function, tuple(arguments), None if names is None else tuple(names)
    )


def primary(stream: Stream) -> nodes.Node:
    """A literal, a name, a bracketed expression or one of the worded forms."""
    token = stream.token
    if token.kind == NUMBER or token.kind == STRING:
        stream.advance()
        return nodes.Literal(token.start, token.end, token.value)
    if token.kind == NAME:
        return _word(stream)
    if token.kind != END:
        reader = _BRACKETS.get(token.text)
        if reader is not None:
            with stream.nested():
                return reader(stream)
    raise stream.unexpected("a value")


def _word(stream: Stream) -> nodes.Node:
    from service.feel.parser import forms

    token = stream.token
    if stream.at_name():
        name = stream.take_name()
        return nodes.Name(token.start, stream.last_end, name)
    if token.text in _CONSTANTS:
        stream.advance()
        return nodes.Literal(token.start, token.end, _CONSTANTS[token.text])
    reader = forms.READERS.get(token.text)
    if reader is None:
        raise stream.unexpected("a value")
    with stream.nested(), stream.brackets(stream.in_endpoint):
        return reader(stream)


def _at_literal(stream: Stream) -> nodes.Node:
    start = stream.advance().start
    token = stream.token
    if token.kind != STRING or not isinstance(token.value, str):
        raise stream.unexpected("a text after '@'")
    stream.advance()
    try:
        return nodes.Literal(start, token.end, parse_literal(token.value))
    except Failure:
        return nodes.BadLiteral(start, token.end, token.text)


def _parenthesis(stream: Stream) -> nodes.Node:
    start = stream.advance().start
    with stream.brackets():
        node = positive_test(stream, OR)
        if stream.is_symbol(".."):
            return _range(stream, start, node, False)
        stream.expect_symbol(")")
    return node


def _square(stream: Stream) -> nodes.Node:
    start = stream.advance().start
    if stream.skip_symbol("]"):
        return nodes.ListLiteral(start, stream.last_end, ())
    with stream.brackets():
        items = [expression(stream)]
        if stream.is_symbol(".."):
            return _range(stream, start, items[0], True)
        while stream.skip_symbol(","):
            items.append(expression(stream))
        stream.expect_symbol("]")
    return nodes.ListLiteral(start, stream.last_end, tuple(items))


def _reversed_square(stream: Stream) -> nodes.Node:
    start = stream.advance().start
    with stream.brackets():
        low = expression(stream)
        if not stream.is_symbol(".."):
            raise stream.unexpected("'..'")
        return _range(stream, start, low, False)


def _range(stream: Stream, start: int, low: nodes.Node, low_included: bool) -> nodes.Node:
    stream.expect_symbol("..")
    with stream.brackets(endpoint=True):
        high = operation(stream, SUM)
    closing = stream.expect_symbol("]", ")", "[")
    return nodes.RangeLiteral(start, closing.end, low, high, low_included, closing.text == "]")


def _context(stream: Stream) -> nodes.Node:
    start = stream.advance().start
    entries: list[nodes.Entry] = []
    with stream.brackets(), stream.scope() as known:
        going = not stream.is_symbol("}")
        while going:
            first = stream.token
            key = _key(stream)
            stream.expect_symbol(":")
            value = expression(stream)
            entries.append(nodes.Entry(first.start, value.end, key, value))
            known.add(key)
            stream.members.add(key)
            going = stream.skip_symbol(",")
        stream.expect_symbol("}")
    return nodes.ContextLiteral(start, stream.last_end, tuple(entries))


def _key(stream: Stream) -> str:
    token = stream.token
    if token.kind == STRING and isinstance(token.value, str):
        stream.advance()
        return token.value
    return stream.take_until(frozenset(":,{}"), "a key")


_BRACKETS = {
    "(": _parenthesis,
    "[": _square,
    "]": _reversed_square,
    "{": _context,
    "@": _at_literal,
}
