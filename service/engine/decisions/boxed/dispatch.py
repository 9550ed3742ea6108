"""Which function compiles which boxed expression; the modules of this package register theirs."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from service.engine.decisions.document import Element, children, tag
from service.engine.decisions.site import Logic, Site, nothing

Compiler = Callable[[Element, Site], Logic]
_COMPILERS: dict[str, Compiler] = {}


def compiles(name: str) -> Callable[[Compiler], Compiler]:
    """Register a function as the one that compiles elements of a name."""

    def register(compiler: Compiler) -> Compiler:
        _COMPILERS[name] = compiler
        return compiler

    return register


def expressions(element: Element) -> Iterator[Element]:
    """The expressions directly inside an element."""
    return children(element, *_COMPILERS)


def compile_expression(element: Element, site: Site) -> Logic:
    """The logic of a boxed expression, its result converted to its declared type."""
    return site.typed(_COMPILERS[tag(element)](element, site), element)


def compile_child(element: Element | None, site: Site) -> Logic:
    """The logic of the expression inside an element; that of null if there is none."""
    found = None if element is None else next(expressions(element), None)
    return nothing if found is None else compile_expression(found, site)
