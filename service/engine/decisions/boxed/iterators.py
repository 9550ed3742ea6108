"""Boxed conditionals, filters and iterators (DMN 1.5 clauses 10.2.1.8 - 10.2.1.10)."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from service.engine.decisions.boxed.dispatch import compile_child, compiles
from service.engine.decisions.document import Element, child
from service.engine.decisions.runtime import DecisionRuntime
from service.engine.decisions.site import NOWHERE, Logic, Scope, Site
from service.feel.compiler.collections import item_at
from service.feel.compiler.control import iterate
from service.feel.errors import Failure
from service.feel.values import Value, items, kind_of


def _part(element: Element, name: str, site: Site) -> Logic:
    found = child(element, name)
    return site.typed(compile_child(found, site), found)


@compiles("conditional")
def conditional(element: Element, site: Site) -> Logic:
    """``if``, ``then``, ``else``; the condition must be true, false or null (clause 10.2.1.8)."""
    test, yes, no = (_part(element, name, site) for name in ("if", "then", "else"))

    def run(scope: Scope, runtime: DecisionRuntime) -> Value:
        result = test(scope, runtime)
        if result is not None and type(result) is not bool:
            runtime.warn(NOWHERE, "not_boolean", kind=kind_of(result))
            return None
        return yes(scope, runtime) if result is True else no(scope, runtime)

    return run


@compiles("filter")
def filtering(element: Element, site: Site) -> Logic:
    """The items of ``in`` for which ``match`` is true; ``item`` is the item at hand."""
    source, match = _part(element, "in", site), _part(element, "match", site.with_names(["item"]))

    def run(scope: Scope, runtime: DecisionRuntime) -> Value:
        values = source(scope, runtime)
        if values is None:
            return None
        values = items(values) if type(values) is list else [values]
        result = []
        for item in values:
            runtime.spend(1 + len(scope) // 16)
            passed = match(_item_scope(scope, item), runtime)
            if type(passed) is Decimal:
                return item_at([scope, runtime], values, passed, NOWHERE)
            if passed is not None and type(passed) is not bool:
                runtime.warn(NOWHERE, "filter_result", kind=kind_of(passed))
                return None
            if passed:
                result.append(item)
        return result

    return run


def _item_scope(scope: Scope, item: Value) -> Scope:
    return {**scope, "item": item, **item} if type(item) is dict else {**scope, "item": item}


@compiles("for")
def loop(element: Element, site: Site) -> Logic:
    """The list of the values of ``return``; ``partial`` is the list so far."""
    variable = element.get("iteratorVariable") or "item"
    source = _part(element, "in", site)
    body = _part(element, "return", site.with_names([variable, "partial"]))
    partial = "partial" in "".join(str(text) for text in element.itertext())

    def run(scope: Scope, runtime: DecisionRuntime) -> Value:
        values = _iterated(source(scope, runtime), runtime)
        if values is None:
            return None
        result: list[Value] = []
        for value in values:
            runtime.spend(1 + len(scope) // 16)
            if partial:
                runtime.spend(len(result) // 64)
                scope = {**scope, "partial": result.copy()}
            result.append(body({**scope, variable: value}, runtime))
            runtime.check_list(len(result))
        return result

    return run


def _iterated(value: Value, runtime: DecisionRuntime) -> Iterable[Value] | None:
    try:
        return iterate(value)
    except Failure as failure:
        runtime.warn(NOWHERE, failure.code, **failure.params)
        return None


@compiles("every")
def every(element: Element, site: Site) -> Logic:
    """True if ``satisfies`` is true for every item."""
    return _quantified(element, site, decisive=False)


@compiles("some")
def some(element: Element, site: Site) -> Logic:
    """True if ``satisfies`` is true for some item."""
    return _quantified(element, site, decisive=True)


def _quantified(element: Element, site: Site, decisive: bool) -> Logic:
    variable = element.get("iteratorVariable") or "item"
    source = _part(element, "in", site)
    test = _part(element, "satisfies", site.with_names([variable]))

    def run(scope: Scope, runtime: DecisionRuntime) -> Value:
        values = _iterated(source(scope, runtime), runtime)
        if values is None:
            return None
        answer: bool | None = not decisive
        for value in values:
            runtime.spend(1 + len(scope) // 16)
            result = test({**scope, variable: value}, runtime)
            if result is decisive:
                return decisive
            if result is None:
                answer = None
            elif type(result) is not bool:
                runtime.warn(NOWHERE, "not_boolean", kind=kind_of(result))
                return None
        return answer

    return run
