"""Rules about references: whatever an element points at must be there and be of the right kind."""

from collections.abc import Iterator, Mapping

from lxml import etree

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
    """A lane that names an element which is not there, or an element in two lanes that are not one inside the other."""
    seen: dict[str, etree._Element] = {}
    for element in drawing.elements:
        lane = element.getparent()
        if reader.local(element) != "flowNodeRef" or lane is None:
            continue
        found = (element.text or "").strip()
        target = drawing.by_id.get(found)
        other = seen.setdefault(found, lane)
        if target is None or reader.local(target) not in NODES:
            text = _("The lane %(element)s names %(id)s, which is not there; remove the reference.")
            yield at_xml(element, text, id=found or "nothing")
        elif other is not lane and other not in lane.iterancestors() and lane not in other.iterancestors():
            text = _("%(id)s stands in two lanes, %(one)s and %(element)s; take it out of one.")
            yield at_xml(element, text, id=found, one=other.get("id", ""))


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
