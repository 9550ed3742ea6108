"""The end of a roster task: no row is open, and the cases become what the diagram says."""

from collections.abc import Mapping, Sequence
from typing import Any

from service import db, errors
from service.errors import _
from service.register import cases, entries, expressions, models
from service.register.rosters import ROSTER, ROWS, Roster, visible_variables
from service.workflow import models as workflow


def finish(roster: Roster, chosen: Sequence[models.Case]) -> dict[str, Any]:
    """Refuse to end while rows are open; then let the roster's cases become what the task says. Gives the counts.

    :raises errors.Unprocessable: open rows, by code.
    """
    open_rows = [case for case in chosen if not roster.done(case)]
    if open_rows:
        names = "、".join(cases.code(case) for case in open_rows[:10])
        raise errors.Unprocessable(_("%(count)s rows are not done yet: %(names)s"), count=len(open_rows), names=names)
    for case in chosen:
        apply(roster, case)
    counts = cases.count(chosen, ROSTER)
    return {"roster_total": len(chosen), **counts}


def apply(roster: Roster, case: models.Case) -> None:
    """Let a case become what the task says of its row."""
    properties, about = roster.task.properties, roster.about(case)
    cases.change(
        case,
        state=expressions.value(properties, "rosterSet", about),
        flow=expressions.value(properties, "rosterFlow", about),
        facts=expressions.context(properties, "rosterFacts", about),
        flags=expressions.context(properties, "rosterFlags", about),
    )


def complete(task: workflow.UserTask, answers: Mapping[str, Any], by: Any) -> dict[str, Any]:
    """The hook of user tasks with a roster: enter the rows sent along, finish, and return the counts as variables."""
    roster = Roster(task, visible_variables(task))
    rows = answers.get(ROWS) or []
    if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
        raise errors.Invalid(_("rows must be a list of {case, answers}"))
    chosen = roster.cases()
    entries.enter(roster, rows, chosen, by=by)
    counts = finish(roster, chosen)
    db.sa.session.flush()
    return {**{name: value for name, value in answers.items() if name != ROWS}, **counts}
