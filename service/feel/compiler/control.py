"""``if``, ``for``, ``some`` and ``every`` (DMN 1.5 clauses 10.3.2.13 - 10.3.2.16)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from service.feel import nodes
from service.feel.compiler.dispatch import compile_node, compiles
from service.feel.compiler.fused import fused
from service.feel.compiler.operations import failed
from service.feel.compiler.scope import Frame, Rounds, Run, Scope, Step
from service.feel.errors import Failure
from service.feel.runtime import Place
from service.feel.temporal.values import DATES, date_from_days, days_of
from service.feel.values import Range, Value, admitted, items, kind_of


@compiles(nodes.If)
def condition(node: nodes.If, scope: Scope) -> Run:
    """``if``: whatever is not true leads to the ``else`` part."""
    test, place = compile_node(node.condition, scope), scope.place(node.condition)
    yes, no = compile_node(node.yes, scope), compile_node(node.no, scope)

    def run(s: Frame) -> Value:
        result = test(s)
        if result is True:
            return yes(s)
        if result is not None and result is not False:
            s[1].warn(place, "not_boolean", kind=kind_of(result))
        return no(s)

    return run


@compiles(nodes.For)
def loop(node: nodes.For, scope: Scope) -> Run:
    """``for``: the list of the body's values; ``partial`` is the list so far."""
    inner = scope.child()
    partial = inner.bind("partial")
    if len(node.iterators) == 1 and not nodes.mentions(node.body, "partial"):
        return _simple_loop(node, inner)
    inner.live.add("partial")
    rounds = _rounds(node.iterators, inner)
    body = compile_node(node.body, inner)

    def run(s: Frame) -> Value:
        result: list[Value] = []
        before = s[partial]
        s[partial] = result
        limit = s[1].list_size

        def step() -> bool:
            result.append(body(s))
            if len(result) > limit:
                s[1].check_list(len(result))
            return True

        complete = rounds(s, step)
        s[partial] = before
        return result if complete is not None else None

    return run


def _simple_loop(node: nodes.For, scope: Scope) -> Run:
    """A loop over one source that does not look at its own results."""
    source, slot = _source(node.iterators[0].source, scope), scope.bind(node.iterators[0].name)
    body = compile_node(node.body, scope)
    body = fused(node.body, scope, body, listed=True) or body

    def run(s: Frame) -> Value:
        values, runtime = source(s), s[1]
        if values is None:
            return None
        if type(values) is list:
            runtime.spend(len(values))
            runtime.check_list(len(values))
        else:
            values = runtime.counted(values)
        before = s[slot]
        result = [body(s) for s[slot] in values]
        s[slot] = before
        return result

    return run


@compiles(nodes.Quantified)
def quantified(node: nodes.Quantified, scope: Scope) -> Run:
    """``some`` and ``every``: the disjunction and the conjunction of the body's values."""
    inner, place = scope.child(), scope.place(node.body)
    rounds = _rounds(node.iterators, inner)
    body, decisive = compile_node(node.body, inner), not node.every

    def run(s: Frame) -> Value:
        answer: bool | None = not decisive

        def step() -> bool:
            nonlocal answer
            value = body(s)
            if value is decisive:
                answer = decisive
                return False
            if value is None:
                answer = None
            elif type(value) is not bool:
                s[1].warn(place, "not_boolean", kind=kind_of(value))
                answer = None
                return False
            return True

        return answer if rounds(s, step) is not None else None

    return run


def _rounds(iterators: tuple[nodes.Iterator, ...], scope: Scope) -> Rounds:
    """A function that gives the loop variables every combination of values, calling ``step`` until it is False.

    It returns None if a source cannot be gone through, else whether all rounds were made.
    """
    if len(iterators) > 1:
        return _nest(iterators, scope)
    source = _source(iterators[0].source, scope)
    slot = scope.bind(iterators[0].name)

    def rounds(s: Frame, step: Step) -> bool | None:
        values = source(s)
        if values is None:
            return None
        before, runtime = s[slot], s[1]
        counted = type(values) is list
        if counted:
            runtime.spend(len(values))
        for value in values:
            if not counted:
                runtime.spend()
            s[slot] = value
            if not step():
                s[slot] = before
                return False
        s[slot] = before
        return True

    return rounds


def _nest(iterators: tuple[nodes.Iterator, ...], scope: Scope) -> Rounds:
    sources: list[tuple[int, Run]] = []
    for iterator in iterators:
        source = _source(iterator.source, scope)
        sources.append((scope.bind(iterator.name), source))

    def rounds(s: Frame, step: Step, at: int = 0) -> bool | None:
        slot, source = sources[at]
        values = source(s)
        if values is None:
            return None
        runtime, last, before = s[1], at == len(sources) - 1, s[slot]
        for value in values:
            runtime.spend()
            s[slot] = value
            going = step() if last else rounds(s, step, at + 1)
            if not going:
                s[slot] = before
                return going
        s[slot] = before
        return True

    return rounds


def _source(node: nodes.Node, scope: Scope) -> Run:
    place = scope.place(node)
    if isinstance(node, nodes.Interval):
        first, last = compile_node(node.first, scope), compile_node(node.last, scope)

        def span(s: Frame) -> Value:
            return _guarded(s, place, Range(first(s), last(s)), both_ways=True)

        return span
    value = compile_node(node, scope)
    return lambda s: _guarded(s, place, value(s), both_ways=False)


def _guarded(s: Frame, place: Place, value: Value, both_ways: bool) -> Iterable[Value] | None:
    try:
        return iterate(value, both_ways)
    except Failure as failure:
        failed(s, place, failure)
        return None


def iterate(value: Value, both_ways: bool = False) -> Iterable[Value]:
    """What a loop goes through: a list's items, a range's numbers or days, or a single value once."""
    value = admitted(value)
    if type(value) is list:
        return items(value)
    if type(value) is Range:
        return _range_items(value, both_ways)
    if value is None:
        raise Failure("not_iterable", kind="null")
    return [value]


def _range_items(bounds: Range, both_ways: bool) -> Iterable[Value]:
    start, end = bounds.start, bounds.end
    if type(start) is Decimal and type(end) is Decimal:
        if not (_is_whole(start) and _is_whole(end)):
            raise Failure("not_iterable", kind="range")
        return (Decimal(number) for number in _span(int(start), int(end), bounds, both_ways))
    if type(start) in DATES and type(end) in DATES:
        return _days(start, end, bounds, both_ways)
    raise Failure("not_iterable", kind="range")


def _is_whole(number: Decimal) -> bool:
    return abs(number) < 10**30 and number == number.to_integral_value()


def _days(start: date, end: date, bounds: Range, both_ways: bool) -> Iterable[Value]:
    return (date_from_days(day) for day in _span(days_of(start), days_of(end), bounds, both_ways))


def _span(first: int, last: int, bounds: Range, both_ways: bool) -> range:
    if first > last and not both_ways:
        raise Failure("not_iterable", kind="range")
    step = 1 if first <= last else -1
    if not bounds.start_included:
        first += step
    return range(first, last + step if bounds.end_included else last, step)
