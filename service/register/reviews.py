"""The democratic review (民主评议) as it would come out now, by the decisions that judge it in the end (DOMAIN §5).

A user task with ``page="review"`` says by ``reviewQuorum`` which decision judges the meeting, and by ``reviewRank``
which service task of type ``list-rank`` of its process orders those who passed. What is typed is entered as it would
be at completion, ranked, read, and rolled back: there is no second copy of a rule.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from service import db, engine, errors, identity
from service.engine import model
from service.errors import _
from service.jobs import handlers
from service.register import conclusions, entries, models, rosters, scope
from service.register.handlers import lists
from service.workflow import models as workflow
from service.workflow import releases, tasks

QUORUM, RANK = "reviewQuorum", "reviewRank"


@dataclass(frozen=True)
class Verdict:
    """What a decision says, and the note of the rule that said it."""

    value: bool | None
    reason: str = ""


@dataclass(frozen=True)
class Line:
    """A household of the review: its result, its rank and whether it gets a place; None where nothing is known yet."""

    persons: int
    passed: bool | None = None
    rank: int | None = None
    listed: bool | None = None
    wrong: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Sheet:
    """The review as it stands, by keys of cases; ``trouble`` says why there is no order yet."""

    lines: Mapping[int, Line]
    trouble: str = ""

    def sum(self, name: str) -> tuple[int, int]:
        """Households and persons of which ``passed`` or ``listed`` is true, or which wait (``waiting``)."""
        chosen = [line for line in self.lines.values() if _is(line, name)]
        return len(chosen), sum(line.persons for line in chosen)


def quorum(task: workflow.UserTask, given: Mapping[str, Any]) -> Verdict | None:
    """Whether the meeting is valid by what the process knows and what is typed; None where no decision judges it."""
    decision = task.properties.get(QUORUM)
    key = releases.get(task.deployment_key).find("decision", decision) if decision else None
    if not decision or key is None:
        return None
    known = {**rosters.visible_variables(task), **given}
    table = releases.decision_model(key)
    inputs = next(info.inputs for info in table.decisions if info.id == decision)
    explained = table.explain(decision, known)
    if any(known.get(name) is None for name in inputs) or not isinstance(explained.value, bool):
        return Verdict(None)
    notes = [note for table in explained.tables[-1:] for rule in table.matched for note in rule.annotations]
    return Verdict(explained.value, notes[0] if notes else "")


def foresee(key: int, rows: Sequence[Mapping[str, Any]], *, by: identity.Person) -> Sheet:
    """The sheet if the review ended now with the rows typed; nothing is kept.

    Who may read the task may ask for what is stored; rows are for those who may complete it.

    :raises errors.Problem: no such task, not this person's, or a task without rows.
    """
    task = tasks.get(key, by=by)
    if rosters.ROSTER not in task.properties:
        raise errors.Conflict(_("The task %(key)s has no rows"), key=key)
    if rows:
        identity.access.ensure(by, "task.complete", task)
    with db.sa.session.begin_nested() as trial:
        found = _enter(task, rows)
        trial.rollback()
    return found


def _enter(task: workflow.UserTask, rows: Sequence[Mapping[str, Any]]) -> Sheet:
    roster = rosters.Roster(task, rosters.visible_variables(task))
    chosen = roster.cases()
    wrong: dict[str, Mapping[str, Any]] = {}
    for row in rows:
        try:
            entries.enter(roster, [row], chosen, by=identity.SYSTEM)
        except errors.Unprocessable as refused:
            wrong[str(row.get("case"))] = {
                place.removeprefix("rows.0."): text for place, text in refused.fields.items()
            }
    done = [case for case in chosen if roster.done(case) and str(case.key) not in wrong]
    verdicts = {case.key: _result(roster, case) for case in done}
    for case in done:
        conclusions.apply(roster, case)
    places, trouble = _ranked(task, roster, chosen) if done else ({}, "")
    lines = {}
    for case in chosen:
        rank, listed = places.get(case.key, (None, None))
        lines[case.key] = Line(case.persons, verdicts.get(case.key), rank, listed, wrong.get(str(case.key), {}))
    return Sheet(lines, trouble)


def _result(roster: rosters.Roster, case: models.Case) -> bool | None:
    found = case.answers.get(roster.task.element_id, {}).get(roster.task.properties.get(rosters.JUDGE, ""))
    return found if isinstance(found, bool) else None


def _ranked(
    task: workflow.UserTask, roster: rosters.Roster, chosen: Sequence[models.Case]
) -> tuple[dict[int, tuple[int | None, bool]], str]:
    """Rank and place by case, as the service task named by ``reviewRank`` gives them; or why it cannot."""
    node = _ranking(task)
    instance = db.sa.session.get_one(workflow.ProcessInstance, task.instance_key)
    if node is None or node.job is None:
        return {}, ""
    job = handlers.Job(
        key=0,
        type=node.job.type,
        instance_key=task.instance_key,
        process_id=instance.process_id,
        element_id=node.id,
        unit_id=instance.unit_id,
        headers=node.headers,
        variables=roster.variables,
    )
    try:
        db.sa.session.flush()
        lists.rank(job)
    except (errors.Problem, engine.Failure) as refused:
        return {}, refused.localized() if isinstance(refused, errors.Problem) else str(refused)
    here = scope.of(job)
    listed, waiting = here.text("listState", lists.LISTED), here.text("waitState", lists.WAITING)
    ranked = [case for case in chosen if case.state in (listed, waiting)]
    return {case.key: (case.rank, case.state == listed) for case in ranked}, ""


def _ranking(task: workflow.UserTask) -> model.Node | None:
    nodes = releases.process(task.definition_key).process.nodes
    found: model.Node | None = nodes.get(task.properties.get(RANK, ""))
    return found


def _is(line: Line, name: str) -> bool:
    if name == "waiting":
        return line.listed is False
    return getattr(line, name) is True
