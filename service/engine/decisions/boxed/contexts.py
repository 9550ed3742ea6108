"""Boxed contexts, lists and relations (DMN 1.5 clauses 10.2.1.4 - 10.2.1.6)."""

from __future__ import annotations

from service.engine.decisions.boxed.dispatch import compile_child, compile_expression, compiles, expressions
from service.engine.decisions.document import Element, child, children, name_of
from service.engine.decisions.runtime import DecisionRuntime
from service.engine.decisions.site import Logic, Scope, Site
from service.feel.functions import HostFunction
from service.feel.values import Value


@compiles("context")
def context(element: Element, site: Site) -> Logic:
    """A context whose entries see those before them; an entry without a name is the result of the whole."""
    entries: list[tuple[str, Logic]] = []
    result: Logic | None = None
    for entry in children(element, "contextEntry"):
        variable = child(entry, "variable")
        inner = site if variable is None else site.with_names([name_of(variable)])
        logic = site.typed(compile_child(entry, inner if _is_function(entry) else site), variable)
        if variable is None:
            result = logic
            break
        entries.append((name_of(variable), logic))
        site = inner

    def run(scope: Scope, runtime: DecisionRuntime) -> Value:
        inside, found = dict(scope), {}
        for name, logic in entries:
            found[name] = inside[name] = value = logic(inside, runtime)
            if isinstance(value, HostFunction) and value.name == "function":
                value.name = name
        return found if result is None else result(inside, runtime)

    return run


def _is_function(entry: Element) -> bool:
    return child(entry, "functionDefinition") is not None


@compiles("list")
def boxed_list(element: Element, site: Site) -> Logic:
    """A list of expressions."""
    items = [compile_expression(item, site) for item in expressions(element)]
    return lambda scope, runtime: [item(scope, runtime) for item in items]


@compiles("relation")
def relation(element: Element, site: Site) -> Logic:
    """A list of contexts, written as a table of expressions."""
    columns = list(children(element, "column"))
    names = [name_of(column) for column in columns]
    rows = [
        [
            site.typed(compile_expression(cell, site), column)
            for cell, column in zip(expressions(row), columns, strict=False)
        ]
        for row in children(element, "row")
    ]
    return lambda scope, runtime: [
        {name: cell(scope, runtime) for name, cell in zip(names, row, strict=False)} for row in rows
    ]
