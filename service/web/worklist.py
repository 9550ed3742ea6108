"""The rows of the inbox: one query for the rows, one for the counts, whatever their number (DESIGN §5)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any

import sqlalchemy as sqla
from sqlalchemy import orm

from service import clock, db, identity
from service.identity.models import Unit, User
from service.web import reading
from service.workflow import models

PAGE = 50
COUNT_AT_MOST = 999
"""Counts above this are shown as 999+."""

task, instance, definition = models.UserTask, models.ProcessInstance, models.Definition
acting, subject = orm.aliased(Unit), orm.aliased(Unit)
holder = orm.aliased(User)

BOXES = ("mine", "units", "started", "done", "copied")
SORTS: dict[str, tuple[Any, ...]] = {
    "due": (task.due.asc().nulls_last(), task.created_at, task.key),
    "newest": (task.created_at.desc(), task.key.desc()),
    "oldest": (task.created_at, task.key),
    "name": (task.title, task.created_at, task.key),
}
_created = sqla.func.timezone("UTC", task.created_at)
SORTS_OF_FEW: dict[str, tuple[Any, ...]] = {
    "due": (task.due.is_(None), task.due, task.created_at, task.key),
    "newest": (_created.desc(), task.key.desc()),
    "oldest": (_created, task.key),
    "name": SORTS["name"],
}
"""The same orders in words that no index has. Few of very many open tasks are found by the index on candidates;
PostgreSQL would rather walk all tasks in order than find these few and sort them."""
DUES = ("late", "today", "week", "none")


@dataclass(frozen=True)
class Wish:
    """What somebody wants to see: a box, narrowed by filters; `page` counts from 1."""

    box: str = "mine"
    process: str = ""
    step: str = ""
    unit: int | None = None
    due: str = ""
    text: str = ""
    sort: str = "due"
    page: int = 1

    @classmethod
    def read(cls, given: Mapping[str, str]) -> "Wish":
        """Read a query string; what makes no sense counts as not said."""
        return cls(
            box=_one_of(given.get("box"), BOXES, "mine"),
            process=given.get("process", "")[:200],
            step=given.get("step", "")[:200],
            unit=reading.key(given.get("unit")),
            due=_one_of(given.get("due"), DUES, ""),
            text=given.get("q", "").strip()[:100],
            sort=_one_of(given.get("sort"), tuple(SORTS), "due"),
            page=min(reading.key(given.get("page")) or 1, 10_000),
        )

    def asked(self) -> dict[str, str]:
        """What was asked for, as a query string says it; the page is left out."""
        said = {"box": self.box, "process": self.process, "step": self.step, "due": self.due, "q": self.text}
        said |= {"unit": str(self.unit or ""), "sort": self.sort if self.sort != "due" else ""}
        return {name: text for name, text in said.items() if text}

    @property
    def narrowed(self) -> bool:
        """Whether a filter is set."""
        return bool(self.process or self.step or self.unit or self.due or self.text)


@dataclass(frozen=True)
class Sheet:
    """A page of rows and how many there are in each box; `more` tells whether a next page exists."""

    rows: Sequence[Any]
    more: bool
    counts: Mapping[str, int] = field(default_factory=dict)


def sheet(wish: Wish, by: identity.Person) -> Sheet:
    """The rows somebody wants to see among those he may see."""
    query = _started(wish, by) if wish.box == "started" else _tasks(wish, by)
    rows = db.sa.session.execute(query.limit(PAGE + 1).offset((wish.page - 1) * PAGE)).all()
    return Sheet(rows[:PAGE], len(rows) > PAGE, counts(by))


def counts(by: identity.Person) -> dict[str, int]:
    """How many rows each box holds, up to one more than `COUNT_AT_MOST`."""
    columns = {
        "mine": sqla.select(task.key).where(*_in_box("mine", by)),
        "units": sqla.select(task.key).where(*_in_box("units", by)),
        "started": sqla.select(instance.key).where(*_begun(by)),
        "done": sqla.select(task.key).where(*_in_box("done", by)),
        "copied": sqla.select(task.key).where(*_in_box("copied", by)),
    }
    limited = {name: query.limit(COUNT_AT_MOST + 1).subquery() for name, query in columns.items()}
    counted = [sqla.select(sqla.func.count()).select_from(each).scalar_subquery() for each in limited.values()]
    return dict(zip(limited, db.sa.session.execute(sqla.select(*counted)).one(), strict=True))


def _tasks(wish: Wish, by: identity.Person) -> sqla.Select[*tuple[Any, ...]]:
    columns = (task.key, task.title, task.state, task.due, task.created_at, task.completed_at, task.assignee)
    return (
        sqla.select(
            *columns,
            task.process_id,
            definition.name.label("process_name"),
            acting.name.label("unit_name"),
            subject.name.label("subject_name"),
            holder.name.label("holder_name"),
            task.properties.has_key("roster").label("is_roster"),
        )
        .join(definition, definition.key == task.definition_key)
        .join(instance, instance.key == task.instance_key)
        .outerjoin(acting, acting.id == task.unit_id)
        .outerjoin(subject, subject.id == instance.unit_id)
        .outerjoin(holder, holder.username == task.assignee)
        .where(*_in_box(wish.box, by), *_filters(wish))
        .order_by(*_order(wish, by))
    )


def _order(wish: Wish, by: identity.Person) -> Sequence[Any]:
    if wish.box == "done" and wish.sort == "due":
        return task.completed_at.desc(), task.key.desc()
    many = wish.box == "units" and identity.access.looks_after_others(by)
    return SORTS[wish.sort] if many else SORTS_OF_FEW[wish.sort]


def _in_box(box: str, by: identity.Person) -> list[Any]:
    if box == "done":
        return [task.completed_by == by.username]
    if box == "copied":
        copied = task.copied_to.op("@>")(sqla.cast([by.username], sqla.ARRAY(sqla.Text)))
        return [copied, sqla.text("user_tasks.copied_to <> '{}'")]  # as the index has it
    seen = identity.access.visible_tasks(by, assignee=task.assignee, candidates=task.candidates, unit_id=task.unit_id)
    if box == "units":
        return [task.state == "CREATED", seen]
    offered = task.candidates.op("&&")(sqla.cast(sorted(by.grants), sqla.ARRAY(sqla.Text)))
    return [task.state == "CREATED", (task.assignee == by.username) | (task.assignee.is_(None) & offered)]


def _filters(wish: Wish) -> list[Any]:
    found: list[Any] = []
    if wish.process:
        found.append(task.process_id == wish.process)
    if wish.step:
        found.append(task.element_id.in_(wish.step.split(",")))
    if wish.unit:
        found.append(_below(wish.unit))
    if wish.due:
        found.append(_due(wish.due))
    if wish.text:
        like = reading.like(wish.text)
        names = (task.title, definition.name, acting.name, subject.name)
        found.append(sqla.or_(*(name.ilike(like, escape="\\") for name in names)))
    return found


def _below(unit: int) -> Any:
    """The instance's unit, or the acting one, lies in the subtree of a unit."""
    path = sqla.select(Unit.path).where(Unit.id == unit).scalar_subquery()
    within = sqla.select(Unit.id).where(Unit.path.like(path + "%"))
    return instance.unit_id.in_(within) | task.unit_id.in_(within)


