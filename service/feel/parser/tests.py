"""Unary tests, the language of decision table cells (DMN 1.5 grammar rules 7-17)."""

from __future__ import annotations

from service.feel import nodes
from service.feel.lexer import END
from service.feel.parser.expressions import OR, positive_test
from service.feel.parser.stream import Stream, Vocabulary


def parse_unary_tests(source: str, vocabulary: Vocabulary) -> nodes.UnaryTests:
    """The whole of ``source`` as tests of a value named ``?``; raises :class:`FeelSyntaxError`."""
    stream = Stream(source, vocabulary)
    end = len(source)
    if stream.is_symbol("-") and stream.peek().kind == END:
        return nodes.UnaryTests(0, end, (), False)
    if stream.is_word("not") and stream.peek().text == "(":
        negated = _negated(stream)
        if negated is not None:
            return nodes.UnaryTests(0, end, negated, True)
    tests = _tests(stream)
    stream.expect_end()
    return nodes.UnaryTests(0, end, tests, False)


def _tests(stream: Stream) -> tuple[nodes.Node, ...]:
    found = [positive_test(stream, OR)]
    while stream.skip_symbol(","):
        found.append(positive_test(stream, OR))
    return tuple(found)


def _negated(stream: Stream) -> tuple[nodes.Node, ...] | None:
    """The tests inside ``not(...)``; None if more follows, so that it was a function call."""
    start = stream.at
    stream.at += 2
    with stream.brackets():
        tests = _tests(stream)
    if stream.skip_symbol(")") and stream.token.kind == END:
        return tests
    stream.at = start
    return None
