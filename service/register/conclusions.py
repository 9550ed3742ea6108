"""The end of a roster task: no row is open, and the cases become what the diagram says."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from service import db, errors
from service.errors import _
from service.register import cases, entries, expressions, models
from service.register.rosters import ROSTER, ROWS, Roster, visible_variables
from service.workflow import models as workflow

CHANGED = ("state", "flow", "persons", "facts", "flags")
"""What the end of a roster task may change in a case."""


def finish(roster: Roster, chosen: Sequence[models.Case]) -> dict[str, Any]:
    """Refuse to end while rows are open; then let the roster's cases become what the task says. Gives the counts.

    :raises errors.Unprocessable: open rows, by code.
    """
    open_rows = [case for case in chosen if not roster.done(case)]
    if open_rows:
        names = "、".join(cases.code(case) for case in open_rows[:10])
        raise errors.Unprocessable(_("%(count)s rows are not done yet: %(names)s"), count=len(open_rows), names=names)
    before = {str(case.key): {name: getattr(case, name) for name in CHANGED} for case in chosen}
    db.sa.session.merge(models.FinishedRoster(task_key=roster.task.key, cases=before))
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


def reopen(before: workflow.UserTask, after: workflow.UserTask) -> None:
    """The hook of a roster task that is open again: its cases are as they were, and what was answered stays answered.

    A case that somebody has decided on otherwise since is set back too: what follows the task is done again.
    """
    finished = db.sa.session.get(models.FinishedRoster, before.key)
    if finished is None:
        return
    keys = [int(key) for key in finished.cases]
    element = after.element_id
    for case in db.sa.session.scalars(sa.select(models.Case).where(models.Case.key.in_(keys))):
        for name, value in finished.cases[str(case.key)].items():
            setattr(case, name, int(value) if name == "persons" else value)
        if case.answered.get(element) == str(before.key):
            case.answered = {**case.answered, element: str(after.key)}


def is_begun(task: workflow.UserTask) -> bool:
    """Whether a row of the task was answered."""
    answered = sa.func.jsonb_extract_path_text(models.Case.__table__.c.answered, task.element_id) == str(task.key)
    query = sa.select(models.Case.key).where(models.Case.run_key == task.root_key, answered)
    return db.sa.session.scalar(query.limit(1)) is not None
