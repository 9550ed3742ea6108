"""The list behind a number: its rows with what is told of each, a page at a time by key (keyset paging)."""

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sqla
from sqlalchemy import orm

from service import db, errors
from service.errors import _
from service.identity.models import Unit, User
from service.supervision.board import rows
from service.supervision.board.scope import CHOICES, Scope
from service.workflow import models

SORTS: Mapping[str, tuple[str, ...]] = {
    "late": ("late_at", "subject_key", "kind"),
    "newest": ("late_at", "subject_key", "kind"),
    "unit": ("path", "late_at", "subject_key", "kind"),
    "step": ("process_id", "element_id", "late_at", "subject_key", "kind"),
}
"""What is late the longest, or the shortest; by unit; by process and step."""


task, instance, definition = models.UserTask, models.ProcessInstance, models.Definition


@dataclass(frozen=True)
class Sheet:
    """A page of the list; `after` leads to the next one, empty on the last."""

    rows: Sequence[Any]
    after: str


def page(scope: Scope, limit: int) -> Sheet:
    """The rows after a place. Raises Invalid for a place that is none."""
    found = rows.of(scope, CHOICES[scope.wish.kind])
    names = SORTS[scope.wish.sort]
    order = [found.c[name] for name in names]
    newest = scope.wish.sort == "newest"
    chosen = sqla.select(found).order_by(*_directed(order, newest))
    if scope.wish.after:
        here, there = sqla.tuple_(*order), sqla.tuple_(*_place(scope.wish.after, order))
        chosen = chosen.where(here < there if newest else here > there)
    told = _told(chosen.limit(limit + 1).subquery("chosen"))
    query = told.order_by(*_directed([told.selected_columns[name] for name in names], newest))
    shown = db.sa.session.execute(query).all()
    return Sheet(shown[:limit], _cursor(shown[limit - 1], names) if len(shown) > limit else "")


def _directed(columns: Sequence[Any], newest: bool) -> list[Any]:
    return [column.desc() if newest else column.asc() for column in columns]


def _told(chosen: sqla.Subquery) -> sqla.Select[Any]:
    """What is told of the rows that were chosen."""
    acting, subject, holder = orm.aliased(Unit), orm.aliased(Unit), orm.aliased(User)
    query = sqla.select(
        chosen,
        definition.name.label("process_name"),
        acting.name.label("unit_name"),
        subject.name.label("subject_name"),
        task.title.label("task_title"),
        task.due,
        task.assignee,
        task.candidates,
        holder.name.label("holder_name"),
    )
    query = query.outerjoin(definition, definition.key == chosen.c.definition_key)
    query = query.outerjoin(acting, acting.id == chosen.c.unit_id)
    query = query.outerjoin(instance, instance.key == chosen.c.instance_key)
    query = query.outerjoin(subject, subject.id == instance.unit_id)
    query = query.outerjoin(task, task.key == chosen.c.task_key)
    return query.outerjoin(holder, holder.username == task.assignee)


def _cursor(row: Any, names: Sequence[str]) -> str:
    values = [getattr(row, name) for name in names]
    plain = [value.isoformat() if isinstance(value, datetime) else value for value in values]
    return base64.urlsafe_b64encode(json.dumps(plain).encode()).decode().rstrip("=")


def _place(text: str, order: Sequence[Any]) -> list[Any]:
    """Read a cursor as values of the columns in `order`."""
    try:
        plain = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        pairs = list(zip(plain, order, strict=True))
        return [sqla.literal(_value(value, column), column.type) for value, column in pairs]
    except (ValueError, TypeError) as error:
        raise errors.Invalid(_("This page of the list does not exist; go back to the first.")) from error


def _value(value: Any, column: Any) -> Any:
    kind = column.type.python_type
    if kind is datetime:
        found = datetime.fromisoformat(value)
        if found.tzinfo is None:
            raise ValueError(value)
        return found
    if type(value) is not kind:
        raise TypeError(value)
    return value
