"""The drawing as frozen values: what a BPMN file says, in the terms of the standard and of Camunda 8.

`service.engine.reader` makes these from XML, `service.engine.lint` judges them, `service.engine.compiler` turns a
process into a specification that SpiffWorkflow executes. Expressions stand here as written: text that begins with "="
is FEEL, any other text is literal.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

ACTIVITIES = frozenset(
    [
        "task",
        "userTask",
        "serviceTask",
        "sendTask",
        "receiveTask",
        "scriptTask",
        "businessRuleTask",
        "manualTask",
        "callActivity",
        "subProcess",
    ]
)
GATEWAYS = frozenset(["exclusiveGateway", "parallelGateway", "inclusiveGateway", "eventBasedGateway"])
EVENTS = frozenset(["startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent"])
CATCHING = frozenset(["startEvent", "intermediateCatchEvent", "boundaryEvent", "receiveTask"])


@dataclass(frozen=True, slots=True)
class Flow:
    """A sequence flow; `condition` is FEEL or None."""

    id: str
    name: str
    source: str
    target: str
    condition: str | None
    line: int


@dataclass(frozen=True, slots=True)
class Event:
    """An event definition: `kind` is none, message, timer, signal, error, escalation, terminate or link.

    `name` is the message's, signal's name, or the error's or escalation's code (None catches every code).
    A timer has `timer_kind` (timeDate, timeDuration, timeCycle) and its `expression`; a message its `correlation_key`.
    """

    kind: str
    name: str | None = None
    correlation_key: str | None = None
    timer_kind: str | None = None
    expression: str | None = None


@dataclass(frozen=True, slots=True)
class Loop:
    """Multi-instance characteristics (zeebe:loopCharacteristics)."""

    sequential: bool
    input_collection: str
    input_element: str | None
    output_collection: str | None
    output_element: str | None
    completion_condition: str | None


@dataclass(frozen=True, slots=True)
class UserTask:
    """What zeebe:userTask, assignmentDefinition, formDefinition, taskSchedule and priorityDefinition say."""

    form_id: str | None = None
    form_binding: str = "latest"
    external_form: str | None = None
    assignee: str | None = None
    candidate_groups: str | None = None
    candidate_users: str | None = None
    due: str | None = None
    follow_up: str | None = None
    priority: str | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """A called process (zeebe:calledElement)."""

    process_id: str
    binding: str = "latest"
    propagate_parent: bool = True
    propagate_child: bool = False


@dataclass(frozen=True, slots=True)
class Decide:
    """A called decision (zeebe:calledDecision)."""

    decision_id: str
    result_variable: str
    binding: str = "latest"


@dataclass(frozen=True, slots=True)
class Script:
    """A FEEL script (zeebe:script)."""

    expression: str
    result_variable: str


@dataclass(frozen=True, slots=True)
class Job:
    """A job for a handler or an external worker (zeebe:taskDefinition); `type` and `retries` may be FEEL."""

    type: str
    retries: str = "3"


@dataclass(frozen=True, slots=True)
class IoMapping:
    """One zeebe:input or zeebe:output: the value of `source` goes to the variable path `target`."""

    source: str
    target: str


@dataclass(frozen=True, slots=True)
class Node:
    """A flow node. `scope` is the id of the process or sub-process it stands in."""

    id: str
    kind: str
    name: str
    scope: str
    line: int
    documentation: str = ""
    lane: str | None = None
    incoming: tuple[str, ...] = ()
    outgoing: tuple[str, ...] = ()
    default: str | None = None
    event: Event | None = None
    attached_to: str | None = None
    interrupting: bool = True
    event_subprocess: bool = False
    loop: Loop | None = None
    user_task: UserTask | None = None
    job: Job | None = None
    call: Call | None = None
    decide: Decide | None = None
    script: Script | None = None
    inputs: tuple[IoMapping, ...] = ()
    outputs: tuple[IoMapping, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    properties: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_activity(self) -> bool:
        return self.kind in ACTIVITIES


@dataclass(frozen=True)
class Process:
    """An executable process with all its nodes, those of embedded sub-processes included."""

    id: str
    name: str
    file: str
    line: int
    version_tag: str | None
    documentation: str
    properties: Mapping[str, str]
    nodes: Mapping[str, Node]
    flows: Mapping[str, Flow]

    @cached_property
    def boundary(self) -> dict[str, list[Node]]:
        """Boundary events by the activity they are attached to."""
        found: dict[str, list[Node]] = {}
        for node in self.nodes.values():
            if node.attached_to:
                found.setdefault(node.attached_to, []).append(node)
        return found

    @cached_property
    def starts(self) -> dict[str, list[Node]]:
        """Start events by the scope they stand in."""
        found: dict[str, list[Node]] = {}
        for node in self.nodes.values():
            if node.kind == "startEvent":
                found.setdefault(node.scope, []).append(node)
        return found

    @cached_property
    def event_subprocesses(self) -> dict[str, list[tuple[Node, Node]]]:
        """(event sub-process, its start event) by the scope that arms them."""
        found: dict[str, list[tuple[Node, Node]]] = {}
        for node in self.nodes.values():
            if node.event_subprocess:
                for start in self.starts.get(node.id, []):
                    found.setdefault(node.scope, []).append((node, start))
        return found

    def none_start(self, scope: str) -> Node | None:
        """The start event without a trigger in `scope`, or None."""
        return next((n for n in self.starts.get(scope, []) if n.event is None), None)

    @cached_property
    def reaches(self) -> dict[str, frozenset[str]]:
        """For each inclusive join, the flows' sources from which a token can still arrive at it without passing it."""
        return {
            n.id: _upstream(self, n)
            for n in self.nodes.values()
            if n.kind == "inclusiveGateway" and len(n.incoming) > 1
        }


def _upstream(process: Process, join: Node) -> frozenset[str]:
    seen: set[str] = set()
    todo = [process.flows[f].source for f in join.incoming]
    while todo:
        node_id = todo.pop()
        if node_id in seen or node_id == join.id:
            continue
        seen.add(node_id)
        node = process.nodes[node_id]
        todo += [process.flows[f].source for f in node.incoming]
        if node.attached_to:
            todo.append(node.attached_to)
    return frozenset(seen)
