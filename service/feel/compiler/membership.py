"""``in`` and unary tests (DMN 1.5 clauses 10.3.2.7 and 7.3.x; grammar rules 7-17, 49c)."""

from __future__ import annotations

from decimal import Decimal

from service.feel import nodes
from service.feel import operators as semantics
from service.feel.compiler.dispatch import compile_node, compiles
from service.feel.compiler.names import negated_literal
from service.feel.compiler.operations import comparison, equality, failed
from service.feel.compiler.scope import Frame, Run, Scope
from service.feel.errors import Failure
from service.feel.runtime import Place
from service.feel.values import Range, Value, admitted, kind_of


@compiles(nodes.In)
def within(node: nodes.In, scope: Scope) -> Run:
    """``value in (tests)``: true if one test holds, null if none does and one has no answer."""
    value, slot = compile_node(node.value, scope), scope.unit.slot()
    tests = [one_test(test, slot, scope, cell=False) for test in node.tests]
    combined = tests[0] if len(tests) == 1 else _any(tests)

    def run(s: Frame) -> Value:
        s[slot] = value(s)
        return combined(s)

    return run


def _any(tests: list[Run]) -> Run:
    def run(s: Frame) -> Value:
        answer: bool | None = False
        for test in tests:
            result = test(s)
            if result is True:
                return True
            if result is None:
                answer = None
        return answer

    return run


def unary_tests(node: nodes.UnaryTests, scope: Scope, slot: int) -> Run:
    """A decision table's cell as a function of the input value in ``slot``; true, false or null."""
    if not node.tests:
        return lambda s: True
    tests = [one_test(test, slot, scope, cell=True) for test in node.tests]
    combined = tests[0] if len(tests) == 1 else _any(tests)
    if not node.negated:
        return combined

    def run(s: Frame) -> Value:
        result = combined(s)
        return None if result is None else not result

    return run


def one_test(node: nodes.Node, slot: int, scope: Scope, cell: bool) -> Run:
    """One test of the value in ``slot``."""
    place = scope.place(node)
    if isinstance(node, nodes.UnaryTest):
        return _operator_test(node, slot, scope)
    if isinstance(node, nodes.Literal) and type(node.value) in (str, Decimal, bool):
        return _constant_test(node.value, slot, place)
    negative = negated_literal(node)
    if negative is not None:
        return _constant_test(negative, slot, place)
    result = compile_node(node, scope)
    if isinstance(node, nodes.RangeLiteral):
        return _range_test(result, slot, place)
    if cell and nodes.mentions(node, "?"):
        return lambda s: _judged(s, s[slot], result(s), place)

    def run(s: Frame) -> Value:
        return matches(s, s[slot], result(s), place, cell)

    return run


def _constant_test(constant: Value, slot: int, place: Place) -> Run:
    kind = type(constant)

    def run(s: Frame) -> Value:
        value = s[slot]
        if type(value) is kind:
            return value == constant
        if type(value) is list and len(value) == 1:
            value = value[0]
        return equality(s, value, constant, place, "in")

    return run


def _operator_test(node: nodes.UnaryTest, slot: int, scope: Scope) -> Run:
    endpoint, place, op = compile_node(node.endpoint, scope), scope.place(node), node.op
    if op in ("=", "!="):

        def run(s: Frame) -> Value:
            result = equality(s, s[slot], endpoint(s), place, op)
            return result if op == "=" or result is None else not result

        return run
    return comparison(op, lambda s: s[slot], endpoint, place, negated_literal(node.endpoint))


def _range_test(bounds: Run, slot: int, place: Place) -> Run:
    def run(s: Frame) -> Value:
        found = bounds(s)
        return None if found is None else _in_range(s, s[slot], found, place)

    return run


def _in_range(s: Frame, value: Value, bounds: Range, place: Place) -> bool | None:
    start, end = bounds.start, bounds.end
    if type(value) is Decimal and type(start) is Decimal and type(end) is Decimal:
        return (start < value or (value == start and bounds.start_included)) and (
            value < end or (value == end and bounds.end_included)
        )
    result = semantics.in_range(value, bounds)
    if result is None:
        s[1].warn(place, "operand_types", op="in", left=kind_of(value), right="range")
    return result


def _judged(s: Frame, value: Value, result: Value, place: Place) -> bool | None:
    if result is None or type(result) is bool:
        return result
    return matches(s, value, result, place, True)


def matches(s: Frame, value: Value, result: Value, place: Place, cell: bool) -> bool | None:
    """Whether ``value`` equals ``result``, lies in it if it is a range, or in one of it if it is a list."""
    kind = type(result)
    if kind is Range and type(value) is not Range:
        return _in_range(s, value, result, place)
    if kind is list:
        try:
            return _in_list(s, value, result)
        except Failure as failure:
            failed(s, place, failure)
            return None
    if cell and kind is bool and type(value) is not bool:
        return bool(result)
    return equality(s, value, result, place, "in")


def _in_list(s: Frame, value: Value, candidates: list[Value]) -> bool:
    if type(value) is list and semantics.equal(value, candidates, s[1]) is True:
        return True
    s[1].spend(len(candidates) // 8)
    for candidate in candidates:
        candidate = admitted(candidate)
        if type(candidate) is Range and type(value) is not Range:
            if semantics.in_range(value, candidate) is True:
                return True
        elif semantics.equal(value, candidate, s[1]) is True:
            return True
    return False
