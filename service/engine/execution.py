"""One process instance in motion: its tokens, its variables, and what the running step asks of the world."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn.script_engine.python_engine import PythonScriptEngine
from SpiffWorkflow.util.task import TaskState

from service.engine import effects, expressions, model, returning, timers
from service.engine.failures import Failure
from service.engine.scopes import Scopes
from service.engine.tokens import Token, TokenTree
from service.errors import _

if TYPE_CHECKING:
    from service.engine.compiler import Definition

MAX_ELEMENTS_PER_STEP = 10_000

Decide = Callable[[str, Mapping[str, Any]], Any]


@dataclass(frozen=True, slots=True)
class World:
    """What the engine needs from outside: new keys, and decisions of the instance's deployment.

    `decide(decision_id, variables)` raises Failure when there is no such decision or it cannot be evaluated.
    """

    keys: Callable[[], int]
    decide: Decide


class _NoScripts(PythonScriptEngine):
    """Expressions are FEEL and evaluated by the element specifications; Spiff itself must never run Python."""

    def evaluate(self, task: Any, expression: str, external_context: Any = None) -> Any:
        raise Failure("UNKNOWN", _("%(text)r was given to SpiffWorkflow's own script engine"), text=expression)

    def execute(self, task: Any, script: str, external_context: Any = None) -> Any:
        return self.evaluate(task, script)


NO_SCRIPTS = _NoScripts()


class Execution:
    """The operations that specifications of elements use; `service.engine.instance` is the public face."""

    def __init__(self, definition: Definition, key: int, world: World, *, called: bool) -> None:
        self.definition = definition
        self.process = definition.process
        self.ways = definition.ways
        self.world = world
        self.called = called
        self.now: datetime = datetime.min.replace(tzinfo=UTC)
        self.effects: list[effects.Effect] = []
        self.tree = TokenTree(definition.spec, key, world.keys, NO_SCRIPTS)
        self.tree.execution = self
        self.scopes = Scopes(key, self._variable_changed)
        self.payloads: dict[int, dict[str, Any]] = {}
        self.joins: set[int] = set()
        self.ended = False

    def emit(self, effect: effects.Effect) -> None:
        """Note what the step asks of the world."""
        self.effects.append(effect)

    @staticmethod
    def number(value: int) -> Decimal:
        """A whole number as FEEL has it."""
        return Decimal(value)

    def evaluate(self, text: str, token: Token) -> Any:
        """The value of an attribute as seen from `token`."""
        return expressions.evaluate(text, self.scopes.visible(token.id))

    def decide(self, decision_id: str, variables: Mapping[str, Any]) -> Any:
        """The value of a decision of this instance's deployment."""
        return self.world.decide(decision_id, variables)

    # Tokens

    def spawn(
        self, scope: Token, node: model.Node, payload: Mapping[str, Any] | None = None, fired: bool = False
    ) -> Token:
        """Put a new token before `node` inside `scope`."""
        token = scope._add_child(self.tree.spec.task_specs[node.id])
        if fired:
            token.put(fired=node.id)
        if payload:
            self.payloads[token.id] = dict(payload)
        token.task_spec._update(token)
        return token

    def take(self, flow_id: str, leaving: Token) -> Token | None:
        """Let a token pass a sequence flow and arrive at its target; None where it goes on as another token."""
        self.emit(effects.FlowTaken(flow_id))
        scope: Token = leaving.parent
        node = self.process.nodes[self.process.flows[flow_id].target]
        back = leaving.internal_data.get("back", {})
        if back:
            left = {id: what for id, what in back.items() if id != leaving.task_spec.node.id}
            back = returning.take_along(self, scope, left, node, leaving)
        if node.loop is not None and node.id in back:
            returning.enter_again(self, scope, node, back[node.id])
            return None
        if node.kind in ("parallelGateway", "inclusiveGateway") and len(node.incoming) > 1:
            return self._arrive_at_join(node, flow_id, scope, back)
        token = scope._add_child(self.tree.spec.task_specs[node.id])
        if back:
            token.put(back=back)
        token.task_spec._update(token)
        return token

    def _arrive_at_join(self, node: model.Node, flow_id: str, scope: Token, back: returning.Back) -> Token:
        token = next((t for t in self._waiting_at(node, scope) if flow_id not in t.internal_data["arrived"]), None)
        if token is None:
            token = scope._add_child(self.tree.spec.task_specs[node.id], TaskState.WAITING)
            token.put(arrived=[])
        token.put(arrived=[*token.internal_data["arrived"], flow_id])
        if back:
            token.put(back={**token.internal_data.get("back", {}), **back})
        if len(token.internal_data["arrived"]) == len(node.incoming):
            self.joins.discard(token.id)
            token._ready()
        elif node.kind == "inclusiveGateway":
            self.joins.add(token.id)
        return token

    @staticmethod
    def _waiting_at(node: model.Node, scope: Token) -> list[Token]:
        return [t for t in scope.children if t.task_spec.node is node and t.state == TaskState.WAITING]

    def remove(self, token: Token) -> None:
        """Take a token out of the tree; nothing may be inside it."""
        self.scopes.close(token.id)
        self.joins.discard(token.id)
        self.tree._remove_task(token.id)

    # Life of an element

    def finish(self, token: Token, variables: Mapping[str, Any]) -> None:
        """The work of a waiting token is done with `variables`: map them out and move on."""
        try:
            self.apply_outputs(token, variables)
        except Failure as failure:
            token.put(unfinished=True)
            return self.fail(token, failure)
        token.put(waits=None)
        token.complete()

    def apply_outputs(self, token: Token, variables: Mapping[str, Any], inside: bool = False) -> None:
        """Hand results outwards by the element's output mappings, or as they are when there are none.

        `inside` (start events): they stay in the scope that starts.
        """
        outputs = token.task_spec.node.outputs
        for name, value in variables.items():
            if outputs:
                self.scopes.set_local(token.id, name, value)
            elif inside:
                self.scopes.set_local(token.parent.id, name, value)
            else:
                self.scopes.propagate(token.id, name, value)
        for mapping in outputs:
            value = self.evaluate(mapping.source, token)
            if inside:
                self.scopes.set_local(token.parent.id, mapping.target, value)
            else:
                self.scopes.propagate(token.parent.id, mapping.target, value)

    def leave(self, token: Token) -> None:
        """A token is done with its element: close what was open and move on."""
        scope: Token = token.parent
        if token.task_spec.inner:
            return self._leave_instance(token, scope)
        self._close(token)
        payload = self.payloads.pop(token.id, None)
        back = token.internal_data.get("back", {})
        flows = back.get(token.task_spec.node.id) or token.task_spec.taken(token, self)
        for flow_id in flows:
            moved = self.take(flow_id, token)
            if moved and "fired" in token.internal_data and token.task_spec.node.kind == "eventBasedGateway":
                moved.put(fired=moved.task_spec.node.id)
                self.payloads[moved.id] = payload or {}
        if back and not flows:
            returning.give_up(self, scope, back, token)
        self.remove(token)
        self.settle(scope)

    def _leave_instance(self, token: Token, body: Token) -> None:
        try:
            finished = body.task_spec.collect(body, token, self)
        except Failure as failure:
            token.put(unfinished=True)
            token._state = TaskState.STARTED
            return self.fail(token, failure)
        self._close(token)
        self.remove(token)
        body.task_spec.go_on(body, self, finished)

    def _close(self, token: Token) -> None:
        self.disarm(token)
        self.emit(effects.ElementLeft(token.id, token.task_spec.node.id, "COMPLETED"))

    def settle(self, scope: Token) -> None:
        """Complete a scope in which no token is left."""
        if not scope.is_empty or self.ended:
            return
        ends = tuple(scope.internal_data.get("ends", ()))
        if not ends:
            text = _("every token was consumed but none reached an end event")
            return self.fail(scope, Failure("UNKNOWN", text))
        if scope is not self.tree.root:
            return self.finish(scope, {})
        self.disarm(scope)
        self._end("COMPLETED", ends)

    def _end(self, state: str, ends: tuple[str, ...] = ()) -> None:
        self.ended = True
        self.emit(effects.Ended(state, dict(self.scopes.local(self.scopes.root)), ends))

    def terminate(self, token: Token) -> None:
        """End a token and all inside it without moving on."""
        for inner in token.children:
            self.terminate(inner)
        self.disarm(token)
        match token.internal_data.get("waits"):
            case "task":
                self.emit(effects.TaskClosed(token.id, "CANCELED"))
            case "job":
                self.emit(effects.ServiceWithdrawn(token.id))
            case "call":
                self.emit(effects.CallWithdrawn(token.id))
        if "failed" in token.internal_data:
            self.emit(effects.FailureCleared(token.id))
        if "entered" in token.internal_data:
            self.emit(effects.ElementLeft(token.id, token.task_spec.node.id, "TERMINATED"))
        token._state = TaskState.CANCELLED
        self.remove(token)

    def terminate_all(self) -> None:
        """End the whole instance."""
        for token in self.tree.root.children:
            self.terminate(token)
        self.disarm(self.tree.root)
        if "failed" in self.tree.root.internal_data:
            self.emit(effects.FailureCleared(self.tree.root.id))
        self._end("TERMINATED")

    def fail(self, token: Token, failure: Failure) -> None:
        """The token cannot go on: it waits for a retry."""
        token.put(failed=[failure.type, failure.message])
        element = self.process.id if token is self.tree.root else token.task_spec.node.id
        self.emit(effects.Failed(token.id, element, failure.type, failure.message))

    # Events

    def open_scope(self, token: Token) -> None:
        """Arm the event sub-processes of the scope that `token` stands for."""
        scope = self.process.id if token is self.tree.root else token.task_spec.node.id
        for _node, start in self.process.event_subprocesses.get(scope, []):
            self.arm(token, start)

    def arm(self, owner: Token, node: model.Node) -> None:
        """Open the wait for an event on behalf of `owner`."""
        armed = owner.internal_data.get("armed", [])
        if node.id in armed:
            return
        self._await(owner, node)
        owner.put(armed=[*armed, node.id])

    def _await(self, owner: Token, node: model.Node) -> None:
        event, seen = node.event, self.scopes.visible(owner.id)
        assert event is not None
        if event.kind == "timer":
            value = expressions.evaluate(event.expression or "", seen)
            due = timers.first(event.timer_kind or "", value, self.now)
            if node.interrupting and node.kind != "startEvent":
                due = timers.Due(due.at)
            self.emit(effects.TimerSet(owner.id, node.id, due.at, due.repeats, due.cycle))
        elif event.kind == "message":
            name = expressions.string(event.name, seen) or ""
            key = expressions.correlation_key(event.correlation_key, seen, name)
            self.emit(effects.MessageAwaited(owner.id, node.id, name, key))
        elif event.kind == "signal":
            self.emit(effects.SignalAwaited(owner.id, node.id, expressions.string(event.name, seen) or ""))

    def clear(self, owner: Token, event_id: str) -> None:
        """Close the wait for an event that may have been of any kind."""
        for cleared in CLEARED.values():
            self.emit(cleared(owner.id, event_id))

    def open_events(self, owner: Token) -> list[model.Node]:
        """The events that are open while a token waits at its element."""
        if owner is self.tree.root:
            return [start for _node, start in self.process.event_subprocesses.get(self.process.id, [])]
        if "entered" not in owner.internal_data or "failed" in owner.internal_data:
            return []
        inside = self.process.event_subprocesses.get(owner.task_spec.node.id, []) if not owner.is_empty else []
        return [*owner.task_spec.attached(self), *(start for _node, start in inside)]

    def disarm(self, owner: Token, event_id: str | None = None) -> None:
        """Close the waits for events on behalf of `owner`, or just one."""
        armed = owner.internal_data.get("armed", [])
        for node_id in [event_id] if event_id else armed:
            event = self.process.nodes[node_id].event
            cleared = CLEARED.get(event.kind if event else "")
            if cleared:
                self.emit(cleared(owner.id, node_id))
        if armed:
            owner.put(armed=[n for n in armed if event_id and n != event_id] or None)

    def happened(self, owner: Token, node: model.Node, variables: Mapping[str, Any]) -> None:
        """An armed event has happened."""
        if node.kind == "boundaryEvent":
            self._boundary_happened(owner, node, variables)
        elif node.kind == "startEvent":
            self._scope_event_happened(owner, node, variables)
        else:
            owner.task_spec.event_happened(owner, self, node, dict(variables))

    def _boundary_happened(self, activity: Token, node: model.Node, variables: Mapping[str, Any]) -> None:
        scope = activity.parent
        moved = self.spawn(scope, node, variables, fired=True)
        if node.interrupting:
            moved.put(back=activity.internal_data.get("back"))
            self.terminate(activity)

    def _scope_event_happened(self, scope: Token, start: model.Node, variables: Mapping[str, Any]) -> None:
        if start.interrupting:
            for token in scope.children:
                self.terminate(token)
            self.disarm(scope)
        subprocess = scope._add_child(self.tree.spec.task_specs[start.scope])
        subprocess.put(fired=start.id)
        self.payloads[subprocess.id] = dict(variables)
        subprocess.task_spec._update(subprocess)

    # Errors and escalations

    def throw_error(self, token: Token, code: str, message: str, variables: Mapping[str, Any]) -> None:
        """Raise a BPMN error at `token`: the nearest handler outwards catches it, else the caller, else an incident."""
        caught = self._catcher(token, "error", code)
        if caught is not None:
            return self.happened(*caught, variables)
        if not self.called:
            text = _("error %(code)r (%(text)s) is caught nowhere")
            return self.fail(token, Failure("UNHANDLED_ERROR_EVENT", text, code=code, text=message))
        self.emit(effects.Escaped("error", code, message, dict(variables)))
        self.terminate_all()

    def throw_escalation(self, token: Token, code: str, variables: Mapping[str, Any]) -> None:
        """Raise an escalation at `token`; one that nobody catches is passed to the caller and otherwise forgotten."""
        caught = self._catcher(token, "escalation", code)
        if caught is not None:
            return self.happened(*caught, variables)
        if self.called:
            self.emit(effects.Escaped("escalation", code, "", dict(variables)))

    def _catcher(self, token: Token, kind: str, code: str) -> tuple[Token, model.Node] | None:
        owner: Token | None = token
        while owner is not None:
            armed = [self.process.nodes[n] for n in owner.internal_data.get("armed", [])]
            fitting = [n for n in armed if n.event and n.event.kind == kind and n.event.name in (code, None)]
            if fitting:
                return owner, max(fitting, key=lambda n: n.event is not None and n.event.name is not None)
            owner = owner.parent
        return None

    # The step

    def drain(self) -> None:
        """Run every token that can move until all wait."""
        count = 0
        while self.tree.ready or self._fire_joins():
            token = self.tree.ready.popleft()
            if token.state != TaskState.READY:
                continue
            count += 1
            if count > MAX_ELEMENTS_PER_STEP:
                text = _("more than %(max)s elements passed without a wait: the flow runs in a circle")
                self.fail(token, Failure("EXECUTION_LIMIT", text, max=MAX_ELEMENTS_PER_STEP))
                token._set_state(TaskState.STARTED)
                continue
            token.run()

    def _fire_joins(self) -> bool:
        """Fire the inclusive joins at which no further token can arrive."""
        for key in sorted(self.joins):
            join = self.tree.tasks[key]
            node = join.task_spec.node
            upstream = self.process.reaches[node.id]
            if not any(t.task_spec.node.id in upstream for t in join.parent.children if t is not join):
                self.joins.discard(key)
                join._ready()
        return bool(self.tree.ready)

    def _variable_changed(self, scope: int, name: str, value: Any, before: Any) -> None:
        self.emit(effects.VariableSet(scope, name, value, before))


CLEARED: dict[str, type[effects.TimerCleared | effects.MessageCleared | effects.SignalCleared]] = {
    "timer": effects.TimerCleared,
    "message": effects.MessageCleared,
    "signal": effects.SignalCleared,
}
