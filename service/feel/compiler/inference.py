"""The type of a function's result, as far as its body tells without running it (DMN 1.5 clause 10.3.2.9, table 43)."""

from __future__ import annotations

from collections.abc import Mapping

from service.feel import nodes
from service.feel.types import ANY, BUILT_IN, ContextType, ListType, RangeType, SimpleType, Type
from service.feel.values import kind_of

NUMBER, STRING, BOOLEAN = BUILT_IN["number"], BUILT_IN["string"], BUILT_IN["boolean"]
_LOGIC = frozenset({"=", "!=", "<", "<=", ">", ">=", "and", "or"})
_TEMPORAL = {"date": "date", "time": "time", "date and time": "date and time"}


def type_of(node: nodes.Node, names: Mapping[str, Type]) -> Type:
    """The type of a node whose variables have the given types; ``Any`` where it depends on more than that."""
    if isinstance(node, nodes.Literal):
        return SimpleType(kind_of(node.value))
    if isinstance(node, nodes.Name):
        return names.get(node.name, ANY)
    if isinstance(node, (nodes.Between, nodes.In, nodes.InstanceOf, nodes.Quantified)):
        return BOOLEAN
    if isinstance(node, nodes.Binary):
        return _of_operation(node, names)
    if isinstance(node, nodes.Negation):
        return type_of(node.operand, names)
    if isinstance(node, nodes.If):
        return _common(type_of(node.yes, names), type_of(node.no, names))
    if isinstance(node, nodes.ListLiteral):
        return ListType(_common(*(type_of(item, names) for item in node.items)))
    if isinstance(node, nodes.ContextLiteral):
        return _of_context(node, names)
    if isinstance(node, nodes.RangeLiteral):
        return RangeType(type_of(node.low, names))
    if isinstance(node, nodes.Call) and isinstance(node.function, nodes.Name) and node.function.name in _TEMPORAL:
        return BUILT_IN[_TEMPORAL[node.function.name]]
    return ANY


def _common(*found: Type) -> Type:
    """The one type that all have; ``Any`` if they differ."""
    return found[0] if found and all(each == found[0] for each in found) else ANY


def _of_operation(node: nodes.Binary, names: Mapping[str, Type]) -> Type:
    if node.op in _LOGIC:
        return BOOLEAN
    left, right = type_of(node.left, names), type_of(node.right, names)
    if left == right and (left == NUMBER or (left == STRING and node.op == "+")):
        return left
    return ANY


def _of_context(node: nodes.ContextLiteral, names: Mapping[str, Type]) -> Type:
    inner, fields = dict(names), dict[str, Type]()
    for entry in node.entries:
        inner[entry.key] = fields[entry.key] = type_of(entry.value, inner)
    return ContextType(fields)
