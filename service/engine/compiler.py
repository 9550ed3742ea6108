"""Turns a drawn process into the specification that SpiffWorkflow executes; one is shared by all its instances."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec

from service.engine import model
from service.engine.specs import base, containers, events, gateways, tasks
from service.engine.ways import Ways

SPECS: dict[str, type[base.NodeSpec]] = {
    "task": tasks.PlainTaskSpec,
    "manualTask": tasks.PlainTaskSpec,
    "userTask": tasks.UserTaskSpec,
    "serviceTask": tasks.JobSpec,
    "sendTask": events.ThrowEventSpec,
    "receiveTask": tasks.ReceiveTaskSpec,
    "scriptTask": tasks.ScriptTaskSpec,
    "businessRuleTask": tasks.DecisionTaskSpec,
    "callActivity": tasks.CallActivitySpec,
    "subProcess": containers.SubProcessSpec,
    "exclusiveGateway": gateways.ExclusiveGatewaySpec,
    "parallelGateway": gateways.ParallelGatewaySpec,
    "inclusiveGateway": gateways.InclusiveGatewaySpec,
    "eventBasedGateway": gateways.EventBasedGatewaySpec,
    "startEvent": events.CatchEventSpec,
    "intermediateCatchEvent": events.CatchEventSpec,
    "boundaryEvent": events.CatchEventSpec,
    "intermediateThrowEvent": events.ThrowEventSpec,
    "endEvent": events.EndEventSpec,
}


@dataclass(frozen=True)
class Definition:
    """A process that can be run: the drawing and what SpiffWorkflow executes."""

    process: model.Process
    spec: Any

    @property
    def id(self) -> str:
        return self.process.id

    @cached_property
    def ways(self) -> Ways:
        """The ways through the drawing."""
        return Ways(self.process)


def compile(process: model.Process) -> Definition:
    """Build the specification of `process`. The drawing must have passed lint."""
    spec = BpmnProcessSpec(name=process.id, description=process.name, filename=process.file)
    _set_aside(spec)
    for node in process.nodes.values():
        kind = _spec_class(node)
        if node.loop is not None:
            containers.BodySpec(spec, node)
            kind(spec, node, inner=True)
        else:
            kind(spec, node)
    for flow in process.flows.values():
        spec.task_specs[flow.source].connect(spec.task_specs[flow.target])
    return Definition(process, spec)


def _set_aside(spec: BpmnProcessSpec) -> None:
    """Give SpiffWorkflow's own start and end names that no element can have: ids of BPMN hold no space."""
    own = list(spec.task_specs.values())
    spec.task_specs.clear()
    for each in own:
        each.name = f"{each.name} of the process"
        spec.task_specs[each.name] = each


def _spec_class(node: model.Node) -> type[base.NodeSpec]:
    if node.event_subprocess:
        return containers.EventSubProcessSpec
    if node.job is not None and node.kind in ("scriptTask", "businessRuleTask"):
        return tasks.JobSpec
    return SPECS[node.kind]
