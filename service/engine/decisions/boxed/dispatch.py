"""Which function compiles which boxed expression."""

from __future__ import annotations

from collections.abc import Callable

from service.engine.decisions.boxed import contexts, functions, iterators, literals
from service.engine.decisions.document import Element, children, tag
from service.engine.decisions.site import Logic, Site, nothing
from service.engine.decisions.table.compile import decision_table

_COMPILERS: dict[str, Callable[[Element, Site], Logic]] = {
    "literalExpression": literals.literal,
    "context": contexts.context,
    "list": contexts.boxed_list,
    "relation": contexts.relation,
    "invocation": functions.invocation,
    "functionDefinition": functions.definition,
    "decisionTable": decision_table,
    "conditional": iterators.conditional,
    "filter": iterators.filtering,
    "for": iterators.loop,
    "every": iterators.every,
    "some": iterators.some,
}
EXPRESSIONS = tuple(_COMPILERS)


def compile_expression(element: Element, site: Site) -> Logic:
    """The logic of a boxed expression, its result converted to its declared type."""
    return site.typed(_COMPILERS[tag(element)](element, site), element)


def compile_child(element: Element | None, site: Site) -> Logic:
    """The logic of the expression inside an element; that of null if there is none."""
    found = None if element is None else next(children(element, *EXPRESSIONS), None)
    return nothing if found is None else compile_expression(found, site)
