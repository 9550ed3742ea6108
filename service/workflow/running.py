"""One command on one locked instance: run the engine, let handlers work, write what changed."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import ScalarSelect, select
from sqlalchemy.orm.attributes import set_committed_value

from service import clock, db, engine, errors, identity
from service.db.batch import Batch
from service.engine import effects
from service.errors import _
from service.jobs import handlers
from service.workflow import audit, completions, confidential, models, outcome, releases
from service.workflow import live as lives
from service.workflow.changes import Changes

Command = Callable[[engine.Instance, datetime], engine.Step]


class Running:
    """A locked instance in the open transaction. `do` may be called several times; `flush` writes once at the end."""

    def __init__(self, row: models.ProcessInstance, by: identity.Person, live: lives.Live | None = None) -> None:
        self.row = row
        self._live = live
        self.by = by
        self.now = clock.now()
        self.changes = Changes(row.key, self.now)
        self.outcome = outcome.Outcome(self)
        self.journal = completions.Journal(releases.process(row.definition_key).process.nodes)
        self.batch = Batch()

    @property
    def instance(self) -> engine.Instance:
        """The live instance, loaded when it is first needed."""
        if self._live is None:
            self._live = lives.take(self.row)
        return self._live.instance

    @property
    def release(self) -> releases.Release:
        """The versions that the instance runs on."""
        return releases.get(self.row.deployment_key)

    def taken(self, given: Any) -> Any:
        """A value from outside as the instance may keep it."""
        return confidential.taken(given, self.release)

    def do(self, command: Command) -> None:
        """Run an engine command and everything that follows from it at once, handlers included."""
        todo: deque[effects.ServiceRequested] = deque()
        self._note(command(self.instance, self.now), todo)
        while todo:
            self.serve(todo.popleft(), todo)

    def serve(self, request: effects.ServiceRequested, todo: deque[effects.ServiceRequested]) -> None:
        """Let a handler do a job; its result, BPMN error or failure goes back into the engine."""
        handler = handlers.find(request.type)
        assert handler is not None
        try:
            with db.sa.session.begin_nested():
                result = handler(self._job(request)) or {}
            step = self.instance.complete(request.key, self.taken(result), self.now)
        except handlers.BpmnError as error:
            variables = self.taken(error.variables)
            step = self.instance.throw_error(request.key, error.code, error.message, variables, self.now)
        except Exception as error:  # whatever a handler raises must become an incident, not a lost token
            if db.is_busy(error):
                raise  # the whole command is done again: by the worker, or by him who is told to try again
            self.outcome.incident(request.key, request.element_id, "JOB_NO_RETRIES", outcome.describe(error))
            return
        self._note(step, todo)

    def become(self, definition_key: int, release: releases.Release) -> None:
        """Move the instance to another version of its process, with the forms of `release` for its open tasks."""
        instance = self.instance
        assert self._live is not None
        self._live.instance, step = engine.migrate(instance, releases.process(definition_key), self.now)
        self._note(step, deque())
        self.row.definition_key, self.row.deployment_key = definition_key, release.key
        self._live.instance.world = lives.world(release)
        table = models.UserTask
        mine = table.instance_key == self.row.key, table.state == "CREATED"
        for task in db.sa.session.scalars(select(table).where(*mine)):
            node = self._live.instance.definition.process.nodes[task.element_id]
            form = node.user_task.form_id if node.user_task else None
            task.definition_key, task.deployment_key = definition_key, release.key
            task.form_key = release.find("form", form) if form else None

    def undo(self, undo: completions.Undo) -> None:
        """Let the instance be as it was before a completion whose doings nobody has gone on from."""
        self.do(lambda live, now: live.withdraw(undo.created, now))
        old = self.instance
        restored = {change.key: change.before for change in undo.changes if change.before is not None}
        closed = {key: state for key, state in restored.items() if not old.waits(key)}
        tokens = {token.key: token for token in old.tokens()} | restored
        armed = {key: list(state.data.get("armed", [])) for key, state in tokens.items() if key not in closed}
        tokens |= {key: state.disarmed for key, state in closed.items()}
        variables = {(s, n): v for s, n, v in [*old.variables(), *completions.variables_of(closed)]}
        for scope, name, value in undo.variables:
            if scope in tokens:
                variables[scope, name] = value
                self.changes.variables[scope, name] = value
        kept = [(scope, name, value) for (scope, name), value in variables.items() if value is not effects.ABSENT]
        assert self._live is not None
        self._live.instance = engine.Instance.load(
            old.definition, old.key, old.world, tokens.values(), kept, called=old.called
        )
        self._live.stored |= closed.keys()
        self.changes.restored(restored)
        for flow, count in undo.flows.items():
            self.changes.flows[flow] = self.changes.flows.get(flow, 0) - count
        self._note(self._live.instance.rearm(armed, self.now), deque())

    def record(
        self,
        operation: str,
        entity_type: str,
        key: int,
        *,
        reason: str | None = None,
        before: dict[str, Any] | None = None,
        after: dict[str, Any] | None = None,
    ) -> None:
        """Note in the audit log what the person does in this instance, with the rest that is written."""
        who: dict[str, Any] = {"by": self.by, "instance_key": self.row.key, "reason": reason}
        audit.record(operation, entity_type, key, **who, before=before, after=after, batch=self.batch)

    def flush(self) -> None:
        """Write what changed and name the new state. A command that never asked for the instance changed nothing."""
        batch = self.batch
        if self._live is None and not self.outcome.rows:
            return batch.run()
        live = self._live or lives.take(self.row)
        self.changes.write(batch, live.stored)
        live.stored = live.instance.keys()
        self.outcome.write(batch)
        row = {"revision": db.next_key(), "progress_at": self.now, **self.outcome.end()}
        batch.update(models.ProcessInstance.__table__, row, key=self.row.key)
        batch.run()
        for name, value in row.items():
            set_committed_value(self.row, name, value)
        self.outcome.after()
        lives.put(self.row, live)

    def _note(self, step: engine.Step, todo: deque[effects.ServiceRequested]) -> None:
        self.changes.tokens(step.tokens)
        self.journal.note(step)
        for effect in step.effects:
            match effect:
                case effects.ElementEntered():
                    self.changes.entered(effect)
                case effects.ElementLeft():
                    self.changes.left(effect)
                case effects.FlowTaken(flow_id):
                    self.changes.flows[flow_id] = self.changes.flows.get(flow_id, 0) + 1
                case effects.VariableSet(scope, name, value):
                    self.changes.variables[scope, name] = value
                case effects.ServiceRequested() if handlers.find(effect.type) is not None:
                    todo.append(effect)
                case _:
                    self.outcome.note(effect)

    def _job(self, request: effects.ServiceRequested) -> handlers.Job:
        return handlers.Job(
            key=request.key,
            type=request.type,
            instance_key=self.row.key,
            process_id=self.row.process_id,
            element_id=request.element_id,
            unit_id=self.row.unit_id,
            headers=request.headers,
            variables=dict(self.instance.visible(request.key)),
            by=self.by,
        )


@contextmanager
def locked(
    key: int | ScalarSelect[int],
    *,
    by: identity.Person,
    action: str | None = None,
    even_suspended: bool = False,
    even_over: bool = False,
    unknown: errors.NotFound | None = None,
) -> Iterator[Running]:
    """Lock an instance for one command inside `db.transaction()`, and write what the block did.

    Raises NotFound (`unknown` if given, by somebody who asked for a part of an instance), Forbidden (when `by` may not
    do `action`), and Conflict when the instance is over or suspended.
    """
    with db.transaction():
        row = db.sa.session.scalars(
            select(models.ProcessInstance).where(models.ProcessInstance.key == key).with_for_update()
        ).one_or_none()
        if row is None:
            raise unknown or errors.NotFound(_("There is no process instance %(key)s."), key=key)
        if action is not None:
            identity.access.ensure(by, action, row)
        if not even_over:
            ensure_open(row, even_suspended=even_suspended)
        running = Running(row, by)
        yield running
        running.flush()


def ensure_open(row: models.ProcessInstance, *, even_suspended: bool = False) -> None:
    """Raise Conflict when an instance is over or suspended."""
    if row.state != "ACTIVE":
        raise errors.Conflict(_("Process instance %(key)s is over."), key=row.key)
    if row.suspended and not even_suspended:
        raise errors.Conflict(_("Process instance %(key)s is suspended; resume it first."), key=row.key)


@contextmanager
def translated() -> Iterator[None]:
    """Turn the engine's refusals into problems for people."""
    try:
        yield
    except engine.NotWaiting as error:
        raise errors.Conflict(
            _("This was already done or is no longer waiting: %(detail)s."), detail=str(error)
        ) from error
    except engine.Refused as error:
        raise errors.Conflict(_("This is not possible: %(detail)s."), detail=str(error)) from error
