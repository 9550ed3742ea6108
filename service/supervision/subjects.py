"""What measures are taken on: tasks, instances and entries of the audit log, each kind with one query.

Only what the person supervises is found; who asks for anything else is told that there is no such thing.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sqla
from sqlalchemy import orm
from sqlalchemy.dialects import postgresql

from service import db, errors, identity
from service.errors import _
from service.identity.models import Unit, User
from service.supervision.models import Urging
from service.workflow import models

MOST = 1_000
BODY = "MULTI_INSTANCE_BODY"

task, instance, definition = models.UserTask, models.ProcessInstance, models.Definition
element, incident, log = models.ElementInstance, models.Incident, models.AuditLog


def tasks(keys: Iterable[int], instance_keys: Iterable[int], by: identity.Person) -> Sequence[Any]:
    """The named tasks, and those open in the named instances and in all that these called."""
    keys, instance_keys = list(keys), list(instance_keys)
    _named(instance.key, instance_keys, identity.access.visible_units(by, instance.unit_id))
    below = _with_below(instance_keys)
    subject = orm.aliased(Unit)
    units = sqla.func.concat_ws(" · ", subject.name, sqla.func.nullif(Unit.name, subject.name))
    urging = sqla.select(Urging.at).where(Urging.task_key == task.key).order_by(Urging.at.desc()).limit(1)
    urgings = sqla.select(sqla.func.count()).select_from(Urging).where(Urging.task_key == task.key)
    query = (
        sqla.select(
            task.key, task.instance_key, task.title.label("name"), task.state, task.assignee, task.due, task.candidates
        )
        .add_columns(
            units.label("unit"),
            User.name.label("holder"),
            instance.suspended,
            urging.scalar_subquery().label("urged_at"),
            urgings.scalar_subquery().label("urgings"),
        )
        .join(instance, instance.key == task.instance_key)
        .outerjoin(Unit, Unit.id == task.unit_id)
        .outerjoin(subject, subject.id == instance.unit_id)
        .outerjoin(User, User.username == task.assignee)
        .where(task.key.in_(keys) | (task.instance_key.in_(below) & (task.state == "CREATED")))
        .where(identity.access.visible_units(by, task.unit_id))
        .order_by(task.due.asc().nulls_last(), task.key)
    )
    found = db.sa.session.execute(query.limit(MOST + 1)).all()
    return _all_of(keys, found, _("There is no user task %(key)s."))


def instances(
    keys: Iterable[int], task_keys: Iterable[int], by: identity.Person, *, below: bool = False
) -> Sequence[Any]:
    """The named instances and those of the named tasks; with `below` all open ones that these called, too."""
    keys = list(keys)
    if task_keys := list(task_keys):
        keys += list(_named(task.key, task_keys, identity.access.visible_units(by, task.unit_id), task.instance_key))
    named: Any = instance.key.in_(keys)
    if below:
        named |= instance.key.in_(_with_below(keys)) & (instance.state == "ACTIVE")
    failed = incident.instance_key == instance.key, incident.state == "ACTIVE"
    query = (
        sqla.select(instance.key, instance.key.label("instance_key"), definition.name, instance.state)
        .add_columns(
            sqla.func.coalesce(Unit.name, "").label("unit"),
            definition.version,
            instance.process_id,
            instance.definition_key,
            instance.suspended,
            instance.parent_key,
            sqla.select(sqla.func.count()).where(*failed).scalar_subquery().label("incidents"),
            _tokens().scalar_subquery().label("tokens"),
        )
        .join(definition, definition.key == instance.definition_key)
        .outerjoin(Unit, Unit.id == instance.unit_id)
        .where(named, identity.access.visible_units(by, instance.unit_id))
        .order_by(Unit.code, instance.start_date, instance.key)
    )
    found = db.sa.session.execute(query.limit(MOST + 1)).all()
    return _all_of(keys, found, _("There is no process instance %(key)s."))


def called(keys: Iterable[int], by: identity.Person) -> int:
    """How many open instances these called, at any depth; those that the person supervises."""
    keys = list(keys)
    inner = instance.key.in_(_with_below(keys)), instance.key.not_in(keys), instance.state == "ACTIVE"
    query = sqla.select(sqla.func.count()).select_from(instance).where(*inner)
    return db.sa.session.scalar(query.where(identity.access.visible_units(by, instance.unit_id))) or 0


def entries(keys: Iterable[int], by: identity.Person) -> Sequence[Any]:
    """Entries of the audit log of instances, the latest first."""
    keys = list(keys)
    query = (
        sqla.select(log.key, log.instance_key, log.operation, log.entity_key, log.at, log.reason, log.before, log.after)
        .add_columns(
            sqla.func.coalesce(task.title, definition.name).label("name"),
            sqla.func.coalesce(Unit.name, "").label("unit"),
        )
        .join(instance, instance.key == log.instance_key)
        .join(definition, definition.key == instance.definition_key)
        .outerjoin(Unit, Unit.id == instance.unit_id)
        .outerjoin(task, task.key == log.entity_key)
        .where(log.key.in_(keys), identity.access.visible_units(by, instance.unit_id))
        .order_by(log.at.desc(), log.key.desc())
    )
    return _all_of(keys, db.sa.session.execute(query).all(), _("There is no entry %(key)s in the audit log."))


def _tokens() -> Any:
    """The ids of the elements that hold tokens of an instance."""
    ids = postgresql.aggregate_order_by(element.element_id, element.key)
    live = element.state == "ACTIVE", element.token.is_not(None), element.type != BODY, element.key != instance.key
    return (
        sqla.select(sqla.func.array_agg(ids))
        .where(element.instance_key == instance.key, element.start_date.is_not(None), *live)
        .correlate(instance)
    )


def _with_below(keys: Iterable[int]) -> sqla.Select[int]:
    """The keys of instances and of all that they called."""
    child = orm.aliased(instance)
    line = sqla.select(instance.key).where(instance.key.in_(list(keys))).cte("line", recursive=True)
    line = line.union_all(sqla.select(child.key).join(line, child.parent_key == line.c.key))
    return sqla.select(line.c.key)


def _named(column: Any, keys: Sequence[int], visible: Any, wanted: Any = None) -> Sequence[int]:
    """Ensure that each key names something that is visible. Raises NotFound for the first that does not."""
    query = sqla.select(column, column if wanted is None else wanted).where(column.in_(keys), visible)
    found: dict[int, int] = dict(db.sa.session.execute(query).all()) if keys else {}
    for key in keys:
        if key not in found:
            raise errors.NotFound(_("There is no %(key)s here."), key=key)
    return list(found.values())


def _all_of(keys: Iterable[int], found: Sequence[Any], missing: str) -> Sequence[Any]:
    if len(found) > MOST:
        raise errors.Unprocessable(_("At most %(most)s are possible at once; choose fewer."), most=MOST)
    known = {row.key for row in found}
    for key in keys:
        if key not in known:
            raise errors.NotFound(missing, key=key)
    return found
