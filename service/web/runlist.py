"""The list of process instances that somebody supervises: one query for a page, the next one by key (keyset paging)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sqla

from service import clock, db, identity
from service.identity.models import Unit
from service.web import reading
from service.workflow import models

PAGE = 50
STATES = ("active", "incident", "suspended", "completed", "terminated", "any")

instance, definition, task, incident = models.ProcessInstance, models.Definition, models.UserTask, models.Incident


@dataclass(frozen=True)
class Wish:
    """What somebody wants to see; `after` is the last row of the page before, as `cursor` gives it."""

    process: str = ""
    state: str = "active"
    unit: int | None = None
    parent: int | None = None
    text: str = ""
    after: tuple[datetime, int] | None = None

    @classmethod
    def read(cls, given: Mapping[str, str]) -> "Wish":
        """Read a query string; what makes no sense counts as not said."""
        state = given.get("state", "active")
        return cls(
            process=given.get("process", "")[:200],
            state=state if state in STATES else "active",
            unit=reading.key(given.get("unit")),
            parent=reading.key(given.get("parent")),
            text=given.get("q", "").strip()[:100],
            after=place(given.get("after", "")),
        )

    @property
    def narrowed(self) -> bool:
        """Whether a filter is set."""
        return bool(self.process or self.unit or self.parent or self.text or self.state != "active")


@dataclass(frozen=True)
class Sheet:
    """A page of rows; `cursor` leads to the next one, empty on the last."""

    rows: Sequence[Any]
    cursor: str


def sheet(wish: Wish, by: identity.Person, limit: int | None = None) -> Sheet:
    """The instances that the person supervises and wants to see, the newest first; a page of them unless told."""
    limit = limit or PAGE
    query = (
        sqla.select(
            instance.key,
            instance.state,
            instance.suspended,
            instance.start_date,
            instance.end_date,
            instance.progress_at,
            definition.name.label("process_name"),
            definition.version,
            Unit.name.label("unit_name"),
            *_standing(),
        )
        .join(definition, definition.key == instance.definition_key)
        .outerjoin(Unit, Unit.id == instance.unit_id)
        .where(identity.access.visible_units(by, instance.unit_id), *_filters(wish))
        .order_by(instance.start_date.desc(), instance.key.desc())
    )
    if wish.after is not None:
        query = query.where(sqla.tuple_(instance.start_date, instance.key) < sqla.tuple_(*wish.after))
    rows = db.sa.session.execute(query.limit(limit + 1)).all()
    return Sheet(rows[:limit], _cursor(rows[limit - 1]) if len(rows) > limit else "")


def _standing() -> list[Any]:
    """Where an instance stands: its open steps, when the first of them is due, and whether something failed."""
    mine = task.instance_key == instance.key, task.state == "CREATED"
    steps = sqla.select(sqla.func.string_agg(sqla.distinct(task.name), "、")).where(*mine)
    due = sqla.select(sqla.func.min(task.due)).where(*mine)
    called = sqla.select(sqla.func.count()).where(_CHILD.c.parent_key == instance.key, _CHILD.c.state == "ACTIVE")
    columns = {
        "steps": steps,
        "due": due,
        "called": called,
        "incidents": sqla.select(sqla.func.count()).where(*_FAILED),
    }
    return [query.correlate(instance).scalar_subquery().label(name) for name, query in columns.items()]


_CHILD = sqla.alias(instance.__table__)
_FAILED = incident.instance_key == instance.key, incident.state == "ACTIVE"


def _filters(wish: Wish) -> list[Any]:
    found: list[Any] = []
    if wish.process:
        found.append(instance.process_id == wish.process)
    if wish.parent:
        found.append(instance.parent_key == wish.parent)
    if wish.unit:
        path = sqla.select(Unit.path).where(Unit.id == wish.unit).scalar_subquery()
        found.append(instance.unit_id.in_(sqla.select(Unit.id).where(Unit.path.like(path + "%"))))
    if wish.text:
        like = reading.like(wish.text)
        named = definition.name.ilike(like, escape="\\") | Unit.name.ilike(like, escape="\\")
        key = reading.key(wish.text)
        found.append(named | (instance.key == key) if key else named)
    return [*found, *_state(wish.state)]


def _state(state: str) -> list[Any]:
    active = instance.state == "ACTIVE"
    conditions: dict[str, list[Any]] = {
        "any": [],
        "active": [active],
        "suspended": [active, instance.suspended],
        "incident": [active, sqla.exists().where(*_FAILED).correlate(instance)],
        "completed": [instance.state == "COMPLETED"],
        "terminated": [instance.state == "TERMINATED"],
    }
    return conditions[state]


def _cursor(row: Any) -> str:
    return f"{row.start_date.astimezone(clock.TZ).isoformat()}_{row.key}"


def place(text: str) -> tuple[datetime, int] | None:
    """Read a cursor: the instant and key of the last row shown, None where it is none."""
    at, _separator, last = text.partition("_")
    key = reading.key(last)
    try:
        found = datetime.fromisoformat(at)
    except ValueError:
        return None
    return (found, key) if key and found.tzinfo else None
