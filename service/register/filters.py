"""What a FEEL filter over a case says of columns, so that the database need not hand out every case of a county.

Only conditions that every passing case must fulfil are taken: the filter itself is still asked for each row. Read are
``case.state = x``, ``list contains(x, case.state)`` and ``case.state in (x, y)``, their combination by ``and``, ``or``
and ``if``, where ``x`` does not depend on the case; likewise for flow, key, kind, unit and township.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from service import feel
from service.feel import nodes
from service.feel.builtins import FUNCTIONS
from service.feel.names import NameSet
from service.feel.parser import parse_expression
from service.feel.parser.stream import Vocabulary

COLUMNS = ("state", "flow", "key", "kind", "unit", "township")
OF_A_ROW = frozenset({"case", "answered", "result"})
Allowed = frozenset[str]


def limits(expression: str, scope: Mapping[str, Any]) -> dict[str, Allowed]:
    """The values that a column may have in a case that passes, for the columns the filter restricts."""
    text = expression.strip().removeprefix("=")
    node = _parsed(text)
    if node is None:
        return {}
    found = {column: _allowed(node, column, text, scope) for column in COLUMNS}
    return {column: allowed for column, allowed in found.items() if allowed is not None}


@lru_cache(maxsize=512)
def _parsed(text: str) -> nodes.Node | None:
    try:
        return parse_expression(text, Vocabulary(functions=NameSet(FUNCTIONS)))
    except feel.FeelError:
        return None  # evaluating it will say what is wrong


def _allowed(node: nodes.Node, column: str, text: str, scope: Mapping[str, Any]) -> Allowed | None:
    """The values of ``column`` that do not exclude ``node`` being true; None where it says nothing."""
    match node:
        case nodes.Literal(value=True):
            return None
        case nodes.Literal(value=False) | nodes.Literal(value=None):
            return frozenset()
        case nodes.Binary(op="and", left=left, right=right):
            return _both(_allowed(left, column, text, scope), _allowed(right, column, text, scope))
        case nodes.Binary(op="or", left=left, right=right):
            return _either(_allowed(left, column, text, scope), _allowed(right, column, text, scope))
        case nodes.If(yes=yes, no=no):
            return _either(_allowed(yes, column, text, scope), _allowed(no, column, text, scope))
        case nodes.Binary(op="=", left=left, right=right) if _is(left, column):
            return _values([right], text, scope)
        case nodes.Binary(op="=", left=left, right=right) if _is(right, column):
            return _values([left], text, scope)
        case nodes.In(value=value, tests=tests) if _is(value, column):
            return _values(tests, text, scope) if all(isinstance(test, nodes.Literal) for test in tests) else None
        case nodes.Call(function=nodes.Name(name="list contains"), arguments=(items, value), names=None):
            return _values([items], text, scope) if _is(value, column) else None
    return None


def _both(one: Allowed | None, other: Allowed | None) -> Allowed | None:
    if one is None or other is None:
        return other if one is None else one
    return one & other


def _either(one: Allowed | None, other: Allowed | None) -> Allowed | None:
    return None if one is None or other is None else one | other


def _is(node: nodes.Node, column: str) -> bool:
    return isinstance(node, nodes.Path) and node.name == column and node.subject == _case(node.subject)


def _case(at: nodes.Node) -> nodes.Name:
    return nodes.Name(at.start, at.end, "case")


def _values(operands: Any, text: str, scope: Mapping[str, Any]) -> Allowed | None:
    """The texts that operands give, alone or in lists; None if one depends on the row or is anything else."""
    found: set[str] = set()
    for operand in operands:
        source = text[operand.start : operand.end]
        if _parsed(source) is None or feel.compile(source, scope).names & OF_A_ROW:
            return None
        value = feel.evaluate(source, dict(scope))
        items = value if isinstance(value, list) else [] if value is None else [value]
        if not all(isinstance(item, str) for item in items):
            return None
        found.update(items)
    return frozenset(found)
