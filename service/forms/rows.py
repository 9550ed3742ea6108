"""Rows of lists: sent rows are matched with the rows a process knows before anything else is judged."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from service.errors import _
from service.forms import plan
from service.forms.messages import Message

Path = tuple[str | int, ...]
Faults = dict[Path, list[Message]]


def align(
    nodes: tuple[plan.Node, ...], answers: Mapping[str, Any], known: Mapping[str, Any], at: Path, faults: Faults
) -> Mapping[str, Any]:
    """Return the answers with no list longer than allowed, and the rows of a `rowKey` in the order the process knows.

    A row nobody knows, or sent twice, is a fault of the list; a missing row comes back empty.
    """
    aligned = answers
    for node in nodes:
        if not node.is_list:
            aligned = align(node.nodes, aligned, known, at, faults)
            continue
        sent, old = _at(answers, node.path), _at(known, node.path)
        if isinstance(sent, list):
            rows = _aligned(node, sent, old if isinstance(old, list) else [], (*at, *node.path), faults)
            aligned = _with(aligned, node.path, rows)
    return aligned


def _aligned(node: plan.Node, sent: list[Any], known: list[Any], path: Path, faults: Faults) -> list[Any]:
    most = node.rows[1]
    if len(sent) > most:
        faults.setdefault(path, []).append(_too_many(most))
        sent = sent[:most]
    rows = _ordered(node, sent, known, path, faults) if "rowKey" in node.component.properties else sent
    if not any(inner.is_list or inner.nodes for inner in node.nodes):
        return rows
    return [
        align(node.nodes, row, _at(known, (index,)) or {}, (*path, index), faults) if isinstance(row, Mapping) else row
        for index, row in enumerate(rows)
    ]


def _ordered(node: plan.Node, sent: list[Any], known: list[Any], path: Path, faults: Faults) -> list[Any]:
    by_name: dict[str, Any] = {}
    for row in sent:
        name = _name(node, row)
        if name in by_name:
            faults.setdefault(path, []).append(Message(_('The row "%(row)s" is sent twice.'), {"row": name[:200]}))
        by_name[name] = row
    names = [_name(node, row) for row in known]
    expected = frozenset(names)
    extra = [name for name in by_name if name not in expected]
    if extra and fixed(node):
        strangers = ", ".join(extra)[:200]
        faults.setdefault(path, []).append(Message(_("There is no such row: %(rows)s."), {"rows": strangers}))
        extra = []
    return [by_name.get(name, {}) for name in names] + [by_name[name] for name in extra]


def _name(node: plan.Node, row: Any) -> str:
    found = row.get(node.component.properties["rowKey"]) if isinstance(row, Mapping) else None
    return str(found) if isinstance(found, str | int | Decimal) else ""


def fixed(node: plan.Node) -> bool:
    """Whether rows can be neither added nor removed."""
    component = node.component
    return component.attributes.get("allowAddRemove") is False or component.disabled or component.readonly is True


def count_fault(node: plan.Node, count: int, known: Any) -> Message | None:
    """Return what is wrong with the number of rows."""
    low, high = node.rows
    if isinstance(known, list) and fixed(node) and count != len(known):
        return Message(_("Rows can be neither added nor removed; there are %(count)d."), {"count": len(known)})
    if count < low:
        return Message(_("At least %(count)d rows are needed."), {"count": low})
    if count > high:
        return _too_many(high)
    return None


def _too_many(most: int) -> Message:
    return Message(_("At most %(count)d rows are allowed."), {"count": most})


def _at(values: Any, path: Path) -> Any:
    for step in path:
        if isinstance(step, int):
            values = values[step] if isinstance(values, list) and step < len(values) else None
        else:
            values = values.get(step) if isinstance(values, Mapping) else None
    return values


def _with(values: Mapping[str, Any], path: tuple[str, ...], new: Any) -> Mapping[str, Any]:
    inner = values.get(path[0])
    rest = path[1:]
    return {**values, path[0]: _with(inner if isinstance(inner, Mapping) else {}, rest, new) if rest else new}
