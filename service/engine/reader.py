"""Turns a BPMN file into `model.Process` values. Reads only; what is wrong with the drawing is lint's to say."""

from collections.abc import Iterator
from typing import Any

from lxml import etree

from service.engine import model, xml
from service.errors import _

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
ZEEBE = "{http://camunda.org/schema/zeebe/1.0}"
EVENT_DEFINITIONS = {
    f"{BPMN}{kind}EventDefinition": kind
    for kind in [
        "message",
        "timer",
        "signal",
        "error",
        "escalation",
        "terminate",
        "link",
        "compensate",
        "conditional",
        "cancel",
    ]
}
REFERENCED = {"message": "messageRef", "signal": "signalRef", "error": "errorRef", "escalation": "escalationRef"}
NODE_KINDS = model.ACTIVITIES | model.GATEWAYS | model.EVENTS


def read(file: str, data: bytes) -> list[model.Process]:
    """Return the executable processes of a BPMN file. Raises xml.XmlError for text that is no BPMN XML."""
    return read_root(file, xml.parse(data))


def read_root(file: str, root: etree._Element) -> list[model.Process]:
    """As `read`, from a parsed document."""
    if root.tag != f"{BPMN}definitions":
        raise xml.XmlError(_("the root element is %(name)s, not bpmn:definitions"), line(root), name=local(root))
    by_id = {element.get("id", ""): element for element in root.iterchildren() if element.get("id")}
    return [
        _Process(file, element, by_id).read()
        for element in root.iterchildren(f"{BPMN}process")
        if element.get("isExecutable", "false") == "true"
    ]


def local(element: etree._Element) -> str:
    """The element's name without its namespace ('' for comments)."""
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def line(element: etree._Element) -> int:
    """The line an element begins in, 0 when unknown."""
    found: Any = element.sourceline
    return found or 0


def ext(element: etree._Element, name: str) -> etree._Element | None:
    """The zeebe extension element `name` of a BPMN element, or None."""
    return element.find(f"{BPMN}extensionElements/{ZEEBE}{name}")


def text(element: etree._Element, name: str) -> str | None:
    """The stripped text of the BPMN child `name`, or None when it is missing or empty."""
    found = element.find(f"{BPMN}{name}")
    return (found.text or "").strip() or None if found is not None else None


class _Process:
    def __init__(self, file: str, element: etree._Element, by_id: dict[str, etree._Element]) -> None:
        self.file, self.element, self.by_id = file, element, by_id
        self.flows = {f.id: f for f in map(_flow, element.iter(f"{BPMN}sequenceFlow"))}
        self.lanes = dict(_lanes(element))
        self.incoming: dict[str, list[str]] = {}
        self.outgoing: dict[str, list[str]] = {}
        for flow in self.flows.values():
            self.incoming.setdefault(flow.target, []).append(flow.id)
            self.outgoing.setdefault(flow.source, []).append(flow.id)

    def read(self) -> model.Process:
        process_id = self.element.get("id", "")
        tag = ext(self.element, "versionTag")
        return model.Process(
            id=process_id,
            name=self.element.get("name") or process_id,
            file=self.file,
            line=line(self.element),
            version_tag=tag.get("value") if tag is not None else None,
            documentation=text(self.element, "documentation") or "",
            properties=_properties(self.element),
            nodes={n.id: n for n in self._nodes(self.element, process_id, None)},
            flows=self.flows,
        )

    def _nodes(self, parent: etree._Element, scope: str, lane: str | None) -> Iterator[model.Node]:
        for element in parent.iterchildren():
            if local(element) in NODE_KINDS and element.tag.startswith(BPMN):
                node = self._node(element, scope, self.lanes.get(element.get("id", ""), lane))
                yield node
                if node.kind == "subProcess":
                    yield from self._nodes(element, node.id, node.lane)

    def _node(self, element: etree._Element, scope: str, lane: str | None) -> model.Node:
        node_id, kind = element.get("id", ""), local(element)
        boundary = kind == "boundaryEvent"
        return model.Node(
            id=node_id,
            kind=kind,
            name=element.get("name", ""),
            scope=scope,
            line=line(element),
            documentation=text(element, "documentation") or "",
            lane=lane,
            incoming=tuple(self.incoming.get(node_id, ())),
            outgoing=tuple(self.outgoing.get(node_id, ())),
            default=element.get("default"),
            event=self._event(element),
            attached_to=element.get("attachedToRef"),
            interrupting=element.get("cancelActivity" if boundary else "isInterrupting", "true") == "true",
            event_subprocess=element.get("triggeredByEvent", "false") == "true",
            loop=_loop(element),
            user_task=_user_task(element) if kind == "userTask" else None,
            job=_job(element),
            call=_call(element),
            decide=_decide(element),
            script=_script(element),
            inputs=_mappings(element, "input"),
            outputs=_mappings(element, "output"),
            headers={h.get("key", ""): h.get("value", "") for h in _children(element, "taskHeaders", "header")},
            properties=_properties(element),
        )

    def _event(self, element: etree._Element) -> model.Event | None:
        if local(element) in ("receiveTask", "sendTask"):
            return self._referenced("message", element)
        for child in element.iterchildren():
            kind = EVENT_DEFINITIONS.get(child.tag if isinstance(child.tag, str) else "")
            if kind == "timer":
                return _timer(child)
            if kind:
                return self._referenced(kind, child)
        return None

    def _referenced(self, kind: str, element: etree._Element) -> model.Event:
        reference = REFERENCED.get(kind)
        target = self.by_id.get(element.get(reference, "")) if reference else None
        if target is None:
            return model.Event(kind)
        if kind in ("error", "escalation"):
            return model.Event(kind, target.get(f"{kind}Code"))
        subscription = ext(target, "subscription")
        key = subscription.get("correlationKey") if subscription is not None else None
        return model.Event(kind, target.get("name"), correlation_key=key)


