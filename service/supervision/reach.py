"""Where a token may still come to in a drawing, and which messages it may send on its way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from service.engine import model

PUBLISH = "message-publish"
"""The type of job by which a message event publishes itself; another type is an external worker's."""
ANY = "="
"""Stands for a message whose name is computed."""


def throws(node: model.Node) -> str | None:
    """The name of the message that a node sends, `ANY` for a computed one, or None."""
    event = node.event
    if event is None or event.kind != "message" or node.kind in model.CATCHING:
        return None
    if node.job is not None and node.job.type != PUBLISH:
        return None
    name = event.name or ""
    return ANY if name.startswith("=") else name


def ahead(process: model.Process, start: str) -> set[str]:
    """The ids of the nodes to which a token in the node `start` may still come, without the node itself unless it may
    come back.
    """
    seen: set[str] = set()
    todo = [*_next(process, process.nodes[start]), *_roused(process, process.nodes[start].scope)]
    while todo:
        id = todo.pop()
        if id not in seen:
            seen.add(id)
            node = process.nodes[id]
            todo += [*_next(process, node), *(each.id for each in process.starts.get(id, ()))]
            todo += _roused(process, id)
    return seen


def _next(process: model.Process, node: model.Node) -> Iterator[str]:
    """Where a token goes from a node: along its flows, out by its boundary events, and on from the scope it ends."""
    yield from (process.flows[flow].target for flow in node.outgoing)
    yield from (event.id for event in process.boundary.get(node.id, ()))
    if node.scope != process.id:
        yield from _next(process, process.nodes[node.scope])


def _roused(process: model.Process, scope: str) -> list[str]:
    """The start events of the event sub-processes that a scope arms."""
    return [start.id for _node, start in process.event_subprocesses.get(scope, ())]


def sent(process: model.Process, ids: set[str], called: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """The messages that some nodes of a process send, or the processes that they call; `called` tells those."""
    names: set[str] = set()
    for node in (process.nodes[id] for id in ids):
        name = throws(node)
        if name is not None:
            names.add(name)
        if node.call is not None:
            names |= {ANY} if node.call.process_id.startswith("=") else called.get(node.call.process_id, frozenset())
    return frozenset(names)
