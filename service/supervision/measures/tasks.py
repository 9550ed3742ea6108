"""What supervisors change of open tasks: who has them and when they are due."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sqla

from service import clock, db, errors, identity
from service.errors import _
from service.identity import people
from service.identity.models import User
from service.supervision.measures.base import Given, Measure, wrong
from service.workflow import tasks

NOBODY = "-"
MOST_PEOPLE = 300


class Reassign(Measure):
    """Give tasks to another person, or back to all who may take them."""

    id, title, on, undoable = "reassign", _("Reassign"), "task", True

    def choices(self, rows: Sequence[Any]) -> dict[str, Any]:
        """The people to whom the tasks were offered, by name."""
        candidates = sorted({candidate for row in rows for candidate in row.candidates})
        named = sqla.select(User.username, User.name).where(User.username.in_(people.holders(candidates)))
        return {"people": db.sa.session.execute(named.order_by(User.name).limit(MOST_PEOPLE)).all(), "nobody": NOBODY}

    def read(self, form: Mapping[str, str], rows: Sequence[Any]) -> Given:
        name = form.get("assignee", "").strip()
        if not name:
            raise wrong(assignee=_("Choose somebody."))
        if name != NOBODY and not people.exists(name):
            raise wrong(assignee=_("There is no such person."))
        if name == NOBODY:
            return {"assignee": None, "name": errors.localize(_("all to whom it is offered"))}
        return {"assignee": name, "name": people.find(name).name}

    def now(self, row: Any) -> str:
        return row.holder or row.assignee or errors.localize(_("nobody yet"))

    def then(self, row: Any, given: Given) -> str:
        return str(given["name"])

    def hindrance(self, row: Any, given: Given) -> str:
        same = given and row.state == "CREATED" and row.assignee == given["assignee"]
        return super().hindrance(row, given) or (errors.localize(_("This is so already.")) if same else "")

    def do(self, key: int, given: Given, reason: str, by: identity.Person) -> None:
        give(key, given["assignee"], reason, by)


class ChangeDue(Measure):
    """Set another due date; it ends at 24:00 of its day."""

    id, title, on, undoable = "due", _("Change due date"), "task", True

    def read(self, form: Mapping[str, str], rows: Sequence[Any]) -> Given:
        try:
            day = date.fromisoformat(form.get("due", ""))
            end = end_of(day)
        except (ValueError, OverflowError):
            raise wrong(due=_("Give a date.")) from None
        if end <= clock.now():
            raise wrong(due=_("The date is over already."))
        return {"due": end}

    def now(self, row: Any) -> str:
        return last_day(row.due).isoformat() if row.due else errors.localize(_("no due date"))

    def then(self, row: Any, given: Given) -> str:
        return last_day(given["due"]).isoformat()

    def hindrance(self, row: Any, given: Given) -> str:
        same = given and row.due == given["due"]
        return super().hindrance(row, given) or (errors.localize(_("This is so already.")) if same else "")

    def do(self, key: int, given: Given, reason: str, by: identity.Person) -> None:
        tasks.update(key, by=by, due=given["due"], reason=reason)


def give(key: int, assignee: str | None, reason: str, by: identity.Person) -> None:
    """Give a task to somebody, or back to its candidates."""
    if assignee is None:
        tasks.unassign(key, by=by, reason=reason)
    else:
        tasks.assign(key, assignee, by=by, reason=reason)


def end_of(day: date) -> datetime:
    """24:00 of a day in Asia/Shanghai, as a UTC instant."""
    return datetime.combine(day + timedelta(days=1), time(0), tzinfo=clock.TZ).astimezone(UTC)


def last_day(end: datetime) -> date:
    """The day that an instant belongs to; 24:00 of a day belongs to that day."""
    return (end.astimezone(clock.TZ) - timedelta(microseconds=1)).date()
