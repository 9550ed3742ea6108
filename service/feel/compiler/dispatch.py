"""Which function compiles which kind of node; the modules of this package register theirs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from service.feel import nodes
from service.feel.compiler.scope import Run, Scope

Compiler = Callable[[Any, Scope], Run]
_COMPILERS: dict[type[nodes.Node], Compiler] = {}


def compiles(kind: type[nodes.Node]) -> Callable[[Compiler], Compiler]:
    """Register a function as the one that compiles nodes of a kind."""

    def register(compiler: Compiler) -> Compiler:
        _COMPILERS[kind] = compiler
        return compiler

    return register


def compile_node(node: nodes.Node, scope: Scope) -> Run:
    """The closure of a node."""
    return _COMPILERS[type(node)](node, scope)
