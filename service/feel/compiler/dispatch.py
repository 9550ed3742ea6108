"""Which function compiles which kind of node."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from service.feel import nodes
from service.feel.compiler import calls, collections, control, membership, names, operations, type_names
from service.feel.compiler.scope import Run, Scope

_COMPILERS: dict[type, Callable[[Any, Scope], Run]] = {
    nodes.Literal: names.literal,
    nodes.BadLiteral: names.bad_literal,
    nodes.Name: names.name,
    nodes.Path: names.path,
    nodes.Negation: operations.negation,
    nodes.Binary: operations.binary,
    nodes.Between: operations.between,
    nodes.Filter: collections.filtering,
    nodes.ListLiteral: collections.list_literal,
    nodes.ContextLiteral: collections.context_literal,
    nodes.RangeLiteral: collections.range_literal,
    nodes.UnaryTest: collections.open_range,
    nodes.Call: calls.call,
    nodes.FunctionDefinition: calls.function_definition,
    nodes.If: control.condition,
    nodes.For: control.loop,
    nodes.Quantified: control.quantified,
    nodes.In: membership.within,
    nodes.InstanceOf: type_names.instance_of,
}


def compile_node(node: nodes.Node, scope: Scope) -> Run:
    """The closure of a node."""
    return _COMPILERS[type(node)](node, scope)
