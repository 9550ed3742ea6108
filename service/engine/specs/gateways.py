"""Gateways: where tokens part and meet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from service import feel
from service.engine import expressions
from service.engine.failures import Failure
from service.engine.specs.base import NodeSpec
from service.errors import _

if TYPE_CHECKING:
    from service.engine import model
    from service.engine.execution import Execution
    from service.engine.tokens import Token


class ParallelGatewaySpec(NodeSpec):
    """Waits for a token on each incoming flow, then sends one along each outgoing flow."""


class ExclusiveGatewaySpec(NodeSpec):
    """Sends the token along the first flow whose condition is true, else along the default flow."""

    def execute(self, token: Token, run: Execution) -> bool:
        flow = self._choose(token, run)
        token.put(take=[flow] if flow else [])
        return True

    def _choose(self, token: Token, run: Execution) -> str | None:
        seen = run.scopes.visible(token.id)
        tried = []
        for flow_id in self.node.outgoing:
            flow = run.process.flows[flow_id]
            if flow_id == self.node.default:
                continue
            if flow.condition is None or expressions.condition(flow.condition, seen, f"flow {flow_id}"):
                return flow_id
            tried.append(flow.condition)
        if self.node.default or not self.node.outgoing:
            return self.node.default
        raise no_flow(self.node, tried, seen)

    def taken(self, token: Token, run: Execution) -> list[str]:
        return list(token.internal_data["take"])


class InclusiveGatewaySpec(ExclusiveGatewaySpec):
    """Sends a token along each flow whose condition is true; a join waits while a token can still come."""

    def execute(self, token: Token, run: Execution) -> bool:
        seen = run.scopes.visible(token.id)
        flows = [run.process.flows[f] for f in self.node.outgoing if f != self.node.default]
        take = [f.id for f in flows if f.condition is None or expressions.condition(f.condition, seen, f"flow {f.id}")]
        if not take and self.node.outgoing:
            if not self.node.default:
                raise no_flow(self.node, [f.condition or "" for f in flows], seen)
            take = [self.node.default]
        token.put(take=take)
        return True


class EventBasedGatewaySpec(NodeSpec):
    """Waits for the first of the events that follow it."""

    def attached(self, run: Execution) -> list[model.Node]:
        return [run.process.nodes[run.process.flows[f].target] for f in self.node.outgoing]

    def execute(self, token: Token, run: Execution) -> None:
        return None

    def event_happened(self, token: Token, run: Execution, event: model.Node, variables: dict[str, Any]) -> None:
        flow = next(f for f in self.node.outgoing if run.process.flows[f].target == event.id)
        token.put(take=[flow], fired=event.id)
        run.payloads[token.id] = variables
        token.complete()

    def taken(self, token: Token, run: Execution) -> list[str]:
        return list(token.internal_data["take"])


def no_flow(node: model.Node, conditions: list[str], seen: Any) -> Failure:
    """The failure of a gateway where no condition is true and no default flow exists, with the values it saw."""
    names = {name for name in seen if any(name in condition for condition in conditions)}
    values = ", ".join(f"{name} = {feel.Shown(seen[name])}" for name in sorted(names))
    if values:
        text = _("no condition of gateway %(id)s is true and it has no default flow: %(conditions)s (%(values)s)")
    else:
        text = _(
            "no condition of gateway %(id)s is true and it has no default flow: %(conditions)s (no variable of these "
            "conditions exists)"
        )
    told = {"id": node.id, "conditions": ", ".join(conditions)}
    return Failure("CONDITION_ERROR", text, **told, **({"values": values} if values else {}))