def _flow(element: etree._Element) -> model.Flow:
    return model.Flow(
        id=element.get("id", ""),
        name=element.get("name", ""),
        source=element.get("sourceRef", ""),
        target=element.get("targetRef", ""),
        condition=text(element, "conditionExpression"),
        line=line(element),
    )


def _lanes(process: etree._Element) -> Iterator[tuple[str, str]]:
    for lane in process.iter(f"{BPMN}lane"):
        for reference in lane.iterchildren(f"{BPMN}flowNodeRef"):
            yield (reference.text or "").strip(), lane.get("name", "")


def _children(element: etree._Element, group: str, item: str) -> list[etree._Element]:
    return element.findall(f"{BPMN}extensionElements/{ZEEBE}{group}/{ZEEBE}{item}")


def _properties(element: etree._Element) -> dict[str, str]:
    return {p.get("name", ""): p.get("value", "") for p in _children(element, "properties", "property")}


def _mappings(element: etree._Element, side: str) -> tuple[model.IoMapping, ...]:
    return tuple(
        model.IoMapping(m.get("source", ""), m.get("target", "")) for m in _children(element, "ioMapping", side)
    )


def _timer(definition: etree._Element) -> model.Event:
    for kind in ("timeDate", "timeDuration", "timeCycle"):
        expression = text(definition, kind)
        if expression is not None:
            return model.Event("timer", timer_kind=kind, expression=expression)
    return model.Event("timer")


def _loop(element: etree._Element) -> model.Loop | None:
    loop = element.find(f"{BPMN}multiInstanceLoopCharacteristics")
    if loop is None:
        return None
    detail = ext(loop, "loopCharacteristics")
    get = detail.get if detail is not None else lambda name: None
    return model.Loop(
        sequential=loop.get("isSequential", "false") == "true",
        input_collection=get("inputCollection") or "",
        input_element=get("inputElement"),
        output_collection=get("outputCollection"),
        output_element=get("outputElement"),
        completion_condition=text(loop, "completionCondition"),
    )


def _user_task(element: etree._Element) -> model.UserTask:
    def get(name: str, attribute: str) -> str | None:
        found = ext(element, name)
        return found.get(attribute) if found is not None else None

    return model.UserTask(
        form_id=get("formDefinition", "formId"),
        form_binding=get("formDefinition", "bindingType") or "latest",
        external_form=get("formDefinition", "externalReference"),
        assignee=get("assignmentDefinition", "assignee"),
        candidate_groups=get("assignmentDefinition", "candidateGroups"),
        candidate_users=get("assignmentDefinition", "candidateUsers"),
        due=get("taskSchedule", "dueDate"),
        follow_up=get("taskSchedule", "followUpDate"),
        priority=get("priorityDefinition", "priority"),
    )


def _job(element: etree._Element) -> model.Job | None:
    found = ext(element, "taskDefinition")
    return model.Job(found.get("type", ""), found.get("retries", "3")) if found is not None else None


def _call(element: etree._Element) -> model.Call | None:
    found = ext(element, "calledElement")
    if found is None:
        return None
    return model.Call(
        process_id=found.get("processId", ""),
        binding=found.get("bindingType", "latest"),
        propagate_parent=found.get("propagateAllParentVariables", "true") == "true",
        propagate_child=found.get("propagateAllChildVariables", "true") == "true",
    )


def _decide(element: etree._Element) -> model.Decide | None:
    found = ext(element, "calledDecision")
    if found is None:
        return None
    return model.Decide(
        found.get("decisionId", ""), found.get("resultVariable", ""), found.get("bindingType", "latest")
    )


def _script(element: etree._Element) -> model.Script | None:
    found = ext(element, "script")
    return model.Script(found.get("expression", ""), found.get("resultVariable", "")) if found is not None else None
