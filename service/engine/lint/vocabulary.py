"""The dialect: which BPMN elements and attributes and which zeebe extension elements mean something to the engine.

What is not named here is refused: it would be ignored, and the designer would not know. BPMN 2.0 clause 10 and the
Camunda 8 extension elements (namespace http://camunda.org/schema/zeebe/1.0).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from service.engine import model
from service.errors import _

BOOLEAN = frozenset({"true", "false"})
FALSE = frozenset({"false"})
ONE = frozenset({"1"})
FEEL = frozenset(
    {"feel", "FEEL", "http://www.omg.org/spec/FEEL/20140401", "https://www.omg.org/spec/DMN/20191111/FEEL/"}
)
BINDINGS = frozenset({"latest", "deployment"})

_DOCUMENTED = frozenset({"documentation", "extensionElements"})
_NODE = _DOCUMENTED | {"incoming", "outgoing", "property"}
_DATA = frozenset({"ioSpecification", "dataInputAssociation", "dataOutputAssociation"})
_TASK = _NODE | _DATA | {"multiInstanceLoopCharacteristics"}
_DRAWN = frozenset("textAnnotation association group dataObject dataObjectReference dataStoreReference".split())
_INSIDE = (
    model.ACTIVITIES | model.GATEWAYS | model.EVENTS | _DRAWN | _DOCUMENTED | {"sequenceFlow", "laneSet", "property"}
)
_CATCHES = frozenset("messageEventDefinition timerEventDefinition signalEventDefinition".split())
_ROUSED = _CATCHES | {"errorEventDefinition", "escalationEventDefinition"}
_THROWS = frozenset("messageEventDefinition signalEventDefinition escalationEventDefinition".split())
_DATA_IN_EVENT = frozenset("dataInput dataOutput inputSet outputSet".split()) | _DATA

CHILDREN: Mapping[str, frozenset[str]] = {
    "definitions": _DOCUMENTED
    | frozenset("process collaboration message signal error escalation category itemDefinition dataStore".split()),
    "collaboration": _DOCUMENTED | {"participant", "messageFlow", "textAnnotation", "association", "group"},
    "participant": _DOCUMENTED | {"participantMultiplicity"},
    "process": _INSIDE,
    "laneSet": _DOCUMENTED | {"lane"},
    "childLaneSet": _DOCUMENTED | {"lane"},
    "lane": _DOCUMENTED | {"flowNodeRef", "childLaneSet"},
    "sequenceFlow": _DOCUMENTED | {"conditionExpression"},
    "startEvent": _NODE | _DATA_IN_EVENT | _ROUSED,
    "intermediateCatchEvent": _NODE | _DATA_IN_EVENT | _CATCHES,
    "boundaryEvent": _NODE | _DATA_IN_EVENT | _ROUSED,
    "intermediateThrowEvent": _NODE | _DATA_IN_EVENT | _THROWS,
    "endEvent": _NODE | _DATA_IN_EVENT | _THROWS | {"errorEventDefinition", "terminateEventDefinition"},
    "timerEventDefinition": _DOCUMENTED | {"timeDate", "timeDuration", "timeCycle"},
    "multiInstanceLoopCharacteristics": _DOCUMENTED | {"completionCondition"},
    "subProcess": _INSIDE | _TASK,
    **dict.fromkeys(model.ACTIVITIES - {"subProcess"}, _TASK),
    **dict.fromkeys(model.GATEWAYS, _NODE),
}

_CODE = {"structureRef": None}
_ACTIVITY: dict[str, frozenset[str] | None] = {
    "default": None,
    "isForCompensation": FALSE,
    "startQuantity": ONE,
    "completionQuantity": ONE,
}
_SERVICE = {**_ACTIVITY, "implementation": None, "operationRef": None}
_EXPRESSION: dict[str, frozenset[str] | None] = {"language": FEEL, "evaluatesToTypeRef": None}

ATTRIBUTES: Mapping[str, Mapping[str, frozenset[str] | None]] = {
    "definitions": dict.fromkeys("targetNamespace exporter exporterVersion expressionLanguage typeLanguage".split()),
    "process": {"isExecutable": BOOLEAN, "processType": None, "isClosed": None, "definitionalCollaborationRef": None},
    "collaboration": {"isClosed": None},
    "participant": {"processRef": None},
    "participantMultiplicity": {"minimum": None, "maximum": None},
    "messageFlow": {"sourceRef": None, "targetRef": None, "messageRef": None},
    "lane": {"partitionElementRef": None},
    "sequenceFlow": {"sourceRef": None, "targetRef": None, "isImmediate": None},
    "conditionExpression": _EXPRESSION,
    "completionCondition": _EXPRESSION,
    "timeDate": _EXPRESSION,
    "timeDuration": _EXPRESSION,
    "timeCycle": _EXPRESSION,
    "task": _ACTIVITY,
    "manualTask": _ACTIVITY,
    "scriptTask": _ACTIVITY,
    "callActivity": _ACTIVITY,
    "userTask": {**_ACTIVITY, "implementation": None},
    "businessRuleTask": {**_ACTIVITY, "implementation": None},
    "serviceTask": _SERVICE,
    "sendTask": {**_SERVICE, "messageRef": None},
    "receiveTask": {**_SERVICE, "messageRef": None, "instantiate": FALSE},
    "subProcess": {**_ACTIVITY, "triggeredByEvent": BOOLEAN},
    "exclusiveGateway": {"gatewayDirection": None, "default": None},
    "inclusiveGateway": {"gatewayDirection": None, "default": None},
    "parallelGateway": {"gatewayDirection": None},
    "eventBasedGateway": {
        "gatewayDirection": None,
        "instantiate": FALSE,
        "eventGatewayType": frozenset({"Exclusive"}),
    },
    "startEvent": {"isInterrupting": BOOLEAN, "parallelMultiple": FALSE},
    "intermediateCatchEvent": {"parallelMultiple": FALSE},
    "boundaryEvent": {"attachedToRef": None, "cancelActivity": BOOLEAN, "parallelMultiple": FALSE},
    "multiInstanceLoopCharacteristics": {"isSequential": BOOLEAN, "behavior": frozenset({"All"})},
    "messageEventDefinition": {"messageRef": None, "operationRef": None},
    "signalEventDefinition": {"signalRef": None},
    "errorEventDefinition": {"errorRef": None},
    "escalationEventDefinition": {"escalationRef": None},
    "message": {"itemRef": None},
    "signal": _CODE,
    "error": {"errorCode": None, **_CODE},
    "escalation": {"escalationCode": None, **_CODE},
}

UNCHECKED = frozenset(
    "extensionElements documentation incoming outgoing flowNodeRef property itemDefinition dataStore dataObject "
    "dataObjectReference dataStoreReference textAnnotation association group category ioSpecification dataInput "
    "dataOutput inputSet outputSet dataInputAssociation dataOutputAssociation".split()
)

REMEDIES: Mapping[str, str] = {
    "complexGateway": _("Lika runs no complex gateways (%(element)s); use an inclusive or exclusive gateway."),
    "transaction": _("Lika runs no transactions (%(element)s); use a sub-process."),
    "adHocSubProcess": _("Lika runs no ad-hoc sub-processes (%(element)s); draw a task for each piece of work."),
    "compensateEventDefinition": _(
        "Lika runs no compensation (%(element)s); draw the undoing as tasks after an error."
    ),
    "cancelEventDefinition": _("Lika runs no cancel events (%(element)s); use an error event."),
    "linkEventDefinition": _("Lika runs no link events (%(element)s); draw the flow, or call a second process."),
    "conditionalEventDefinition": _("Lika runs no conditional events (%(element)s); use a message or signal event."),
    "standardLoopCharacteristics": _(
        "Lika runs no standard loops (%(element)s); draw the loop, or use multi-instance."
    ),
    "loopCardinality": _("%(element)s repeats by a number; give an input collection in its multi-instance settings."),
    "script": _("%(element)s has a program text; write a FEEL expression in its script settings."),
    "potentialOwner": _("The potential owner of %(element)s would be ignored; use candidate groups."),
    "humanPerformer": _("The performer of %(element)s would be ignored; use the assignee."),
}
"""What to draw instead of BPMN elements that designers may expect to run."""


@dataclass(frozen=True, slots=True)
class Extension:
    """A zeebe extension element: where it may stand, its attributes with their allowed values, and which are needed."""

    parents: frozenset[str]
    attributes: Mapping[str, frozenset[str] | None]
    items: frozenset[str] = frozenset()


def _on(text: str) -> frozenset[str]:
    return frozenset(text.split())


_WORK = _on("serviceTask sendTask scriptTask businessRuleTask intermediateThrowEvent endEvent")
_MAPPED = (model.ACTIVITIES | model.EVENTS) - {"task", "manualTask"}

EXTENSIONS: Mapping[str, Extension] = {
    "userTask": Extension(_on("userTask"), {}),
    "assignmentDefinition": Extension(
        _on("userTask"), dict.fromkeys(("assignee", "candidateGroups", "candidateUsers"))
    ),
    "formDefinition": Extension(
        _on("userTask startEvent"), {"formId": None, "bindingType": BINDINGS, "externalReference": None}
    ),
    "taskSchedule": Extension(_on("userTask"), {"dueDate": None, "followUpDate": None}),
    "priorityDefinition": Extension(_on("userTask"), {"priority": None}),
    "taskDefinition": Extension(_WORK, {"type": None, "retries": None}),
    "taskHeaders": Extension(_WORK | _on("userTask"), {}, _on("header")),
    "header": Extension(_on("taskHeaders"), {"key": None, "value": None}),
    "ioMapping": Extension(_MAPPED, {}, _on("input output")),
    "input": Extension(_on("ioMapping"), {"source": None, "target": None}),
    "output": Extension(_on("ioMapping"), {"source": None, "target": None}),
    "properties": Extension(
        model.ACTIVITIES | model.EVENTS | model.GATEWAYS | _on("process participant lane sequenceFlow"),
        {},
        _on("property"),
    ),
    "property": Extension(_on("properties"), {"name": None, "value": None}),
    "calledElement": Extension(
        _on("callActivity"),
        {
            "processId": None,
            "bindingType": BINDINGS,
            "propagateAllChildVariables": BOOLEAN,
            "propagateAllParentVariables": BOOLEAN,
        },
    ),
    "calledDecision": Extension(
        _on("businessRuleTask"), {"decisionId": None, "resultVariable": None, "bindingType": BINDINGS}
    ),
    "script": Extension(_on("scriptTask"), {"expression": None, "resultVariable": None}),
    "loopCharacteristics": Extension(
        _on("multiInstanceLoopCharacteristics"),
        dict.fromkeys(("inputCollection", "inputElement", "outputCollection", "outputElement")),
    ),
    "subscription": Extension(_on("message"), {"correlationKey": None}),
    "versionTag": Extension(_on("process"), {"value": None}),
}

ROSTER = tuple(
    "roster rosterForm rosterColumns rosterDone rosterSet rosterSave rosterFacts rosterFlow rosterFlags rosterJudge "
    "rosterInputs".split()
)
REVIEW = ("reviewQuorum", "reviewRank")
PAGES = frozenset({"review", "publicity", "objection"})
"""The pages that a user task can have besides its form or list (service.web.fitting)."""
SEND = ("sendForm", "sendBy", "sendAs")
"""What says that people may send a start or message event (service.register.desk)."""

SENT_AT = "sentAt"
"""The variable that gets the instant at which a message was sent (service.workflow.delivery)."""

PROPERTIES: Mapping[str, frozenset[str]] = {
    "unit": _on("process callActivity userTask"),
    "stallAfter": model.ACTIVITIES | _on("intermediateCatchEvent eventBasedGateway process"),
    "title": _on("userTask"),
    "dueReminder": _on("userTask"),
    "escalateAfter": _on("userTask"),
    "notBy": _on("userTask"),
    "sendBack": model.ACTIVITIES | model.CATCHING | _on("process"),
    "takeBack": model.ACTIVITIES,
    **dict.fromkeys((*ROSTER, *REVIEW, "page"), _on("userTask")),
    **dict.fromkeys((*SEND, SENT_AT), model.CATCHING),
}
"""The zeebe:property names that Lika reads, and where."""
