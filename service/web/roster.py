"""The rows of a roster task: opened in the side panel, and saved one by one or many at once."""

from typing import Any

from service import db, errors
from service.api import bodies
from service.errors import _
from service.register import rosters
from service.web import rosterrows, taskforms
from service.web.pages import Pages, person
from service.workflow import tasks

pages = Pages("roster")

MOST = 5_000


@pages.get("/tasks/<int:key>/rows/<int:case_key>")
def open_row(key: int, case_key: int) -> Any:
    """Give what the form of one row shows at first."""
    task = tasks.get(key, by=person())
    roster = rosters.Roster(task, rosters.visible_variables(task))
    case = next((each for each in roster.cases() if each.key == case_key), None)
    if case is None:
        raise errors.NotFound(_("This row is not in the list"))
    known = {**roster.about(case), **rosters.prefill(roster, case)}
    return {"data": taskforms.read_by(rosterrows.form_text(roster), known)}


@pages.post("/tasks/<int:key>/rows")
def save_rows(key: int) -> Any:
    """Save rows, all or none; 422 names each wrong answer as `rows.<number>.<path>`."""
    rows = bodies.read().get("rows")
    if not isinstance(rows, list) or not all(isinstance(each, dict) for each in rows) or len(rows) > MOST:
        raise errors.Invalid(_("rows must be a list of {case, answers}"))
    with db.transaction():
        roster, saved = rosters.save(key, rows, by=person())
        found = [rosterrows.row(roster, case) for case in saved]
    return {"rows": [{"key": str(row.key), "done": row.done, "answers": row.answers} for row in found]}
