"""Elements with tokens inside: sub-processes and multi-instance bodies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from service.engine import expressions, model
from service.engine.failures import Failure
from service.engine.specs.base import INNER, NodeSpec
from service.errors import _

if TYPE_CHECKING:
    from service.engine.execution import Execution
    from service.engine.tokens import Token

MAX_INSTANCES = 10_000


class SubProcessSpec(NodeSpec):
    """An embedded sub-process: done when nothing inside is left."""

    def execute(self, token: Token, run: Execution) -> None:
        start = run.process.none_start(self.node.id)
        if start is None:
            raise Failure("UNKNOWN", _("sub-process %(id)s has no start event without a trigger"), id=self.node.id)
        run.open_scope(token)
        run.spawn(token, start)


class EventSubProcessSpec(SubProcessSpec):
    """An event sub-process: its start event has already happened when a token comes."""

    type = "EVENT_SUB_PROCESS"

    def execute(self, token: Token, run: Execution) -> None:
        run.open_scope(token)
        fired = token.internal_data["fired"]
        run.spawn(token, run.process.nodes[fired], run.payloads.pop(token.id, None), fired=True)

    def taken(self, token: Token, run: Execution) -> list[str]:
        # What it reached counts for the scope whose flow it took over.
        scope = token.parent
        scope.put(ends=[*scope.internal_data.get("ends", []), *token.internal_data["ends"]])
        return []


class BodySpec(NodeSpec):
    """The body of a multi-instance activity: one inner token for each item of a collection."""

    type = "MULTI_INSTANCE_BODY"

    def __init__(self, wf_spec: Any, node: model.Node) -> None:
        super().__init__(wf_spec, node)
        assert node.loop is not None
        self.loop = node.loop
        self.io_inputs = ()  # input mappings belong to each inner instance

    def execute(self, token: Token, run: Execution) -> bool | None:
        items = expressions.evaluate(self.loop.input_collection, run.scopes.visible(token.id))
        if not isinstance(items, list):
            text = _("%(text)r is %(value)r, not a list")
            raise Failure("EXTRACT_VALUE_ERROR", text, text=self.loop.input_collection, value=items)
        if len(items) > MAX_INSTANCES:
            text = _("%(count)s items; at most %(max)s instances run")
            raise Failure("EXTRACT_VALUE_ERROR", text, count=len(items), max=MAX_INSTANCES)
        if self.loop.output_collection:
            run.scopes.set_local(token.id, self.loop.output_collection, [None] * len(items))
        token.put(items=len(items), next=0, done=0)
        if not items:
            self.close(token, run)
            return True
        for _no in range(1 if self.loop.sequential else len(items)):
            self._next(token, run, items)
        return None

    def collect(self, body: Token, inner: Token, run: Execution) -> bool:
        """Take the result of an inner instance that is about to leave. Returns whether the body is finished by it."""
        done = body.internal_data["done"] + 1
        name, element = self.loop.output_collection, self.loop.output_element
        if name and element:
            outputs = list(run.scopes.local(body.id)[name])
            outputs[inner.internal_data["index"]] = expressions.evaluate(element, run.scopes.visible(inner.id))
            run.scopes.set_local(body.id, name, outputs)
        finished = done == body.internal_data["items"] or self._is_complete(body, inner, run, done)
        body.put(done=done)
        return finished

    def go_on(self, body: Token, run: Execution, finished: bool) -> None:
        """An inner instance has left: complete the body or begin the next one."""
        if finished:
            for token in body.children:
                run.terminate(token)
            self.close(body, run)
            body.complete()
        elif self.loop.sequential:
            self._next(body, run, expressions.evaluate(self.loop.input_collection, run.scopes.visible(body.id)))

    def close(self, body: Token, run: Execution) -> None:
        """Hand the output collection to the scope around the body."""
        name = self.loop.output_collection
        if name:
            run.scopes.propagate(body.parent.id, name, run.scopes.local(body.id)[name])

    def reopen(self, body: Token, run: Execution, index: int) -> None:
        """Stand again as a body in which all items but that of `index` are done, whatever the list has become."""
        items = self._items(run, body.parent.id)
        name = self.loop.output_collection
        outputs = run.scopes.visible(body.parent.id).get(name) if name else None
        self._enter(body, run)
        count = max(len(items), index + 1)
        if name:
            known = outputs if isinstance(outputs, list) else []
            run.scopes.set_local(body.id, name, [*known, *[None] * (count - len(known))][:count])
        body.put(items=count, next=count, done=count - 1)

    def begin(self, body: Token, index: int, run: Execution) -> None:
        """Begin the item of an index."""
        inner = self.place(body, index, run)
        inner.task_spec._update(inner)

    def _next(self, body: Token, run: Execution, items: list[Any]) -> None:
        index = body.internal_data["next"]
        body.put(next=index + 1)
        inner = self._placed(body, index, run, items)
        inner.task_spec._update(inner)

    def place(self, body: Token, index: int, run: Execution) -> Token:
        """Make the token of an item with its variables; it has not entered yet."""
        return self._placed(body, index, run, self._items(run, body.id))

    def _items(self, run: Execution, scope: int) -> list[Any]:
        items = expressions.evaluate(self.loop.input_collection, run.scopes.visible(scope))
        return items if isinstance(items, list) else []

    def _placed(self, body: Token, index: int, run: Execution, items: list[Any]) -> Token:
        inner: Token = body._add_child(body.workflow.spec.task_specs[f"{self.node.id}{INNER}"])
        inner.put(index=index)
        run.scopes.open(inner.id, body.id)
        run.scopes.set_local(inner.id, "loopCounter", run.number(index + 1))
        if self.loop.input_element:
            run.scopes.set_local(inner.id, self.loop.input_element, items[index] if index < len(items) else None)
        return inner

    def _is_complete(self, body: Token, inner: Token, run: Execution, done: int) -> bool:
        condition = self.loop.completion_condition
        if not condition:
            return False
        data = body.internal_data
        counts = {
            "numberOfInstances": data["items"],
            "numberOfActiveInstances": data["next"] - done,
            "numberOfCompletedInstances": done,
            "numberOfTerminatedInstances": 0,
        }
        seen = {**run.scopes.visible(inner.id), **{name: run.number(n) for name, n in counts.items()}}
        return expressions.condition(condition, seen, f"the completion of {self.node.id}")
