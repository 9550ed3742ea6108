"""Pass a task on: to a colleague for good, to one who does it and returns it for confirming, or as a copy to read."""

from collections.abc import Mapping
from typing import Any

from service import db, errors, identity, notifications
from service.errors import _
from service.notifications import kinds
from service.workflow import audit, candidates, colleagues, drafts, models, remarks, tasks
from service.workflow.running import Running

MOST_COPIES = 20
UNFIT = _("%(name)s cannot do this task; choose somebody of the same role and unit.")


def complete(key: int, answers: Mapping[str, Any], *, by: identity.Person) -> models.UserTask:
    """Complete a task, as `tasks.complete`; one that somebody gave to the person goes back to him for confirming."""
    with tasks.opened(key, by, "task.complete") as (running, task):
        if task.owner in (None, by.username):
            task.owner = None
            tasks.fulfil(running, task, answers, by)
        else:
            _hand_back(running, task, answers, by)
        return task


def transfer(key: int, to: str, reason: str, *, by: identity.Person) -> None:
    """Give a task to a colleague for good; what was typed so far goes along.

    Raises NotFound, Forbidden, Conflict, Unprocessable for somebody who cannot do the task.
    """
    _pass_on(key, to, reason, remarks.TRANSFERRED, by)


def delegate(key: int, to: str, reason: str, *, by: identity.Person) -> None:
    """Let a colleague do a task; it comes back with his answers for confirming. Raises as `transfer`."""
    _pass_on(key, to, reason, remarks.DELEGATED, by)


def copy(key: int, to: list[str], text: str, *, by: identity.Person) -> None:
    """Let colleagues read a task, whatever becomes of it; they see nothing else by that.

    Raises NotFound, Forbidden, Unprocessable for somebody who cannot get a copy.
    """
    with db.transaction() as session:
        task = tasks.get(key, by=by)
        identity.access.ensure(by, "task.copy", task)
        session.refresh(task, with_for_update=True)
        fitting = {each.username: each for each in colleagues.readers(task, by=by)}
        chosen = [name for name in dict.fromkeys(to) if name not in task.copied_to]
        if not chosen or len(chosen) > MOST_COPIES:
            raise errors.Unprocessable(_("Choose one to %(most)s colleagues."), most=MOST_COPIES)
        for name in chosen:
            if name not in fitting:
                raise errors.Unprocessable(_("%(name)s cannot get a copy of this task."), name=name)
            remarks.add(task, remarks.COPIED, text.strip()[: remarks.LONGEST], by=by, to=name)
        task.copied_to = [*task.copied_to, *chosen]
        audit.record("COPY", "USER_TASK", key, by=by, instance_key=task.instance_key, after={"to": chosen})
        _tell(
            chosen,
            kinds.COPIED,
            _("A copy for you: %(task)s"),
            _("%(name)s sent you a copy. %(reason)s"),
            task,
            by,
            text,
        )


def _pass_on(key: int, to: str, reason: str, kind: str, by: identity.Person) -> None:
    action = "task.transfer" if kind == remarks.TRANSFERRED else "task.delegate"
    with db.transaction():
        with tasks.opened(key, by, action) as (running, task):
            if to not in {each.username for each in colleagues.takers(task, by=by)}:
                raise errors.Unprocessable(UNFIT, name=to)
            candidates.ensure_apart(task, identity.people.find(to))
            before = {"assignee": task.assignee, "owner": task.owner}
            drafts.hand_over(key, task.assignee or by.username, to)
            task.owner = (task.owner or by.username) if kind == remarks.DELEGATED else None
            task.assignee = to
            reason = reason.strip()[: remarks.LONGEST]
            remarks.add(task, kind, reason, by=by, to=to)
            after = {"assignee": task.assignee, "owner": task.owner}
            running.record(kind, "USER_TASK", key, reason=reason or None, before=before, after=after)
        text = (
            _("%(name)s passed it on to you. %(reason)s")
            if kind == remarks.TRANSFERRED
            else _("%(name)s asks you to do it; it returns to %(name)s for confirming. %(reason)s")
        )
        _tell([to], kinds.ASSIGNED, _("Passed on to you: %(task)s"), text, task, by, reason)


def _hand_back(running: Running, task: models.UserTask, answers: Mapping[str, Any], by: identity.Person) -> None:
    owner = task.owner or ""
    tasks.check(task, answers, running)
    drafts.put(task.key, answers, owner)
    drafts.drop(task.key, by=by)
    before = {"assignee": task.assignee, "owner": owner}
    task.assignee, task.owner = owner, None
    remarks.add(task, remarks.RETURNED, "", by=by, to=owner)
    running.record(remarks.RETURNED, "USER_TASK", task.key, before=before, after={"assignee": owner, "owner": None})
    text = _("%(name)s has done it; confirm it or change it. %(reason)s")
    _tell([owner], kinds.ASSIGNED, _("To be confirmed: %(task)s"), text, task, by, "")


def _tell(
    usernames: list[str], kind: str, subject: str, text: str, task: models.UserTask, by: identity.Person, reason: str
) -> None:
    more = {"task": task.title, "name": by.name, "reason": reason.strip()[:200]}
    notifications.notify(usernames, kind, subject, text, remarks.link(task.key), **more)
