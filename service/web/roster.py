"""The rows of a roster task: opened in the panel, saved one by one or many at once, told when others change them."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

import flask

from service import clock, db, errors
from service.api import bodies
from service.db import values
from service.errors import _
from service.register import columns, entries, rosters
from service.web import rosterrows, taskforms
from service.web.pages import Pages, person
from service.workflow import attachments, tasks

pages = Pages("roster")

MOST = 5_000
LATE = timedelta(seconds=10)
"""How much later than its instant a change may appear, since its transaction was still open."""


@pages.get("/tasks/<int:key>/rows")
def changed_rows(key: int) -> Any:
    """Give the rows that changed after an instant, for a table that others fill in too."""
    roster = of(key)
    now = clock.now() - LATE
    found = roster.cases(since=_instant(flask.request.args.get("since", "")))
    return {"rows": [_told(row) for row in _rows(roster, found)], "now": now.isoformat()}


@pages.get("/tasks/<int:key>/rows/<int:case_key>")
def open_row(key: int, case_key: int) -> Any:
    """Give what the form of one row shows at first, the row itself, and its files."""
    roster = of(key)
    found = roster.cases([str(case_key)])
    if not found:
        raise errors.NotFound(_("This row is not in the list"))
    known = {**roster.about(found[0]), **rosters.prefill(roster, found[0])}
    text = str(roster.answers(found[0]))
    files = [
        {"name": file.name, "link": flask.url_for("web-tasks.download", key=key, id=file.id, position=file.position)}
        for file in attachments.of(key, by=person())
        if file.id in text
    ]
    data = taskforms.read_by(rosterrows.form_text(roster), known)
    return {"data": data, "row": _told(_rows(roster, found)[0]), "files": files}


@pages.post("/tasks/<int:key>/rows")
def save_rows(key: int) -> Any:
    """Save rows and clear others, all or none, or those that are right (`partly`).

    422 names each wrong answer as `rows.<number>.<path>`, and as `rows.<number>.case` a row that somebody else changed
    since it was seen: `seen` gives the `stamp` of each row that the sender knows.
    """
    given = bodies.read()
    rows, clear, seen = given.get("rows"), given.get("clear", []), given.get("seen", {})
    if not isinstance(rows, list) or not all(isinstance(each, dict) for each in rows) or len(rows) > MOST:
        raise errors.Invalid(_("rows must be a list of {case, answers}"))
    if not isinstance(clear, list) or not isinstance(seen, dict):
        raise errors.Invalid(_("clear must be a list of cases, seen a stamp for each case"))
    with db.transaction():
        roster, outcome = entries.save(
            key,
            rows,
            by=person(),
            seen=seen,
            partly=given.get("partly") is True,
            merge=given.get("merge") is True,
            clear=[str(each) for each in clear],
        )
        saved = [{**_told(row), "before": outcome.before.get(row.key)} for row in _rows(roster, outcome.entered)]
    return {"rows": values.plain(saved), "fields": outcome.refused}


def of(key: int) -> rosters.Roster:
    """The roster of a task that the person may see.

    :raises errors.NotFound: no such task for this person, or one without rows.
    """
    task = tasks.get(key, by=person())
    if rosters.ROSTER not in task.properties:
        raise errors.NotFound(_("The task %(key)s has no rows"), key=key)
    return rosters.Roster(task, rosters.visible_variables(task))


def _rows(roster: rosters.Roster, found: Any) -> list[rosterrows.Row]:
    return rosterrows.rows(roster, found, columns.of(roster, found[0]) if found else ())


def _told(row: rosterrows.Row) -> Mapping[str, Any]:
    """A row as scripts read it; keys are texts, since they are too long for a browser's numbers."""
    return {**asdict(row), "key": str(row.key)}


def _instant(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise errors.Invalid(_("since must be an instant such as 2026-07-20T08:00:00+08:00"))
    return found
