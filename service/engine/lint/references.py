"""Rules about references: whatever an element points at must be there and be of the right kind."""

from collections.abc import Iterator, Mapping

from service.engine import model, reader
from service.engine.lint.bundle import Bundle, Chart, Drawing
from service.engine.lint.problem import Finding, at, at_xml
from service.errors import _

NODES = model.ACTIVITIES | model.GATEWAYS | model.EVENTS
FLOW = frozenset({"sequenceFlow"})
TARGETS: Mapping[tuple[str, str], frozenset[str]] = {
    ("sequenceFlow", "sourceRef"): NODES,
    ("sequenceFlow", "targetRef"): NODES,
    ("boundaryEvent", "attachedToRef"): NODES,
    ("messageFlow", "sourceRef"): NODES | {"participant"},
    ("messageFlow", "targetRef"): NODES | {"participant"},
    ("participant", "processRef"): frozenset({"process"}),
    ("messageEventDefinition", "messageRef"): frozenset({"message"}),
    ("sendTask", "messageRef"): frozenset({"message"}),
    ("receiveTask", "messageRef"): frozenset({"message"}),
    ("signalEventDefinition", "signalRef"): frozenset({"signal"}),
    ("errorEventDefinition", "errorRef"): frozenset({"error"}),
    ("escalationEventDefinition", "escalationRef"): frozenset({"escalation"}),
    **{(kind, "default"): FLOW for kind in model.ACTIVITIES | model.GATEWAYS},
}
REQUIRED = frozenset({("sequenceFlow", "sourceRef"), ("sequenceFlow", "targetRef"), ("boundaryEvent", "attachedToRef")})


def dangling_reference(drawing: Drawing, bundle: Bundle) -> Iterator[Finding]:
    """A reference to something that is not in the file, or is something else."""
    by_kind: dict[str, list[tuple[str, frozenset[str]]]] = {}
    for (kind, name), targets in TARGETS.items():
        by_kind.setdefault(kind, []).append((name, targets))
    for element in drawing.elements:
        for name, targets in by_kind.get(reader.local(element), ()):
            found = element.get(name)
            if not found:
                if (reader.local(element), name) in REQUIRED:
                    yield at_xml(element, _("%(element)s has no %(name)s; connect it."), name=name)
                continue
            target = drawing.by_id.get(found.rpartition(":")[2])
            if target is None:
                text = _("%(name)s of %(element)s points at %(id)s, which is not in this file; connect it anew.")
                yield at_xml(element, text, name=name, id=found)
            elif reader.local(target) not in targets:
                text = _("%(name)s of %(element)s points at %(id)s, which is a bpmn:%(kind)s and cannot be meant.")
                yield at_xml(element, text, name=name, id=found, kind=reader.local(target))


def dangling_lane(drawing: Drawing, bundle: Bundle) -> Iterator[Finding]:
    """A lane that names an element which is not there, or an element in two lanes."""
    seen: dict[str, str] = {}
    for element in drawing.elements:
        if reader.local(element) != "flowNodeRef":
            continue
        found, lane = (element.text or "").strip(), element.getparent()
        target = drawing.by_id.get(found)
        if target is None or reader.local(target) not in NODES:
            text = _("The lane %(element)s names %(id)s, which is not there; remove the reference.")
            yield at_xml(element, text, id=found or "nothing")
        elif lane is not None and seen.setdefault(found, lane.get("id", "")) != lane.get("id", ""):
            outer = {a.get("id", "") for a in lane.iterancestors(f"{reader.BPMN}lane")}
            if seen[found] not in outer:
                yield at_xml(
                    element, _("%(id)s stands in two lanes, %(one)s and %(element)s."), id=found, one=seen[found]
                )
            seen[found] = lane.get("id", "")


def stale_flow_reference(drawing: Drawing, bundle: Bundle) -> Iterator[Finding]:
    """bpmn:incoming or bpmn:outgoing that does not agree with the flows."""
    ends = {"incoming": "targetRef", "outgoing": "sourceRef"}
    for element in drawing.elements:
        side = ends.get(reader.local(element))
        owner = element.getparent()
        if not side or owner is None:
            continue
        found = (element.text or "").strip()
        flow = drawing.by_id.get(found)
        if flow is None or flow.get(side) != owner.get("id"):
            text = _("bpmn:%(kind)s of %(element)s names %(id)s, but no such flow is connected there; remove the line.")
            yield at_xml(element, text, kind=reader.local(element), id=found or "nothing")


def crossing_flow(chart: Chart) -> Iterator[Finding]:
    """A sequence flow that leaves its pool or crosses the border of a sub-process."""
    for flow in chart.process.flows.values():
        source, target = chart.nodes.get(flow.source), chart.nodes.get(flow.target)
        if source is None or target is None:
            if flow.source in chart.drawing.by_id and flow.target in chart.drawing.by_id:
                yield at(flow, _("The sequence flow %(element)s leaves its pool; use a message between pools."))
        elif source.scope != target.scope:
            text = _("The sequence flow %(element)s crosses a sub-process border; end it at the sub-process itself.")
            yield at(flow, text)
