"""Send a task back to a step that was passed, with a reason; whose it was gets it again with his answers.

The diagram may say who goes back where, by the zeebe:property `sendBack`: at a user task "no" or the ids of the steps
to which it may be sent; at any other element "no" lets nothing go back over it once it was passed; at the process "no"
forbids it altogether. A message that has come does not come again, so nothing goes back over it unless it says "yes".
The engine moves only the sender's own token (`service.engine.returning`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from service import db, engine, errors, identity, notifications
from service.engine import model
from service.errors import _
from service.identity import accounts
from service.identity.models import User
from service.notifications import kinds
from service.workflow import extensions, models, releases, remarks, tasks
from service.workflow.running import Running, translated

PROPERTY, NO, YES = "sendBack", "no", "yes"
RECEIVING = frozenset(["intermediateCatchEvent", "receiveTask", "boundaryEvent"])
LOOP_COUNTER = "loopCounter"
MOST = 200
ELSEWHERE = _("“%(step)s” belongs to another process; work goes back only to steps of this one.")
FORBIDDEN = _("The process does not let “%(step)s” be sent back.")
LIMITED = _("The process does not let “%(step)s” be sent back to “%(target)s”.")
CLOSED = _("Nothing goes back over “%(step)s”, which has been passed since.")


@dataclass(frozen=True)
class Target:
    """A step to which a task may be sent back: the task that was completed there, by whom and when."""

    key: int
    element_id: str
    name: str
    who: str
    at: datetime | None
    item: int | None


def targets(task: models.UserTask) -> Sequence[Target]:
    """The steps to which an open task may be sent back, the latest first; of several rounds the last one."""
    definition = releases.process(task.definition_key)
    table = models.UserTask
    query = (
        select(table, User.name)
        .outerjoin(User, User.username == table.completed_by)
        .where(table.instance_key == task.instance_key, table.state == "COMPLETED")
        .order_by(table.completed_at.desc(), table.key.desc())
        .limit(MOST)
    )
    if task.state != "CREATED" or _fixed_refusal(definition.process, task):
        return []
    found = db.sa.session.execute(query).all()
    indexes = _indexes([task.key, *(row.key for row, _name in found)])
    barriers = _barriers(definition.process, task.instance_key)
    seen: set[tuple[str, int | None]] = set()
    listed = []
    for row, name in found:
        place = row.element_id, indexes.get(row.key)
        if place in seen or not _leads_back(definition, task, row, indexes):
            continue
        seen.add(place)
        if _refusal(definition, task, row, barriers) is None:
            who = name or row.completed_by or ""
            listed.append(Target(row.key, row.element_id, row.title, who, row.completed_at, place[1]))
    return listed


def send_back(key: int, to: int, reason: str, *, by: identity.Person) -> models.UserTask:
    """Send an open task back to the step at which the task `to` was completed; gives the task opened there.

    Raises NotFound, Forbidden, Unprocessable without a reason, Conflict where the process forbids it or it is not
    possible from there.
    """
    reason = remarks.checked(reason, _("Say why it goes back."))
    with db.transaction() as session:
        with tasks.opened(key, by, "task.send_back") as (running, task), translated():
            origin = session.get(models.UserTask, to)
            if origin is None or origin.root_key != task.root_key or origin.state != "COMPLETED":
                raise errors.Conflict(_("There is no completed task %(key)s in this case."), key=to)
            _ensure_allowed(running, task, origin)
            stays = _stays(origin)
            running.do(lambda live, now: live.send_back(key, origin.element_id, stays, now))
            row = running.outcome.opened(origin.element_id)
            row["origin_key"] = origin.key
            row["assignee"] = row["assignee"] or _again(origin, row["candidates"])
            running.record("SEND_BACK", "USER_TASK", key, reason=reason, after=_told(origin, row))
        opened = session.get_one(models.UserTask, row["key"])
        remarks.add(opened, remarks.SENT_BACK, reason, by=by, to=origin.completed_by)
        extensions.reopen(origin, opened)
        notifications.notify(
            [opened.assignee or origin.completed_by or ""],
            kinds.SENT_BACK,
            _("Sent back: %(task)s"),
            _("%(name)s sent it back: %(reason)s"),
            remarks.link(opened.key),
            task=opened.title,
            name=by.name,
            reason=reason[:200],
        )
        return opened


def _ensure_allowed(running: Running, task: models.UserTask, origin: models.UserTask) -> None:
    if origin.instance_key != task.instance_key:
        raise errors.Conflict(ELSEWHERE, step=origin.title)
    definition = running.instance.definition
    refusal = _fixed_refusal(definition.process, task)
    if refusal is None and _leads_back(definition, task, origin, _indexes([task.key, origin.key])):
        refusal = _refusal(definition, task, origin, _barriers(definition.process, task.instance_key))
    if refusal is not None:
        raise refusal


def _fixed_refusal(process: model.Process, task: models.UserTask) -> errors.Conflict | None:
    if NO in (process.properties.get(PROPERTY), task.properties.get(PROPERTY)):
        return errors.Conflict(FORBIDDEN, step=task.title)
    return None


def _refusal(
    definition: engine.Definition, task: models.UserTask, origin: models.UserTask, barriers: Sequence[Any]
) -> errors.Conflict | None:
    process = definition.process
    limit = task.properties.get(PROPERTY, "").replace(",", " ").split()
    if limit and origin.element_id not in limit:
        return errors.Conflict(LIMITED, step=task.title, target=origin.title)
    since = [id for id, at in barriers if at and origin.completed_at and at >= origin.completed_at]
    closing = next((id for id in since if _is_between(definition.ways, task.element_id, origin.element_id, id)), None)
    return errors.Conflict(CLOSED, step=process.nodes[closing].name or closing) if closing else None


def _is_between(ways: Any, here: str, there: str, closing: str) -> bool:
    """Whether a closing element lies on the way from one step to a later one, seen from the scope around both."""
    one, other = ways.level(here, there)
    node = ways.process.nodes[closing]
    while node.scope != other.scope and node.scope != ways.process.id and not node.event_subprocess:
        node = ways.process.nodes[node.scope]
    if node.scope != other.scope or node.event_subprocess:
        return False
    return node in (one, other) or (node.id in ways.reach(other.id) and one.id in ways.reach(node.id))


def _barriers(process: model.Process, instance_key: int) -> Sequence[Any]:
    """The closing elements that the instance has passed: (element id, when it was entered)."""
    closing = [node.id for node in process.nodes.values() if _closes(node)]
    if not closing:
        return []
    element = models.ElementInstance
    query = select(element.element_id, element.start_date).where(
        element.instance_key == instance_key, element.element_id.in_(closing), element.state == "COMPLETED"
    )
    return db.sa.session.execute(query).all()


def _closes(node: model.Node) -> bool:
    is_message = node.event is not None and node.event.kind == "message" and node.kind in RECEIVING
    return node.properties.get(PROPERTY, "") == NO or (is_message and node.properties.get(PROPERTY) != YES)


def _leads_back(
    definition: engine.Definition, task: models.UserTask, origin: models.UserTask, indexes: dict[int, int]
) -> bool:
    """Whether the drawing leads from the origin's step to the task's."""
    if origin.element_id not in definition.process.nodes:
        return False
    try:
        here, there = definition.ways.level(task.element_id, origin.element_id)
        if here is not there:
            definition.ways.back(here.id, there.id)
            return True
    except engine.Refused:
        return False
    is_sequence = here.loop is not None and here.loop.sequential
    return is_sequence and indexes.get(origin.key, 0) < indexes.get(task.key, 0)


def _indexes(keys: Sequence[int]) -> dict[int, int]:
    """The item (from 0) to which each of these tasks belongs, if it is one of a multi-instance activity."""
    found = {}
    for key, chain in _chains(keys).items():
        for _element, scope in chain:
            if LOOP_COUNTER in scope and key not in found:
                found[key] = int(scope[LOOP_COUNTER]) - 1
    return found


def _stays(origin: models.UserTask) -> dict[str, engine.Stay]:
    """The scopes in which a task was completed, with their items and variables."""
    stays = {}
    for element, scope in _chains([origin.key])[origin.key]:
        if element.type != "MULTI_INSTANCE_BODY":
            index = int(scope.pop(LOOP_COUNTER, 1)) - 1
            stays[element.element_id] = engine.Stay(index, scope)
    return stays


def _chains(keys: Sequence[int]) -> dict[int, list[tuple[Any, dict[str, Any]]]]:
    """For each element instance, itself and those around it up to the process, with their own variables."""
    element, variable = models.ElementInstance, models.Variable
    columns = element.key, element.scope_key, element.element_id, element.type
    rows: dict[int, Any] = {}
    todo = set(keys)
    while todo:
        found = db.sa.session.execute(select(*columns).where(element.key.in_(todo), element.scope_key.is_not(None)))
        new = {row.key: row for row in found}
        rows |= new
        todo = {row.scope_key for row in new.values()} - rows.keys()
    stored: dict[int, dict[str, Any]] = {key: {} for key in rows}
    named = select(variable.scope_key, variable.name, variable.value).where(variable.scope_key.in_(rows))
    for scope, name, value in db.sa.session.execute(named):
        stored[scope][name] = value
    return {key: [(row, dict(stored[row.key])) for row in _outwards(rows, key)] for key in keys}


def _outwards(rows: dict[int, Any], key: int) -> Iterator[Any]:
    while key in rows:
        yield rows[key]
        key = rows[key].scope_key


def _again(origin: models.UserTask, candidates: list[str]) -> str | None:
    """Who completed the task, if he may still do it."""
    account = accounts.named(origin.completed_by or "")
    return origin.completed_by if account and not account.person.grants.isdisjoint(candidates) else None


def _told(origin: models.UserTask, row: dict[str, Any]) -> dict[str, Any]:
    return {"elementId": origin.element_id, "completed": str(origin.key), "opened": str(row["key"])}
