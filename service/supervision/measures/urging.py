"""Urge (催办): tell who must act, and from the second time on their supervisors too, one level more each time."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import flask
import sqlalchemy as sqla

from service import clock, db, errors, identity, notifications, workdays
from service.errors import _
from service.identity import people, units
from service.notifications import kinds
from service.supervision.measures.base import Given, Measure
from service.supervision.models import Urging
from service.workflow import models, tasks

SUBJECT, SUBJECT_ABOVE = _("Urged: %(task)s"), _("Urged and still open: %(task)s")
TEXT = _("%(task)s (%(unit)s) is urged by %(who)s: %(reason)s")
TEXT_ABOVE = _("%(task)s (%(unit)s) was urged %(times)s times; it waits for %(holder)s. %(who)s: %(reason)s")


class Urge(Measure):
    """At most once in so many working days (setting URGE_EVERY) for each task."""

    id, title, on = "urge", _("Urge"), "task"
    hint = _(
        "Who must act is told at once, with your reason. When a task is urged again, its supervisors are told too."
    )

    def now(self, row: Any) -> str:
        if not row.urgings:
            return errors.localize(_("not urged yet"))
        return errors.localize(_("urged %(times)s times, last on %(day)s"), times=row.urgings, day=_day(row.urged_at))

    def then(self, row: Any, given: Given) -> str:
        if not row.urgings:
            return errors.localize(_("told: who must act"))
        return errors.localize(_("told: who must act, and %(levels)s levels of supervisors"), levels=row.urgings)

    def hindrance(self, row: Any, given: Given) -> str:
        return super().hindrance(row, given) or (_too_soon().localized() if _recent(row.urged_at) else "")

    def do(self, key: int, given: Given, reason: str, by: identity.Person) -> None:
        with tasks.opened(key, by, "task.urge") as (running, task):
            earlier = db.sa.session.scalars(
                sqla.select(Urging.at).where(Urging.task_key == key).order_by(Urging.at)
            ).all()
            if earlier and _recent(earlier[-1]):
                raise _too_soon()
            told, above = _recipients(task, len(earlier), by)
            if not told and not above:
                raise errors.Conflict(_("Nobody holds the role that must act, and nobody supervises it; reassign it."))
            _tell(task, told, above, len(earlier) + 1, reason, by)
            db.sa.session.add(
                Urging(key=db.next_key(), task_key=key, at=clock.now(), by=by.username, level=len(earlier))
            )
            after = {"told": [*told, *above], "level": len(earlier)}
            running.record("URGE", "USER_TASK", key, reason=reason, after=after)


def every() -> int:
    """So many working days must lie between two urgings of a task."""
    return int(flask.current_app.config["URGE_EVERY"])


def _recent(at: datetime | None) -> bool:
    return at is not None and workdays.between(_day(at), clock.today()) < every()


def _too_soon() -> errors.Conflict:
    return errors.Conflict(_("It was urged already; once in %(days)s working days is possible."), days=every())


def _day(at: datetime) -> Any:
    return at.astimezone(clock.TZ).date()


def _recipients(task: models.UserTask, level: int, by: identity.Person) -> tuple[list[str], list[str]]:
    """Who must act, and the supervisors of the first `level` levels."""
    told = [task.assignee] if task.assignee else people.holders(task.candidates)
    above = [name for names in people.supervisors(task.unit_id)[:level] for name in names]
    return _others(told, by), [name for name in _others(above, by) if name not in told]


def _others(names: Sequence[str], by: identity.Person) -> list[str]:
    return [name for name in dict.fromkeys(names) if name != by.username]


def _tell(
    task: models.UserTask, told: list[str], above: list[str], times: int, reason: str, by: identity.Person
) -> None:
    unit = units.get(task.unit_id).name if task.unit_id else "–"
    about: dict[str, Any] = {"task": task.title, "unit": unit, "who": by.name, "reason": reason}
    notifications.notify(told, kinds.URGED, SUBJECT, TEXT, f"/tasks/{task.key}", **about)
    if above:
        holder = task.assignee or "、".join(_offices(task))
        about |= {"times": times, "holder": holder or "–"}
        link = f"/instances/{task.instance_key}"
        notifications.notify(above, kinds.ESCALATED, SUBJECT_ABOVE, TEXT_ABOVE, link, **about)


def _offices(task: models.UserTask) -> list[str]:
    return [identity.roles.title(text.rpartition("@")[0]) for text in task.candidates if "@" in text]
