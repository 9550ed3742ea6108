"""What an instance went through and where it stands: steps in words, open tasks, waits, variables, the audit log."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sqla
from sqlalchemy import orm

from service import db, errors, identity
from service.db import values
from service.engine import model
from service.errors import _
from service.identity.models import Unit, User
from service.privacy import masking
from service.supervision import remedies
from service.workflow import models, releases

STEPS = 60
MOST = 200
LONGEST_VALUE = 2_000

task, element, variable = models.UserTask, models.ElementInstance, models.Variable
HIDDEN = ("PROCESS", "MULTI_INSTANCE_BODY")
DONE: Mapping[str, str] = {
    "USER_TASK": _("done by %(who)s"),
    "CALL_ACTIVITY": _("the called process ended"),
    "START_EVENT": _("it began"),
    "END_EVENT": _("reached"),
    "BOUNDARY_EVENT": _("happened"),
    "INTERMEDIATE_CATCH_EVENT": _("happened"),
    "INTERMEDIATE_THROW_EVENT": _("sent"),
    "RECEIVE_TASK": _("received"),
    "SEND_TASK": _("sent"),
    "EXCLUSIVE_GATEWAY": _("decided"),
    "BUSINESS_RULE_TASK": _("decided by the rules"),
    "SUB_PROCESS": _("finished"),
    "EVENT_SUB_PROCESS": _("finished"),
    "MANUAL_TASK": _("passed"),
}
OPEN: Mapping[str, str] = {
    "USER_TASK": _("open, with %(who)s"),
    "CALL_ACTIVITY": _("runs as a process of its own"),
    "INTERMEDIATE_CATCH_EVENT": _("is waited for"),
    "RECEIVE_TASK": _("is waited for"),
    "SUB_PROCESS": _("under way"),
    "EVENT_SUB_PROCESS": _("under way"),
    "EVENT_BASED_GATEWAY": _("waits for what comes first"),
}


@dataclass(frozen=True)
class Step:
    """A stay of a token in an element, in words."""

    key: int
    name: str
    text: str
    state: str
    start: datetime
    end: datetime | None


@dataclass(frozen=True)
class Held:
    """A variable: in which scope, and its value as JSON text, private numbers masked; `cut` if it is longer."""

    name: str
    scope: str
    text: str
    cut: bool
    masked: bool
    inherited: bool


@dataclass(frozen=True)
class Wait:
    """Something an instance waits for: `kind` is message, timer, signal or job."""

    kind: str
    name: str
    what: str
    key: str
    at: datetime | None


def steps(row: models.ProcessInstance, after: tuple[datetime, int] | None = None) -> tuple[Sequence[Step], str]:
    """The steps, the latest first, and what leads to earlier ones."""
    who = sqla.func.coalesce(User.name, task.completed_by, task.assignee, Unit.name)
    failed = (
        sqla.select(1)
        .where(models.Incident.instance_key == row.key, models.Incident.element_key == element.key)
        .where(models.Incident.state == "ACTIVE")
        .exists()
    )
    called, place = orm.aliased(models.ProcessInstance), orm.aliased(Unit)
    query = (
        sqla.select(element.key, element.element_id, element.type, element.state, element.start_date, element.end_date)
        .add_columns(
            task.title.label("task_title"), who.label("who"), place.name.label("place"), failed.label("failed")
        )
        .outerjoin(task, task.key == element.key)
        .outerjoin(called, (called.parent_key == row.key) & (called.parent_element_key == element.key))
        .outerjoin(place, (place.id == called.unit_id) & (place.id != row.unit_id))
        .outerjoin(User, User.username == sqla.func.coalesce(task.completed_by, task.assignee))
        .outerjoin(Unit, Unit.id == task.unit_id)
        .where(element.instance_key == row.key, element.start_date.is_not(None), element.type.not_in(HIDDEN))
        .order_by(element.start_date.desc(), element.key.desc())
    )
    if after is not None:
        query = query.where(sqla.tuple_(element.start_date, element.key) < sqla.tuple_(*after))
    found = db.sa.session.execute(query.limit(STEPS + 1)).all()
    last = found[STEPS - 1] if len(found) > STEPS else None
    nodes = releases.process(row.definition_key).process.nodes
    told = [_step(each, nodes) for each in found[:STEPS] if not _silent(each, nodes)]
    return told, f"{last.start_date.isoformat()}_{last.key}" if last else ""


def tasks(instance_key: int, by: identity.Person) -> Sequence[Any]:
    """The open tasks; `seen` tells whether the person may open one, `supervised` whether he may step in."""
    seen = identity.access.visible_tasks(by, assignee=task.assignee, candidates=task.candidates, unit_id=task.unit_id)
    query = (
        sqla.select(task.key, task.title, task.due, task.created_at, task.assignee, seen.label("seen"))
        .add_columns(identity.access.visible_units(by, task.unit_id).label("supervised"))
        .add_columns(User.name.label("holder"), Unit.name.label("unit_name"), task.candidates, task.candidate_groups)
        .outerjoin(User, User.username == task.assignee)
        .outerjoin(Unit, Unit.id == task.unit_id)
        .where(task.instance_key == instance_key, task.state == "CREATED")
        .order_by(task.due.asc().nulls_last(), task.created_at, task.key)
    )
    return db.sa.session.execute(query.limit(MOST)).all()


def incidents(row: models.ProcessInstance) -> Sequence[tuple[models.Incident, str, remedies.Remedy]]:
    """What stopped and is not resolved: the incident, the name of the element, the cause and what to do."""
    nodes = releases.process(row.definition_key).process.nodes
    incident = models.Incident
    query = sqla.select(incident).where(incident.instance_key == row.key, incident.state == "ACTIVE")
    found = db.sa.session.scalars(query.order_by(incident.created_at, incident.key).limit(MOST)).all()
    return [(each, named(nodes, each.element_id), remedies.of(each.type)) for each in found]


def waits(row: models.ProcessInstance) -> Sequence[Wait]:
    """The messages, timers, signals and outside jobs that the instance waits for."""
    message, timer, signal, job = models.MessageSubscription, models.Timer, models.SignalSubscription, models.Job
    none, no_time = sqla.literal(""), sqla.cast(sqla.null(), sqla.DateTime(timezone=True))

    def part(kind: str, table: Any, what: Any, key: Any = none, at: Any = no_time, *where: Any) -> Any:
        chosen = sqla.literal(kind), table.element_id, what.label("what"), key.label("key"), at.label("at")
        return sqla.select(*chosen).where(table.instance_key == row.key, *where)

    query = sqla.union_all(
        part("message", message, message.name, message.correlation_key, message.created_at),
        part("timer", timer, none, none, timer.due_at),
        part("signal", signal, signal.name),
        part("job", job, job.type, none, job.created_at, job.ended_at.is_(None)),
    ).limit(MOST)
    nodes = releases.process(row.definition_key).process.nodes
    return [Wait(kind, named(nodes, id), what, key, at) for kind, id, what, key, at in db.sa.session.execute(query)]


def variables(row: models.ProcessInstance) -> Sequence[Held]:
    """The variables of the instance and of its open scopes; numbers of identity, bank and telephone are masked."""
    live = sqla.or_(element.key == row.key, element.state == "ACTIVE")
    query = (
        sqla.select(variable.name, variable.value, variable.inherited, variable.scope_key, element.element_id)
        .outerjoin(element, element.key == variable.scope_key)
        .where(variable.instance_key == row.key, sqla.or_(variable.scope_key == row.key, live))
        .order_by(variable.scope_key != row.key, variable.name)
    )
    nodes = releases.process(row.definition_key).process.nodes
    return [
        _held(each, "" if each.scope_key == row.key else named(nodes, each.element_id or ""))
        for each in db.sa.session.execute(query.limit(MOST))
    ]


def audit(instance_key: int) -> Sequence[Any]:
    """What people did to the instance, the latest first."""
    log = models.AuditLog
    query = (
        sqla.select(log.key, log.at, log.by, log.operation, log.entity_type, log.entity_key, log.reason)
        .add_columns(log.before, log.after, User.name.label("who"), task.title.label("task_title"))
        .add_columns(task.state.label("task_state"))
        .outerjoin(User, User.username == log.by)
        .outerjoin(task, task.key == log.entity_key)
        .where(log.instance_key == instance_key)
        .order_by(log.at.desc(), log.key.desc())
    )
    return db.sa.session.execute(query.limit(MOST)).all()


def named(nodes: Mapping[str, model.Node], id: str) -> str:
    """The name of an element, or its id where it has none."""
    return nodes[id].name or id if id in nodes else id


def _silent(found: Any, nodes: Mapping[str, model.Node]) -> bool:
    """Gateways without a name only lead tokens on."""
    return found.type.endswith("GATEWAY") and not (found.element_id in nodes and nodes[found.element_id].name)


def _step(found: Any, nodes: Mapping[str, model.Node]) -> Step:
    who = found.who or errors.localize(_("nobody yet"))
    if found.state == "TERMINATED":
        text = errors.localize(_("withdrawn"))
    elif found.failed:
        text = errors.localize(_("stopped by an incident"))
    elif found.state == "ACTIVE":
        text = errors.localize(OPEN.get(found.type, _("under way")), who=who)
    else:
        text = errors.localize(DONE.get(found.type, _("done by the system")), who=who)
    name = found.task_title or named(nodes, found.element_id)
    name = f"{name} · {found.place}" if found.place else name
    return Step(found.key, name, text, found.state, found.start_date, found.end_date)


def _held(found: Any, scope: str) -> Held:
    shown = masking.everywhere(found.value)
    text = values.plain_json(shown)
    masked = text != values.plain_json(found.value)
    cut = len(text) > LONGEST_VALUE
    return Held(found.name, scope, text[:LONGEST_VALUE], cut, masked, found.inherited)
