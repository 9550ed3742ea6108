"""Arithmetic, comparison and logic (DMN 1.5 clauses 10.3.2.7 - 10.3.2.9, tables 38, 42, 50-58)."""

from __future__ import annotations

import operator
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from service.feel import nodes
from service.feel import operators as semantics
from service.feel.compiler.dispatch import compile_node, compiles
from service.feel.compiler.fused import fused
from service.feel.compiler.names import negated_literal
from service.feel.compiler.scope import Frame, Run, Scope
from service.feel.errors import Failure, LimitExceeded
from service.feel.numbers import DECIMAL
from service.feel.runtime import Place
from service.feel.values import Value, kind_of

Operation = Callable[[Any, Any], Any]

_ARITHMETIC: dict[str, tuple[Operation, Operation]] = {
    "+": (DECIMAL.add, semantics.add),
    "-": (DECIMAL.subtract, semantics.subtract),
    "*": (DECIMAL.multiply, semantics.multiply),
    "/": (DECIMAL.divide, semantics.divide),
    "**": (DECIMAL.power, semantics.power),
}
_ORDER: dict[str, Operation] = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}
_LONG_CHAIN = 12


@compiles(nodes.Negation)
def negation(node: nodes.Negation, scope: Scope) -> Run:
    """``-operand``."""
    constant = negated_literal(node)
    if constant is not None:
        return lambda s: constant
    operand, place = compile_node(node.operand, scope), scope.place(node)

    def run(s: Frame) -> Value:
        try:
            return semantics.negate(operand(s))
        except Failure as failure:
            return failed(s, place, failure)

    return run


def failed(s: Frame, place: Place, failure: Failure) -> Value:
    """Record a failure and give null; one that ends the whole evaluation goes on."""
    if isinstance(failure, LimitExceeded):
        raise failure
    s[1].warn(place, failure.code, **failure.params)
    return None


@compiles(nodes.Binary)
def binary(node: nodes.Binary, scope: Scope) -> Run:
    """``left op right``; long chains of one kind of operator run in a loop, so that they need no deep stack."""
    chain = _chain(node)
    if len(chain) > _LONG_CHAIN:
        return _long(chain, scope)
    general = _joined(node, compile_node(node.left, scope), scope)
    return fused(node, scope, general) or general


def _chain(node: nodes.Binary) -> list[nodes.Binary]:
    found = [node]
    while isinstance(found[-1].left, nodes.Binary):
        found.append(found[-1].left)
    return found[::-1]


def _long(chain: list[nodes.Binary], scope: Scope) -> Run:
    carried = scope.unit.slot()
    first = compile_node(chain[0].left, scope)
    steps = [_joined(node, lambda s: s[carried], scope) for node in chain]

    def run(s: Frame) -> Value:
        value = first(s)
        for step in steps:
            s[carried] = value
            value = step(s)
        return value

    return run


def _joined(node: nodes.Binary, left: Run, scope: Scope) -> Run:
    right, place, op = compile_node(node.right, scope), scope.place(node), node.op
    if op == "and":
        return _and(left, right, place)
    if op == "or":
        return _or(left, right, place)
    constant = negated_literal(node.right)
    if op in _ARITHMETIC:
        return _arithmetic(op, left, right, place, constant)
    if op in _ORDER:
        return comparison(op, left, right, place, constant)
    return _equality(left, right, place, op == "!=")


def _arithmetic(op: str, left: Run, right: Run, place: Place, constant: Decimal | None) -> Run:
    fast, slow = _ARITHMETIC[op]

    def general(s: Frame, a: Value, b: Value) -> Value:
        try:
            result = slow(a, b)
            if type(result) is str:
                s[1].check_string(len(result))
                s[1].spend(len(result) >> 5)
            return result
        except Failure as failure:
            return failed(s, place, failure)

    if constant is not None:

        def run_constant(s: Frame) -> Value:
            a = left(s)
            try:
                return fast(a, constant) if type(a) is Decimal else general(s, a, constant)
            except ArithmeticError:
                return general(s, a, constant)

        return run_constant

    def run(s: Frame) -> Value:
        a, b = left(s), right(s)
        try:
            return fast(a, b) if type(a) is Decimal and type(b) is Decimal else general(s, a, b)
        except ArithmeticError:
            return general(s, a, b)

    return run


