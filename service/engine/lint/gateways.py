"""Rules about gateways and conditions: a token must always find exactly the ways that are meant."""

from collections.abc import Iterator

from service.engine import model
from service.engine.lint.bundle import Chart
from service.engine.lint.problem import Finding, at
from service.errors import _

DECIDING = ("exclusiveGateway", "inclusiveGateway")


def condition_ignored(chart: Chart) -> Iterator[Finding]:
    """A condition on a flow that is taken in any case."""
    for node in chart.nodes.values():
        for flow in chart.flows(node.outgoing):
            if flow.condition is None:
                continue
            if node.kind not in DECIDING:
                text = _("The condition of %(element)s would be ignored; only exclusive and inclusive gateways decide.")
                yield at(flow, text)
            elif flow.id == node.default:
                text = _("The default flow %(element)s has a condition, which would be ignored; remove it.")
                yield at(flow, text)


def default_ignored(chart: Chart) -> Iterator[Finding]:
    """A default flow where none can be, or one that does not leave the gateway."""
    for node in chart.nodes.values():
        if not node.default:
            continue
        if node.kind not in DECIDING:
            yield at(node, _("%(element)s cannot have a default flow; put an exclusive gateway after it."))
        elif node.default not in node.outgoing:
            text = _("The default flow %(flow)s does not leave %(element)s; choose one of its outgoing flows.")
            yield at(node, text, flow=node.default)


def missing_condition(chart: Chart) -> Iterator[Finding]:
    """A flow out of a deciding gateway that has neither a condition nor is the default."""
    for node in chart.kind(*DECIDING):
        if len(node.outgoing) < 2:
            continue
        for flow in chart.flows(node.outgoing):
            if flow.condition is None and flow.id != node.default:
                text = _("Flow %(element)s out of %(gateway)s needs a condition, or make it the default flow.")
                yield at(flow, text, gateway=node.id)


def missing_default(chart: Chart) -> Iterator[Finding]:
    """A decision that may find no way."""
    for node in chart.kind(*DECIDING):
        conditions = [f for f in chart.flows(node.outgoing) if f.condition is not None]
        if conditions and not node.default:
            text = _("%(element)s has no default flow; if no condition is true the instance stops with an incident.")
            yield at(node, text)


def wrong_event_choice(chart: Chart) -> Iterator[Finding]:
    """An event-based gateway that is not followed by at least two events to wait for."""
    for node in chart.kind("eventBasedGateway"):
        if len(node.outgoing) < 2:
            yield at(node, _("The event-based gateway %(element)s needs at least two outgoing flows."))
        for target in chart.targets(node):
            if target.kind not in ("intermediateCatchEvent", "receiveTask"):
                text = _(
                    "%(element)s follows the event-based gateway %(gateway)s; only message, timer and signal catch "
                    "events and receive tasks can."
                )
                yield at(target, text, gateway=node.id)
            elif len(target.incoming) > 1:
                text = _("%(element)s follows the event-based gateway %(gateway)s and can have no other incoming flow.")
                yield at(target, text, gateway=node.id)
            elif chart.process.boundary.get(target.id):
                text = _("%(element)s follows the event-based gateway %(gateway)s and can have no boundary events.")
                yield at(target, text, gateway=node.id)


def pointless_gateway(chart: Chart) -> Iterator[Finding]:
    """A gateway that neither parts nor joins."""
    for node in chart.nodes.values():
        if node.kind in model.GATEWAYS and node.kind != "eventBasedGateway":
            conditional = any(f.condition for f in chart.flows(node.outgoing))
            if len(node.incoming) == 1 and len(node.outgoing) == 1 and not conditional:
                yield at(node, _("The gateway %(element)s has one flow in and one out; remove it."))
