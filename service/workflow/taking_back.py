"""Take back one's own completion of a task while nobody has gone on from it."""

from typing import Any

from sqlalchemy import select

from service import db, errors, identity
from service.errors import _
from service.workflow import completions, extensions, models, releases, remarks, tasks
from service.workflow.running import locked, translated

TOO_LATE = _("It is too late to take this back: %(name)s has gone on with it.")
GONE_ON = _("It is too late to take this back: the process has gone on from it.")
ACTING = ("ASSIGN", "UNASSIGN", "SEND_BACK", "TRANSFER", "DELEGATE")
LASTING = _("This cannot be taken back: “%(step)s” has been carried out since.")


def take_back(key: int, *, by: identity.Person) -> models.UserTask:
    """Open a task again that the person completed, as if he had not: tokens and variables are as they were.

    Raises NotFound, Forbidden when somebody else completed it, Conflict with the reason when something followed from it
    that stays: another completion, a claim, an effect outside the instance.
    """
    with locked(tasks.instance_of(key), by=by, unknown=tasks.unknown(key)) as running, translated():
        task = tasks.get(key, by=by)
        identity.access.ensure(by, "task.take_back", task)
        if task.state != "COMPLETED":
            raise errors.Conflict(_("The task is not completed."))
        undo = completions.undo_of(key)
        obstacle = _obstacle(task, undo, by)
        if obstacle is not None:
            raise obstacle
        assert undo is not None
        running.undo(undo)
        task.state, task.assignee = "CREATED", by.username
        task.completed_at = task.completed_by = None
        extensions.reopen(task, task)
        remarks.add(task, remarks.TAKEN_BACK, "", by=by)
        running.record("TAKE_BACK", "USER_TASK", key)
        return task


def may(task: models.UserTask, *, by: identity.Person) -> bool:
    """Whether the person could take the completion back at this moment."""
    if task.state != "COMPLETED" or not identity.access.allowed(by, "task.take_back", task):
        return False
    row = db.sa.session.get_one(models.ProcessInstance, task.instance_key)
    if row.state != "ACTIVE" or row.suspended:
        return False
    return _obstacle(task, completions.undo_of(task.key), by) is None


def _obstacle(task: models.UserTask, undo: completions.Undo | None, by: identity.Person) -> errors.Conflict | None:
    """Why a completion cannot be taken back, None when it can."""
    if undo is None or undo.obstacle == "":
        return errors.Conflict(GONE_ON)
    if undo.obstacle is not None:
        node = releases.process(task.definition_key).process.nodes[undo.obstacle]
        return errors.Conflict(LASTING, step=node.name or node.id)
    followers = db.sa.session.scalars(select(models.UserTask).where(models.UserTask.key.in_(undo.created))).all()
    who = _who_acted([follower.key for follower in followers], by)
    if who is not None:
        return errors.Conflict(TOO_LATE, name=who)
    begun = any(extensions.is_begun(follower) for follower in followers)
    return errors.Conflict(GONE_ON) if begun or not _is_as_left(undo) else None


def _who_acted(keys: list[int], by: identity.Person) -> str | None:
    """The first other person who claimed, was given or worked on one of these tasks."""
    log = models.AuditLog
    query = select(log.by).where(log.entity_key.in_(keys), log.entity_type == "USER_TASK", log.by != by.username)
    return db.sa.session.scalar(query.where(log.operation.in_(ACTING)).order_by(log.key).limit(1))


def _is_as_left(undo: completions.Undo) -> bool:
    """Whether the tokens stand as the completion left them."""
    element = models.ElementInstance
    keys = [change.key for change in undo.changes]
    found = db.sa.session.execute(select(element.key, element.token).where(element.key.in_(keys)))
    now: dict[int, dict[str, Any] | None] = dict(found.all())
    return all(now.get(change.key) == (dict(change.after.data) if change.after else None) for change in undo.changes)