def comparison(op: str, left: Run, right: Run, place: Place, constant: Decimal | None = None) -> Run:
    """``left op right`` for ``<``, ``<=``, ``>`` and ``>=``."""
    order = _ORDER[op]

    def slow(s: Frame, a: Value, b: Value) -> bool | None:
        result = semantics.compare(order, a, b)
        if result is None:
            s[1].warn(place, "operand_types", op=op, left=kind_of(a), right=kind_of(b))
        return result

    if constant is not None:

        def run_constant(s: Frame) -> Value:
            a = left(s)
            return order(a, constant) if type(a) is Decimal else slow(s, a, constant)

        return run_constant

    def run(s: Frame) -> Value:
        a, b = left(s), right(s)
        return order(a, b) if type(a) is Decimal and type(b) is Decimal else slow(s, a, b)

    return run


_SIMPLE = frozenset({Decimal, str, bool})


def equality(s: Frame, a: Value, b: Value, place: Place, op: str = "=") -> bool | None:
    """``a = b``; null and a warning where the two cannot be compared."""
    try:
        result = semantics.equal(a, b, s[1])
    except Failure as failure:
        failed(s, place, failure)
        return None
    if result is None:
        s[1].warn(place, "operand_types", op=op, left=kind_of(a), right=kind_of(b))
    return result


def _equality(left: Run, right: Run, place: Place, negate: bool) -> Run:
    def slow_not(s: Frame, a: Value, b: Value) -> bool | None:
        result = equality(s, a, b, place, "!=")
        return None if result is None else not result

    if negate:

        def run_not(s: Frame) -> Value:
            a, b = left(s), right(s)
            return a != b if type(a) is type(b) and type(a) in _SIMPLE else slow_not(s, a, b)

        return run_not

    def run(s: Frame) -> Value:
        a, b = left(s), right(s)
        return a == b if type(a) is type(b) and type(a) in _SIMPLE else equality(s, a, b, place)

    return run


def _truth(s: Frame, value: Value, place: Place) -> bool | None:
    """``value`` as true, false or unknown; anything else is unknown, with a warning."""
    if value is not None and type(value) is not bool:
        s[1].warn(place, "not_boolean", kind=kind_of(value))
        return None
    return value


def _and(left: Run, right: Run, place: Place) -> Run:
    def run(s: Frame) -> Value:
        a = left(s)
        if a is False:
            return False
        b = right(s)
        if b is False:
            return False
        if a is True and b is True:
            return True
        _truth(s, a, place)
        _truth(s, b, place)
        return None

    return run


def _or(left: Run, right: Run, place: Place) -> Run:
    def run(s: Frame) -> Value:
        a = left(s)
        if a is True:
            return True
        b = right(s)
        if b is True:
            return True
        if a is False and b is False:
            return False
        _truth(s, a, place)
        _truth(s, b, place)
        return None

    return run


@compiles(nodes.Between)
def between(node: nodes.Between, scope: Scope) -> Run:
    """``value between low and high``."""
    value, place = compile_node(node.value, scope), scope.place(node)
    low, high = compile_node(node.low, scope), compile_node(node.high, scope)

    def run(s: Frame) -> Value:
        v, a, b = value(s), low(s), high(s)
        if type(v) is Decimal and type(a) is Decimal and type(b) is Decimal:
            return a <= v <= b
        above, below = semantics.less_equal(a, v), semantics.less_equal(v, b)
        if above is False or below is False:
            return False
        if above is None or below is None:
            s[1].warn(place, "operand_types", op="between", left=kind_of(v), right=kind_of(a if above is None else b))
            return None
        return True

    return run
