"""The public face of a running instance: one command in, one `Step` out.

An `Instance` is live and mutable, and belongs to whoever holds the lock on its row; the shell keeps it between
commands as
a cache and can always make it anew from the stored tokens and variables by `load`. A command that raises leaves it
unusable.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from SpiffWorkflow.util.task import TaskState

from service import errors, feel
from service.engine import effects, returning, timers
from service.engine.compiler import Definition
from service.engine.execution import Execution, World
from service.engine.failures import NotWaiting, Refused, refused
from service.engine.specs.base import INNER
from service.engine.tokens import Token
from service.errors import _


class Instance:
    """A process instance: the tokens and variables of `definition`'s process under the instance key `key`."""

    def __init__(self, definition: Definition, key: int, world: World, *, called: bool = False) -> None:
        self.definition = definition
        self.key = key
        self.world = world
        self.called = called
        self._run = Execution(definition, key, world, called=called)

    @classmethod
    def load(
        cls,
        definition: Definition,
        key: int,
        world: World,
        tokens: Iterable[effects.TokenState],
        variables: Iterable[tuple[int, str, Any]],
        *,
        called: bool = False,
    ) -> Instance:
        """Make a live instance from stored tokens and (scope key, name, value) rows, in any order."""
        instance = cls(definition, key, world, called=called)
        instance._restore({t.key: t for t in tokens})
        for scope, name, value in variables:
            instance._run.scopes.values.setdefault(scope, {})[name] = value
        return instance

    def start(self, variables: Mapping[str, Any], now: datetime, start_event: str | None = None) -> effects.Step:
        """Begin at the start event without a trigger, or at `start_event` that has been triggered."""

        def begin() -> None:
            root = self._run.tree.root
            for name, value in variables.items():
                self._run.scopes.set_local(self.key, name, value)
            self._run.open_scope(root)
            node = (
                self._run.process.nodes[start_event]
                if start_event
                else self._run.process.none_start(self.definition.id)
            )
            if node is None:
                raise self._no_start()
            self._run.spawn(root, node, fired=True)

        return self._step(begin, now)

    def _no_start(self) -> Refused:
        """Why the process cannot be started by hand, with what starts it instead."""
        events = [node.event for node in self._run.process.starts.get(self.definition.id, []) if node.event]
        names = ", ".join(event.name or "" for event in events if event.kind == "message")
        if names:
            text = _("process %(id)s is started by a message, not by hand: publish the message %(names)s instead")
            return refused(text, id=self.definition.id, names=names)
        return refused(_("process %(id)s has no start event without a trigger"), id=self.definition.id)

    def complete(self, key: int, variables: Mapping[str, Any], now: datetime) -> effects.Step:
        """The user task or job of element instance `key` was done with `variables`."""
        token = self._waiting(key, "task", "job")

        def done() -> None:
            if token.internal_data["waits"] == "task":
                self._run.emit(effects.TaskClosed(key, "COMPLETED"))
            self._run.finish(token, variables)

        return self._step(done, now)

    def call_returned(self, key: int, variables: Mapping[str, Any], now: datetime) -> effects.Step:
        """The process called by element instance `key` completed with `variables`."""
        token = self._waiting(key, "call")
        return self._step(lambda: token.task_spec.returned(token, self._run, dict(variables)), now)

    def throw_error(
        self, key: int, code: str, message: str, variables: Mapping[str, Any], now: datetime
    ) -> effects.Step:
        """The job or called process of element instance `key` ended in a BPMN error."""
        token = self._waiting(key, "job", "call")
        return self._step(lambda: self._run.throw_error(token, code, message, variables), now)

    def throw_escalation(self, key: int, code: str, variables: Mapping[str, Any], now: datetime) -> effects.Step:
        """The called process of element instance `key` raised an escalation."""
        token = self._waiting(key, "call")
        return self._step(lambda: self._run.throw_escalation(token, code, variables), now)

    def trigger(self, owner: int, event_id: str, variables: Mapping[str, Any], now: datetime) -> effects.Step:
        """The message or signal event `event_id` that `owner` waits for has come with `variables`."""
        token, node = self._armed(owner, event_id)
        return self._step(lambda: self._run.happened(token, node, variables), now)

    def fire_timer(
        self, owner: int, event_id: str, now: datetime, *, repeats: int | None = 0, cycle: str | None = None
    ) -> effects.Step:
        """The timer event `event_id` of `owner` is due; `repeats` and `cycle` are those of its TimerSet."""
        token, node = self._armed(owner, event_id)

        def fire() -> None:
            self._run.happened(token, node, {})
            if token.id in self._run.tree.tasks and node.id in token.internal_data.get("armed", []):
                following = timers.following(cycle, repeats, now) if cycle else None
                if following is None:
                    self._run.disarm(token, node.id)
                else:
                    self._run.emit(effects.TimerSet(owner, node.id, following.at, following.repeats, following.cycle))

        return self._step(fire, now)

    def retry(self, key: int, now: datetime) -> effects.Step:
        """Try again what failed at element instance `key`."""
        token = self._run.tree.find(key)
        if token is None or "failed" not in token.internal_data:
            raise NotWaiting(key)

        def again() -> None:
            token.put(failed=None)
            self._run.emit(effects.FailureCleared(key))
            if token is self._run.tree.root:
                self._run.settle(token)
            elif token.internal_data.get("unfinished"):
                token.put(unfinished=None)
                self._run.finish(token, {})
            else:
                token._state = TaskState.FUTURE
                token._ready()

        return self._step(again, now)

    def set_variables(
        self,
        scope: int,
        variables: Mapping[str, Any],
        now: datetime,
        *,
        local: bool = False,
        without: Iterable[str] = (),
    ) -> effects.Step:
        """Set variables from outside, in exactly the scope or where they are found from it outwards; remove others."""
        if scope not in self._run.tree.tasks:
            raise NotWaiting(scope)
        put = self._run.scopes.set_local if local else self._run.scopes.propagate

        def set_all() -> None:
            for name, value in variables.items():
                put(scope, name, value)
            for name in without:
                self._run.scopes.remove(scope, name)

        return self._step(set_all, now)

    def cancel(self, now: datetime) -> effects.Step:
        """End the instance and everything in it."""
        return self._step(self._run.terminate_all, now)

    def modify(
        self,
        now: datetime,
        activate: Iterable[tuple[str, Mapping[str, Any]]] = (),
        terminate: Iterable[int] = (),
    ) -> effects.Step:
        """Move tokens by hand: start at elements (with local variables) and end element instances."""
        activate, terminate = list(activate), list(terminate)
        unknown = [id for id, _variables in activate if id not in self._run.process.nodes]
        problems = [errors.localize(_("there is no element %(id)s"), id=id) for id in unknown]
        gone = [key for key in terminate if key not in self._run.tree.tasks]
        problems += [errors.localize(_("no token is in element instance %(key)s"), key=key) for key in gone]
        if problems:
            raise Refused(tuple(problems))

        def move() -> None:
            for element_id, variables in activate:
                token = self._run.spawn(self._scope_of(element_id), self._run.process.nodes[element_id])
                self._run.scopes.open(token.id, token.parent.id)
                for name, value in variables.items():
                    self._run.scopes.set_local(token.id, name, value)
            for key in terminate:
                ended = self._run.tree.find(key)
                if ended is not None:
                    scope = ended.parent
                    self._run.terminate(ended)
                    if scope is self._run.tree.root and scope.is_empty:
                        self._run.terminate_all()
                    else:
                        self._run.settle(scope)

        return self._step(move, now)

    def withdraw(self, keys: Iterable[int], now: datetime) -> effects.Step:
        """End element instances as if they had never begun: nothing follows from it."""

        def end() -> None:
            for key in keys:
                token = self._run.tree.find(key)
                if token is not None:
                    self._run.terminate(token)

        return self._step(end, now)

    def send_back(self, key: int, target: str, stays: Mapping[str, returning.Stay], now: datetime) -> effects.Step:
        """Send the user task of element instance `key` back to the user task `target`; see `returning`."""
        token = self._waiting(key, "task")
        return self._step(lambda: returning.send_back(self._run, token, target, stays), now)

    def rearm(self, before: Mapping[int, list[str]], now: datetime) -> effects.Step:
        """Close the waits for events that this version does not have, and open those that it has besides
        (migration).
        """

        def change() -> None:
            for token in list(self._run.tree.tasks.values()):
                old, kept = before.get(token.id, []), token.internal_data.get("armed", [])
                for event_id in old:
                    if event_id not in kept:
                        self._run.clear(token, event_id)
                for node in self._run.open_events(token):
                    self._run.arm(token, node)

        return self._step(change, now)

    def variables(self) -> list[tuple[int, str, Any]]:
        """All variables as (scope key, name, value)."""
        return [(scope, name, value) for scope, of in self._run.scopes.values.items() for name, value in of.items()]

    def visible(self, key: int) -> Mapping[str, Any]:
        """All variables seen from element instance `key` (or the instance's own key)."""
        return self._run.scopes.visible(key)

    def waits(self, key: int) -> bool:
        """Whether element instance `key` is live."""
        return key in self._run.tree.tasks

    def token(self, key: int) -> effects.TokenState | None:
        """The state of the token of element instance `key`, or None when it is gone."""
        found = self._run.tree.find(key)
        return None if found is None else found.stored

    def repeat(self, key: int, now: datetime) -> effects.Step:
        """Ask once more for the job or call for which element instance `key` waits."""
        token = self._waiting(key, "job", "call")
        return self._step(lambda: token.task_spec.execute(token, self._run), now)

    def keys(self) -> set[int]:
        """The keys of all live tokens."""
        return set(self._run.tree.tasks)

    def tokens(self) -> list[effects.TokenState]:
        """The state of every live token, parents first."""
        return [token.stored for token in self._run.tree.tasks.values()]

    @property
    def ended(self) -> bool:
        """Whether the instance is over."""
        return self._run.ended

    def _step(self, command: Callable[[], None], now: datetime) -> effects.Step:
        run = self._run
        run.now, run.effects = now, []
        run.tree.begin()
        with feel.using_clock(lambda: timers.local(now)):
            command()
            run.drain()
        tokens = {key: run.tree.tasks[key].stored if live else None for key, live in run.tree.touched.items()}
        return effects.Step(tuple(run.effects), tokens, run.tree.before)

    def _waiting(self, key: int, *waits: str) -> Token:
        token = self._run.tree.find(key)
        if token is None or token.internal_data.get("waits") not in waits or self.ended:
            raise NotWaiting(key)
        return token

    def _armed(self, owner: int, event_id: str) -> tuple[Token, Any]:
        token = self._run.tree.find(owner)
        if token is None or event_id not in token.internal_data.get("armed", []) or self.ended:
            raise NotWaiting(owner, event_id)
        return token, self._run.process.nodes[event_id]

    def _scope_of(self, element_id: str) -> Token:
        """The live token of the scope that `element_id` stands in, made where it is missing."""
        scope_id = self._run.process.nodes[element_id].scope
        if scope_id == self.definition.id:
            return self._run.tree.root
        live: list[Token] = [
            t for t in self._run.tree.tasks.values() if t.task_spec.name in (scope_id, f"{scope_id}{INNER}")
        ]
        live = [t for t in live if t.task_spec.element_type != "MULTI_INSTANCE_BODY"]
        if len(live) > 1:
            text = _("%(count)s instances of %(scope)s are open; it is not clear in which to start %(id)s")
            raise refused(text, count=len(live), scope=scope_id, id=element_id)
        if live:
            return live[0]
        node = self._run.process.nodes[scope_id]
        if node.loop is not None or node.event_subprocess:
            text = _("%(id)s stands in %(scope)s, which cannot be opened by hand")
            raise refused(text, id=element_id, scope=scope_id)
        scope = self._scope_of(scope_id)._add_child(self._run.tree.spec.task_specs[scope_id], TaskState.STARTED)
        scope.task_spec._enter(scope, self._run)
        self._run.open_scope(scope)
        return scope

    def _restore(self, states: dict[int, effects.TokenState]) -> None:
        tree, specs = self._run.tree, self.definition.spec.task_specs
        root = states.pop(self.key, None)
        if root is not None:
            tree.root.internal_data = dict(root.data)
        children: dict[int | None, list[effects.TokenState]] = {}
        for state in states.values():
            children.setdefault(state.parent, []).append(state)
        todo = [self.key]
        while todo:
            parent = tree.tasks[todo.pop()]
            for state in sorted(children.get(parent.id, ()), key=lambda s: s.key):
                waiting = "arrived" in state.data and "entered" not in state.data
                token = Token(
                    tree,
                    specs[state.element_id],
                    parent,
                    TaskState.WAITING if waiting else TaskState.STARTED,
                    state.key,
                )
                token.internal_data = dict(state.data)
                self._run.scopes.open(token.id, parent.id)
                if waiting and token.task_spec.node.kind == "inclusiveGateway":
                    self._run.joins.add(token.id)
                todo.append(token.id)
