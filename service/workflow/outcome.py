"""Turns the engine's effects into rows and deferred jobs, at the end of a command and in few statements."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sqlalchemy import update

from service import db, engine, errors, jobs
from service.db.batch import Batch
from service.engine import effects
from service.workflow import calls, candidates, extensions, messages, models, releases, signals

if TYPE_CHECKING:
    from service.workflow.running import Running


RENEWED = (
    "ON CONFLICT (key) DO UPDATE SET state = excluded.state, retries = excluded.retries, worker = excluded.worker, "
    "visible_at = excluded.visible_at, deadline = NULL, error_code = NULL, error_message = NULL, ended_at = NULL"
)
"""A job is asked for again, under the key of its element, when its incident is resolved."""


class Outcome:
    """The waits, tasks, jobs, calls and incidents that one command opened and closed."""

    def __init__(self, running: Running) -> None:
        self.running = running
        self.rows: dict[type[Any], dict[Any, dict[str, Any]]] = {}
        self.gone: dict[type[Any], set[tuple[int, str]]] = {}
        self.closed_tasks: dict[str, list[int]] = {}
        self.closed_jobs: list[int] = []
        self.resolved: list[int] = []
        self.calls: list[effects.CallRequested] = []
        self.withdrawn: list[int] = []
        self.thrown: list[effects.MessageThrown] = []
        self.signals: list[effects.SignalThrown] = []
        self.escaped: effects.Escaped | None = None
        self.ended: effects.Ended | None = None

    def note(self, effect: effects.Effect) -> None:
        """Take one effect in. Elements, flows, variables and handled services are not ours."""
        match effect:
            case effects.TaskOpened():
                self._add(models.UserTask, effect.key, self._task(effect))
            case effects.TaskClosed(key, state):
                if self.rows.get(models.UserTask, {}).pop(key, None) is None:
                    self.closed_tasks.setdefault(state, []).append(key)
            case effects.ServiceRequested():
                self._add(models.Job, effect.key, self._job(effect))
            case effects.ServiceWithdrawn(key):
                self.closed_jobs.append(key)
            case effects.CallRequested():
                self.calls.append(effect)
            case effects.CallWithdrawn(key):
                self.withdrawn.append(key)
            case effects.TimerSet(owner, element_id, due, repeats, cycle):
                row = {"due_at": due, "repeats": repeats, "cycle": cycle}
                self._wait(models.Timer, owner, element_id, row)
            case effects.MessageAwaited(owner, element_id, name, key):
                row = {
                    "key": db.next_key(),
                    "name": name,
                    "correlation_key": key,
                    "process_id": self.running.row.process_id,
                    "created_at": self.running.now,
                }
                self._wait(models.MessageSubscription, owner, element_id, row)
            case effects.SignalAwaited(owner, element_id, name):
                row = {"name": name, "process_id": self.running.row.process_id}
                self._wait(models.SignalSubscription, owner, element_id, row)
            case effects.TimerCleared(owner, element_id):
                self._clear(models.Timer, owner, element_id)
            case effects.MessageCleared(owner, element_id):
                self._clear(models.MessageSubscription, owner, element_id)
            case effects.SignalCleared(owner, element_id):
                self._clear(models.SignalSubscription, owner, element_id)
            case effects.MessageThrown():
                self.thrown.append(effect)
            case effects.SignalThrown():
                self.signals.append(effect)
            case effects.Failed(key, element_id, type_, message):
                self.incident(key, element_id, type_, message)
            case effects.FailureCleared(key):
                self.resolved.append(key)
            case effects.Escaped():
                self.escaped = effect
            case effects.Ended():
                self.ended = effect

    def opened(self, element_id: str) -> dict[str, Any]:
        """The row of the user task that the command opened in an element; it may still be changed."""
        return next(row for row in self.rows[models.UserTask].values() if row["element_id"] == element_id)

    def incident(self, key: int, element_id: str, type_: str, message: str, job_key: int | None = None) -> None:
        """Open an incident at an element instance."""
        row = {"element_key": key, "element_id": element_id, "type": type_, "message": message, "job_key": job_key}
        row |= {"key": db.next_key(), "instance_key": self.running.row.key, "state": "ACTIVE"}
        self._add(models.Incident, row["key"], row | {"created_at": self.running.now})

    def write(self, batch: Batch) -> None:
        """Put the rows into `batch`; called instances are made first, since a call that cannot be made is an
        incident.
        """
        self._call()
        for model, keys in self.gone.items():
            for owner, element_id in keys:
                batch.delete(model.__table__, owner_key=owner, element_id=element_id)
        for model, rows in self.rows.items():
            for row in rows.values():
                batch.insert(model.__table__, row, RENEWED if model is models.Job else "")
        self._close(batch)

    def end(self) -> dict[str, Any]:
        """What changes in the instance's row when it is over."""
        if self.ended is None:
            return {}
        return {
            "state": self.ended.state,
            "end_date": self.running.now,
            "end_events": list(self.ended.end_events),
        }

    def after(self) -> None:
        """What follows the rows: hooks of tasks, and the work deferred for other instances."""
        self._opened()
        awaited = self.rows.get(models.MessageSubscription, {}).values()
        if awaited or self.thrown:
            messages.meet(awaited=awaited, thrown=self.thrown)
        for signal in self.signals:
            signals.send(signal.name, signal.variables)
        self._tell_caller()

    def _add(self, model: type[Any], key: Any, row: dict[str, Any]) -> None:
        self.rows.setdefault(model, {})[key] = row

    def _wait(self, model: type[Any], owner: int, element_id: str, row: dict[str, Any]) -> None:
        self.gone.setdefault(model, set()).add((owner, element_id))
        row |= {"owner_key": owner, "element_id": element_id, "instance_key": self.running.row.key}
        self._add(model, (owner, element_id), row)

    def _clear(self, model: type[Any], owner: int, element_id: str) -> None:
        self.rows.get(model, {}).pop((owner, element_id), None)
        self.gone.setdefault(model, set()).add((owner, element_id))

    def _task(self, task: effects.TaskOpened) -> dict[str, Any]:
        row = self.running.row
        found = releases.get(row.deployment_key).find("form", task.form_id) if task.form_id else None
        unit, who = candidates.of(task, row)
        return {
            "key": task.key,
            "instance_key": row.key,
            "root_key": row.root_key,
            "definition_key": row.definition_key,
            "deployment_key": row.deployment_key,
            "process_id": row.process_id,
            "element_id": task.element_id,
            "name": task.name,
            "title": task.title,
            "state": "CREATED",
            "assignee": task.assignee,
            "candidates": who,
            "candidate_groups": list(task.candidate_groups),
            "candidate_users": list(task.candidate_users),
            "unit_id": unit,
            "form_key": found,
            "external_form": task.external_form,
            "due": task.due,
            "follow_up": task.follow_up,
            "priority": task.priority,
            "properties": dict(task.properties),
            "headers": dict(task.headers),
            "created_at": self.running.now,
        }

    def _job(self, job: effects.ServiceRequested) -> dict[str, Any]:
        row = self.running.row
        return {
            "key": job.key,
            "instance_key": row.key,
            "definition_key": row.definition_key,
            "process_id": row.process_id,
            "element_id": job.element_id,
            "type": job.type,
            "kind": job.kind,
            "state": "CREATED",
            "retries": job.retries,
            "worker": "",
            "headers": dict(job.headers),
            "visible_at": self.running.now,
            "created_at": self.running.now,
        }

    def _close(self, batch: Batch) -> None:
        now, key = self.running.now, self.running.row.key
        for state, keys in self.closed_tasks.items():
            person = self.running.by.username if state == "COMPLETED" else None
            row = {"state": state, "completed_at": now, "completed_by": person}
            batch.update(models.UserTask.__table__, row, key=keys)
        if self.closed_jobs:
            batch.update(models.Job.__table__, {"state": "CANCELED", "ended_at": now}, key=self.closed_jobs)
        if self.ended is not None:
            row = {"state": self.ended.state, "end_date": now, "token": None}
            batch.update(models.ElementInstance.__table__, row, key=key)
        if self.resolved:
            self._resolve()

    def _resolve(self) -> None:
        table = models.Incident.__table__
        where = table.c.element_key.in_(self.resolved), table.c.instance_key == self.running.row.key
        db.sa.session.execute(
            update(table)
            .where(*where, table.c.state == "ACTIVE")
            .values(state="RESOLVED", resolved_at=self.running.now)
        )

    def _opened(self) -> None:
        for row in self.rows.get(models.UserTask, {}).values():
            for extension in extensions.of(row["properties"]):
                if extension.on_open is not None:
                    extension.on_open(db.sa.session.get_one(models.UserTask, row["key"]))

    def _call(self) -> None:
        for call in self.calls:
            try:
                calls.request(self.running.row, call, by=self.running.by, now=self.running.now)
            except (engine.Failure, errors.Problem) as failure:
                self._call_failed(call, failure)
        for key in self.withdrawn:
            calls.withdraw(key)

    def _call_failed(self, call: effects.CallRequested, failure: Exception) -> None:
        self.incident(call.key, call.element_id, "CALLED_ELEMENT_ERROR", describe(failure))

    def _tell_caller(self) -> None:
        row, escaped = self.running.row, self.escaped
        if row.parent_key is None or (self.ended is None and escaped is None):
            return
        detail: Mapping[str, Any] = (
            {"kind": escaped.kind, "code": escaped.code, "message": escaped.message} if escaped else {}
        )
        jobs.defer("workflow.call_returned", lock=str(row.parent_key), child=row.key, **detail)


def describe(error: Exception) -> str:
    """An exception as the message of an incident."""
    if isinstance(error, errors.Problem):
        return errors.record(error.msgid, **error.params)
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
