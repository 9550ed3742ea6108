"""The page of a democratic review: the meeting judged and the votes counted while they are typed (DOMAIN §5)."""

from typing import Any

from service import engine, errors, identity
from service.api import bodies
from service.errors import _
from service.register import columns, papers, reviews, rosters
from service.web import roster
from service.web.pages import Pages, person
from service.workflow import models, tasks

pages = Pages("review")

SEEN = ("meeting_kind", "composition", "present")


def about(task: models.UserTask, *, by: identity.Person) -> dict[str, Any] | None:
    """What the page shows: the meeting's verdict and, for a task with rows, the sheet; None once the task is closed."""
    if task.state != "CREATED":
        return None
    known = rosters.visible_variables(task)
    rows = rosters.ROSTER in task.properties
    return {
        "quorum": reviews.quorum(task, {}),
        "meeting": {name: known.get(name) for name in SEEN},
        "rows": rows,
        "judge": task.properties.get(rosters.JUDGE, ""),
        "ranks": reviews.RANK in task.properties,
        "quota": known.get("quota_persons"),
        "minutes": papers.meeting_before(task) if rows else None,
        "columns": columns.plain(rosters.Roster(task, known)) if rows else (),
    }


@pages.post("/tasks/<int:key>/review")
def foresee(key: int) -> Any:
    """Judge what is typed, and keep nothing: `answers` of the meeting, or `rows` of votes not saved yet."""
    given = bodies.read()
    if "answers" in given:
        task = tasks.get(key, by=person())
        identity.access.ensure(person(), "task.complete", task)
        typed = given["answers"] if isinstance(given["answers"], dict) else {}
        return {"quorum": _verdict(reviews.quorum(task, engine.normalise(typed)))}
    rows = given.get("rows")
    if not isinstance(rows, list) or not all(isinstance(each, dict) for each in rows) or len(rows) > roster.MOST:
        raise errors.Invalid(_("rows must be a list of {case, answers}"))
    return _sheet(reviews.foresee(key, rows, by=person()))


def _sheet(found: reviews.Sheet) -> dict[str, Any]:
    lines = {
        str(key): {"passed": line.passed, "rank": line.rank, "listed": line.listed, "wrong": dict(line.wrong)}
        for key, line in found.lines.items()
    }
    sums = {name: found.sum(name) for name in ("passed", "listed", "waiting")}
    return {"lines": lines, "sums": sums, "trouble": found.trouble}


def _verdict(found: reviews.Verdict | None) -> dict[str, Any] | None:
    return None if found is None else {"value": found.value, "reason": found.reason}
