"""User tasks: complete, assign, give back, change."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import ScalarSelect, select

from service import clock, db, errors, forms, identity
from service.db import values
from service.errors import _
from service.workflow import candidates, completions, confidential, extensions, models, releases
from service.workflow.running import Running, ensure_open, locked, translated

UNCHANGED: Any = object()


def get(key: int, *, by: identity.Person) -> models.UserTask:
    """A task that the person may see. Raises NotFound for all others."""
    task = db.sa.session.get(models.UserTask, key)
    if task is None or not identity.access.allowed(by, "task.read", task):
        raise unknown(key)
    return task


def complete(key: int, answers: Mapping[str, Any], *, by: identity.Person) -> models.UserTask:
    """Complete a task with the answers of its form; the person's draft of it is gone.

    Raises NotFound for a task the person may not see, Forbidden for one he may not do, Conflict when somebody was first
    or the instance is suspended, Unprocessable with one entry for each wrong answer.
    """
    with opened(key, by, "task.complete") as (running, task):
        fulfil(running, task, answers, by)
        return task


def fulfil(running: Running, task: models.UserTask, answers: Mapping[str, Any], by: identity.Person) -> None:
    """Complete a task that is opened, as `complete`."""
    candidates.ensure_apart(task, by)
    given, aside = check(task, answers, running), set[str]()
    for extension in extensions.of(task.properties):
        aside |= extension.takes
        if extension.on_complete is not None:
            raw = {name: answers[name] for name in extension.takes if name in answers}
            given = dict(extension.on_complete(task, {**given, **raw}, by))
    result = running.taken(given)
    with translated():
        running.do(lambda live, now: live.complete(task.key, result, now))
    completions.note(running, task.key, {name: value for name, value in answers.items() if name not in aside})
    running.batch.delete(models.Draft.__table__, task_key=task.key, person=by.username)
    running.record("COMPLETE", "USER_TASK", task.key)


def assign(
    key: int,
    assignee: str,
    *,
    by: identity.Person,
    allow_override: bool = True,
    reason: str | None = None,
) -> None:
    """Give a task to a person, or claim it oneself. Raises Conflict when it is somebody else's and may not be taken."""
    action = "task.claim" if assignee == by.username else "task.assign"
    with opened(key, by, action) as (running, task):
        if task.assignee and task.assignee != assignee and not allow_override:
            raise errors.Conflict(_("The task is assigned to %(name)s."), name=task.assignee)
        if not identity.people.exists(assignee):
            raise errors.Unprocessable(_("There is no user %(name)s."), name=assignee)
        candidates.ensure_apart(task, identity.people.find(assignee))
        before, task.assignee = task.assignee, assignee
        running.record(
            "ASSIGN", "USER_TASK", key, reason=reason, before={"assignee": before}, after={"assignee": assignee}
        )


def unassign(key: int, *, by: identity.Person, reason: str | None = None) -> None:
    """Give a task back to its candidates."""
    with opened(key, by, "task.unassign") as (running, task):
        before, task.assignee = task.assignee, None
        running.record(
            "UNASSIGN", "USER_TASK", key, reason=reason, before={"assignee": before}, after={"assignee": None}
        )


def update(
    key: int,
    *,
    by: identity.Person,
    due: datetime | None = UNCHANGED,
    follow_up: datetime | None = UNCHANGED,
    priority: int = UNCHANGED,
    candidate_groups: list[str] = UNCHANGED,
    candidate_users: list[str] = UNCHANGED,
    reason: str | None = None,
) -> None:
    """Change what is given of a task's dates, priority (0-100) and candidates."""
    with opened(key, by, "task.update") as (running, task):
        fields: dict[str, Any] = {"due": due, "follow_up": follow_up, "priority": priority}
        fields |= {"candidate_groups": candidate_groups, "candidate_users": candidate_users}
        changed = {name: value for name, value in fields.items() if value is not UNCHANGED}
        if not 0 <= changed.get("priority", 50) <= 100:
            raise errors.Invalid(_("The priority must be between 0 and 100."))
        before = {name: getattr(task, name) for name in changed}
        for name, value in changed.items():
            setattr(task, name, value)
        if "candidate_groups" in changed or "candidate_users" in changed:
            task.unit_id, task.candidates = candidates.resolve(
                running.row.unit_id, None, task.candidate_groups, task.candidate_users
            )
        running.record(
            "UPDATE", "USER_TASK", key, reason=reason, before=values.plain(before), after=values.plain(changed)
        )


@contextmanager
def opened(key: int, by: identity.Person, action: str) -> Iterator[tuple[Running, models.UserTask]]:
    """Lock the instance of a task that is open and that the person may do `action` on."""
    found = locked(instance_of(key), by=by, even_over=True, unknown=unknown(key))
    with db.transaction() as session, found as running:
        task = session.get(models.UserTask, key, populate_existing=True)
        if task is None or not identity.access.allowed(by, "task.read", task):
            raise unknown(key)
        if task.state != "CREATED":
            raise closed(task)
        ensure_open(running.row)
        identity.access.ensure(by, action, task)
        yield running, task


def instance_of(key: int) -> ScalarSelect[int]:
    """The key of a task's instance, as part of a query."""
    return select(models.UserTask.instance_key).where(models.UserTask.key == key).scalar_subquery()


def unknown(key: int) -> errors.NotFound:
    """What is told of a task that there is not, or that one may not see."""
    return errors.NotFound(_("There is no user task %(key)s."), key=key)


def closed(task: models.UserTask) -> errors.Conflict:
    """What is told to somebody who comes too late to a task: who was first, and when."""
    if task.state == "COMPLETED":
        text = _("The task was completed by %(name)s at %(at)s.")
        at = task.completed_at.astimezone(clock.TZ).strftime("%Y-%m-%d %H:%M") if task.completed_at else "?"
        return errors.Conflict(text, name=task.completed_by, at=at)
    return errors.Conflict(_("The task is no longer open (%(state)s)."), state=task.state)


def check(task: models.UserTask, answers: Mapping[str, Any], running: Running) -> Mapping[str, Any]:
    """The answers that the task's form accepts. Raises Unprocessable with one entry for each wrong one."""
    if task.form_key is None:
        return answers
    form = releases.form(task.form_key)
    given = confidential.opened(answers, running.release)
    return forms.validate(form, given, dict(running.instance.visible(task.key)), lang=None)
