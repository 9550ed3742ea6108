"""Rows of lists: sent rows are matched with the rows a process knows before anything else is judged."""

from collections.abc import Mapping
from typing import Any

from service.errors import _
from service.forms import plan
from service.forms.messages import Message

Path = tuple[str | int, ...]
Faults = dict[Path, list[Message]]


def align(
    nodes: tuple[plan.Node, ...], answers: Mapping[str, Any], known: Mapping[str, Any], at: Path, faults: Faults
) -> Mapping[str, Any]:
    """Return the answers with the rows of lists that have a `rowKey` in the order the process knows them.

    A row nobody knows, or sent twice, is a fault of the list; a missing row comes back empty.
    """
    aligned = answers
    for node in nodes:
        if node.is_list and "rowKey" in node.component.properties:
            rows, old = _at(answers, node.path), _at(known, node.path)
            if isinstance(rows, list) and isinstance(old, list | None):
                ordered = _ordered(node, rows, old or [], (*at, *node.path), faults)
                aligned = _with(aligned, node.path, ordered)
        elif not node.is_list and node.nodes:
            aligned = align(node.nodes, aligned, known, at, faults)
    return aligned


def _ordered(node: plan.Node, rows: list[Any], known: list[Any], path: Path, faults: Faults) -> list[Any]:
    key = node.component.properties["rowKey"]
    sent: dict[str, Any] = {}
    for row in rows:
        name = str(row.get(key)) if isinstance(row, Mapping) else ""
        if name in sent:
            faults.setdefault(path, []).append(Message(_('The row "%(row)s" is sent twice.'), {"row": name}))
        sent[name] = row
    names = [str(row.get(key)) if isinstance(row, Mapping) else "" for row in known]
    extra = [row for name, row in sent.items() if name not in names]
    if extra and fixed(node):
        strangers = ", ".join(name for name in sent if name not in names)[:200]
        faults.setdefault(path, []).append(Message(_("There is no such row: %(rows)s."), {"rows": strangers}))
        extra = []
    return [sent.get(name, {}) for name in names] + extra


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
        return Message(_("At most %(count)d rows are allowed."), {"count": high})
    return None


def _at(values: Any, path: tuple[str, ...]) -> Any:
    for step in path:
        values = values.get(step) if isinstance(values, Mapping) else None
    return values


def _with(values: Mapping[str, Any], path: tuple[str, ...], new: Any) -> Mapping[str, Any]:
    inner = values.get(path[0])
    rest = path[1:]
    return {**values, path[0]: _with(inner if isinstance(inner, Mapping) else {}, rest, new) if rest else new}
