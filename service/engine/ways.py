"""The ways through a drawing: what can be reached, which gateways split and join, and what stands between them.

Only elements of one scope (the process or one sub-process) are on a way together.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from service.engine import model
from service.engine.failures import refused
from service.errors import _

CHOOSING = frozenset(["exclusiveGateway", "eventBasedGateway"])
JOINING = frozenset(["parallelGateway", "inclusiveGateway"])


@dataclass(frozen=True)
class WayBack:
    """What a token leaves and finds when it goes back along the drawing.

    `left` names the splits of which it leaves one branch, with the flows of that branch. `arrived` names the joins
    that it will have to pass again, with the flows along which the other branches have come already.
    """

    left: dict[str, list[str]]
    arrived: dict[str, list[str]]


class Ways:
    """The ways of one process."""

    def __init__(self, process: model.Process) -> None:
        self.process = process
        self.reach = lru_cache(maxsize=None)(self._reach)
        self.join = lru_cache(maxsize=None)(self._join)

    def _reach(self, start: str, avoiding: str | None = None) -> frozenset[str]:
        """The elements to which a token comes from `start`, without going through `avoiding`."""
        seen: set[str] = set()
        todo = list(self._next(start))
        while todo:
            node_id = todo.pop()
            if node_id not in seen and node_id != avoiding:
                seen.add(node_id)
                todo += self._next(node_id)
        return frozenset(seen)

    def _next(self, node_id: str) -> Iterator[str]:
        """What follows an element; a path that begins beside it (a non-interrupting event) does not."""
        for flow in self.process.nodes[node_id].outgoing:
            yield self.process.flows[flow].target
        for event in self.process.boundary.get(node_id, []):
            if event.interrupting:
                yield event.id

    def splits(self, scope: str) -> Iterator[model.Node]:
        """The elements of a scope that send tokens along several flows."""
        for node in self.process.nodes.values():
            if node.scope == scope and len(node.outgoing) > 1 and node.kind not in CHOOSING:
                yield node

    def _join(self, split: str) -> str | None:
        """Where most branches of a split meet, the nearest such gateway; None where they do not."""
        branches = [self._branch(split, flow) for flow in self.process.nodes[split].outgoing]
        joins = [n for n in self.process.nodes.values() if n.kind in JOINING and len(n.incoming) > 1]
        met = {n.id: sum(n.id in branch for branch in branches) for n in joins if n.id != split}
        most = max(met.values(), default=0)
        if most < 2:
            return None
        found = [id for id, count in met.items() if count == most]
        return next(id for id in found if not any(id in self.reach(other, split) for other in found if other != id))

    def _branch(self, split: str, flow: str) -> frozenset[str]:
        target = self.process.flows[flow].target
        return self.reach(target, split) | {target}

    def block(self, split: str) -> frozenset[str]:
        """The elements between a split and its join."""
        return self.reach(split, self.join(split))

    def level(self, here: str, there: str) -> tuple[model.Node, model.Node]:
        """The elements of the nearest scope around two steps in which these stand; they may be the steps themselves.

        Raises Refused when the first stands in what runs beside the second.
        """
        nodes = self.process.nodes
        one, other = nodes[here], nodes[there]
        around = set(self._scopes(other))
        while one.scope not in around:
            one = nodes[one.scope]
            if one.event_subprocess:
                text = _("%(id)s is outside of “%(scope)s”, which runs beside it")
                raise refused(text, id=self._name(there), scope=one.name or one.id)
        while other.scope != one.scope:
            other = nodes[other.scope]
        return one, other

    def _scopes(self, node: model.Node) -> Iterator[str]:
        scope = node.scope
        while scope != self.process.id:
            yield scope
            scope = self.process.nodes[scope].scope
        yield scope

    def back(self, here: str, there: str) -> WayBack:
        """The way back from an element to an earlier one of the same scope.

        Raises Refused when no token that is here can have come from there.
        """
        if here == there or here not in self.reach(there):
            raise refused(_("%(id)s does not come before this step"), id=self._name(there))
        left: dict[str, list[str]] = {}
        for split in self.splits(self.process.nodes[here].scope):
            join, block = self.join(split.id), self.block(split.id)
            if here not in block:
                continue
            if there in block and here not in self.reach(there, join):
                raise refused(_("%(id)s runs beside this step, not before it"), id=self._name(there))
            if there == split.id or here not in self.reach(there, split.id):
                flows = [f for f in split.outgoing if self._leads(f, here, join)]
                if len(flows) < len(split.outgoing):
                    left[split.id] = flows
        return WayBack(left, dict(self._passed_joins(here, there)))

    def _leads(self, flow: str, to: str, join: str | None) -> bool:
        target = self.process.flows[flow].target
        return target == to or to in self.reach(target, join)

    def _passed_joins(self, here: str, there: str) -> Iterator[tuple[str, list[str]]]:
        for node in self.process.nodes.values():
            if node.kind != "parallelGateway" or len(node.incoming) < 2 or node.id not in self.reach(there):
                continue
            again = self.reach(there, node.id)
            if here not in again:
                sources = {flow: self.process.flows[flow].source for flow in node.incoming}
                arrived = [flow for flow, source in sources.items() if source != there and source not in again]
                if arrived:
                    yield node.id, arrived

    def _name(self, node_id: str) -> str:
        return self.process.nodes[node_id].name or node_id
