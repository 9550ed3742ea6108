"""Undo: take back what an entry of the audit log says, unless the state has changed since."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sqla

from service import db, errors, identity
from service.db import values
from service.errors import _
from service.supervision import subjects
from service.supervision.measures.base import Given, Measure
from service.supervision.measures.tasks import give
from service.workflow import external_jobs, instances, models, tasks

Undoing = Callable[[models.AuditLog, str, identity.Person], None]
DATES = ("due", "follow_up")


class Undo(Measure):
    """Done at once, without a form: the reason names the one of what is taken back."""

    id, title, on = "undo", _("Undo"), "entry"

    def find(
        self, instances: Iterable[int], tasks: Iterable[int], by: identity.Person, *, below: bool
    ) -> Sequence[Any]:
        """Entries of the audit log; `tasks` holds their keys."""
        return subjects.entries(tasks, by)

    def do(self, key: int, given: Given, reason: str, by: identity.Person) -> None:
        entry = db.sa.session.get_one(models.AuditLog, key)
        if not possible(entry):
            raise errors.Conflict(_("This cannot be undone."))
        instance = models.ProcessInstance
        lock = sqla.select(instance.key).where(instance.key == entry.instance_key).with_for_update()
        db.sa.session.execute(lock)  # what is compared must stay so until it is changed
        _UNDOING[entry.operation](entry, reason, by)


def possible(entry: Any) -> bool:
    """Whether an entry of the audit log is of a kind that can be undone."""
    if entry.operation == "UPDATE":
        return set(entry.before or ()) <= {*DATES, "priority"}
    return entry.operation in _UNDOING and bool(entry.before or entry.after)


def _assignee(entry: models.AuditLog, reason: str, by: identity.Person) -> None:
    key, before, after = _parts(entry)
    _ensure(_task(key).assignee == after["assignee"])
    give(key, before["assignee"], reason, by)


def _dates(entry: models.AuditLog, reason: str, by: identity.Person) -> None:
    key, before, after = _parts(entry)
    task = _task(key)
    _ensure(all(values.plain(getattr(task, name)) == value for name, value in after.items()))
    earlier: dict[str, Any] = dict(before)
    for name in earlier.keys() & set(DATES):
        earlier[name] = datetime.fromisoformat(earlier[name]) if earlier[name] else None
    tasks.update(key, by=by, reason=reason, **earlier)


def _suspended(entry: models.AuditLog, reason: str, by: identity.Person) -> None:
    key, _before, after = _parts(entry)
    row = db.sa.session.get_one(models.ProcessInstance, key, populate_existing=True)
    again = row.suspended_at is not None and row.suspended_at > entry.at
    _ensure(row.suspended == after["suspended"] and not again)
    (instances.resume if after["suspended"] else instances.suspend)(key, by=by, reason=reason)


def _variables(entry: models.AuditLog, reason: str, by: identity.Person) -> None:
    key, before, after = _parts(entry)
    seen, left = external_jobs.variables_of(key), values.untagged(after)
    _ensure(all(name in seen and seen[name] == value for name, value in left.items()))
    _ensure(seen.keys().isdisjoint(before.keys() - after.keys()))
    without = after.keys() - before.keys()
    instances.set_variables(key, values.untagged(before), by=by, reason=reason, without=without)


def _parts(entry: models.AuditLog) -> tuple[int, Mapping[str, Any], Mapping[str, Any]]:
    assert entry.entity_key is not None
    return entry.entity_key, entry.before or {}, entry.after or {}


def _task(key: int) -> models.UserTask:
    return db.sa.session.get_one(models.UserTask, key, populate_existing=True)


def _ensure(unchanged: bool) -> None:
    if not unchanged:
        raise errors.Conflict(_("It has been changed again meanwhile; nothing was undone."))


_UNDOING: Mapping[str, Undoing] = {
    "ASSIGN": _assignee,
    "UNASSIGN": _assignee,
    "UPDATE": _dates,
    "SUSPEND": _suspended,
    "RESUME": _suspended,
    "SET_VARIABLES": _variables,
}