def _due(due: str) -> Any:
    midnight = datetime.combine(clock.today() + timedelta(days=1), time(0), tzinfo=clock.TZ)
    return {
        "late": task.due <= clock.now(),
        "today": (task.due > clock.now()) & (task.due <= midnight),
        "week": (task.due > clock.now()) & (task.due <= midnight + timedelta(days=7)),
        "none": task.due.is_(None),
    }[due]


def _begun(by: identity.Person) -> list[Any]:
    return [instance.started_by == by.username, instance.parent_key.is_(None)]


def _started(wish: Wish, by: identity.Person) -> sqla.Select[Any]:
    """The runs somebody started, newest first, with the steps that are open in them."""
    open_tasks = sqla.select(sqla.func.count()).where(task.root_key == instance.key, task.state == "CREATED")
    steps = (
        sqla.select(sqla.func.string_agg(sqla.distinct(task.name), "、"))
        .where(task.instance_key == instance.key, task.state == "CREATED")
        .correlate(instance)
    )
    query = (
        sqla.select(
            instance.key,
            instance.state,
            instance.suspended,
            instance.start_date,
            instance.end_date,
            definition.name.label("process_name"),
            subject.name.label("subject_name"),
            open_tasks.correlate(instance).scalar_subquery().label("open_tasks"),
            steps.scalar_subquery().label("steps"),
        )
        .join(definition, definition.key == instance.definition_key)
        .outerjoin(subject, subject.id == instance.unit_id)
        .where(*_begun(by))
        .order_by(instance.start_date.desc(), instance.key.desc())
    )
    return query.where(instance.process_id == wish.process) if wish.process else query


def _one_of(given: str | None, known: Sequence[str], default: str) -> str:
    return given if given is not None and given in known else default
