"""Arithmetic and comparison in one step where all operands are plain numbers, by far the commonest case.

A closure costs a call for each node. A small tree of ``+ - * /`` and a comparison over variables and constants is
therefore written as one Python function besides: from the nodes alone, variables and constants by number, so that no
text of an expression becomes code. It answers if the operands are whole numbers (``int``, of whose sums, differences
and products none can have more than 34 digits) or all ``Decimal``. Everything else it leaves to the closures, which
alone define what an expression means.
"""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache
from types import CodeType, FunctionType
from typing import Any

from service.feel import nodes
from service.feel.compiler.names import Places, negated_literal, places_of
from service.feel.compiler.scope import Run, Scope
from service.feel.numbers import DECIMAL, WHOLE
from service.feel.values import MISSING, WIDE

MAX_NODES = 32
_WHOLE = {"+": "{0} + {1}", "-": "{0} - {1}", "*": "{0} * {1}"}
_EXACT = {"+": "add({0}, {1})", "-": "subtract({0}, {1})", "*": "multiply({0}, {1})", "/": "divide({0}, {1})"}
_ORDER = {"<": "<", "<=": "<=", ">": ">", ">=": ">=", "=": "==", "!=": "!="}
_PLAIN = {
    "int": f"type({{0}}) is int and {-WHOLE} < {{0}} < {WHOLE}",
    "Decimal": "type({0}) is Decimal and {0}.is_finite()",
    "str": "type({0}) is str",
}
_NAMES: dict[str, Any] = {
    "__builtins__": {},
    "ArithmeticError": ArithmeticError,
    "Decimal": Decimal,
    "dict": dict,
    "int": int,
    "str": str,
    "type": type,
    "absent": MISSING,
    "add": DECIMAL.add,
    "subtract": DECIMAL.subtract,
    "multiply": DECIMAL.multiply,
    "divide": DECIMAL.divide,
    "minus": DECIMAL.minus,
}

Answers = dict[str, str]
"""The value to return, as source, where all variables are of a kind (a key of ``_PLAIN``)."""


class NotPlain(Exception):
    """The tree holds more than numbers, texts and variables."""


def fused(node: nodes.Node, scope: Scope, general: Run, listed: bool = False) -> Run | None:
    """One function for a tree; None if it cannot be had. ``general`` answers where it cannot.

    ``listed`` says that the value becomes an item of a list, where whole numbers may stay ``int``.
    """
    if not isinstance(node, nodes.Binary):
        return None
    try:
        return _Writer(scope).function(node, general, listed)
    except NotPlain:
        return None


def shortcut(node: nodes.Node, scope: Scope) -> Run | None:
    """The same for a whole expression, in a frame that holds the context only; ``MISSING`` where it has no answer."""
    return fused(node, scope, lambda s: MISSING)


class _Writer:
    """Writes the function of one tree."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.variables: dict[Places, str] = {}
        self.names = dict(_NAMES)
        self.nodes = 0

    def function(self, node: nodes.Binary, general: Run, listed: bool) -> Run:
        answers = self._comparison(node) if node.op in _ORDER else self._calculation(node, listed)
        if not self.variables:
            raise NotPlain
        self.names["general"] = general
        return FunctionType(_code(self._source(answers)), self.names)

    def _calculation(self, node: nodes.Binary, listed: bool) -> Answers:
        value, bound = self._whole(node)
        return {"int": value if listed or bound is None else f"Decimal({value})", "Decimal": self._exact(node)}

    def _comparison(self, node: nodes.Binary) -> Answers:
        op = _ORDER[node.op]
        if isinstance(node.right, nodes.Literal) and type(node.right.value) is str:
            return {"str": f"{self._variable(node.left)} {op} {self._constant(node.right.value)}"}
        whole = f"{self._whole(node.left)[0]} {op} {self._whole(node.right)[0]}"
        return {"int": whole, "Decimal": f"{self._exact(node.left)} {op} {self._exact(node.right)}"}

    def _whole(self, node: nodes.Node) -> tuple[str, int | None]:
        """The tree over ``int`` and the bound of its value; None if that is a ``Decimal``."""
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise NotPlain
        number = negated_literal(node)
        if number is not None:
            if number.as_tuple().exponent == 0:
                return f"({int(number)})", abs(int(number))
            return self._constant(number), None
        if isinstance(node, nodes.Negation):
            value, bound = self._whole(node.operand)
            return (f"minus({value})", None) if bound is None else (f"(-{value})", bound)
        if isinstance(node, nodes.Binary):
            return self._whole_operation(node)
        return self._variable(node), WHOLE

    def _whole_operation(self, node: nodes.Binary) -> tuple[str, int | None]:
        if node.op not in _EXACT:
            raise NotPlain
        (left, low), (right, high) = self._whole(node.left), self._whole(node.right)
        if node.op in _WHOLE and low is not None and high is not None:
            bound = low * high if node.op == "*" else low + high
            if bound < WIDE:
                return f"({_WHOLE[node.op].format(left, right)})", bound
        return _EXACT[node.op].format(left, right), None

    def _exact(self, node: nodes.Node) -> str:
        """The tree over ``Decimal``."""
        number = negated_literal(node)
        if number is not None:
            return self._constant(number)
        if isinstance(node, nodes.Negation):
            return f"minus({self._exact(node.operand)})"
        if isinstance(node, nodes.Binary):
            return _EXACT[node.op].format(self._exact(node.left), self._exact(node.right))
        return self._variable(node)

    def _constant(self, value: Decimal | str) -> str:
        name = f"c{len(self.names)}"
        self.names[name] = value
        return name

    def _variable(self, node: nodes.Node) -> str:
        places = places_of(node, self.scope)
        if places is None:
            raise NotPlain
        return self.variables.setdefault(places, f"v{len(self.variables)}")

    def _source(self, answers: Answers) -> str:
        contexts = sorted({slot for places in self.variables for slot, key in places if key is not None})
        lines = ["def run(s):", *(f" i{slot} = s[{slot}]" for slot in contexts)]
        lines.append(" if " + (" and ".join(f"type(i{slot}) is dict" for slot in contexts) or "True") + ":")
        for places, name in self.variables.items():
            lines += self._reading(places, name)
        lines.append("  try:")
        for kind, value in answers.items():
            plain = " and ".join(_PLAIN[kind].format(name) for name in self.variables.values())
            lines += [f"   if {plain}:", f"    return {value}"]
        return "\n".join([*lines, "  except ArithmeticError:", "   pass", " return general(s)"])

    def _reading(self, places: Places, name: str) -> list[str]:
        lines = []
        for index, (slot, key) in enumerate(places):
            if key is None:
                value = f"s[{slot}]"
            else:
                self.names[f"k{name}"] = key
                value = f"i{slot}.get(k{name}{', absent' if index < len(places) - 1 else ''})"
            lines.append(f"  {f'if {name} is absent: ' if index else ''}{name} = {value}")
        return lines


@lru_cache(maxsize=1024)
def _code(source: str) -> CodeType:
    """The code of the only function in ``source``; most trees have one that was written before."""
    module = compile(source, "<fused>", "exec")
    return next(each for each in module.co_consts if isinstance(each, CodeType))
