"""What every flow node does when a token comes, waits and leaves: Spiff's task life cycle with Camunda 8's meaning."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, ClassVar

from SpiffWorkflow.bpmn.specs.mixins.bpmn_spec_mixin import BpmnSpecMixin

from service.engine import effects, model
from service.engine.failures import Failure

if TYPE_CHECKING:
    from service.engine.execution import Execution
    from service.engine.tokens import Token


INNER = "#inner"


class NodeSpec(BpmnSpecMixin):
    """A flow node. Subclasses say in `execute` what happens when a token has entered.

    `inner` marks the specification of one instance of a multi-instance activity, whose body is a `BodySpec`.
    """

    type: ClassVar[str] = ""

    def __init__(self, wf_spec: Any, node: model.Node, inner: bool = False) -> None:
        name = f"{node.id}{INNER}" if inner else node.id
        super().__init__(wf_spec, name, lane=node.lane, documentation=node.documentation, bpmn_name=node.name)
        self.bpmn_id = node.id
        self.node = node
        self.inner = inner
        self.io_inputs = node.inputs

    def execute(self, token: Token, run: Execution) -> bool | None:
        """Do the node's work: True when it is done at once, None when the token must wait here."""
        return True

    def event_happened(self, token: Token, run: Execution, event: model.Node, variables: dict[str, Any]) -> None:
        """The event that this token waits for on its own account has happened."""
        run.finish(token, variables)

    def taken(self, token: Token, run: Execution) -> list[str]:
        """The sequence flows that a leaving token takes."""
        return [] if self.inner else list(self.node.outgoing)

    def attached(self, run: Execution) -> list[model.Node]:
        """The events that are open while a token is here: boundary events (a multi-instance body carries them)."""
        return [] if self.inner else run.process.boundary.get(self.node.id, [])

    @property
    def element_type(self) -> str:
        """Camunda's element type, such as USER_TASK."""
        return self.type or re.sub(r"(?<!^)(?=[A-Z])", "_", self.node.kind).upper()

    def _predict(self, my_task: Token, *args: Any, **kwargs: Any) -> None:
        """Tokens are made when a flow is taken, never foretold."""

    def _update(self, my_task: Token) -> None:
        my_task._ready()

    def _on_ready(self, my_task: Token) -> None:
        my_task.workflow.ready.append(my_task)

    def _run_hook(self, my_task: Token) -> bool | None:
        run: Execution = my_task.workflow.execution
        try:
            self._enter(my_task, run)
            return self.execute(my_task, run)
        except Failure as failure:
            run.fail(my_task, failure)
            return None

    def _enter(self, token: Token, run: Execution) -> None:
        if "entered" not in token.internal_data:
            token.put(entered=True)
            run.emit(effects.ElementEntered(token.id, self.node.id, self.element_type, token.parent.id))
            run.scopes.open(token.id, token.parent.id)
        for mapping in self.io_inputs:
            run.scopes.set_local(token.id, mapping.target, run.evaluate(mapping.source, token))
        for event in self.attached(run):
            run.arm(token, event)

    def _on_complete(self, my_task: Token) -> None:
        my_task.workflow.execution.leave(my_task)
