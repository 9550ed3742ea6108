"""Lists, contexts, ranges and filters (DMN 1.5 clauses 10.3.2.5, 10.3.2.6, 10.3.2.7)."""

from __future__ import annotations

from decimal import Decimal

from service.feel import nodes
from service.feel.compiler.dispatch import compile_node, compiles
from service.feel.compiler.names import negated_literal
from service.feel.compiler.scope import Frame, Run, Scope, Selection
from service.feel.functions import UserFunction
from service.feel.operators import compare, less_equal
from service.feel.runtime import Place
from service.feel.values import Range, Value, admitted, items, kind_of

_BOOLEAN_NODES = (nodes.Between, nodes.In, nodes.InstanceOf, nodes.Quantified)
_BOOLEAN_OPERATORS = frozenset({"=", "!=", "<", "<=", ">", ">=", "and", "or"})


@compiles(nodes.ListLiteral)
def list_literal(node: nodes.ListLiteral, scope: Scope) -> Run:
    """``[a, b]``."""
    parts = [compile_node(item, scope) for item in node.items]
    if all(isinstance(item, nodes.Literal) for item in node.items):
        constants = [part([]) for part in parts]
        return lambda s: constants.copy()
    return lambda s: [part(s) for part in parts]


@compiles(nodes.ContextLiteral)
def context_literal(node: nodes.ContextLiteral, scope: Scope) -> Run:
    """``{key: value}``; an entry sees those before it, and a function its own name. A repeated key gives null."""
    inner, place = scope.child(), scope.place(node)
    entries: list[tuple[str, int, Run]] = []
    repeated: str | None = None
    for entry in node.entries:
        if entry.key in inner.names:
            repeated = entry.key
            break
        value = _compile_entry(entry, inner)
        entries.append((entry.key, inner.names[entry.key], value))

    def run(s: Frame) -> Value:
        if repeated is not None:
            s[1].warn(place, "duplicate_key", name=repeated)
            return None
        result = {}
        for key, slot, part in entries:
            result[key] = s[slot] = value = part(s)
            if type(value) is UserFunction:
                tie(value, key, slot)
        return result

    return run


def _compile_entry(entry: nodes.Entry, scope: Scope) -> Run:
    if isinstance(entry.value, nodes.FunctionDefinition):
        scope.bind(entry.key)
        return compile_node(entry.value, scope)
    value = compile_node(entry.value, scope)
    scope.bind(entry.key)
    return value


def tie(function: UserFunction, name: str, slot: int) -> None:
    """Let a function see itself under the name it was just given, so that it can call itself."""
    if function.name == "function":
        function.name = name
        if slot < function.slot:
            function.frame[slot] = function


@compiles(nodes.RangeLiteral)
def range_literal(node: nodes.RangeLiteral, scope: Scope) -> Run:
    """``[low..high]``; null if the ends are not of one kind with an order, or the wrong way round."""
    low, high, place = compile_node(node.low, scope), compile_node(node.high, scope), scope.place(node)
    low_included, high_included = node.low_included, node.high_included

    def run(s: Frame) -> Value:
        start, end = low(s), high(s)
        if start is None and end is None:
            ordered: bool | None = None
        else:
            ordered = True if start is None or end is None else less_equal(start, end)
        if not ordered:
            s[1].warn(place, "bad_range", start=kind_of(start), end=kind_of(end))
            return None
        return Range(start, end, low_included and start is not None, high_included and end is not None)

    if all(isinstance(each, nodes.Literal) or negated_literal(each) is not None for each in (node.low, node.high)):
        return _constant_range(run)
    return run


def _constant_range(run: Run) -> Run:
    known: list[Range] = []

    def constant(s: Frame) -> Value:
        if known:
            return known[0]
        value = run(s)
        if value is not None:
            known.append(value)
        return value

    return constant


@compiles(nodes.UnaryTest)
def open_range(node: nodes.UnaryTest, scope: Scope) -> Run:
    """``(>= 5)`` as a value: a range open to one side."""
    endpoint, place, op = compile_node(node.endpoint, scope), scope.place(node), node.op

    def run(s: Frame) -> Value:
        end = endpoint(s)
        if end is None or compare(lambda a, b: True, end, end) is None or op == "!=":
            s[1].warn(place, "bad_range", start=kind_of(end), end=kind_of(end))
            return None
        if op == "=":
            return Range(end, end)
        if op in ("<", "<="):
            return Range(None, end, False, op == "<=")
        return Range(end, None, op == ">=", False)

    return run


@compiles(nodes.Filter)
def filtering(node: nodes.Filter, scope: Scope) -> Run:
    """``subject[condition]``: the item at a position, or the items for which the condition is true."""
    subject, place = compile_node(node.subject, scope), scope.place(node)
    index = negated_literal(node.condition)
    if index is not None:
        return _at(subject, index, place)
    inner = scope.child(scope.unit.slot())
    condition = compile_node(node.condition, inner)
    slot = inner.item_slot or 0
    select = selection(condition, slot, place)
    if _is_boolean(node.condition):

        def run(s: Frame) -> Value:
            values = subject(s)
            return None if values is None else select(s, items(values) if type(values) is list else [values])

        return run
    return _either(subject, condition, slot, select, place)


def _is_boolean(node: nodes.Node) -> bool:
    return isinstance(node, _BOOLEAN_NODES) or (isinstance(node, nodes.Binary) and node.op in _BOOLEAN_OPERATORS)


def selection(condition: Run, slot: int, place: Place) -> Selection:
    """The items that pass; null as soon as a condition is neither true, false nor null."""

    def select(s: Frame, values: list[Value]) -> Value:
        s[1].spend(len(values))
        before = s[slot]
        result = []
        for item in values:
            s[slot] = item
            passed = condition(s)
            if passed is True:
                result.append(item)
            elif passed is not False and passed is not None:
                s[1].warn(place, "filter_result", kind=kind_of(passed))
                s[slot] = before
                return None
        s[slot] = before
        return result

    return select


def _either(subject: Run, condition: Run, slot: int, select: Selection, place: Place) -> Run:
    def run(s: Frame) -> Value:
        values = subject(s)
        if values is None:
            return None
        values = items(values) if type(values) is list else [values]
        before = s[slot]
        s[slot] = values[0] if values else None
        kept = len(s[1].warnings)
        first = condition(s)
        s[slot] = before
        del s[1].warnings[kept:]
        if type(first) is Decimal:
            return item_at(s, values, first, place)
        return select(s, values)

    return run


def _at(subject: Run, index: Decimal, place: Place) -> Run:
    def run(s: Frame) -> Value:
        values = subject(s)
        if values is None:
            return None
        return item_at(s, values if type(values) is list else [values], index, place)

    return run


def item_at(s: Frame, values: list[Value], index: Decimal, place: Place) -> Value:
    """The item at a position from 1, or from -1 backwards."""
    size = len(values)
    position = int(index) if -size <= index <= size and index == int(index) else 0
    if position == 0:
        s[1].warn(place, "index_out_of_range", index=index)
        return None
    return admitted(values[position - 1 if position > 0 else position])
