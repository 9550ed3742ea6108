"""Tasks: what a person, a handler, a worker, a script or a decision does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from service.engine import effects, expressions
from service.engine.failures import Failure
from service.engine.specs.base import NodeSpec
from service.errors import _

if TYPE_CHECKING:
    from service.engine import model
    from service.engine.execution import Execution
    from service.engine.tokens import Token


class PlainTaskSpec(NodeSpec):
    """A task or manual task: passed at once."""


class UserTaskSpec(NodeSpec):
    """A user task waits for a person."""

    def execute(self, token: Token, run: Execution) -> None:
        seen, task = run.scopes.visible(token.id), self.node.user_task
        assert task is not None
        name = self.node.name or self.node.id
        run.emit(
            effects.TaskOpened(
                key=token.id,
                element_id=self.node.id,
                name=name,
                title=expressions.string(self.node.properties.get("title"), seen) or name,
                lane=self.node.lane,
                form_id=expressions.string(task.form_id, seen),
                form_binding=task.form_binding,
                external_form=expressions.string(task.external_form, seen),
                assignee=expressions.string(task.assignee, seen),
                candidate_groups=expressions.strings(task.candidate_groups, seen),
                candidate_users=expressions.strings(task.candidate_users, seen),
                due=expressions.instant(task.due, seen),
                follow_up=expressions.instant(task.follow_up, seen),
                priority=expressions.integer(task.priority, seen, 50),
                unit=expressions.string(self.node.properties.get("unit"), seen),
                properties=self.node.properties,
                headers=self.node.headers,
            )
        )
        token.put(waits="task")


class JobSpec(NodeSpec):
    """A service task, or any task or event that carries a zeebe:taskDefinition: it waits for a handler or worker."""

    def execute(self, token: Token, run: Execution) -> bool | None:
        request_job(token, run, self.node)
        return None


class ReceiveTaskSpec(NodeSpec):
    """A receive task waits for a message."""

    def execute(self, token: Token, run: Execution) -> bool | None:
        if "fired" in token.internal_data:  # it followed an event-based gateway
            run.apply_outputs(token, run.payloads.pop(token.id, {}))
            return True
        run.arm(token, self.node)
        return None


class ScriptTaskSpec(NodeSpec):
    """A script task sets a variable to the value of a FEEL expression."""

    def execute(self, token: Token, run: Execution) -> bool:
        assert self.node.script is not None
        value = run.evaluate(self.node.script.expression, token)
        run.apply_outputs(token, {self.node.script.result_variable: value})
        return True


class DecisionTaskSpec(NodeSpec):
    """A business rule task sets a variable to the value of a DMN decision."""

    def execute(self, token: Token, run: Execution) -> bool:
        decide = self.node.decide
        assert decide is not None
        decision_id = expressions.string(decide.decision_id, run.scopes.visible(token.id)) or ""
        value = run.decide(decision_id, run.scopes.visible(token.id))
        run.emit(effects.DecisionMade(token.id, self.node.id, decision_id, value))
        run.apply_outputs(token, {decide.result_variable: value})
        return True


class CallActivitySpec(NodeSpec):
    """A call activity waits for an instance of another process."""

    def execute(self, token: Token, run: Execution) -> None:
        call, seen = self.node.call, run.scopes.visible(token.id)
        assert call is not None
        process_id = expressions.string(call.process_id, seen)
        if not process_id:
            raise Failure("CALLED_ELEMENT_ERROR", _("%(text)r names no process"), text=call.process_id)
        passed = dict(seen) if call.propagate_parent else dict(run.scopes.local(token.id))
        unit = expressions.string(self.node.properties.get("unit"), seen)
        run.emit(effects.CallRequested(token.id, self.node.id, process_id, call.binding, passed, unit))
        token.put(waits="call")

    def returned(self, token: Token, run: Execution, variables: dict[str, Any]) -> None:
        """The called instance completed with `variables`."""
        assert self.node.call is not None
        if not (self.node.call.propagate_child or self.node.outputs):
            variables = {}
        run.finish(token, variables)


def request_job(token: Token, run: Execution, node: model.Node) -> None:
    """Ask for the job that `node` names and let the token wait for it."""
    seen = run.scopes.visible(token.id)
    assert node.job is not None
    job_type = expressions.string(node.job.type, seen)
    if not job_type:
        raise Failure("JOB_NO_TYPE", _("the job type %(text)r is empty"), text=node.job.type)
    retries = expressions.integer(node.job.retries, seen, 3)
    run.emit(effects.ServiceRequested(token.id, node.id, job_type, retries, node.headers))
    token.put(waits="job")
