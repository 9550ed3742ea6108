"""What the register can print of a run: meetings with their votes, households, handbooks, villages, filed papers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from service import db, errors, forms, identity
from service.errors import _
from service.identity import models as units
from service.register import cases, households, models, reviews, rosters
from service.workflow import models as workflow
from service.workflow import releases

PAGE, REVIEW = "page", "review"
task = workflow.UserTask


@dataclass(frozen=True)
class Vote:
    """What a meeting decided on a household, in the order of the list."""

    code: str
    name: str
    hamlet: str
    persons: int
    votes: Mapping[str, Any]
    passed: bool | None
    rank: int | None
    state: str


@dataclass(frozen=True)
class Meeting:
    """A democratic review: its task, its form with the answers, whether it was valid, and the votes."""

    task: workflow.UserTask
    unit: units.Unit
    form: forms.Form
    answers: Mapping[str, Any]
    quorum: reviews.Verdict | None
    votes: Sequence[Vote]


def meeting(key: int) -> Meeting:
    """The meeting held in a task, with the votes of the same process.

    :raises errors.NotFound: no such task, or it is no finished meeting.
    """
    held = db.sa.session.get(task, key)
    is_meeting = held and held.properties.get(PAGE) == REVIEW and rosters.ROSTER not in held.properties
    if held is None or not is_meeting or held.state != "COMPLETED" or held.form_key is None:
        raise errors.NotFound(_("There are no minutes of this task."))
    instance = db.sa.session.get_one(workflow.ProcessInstance, held.instance_key)
    assert instance.unit_id is not None  # roster and review tasks need a unit
    unit = identity.units.get(instance.unit_id)
    answers = rosters.visible_variables(held)
    voted = _vote_after(held)
    votes = _votes(voted) if voted else []
    return Meeting(held, unit, releases.form(held.form_key), answers, reviews.quorum(held, {}), votes)


def meeting_before(vote: workflow.UserTask) -> int | None:
    """The key of the meeting in whose process a vote is taken."""
    query = sa.select(task.key).where(task.instance_key == vote.instance_key, task.state == "COMPLETED")
    query = query.where(task.properties[PAGE].astext == REVIEW, ~task.properties.has_key(rosters.ROSTER))
    return db.sa.session.scalar(query.order_by(task.key.desc()).limit(1))


def meetings(
    run_key: int, unit: units.Unit, village: str = "", *, before: int | None = None, most: int
) -> Sequence[tuple[workflow.UserTask, str]]:
    """At most so many meetings held in a run in a unit's subtree with the names of their units, the latest first.

    `village` is part of a unit's name, `before` the key of the meeting after which to go on.
    """
    instance = workflow.ProcessInstance
    query = (
        sa.select(task, units.Unit.name)
        .join(instance, instance.key == task.instance_key)
        .join(units.Unit, units.Unit.id == instance.unit_id)
        .where(task.root_key == run_key, task.state == "COMPLETED", identity.units.within(unit.path))
        .where(task.properties[PAGE].astext == REVIEW, ~task.properties.has_key(rosters.ROSTER))
        .where(units.Unit.name.contains(village, autoescape=True), sa.true() if before is None else task.key < before)
    )
    return [(row, name) for row, name in db.sa.session.execute(query.order_by(task.key.desc()).limit(most))]


def runs_of(unit: units.Unit, year: int | None = None) -> Sequence[models.Run]:
    """The runs, of a year or all, in which a unit's subtree has cases or which it heads, the newest first."""
    query = sa.select(models.Run).where(_concerns(unit), sa.true() if year is None else models.Run.year == year)
    return db.sa.session.scalars(query.order_by(models.Run.key.desc()).limit(20)).all()


def years_of(unit: units.Unit) -> Sequence[int]:
    """The years of a unit's runs, the latest first."""
    query = sa.select(models.Run.year).where(_concerns(unit)).distinct()
    return db.sa.session.scalars(query.order_by(models.Run.year.desc())).all()


def _concerns(unit: units.Unit) -> sa.ColumnElement[bool]:
    below = sa.select(models.Case.run_key).join(models.Case.unit).where(identity.units.within(unit.path))
    return sa.or_(models.Run.key.in_(below), models.Run.unit_id == unit.id)


def filed(run_key: int, unit: units.Unit, village: str = "") -> Sequence[tuple[models.ArchiveEntry, str]]:
    """The papers filed or missing in a unit's subtree, with the names of their units."""
    entry = models.ArchiveEntry
    query = sa.select(entry, units.Unit.name).join(units.Unit, units.Unit.id == entry.unit_id)
    query = query.where(entry.run_key == run_key, identity.units.within(unit.path))
    query = query.where(units.Unit.name.contains(village, autoescape=True)).order_by(units.Unit.code, entry.key)
    return [(row, name) for row, name in db.sa.session.execute(query.limit(1000))]


def taking_part(run_key: int, unit: units.Unit) -> Sequence[tuple[models.Case, int | None]]:
    """The households of a run in a unit's subtree, with the keys of their handbooks."""
    case, book = models.Case, models.Handbook
    query = (
        sa.select(case, book.key)
        .join(case.household)
        .join(case.unit)
        .outerjoin(book, sa.and_(book.household_key == case.household_key, book.run_key == case.run_key))
        .options(orm.contains_eager(case.household), orm.contains_eager(case.unit))
        .where(case.run_key == run_key, identity.units.within(unit.path))
        .order_by(units.Unit.code, models.Household.code)
    )
    return [(row, key) for row, key in db.sa.session.execute(query.limit(1000))]


def handbook(key: int) -> tuple[models.Handbook, models.Household]:
    """A handbook with its household. Raises NotFound."""
    book = db.sa.session.get(models.Handbook, key)
    if book is None:
        raise errors.NotFound(_("There is no such handbook."))
    return book, households.load(book.household_key)


def form(form_id: str) -> forms.Form:
    """A form as it is deployed now. Raises NotFound."""
    found = releases.latest().form(form_id)
    if found is None:
        raise errors.NotFound(_("There is no form %(id)s in this release; deploy it"), id=form_id)
    return found[1]


def _vote_after(held: workflow.UserTask) -> workflow.UserTask | None:
    query = sa.select(task).where(task.instance_key == held.instance_key, task.key > held.key)
    query = query.where(task.properties[PAGE].astext == REVIEW, task.properties.has_key(rosters.ROSTER))
    return db.sa.session.scalars(query.order_by(task.key).limit(1)).first()


def _votes(voted: workflow.UserTask) -> list[Vote]:
    instance = db.sa.session.get_one(workflow.ProcessInstance, voted.instance_key)
    assert instance.unit_id is not None
    found = [
        case
        for case in cases.find(voted.root_key, instance.unit_id)
        if case.household and case.answered.get(voted.element_id) == str(voted.key)
    ]
    judge = voted.properties.get(rosters.JUDGE, "")
    return [_vote(case, case.answers.get(voted.element_id, {}), judge) for case in sorted(found, key=_order)]


def _vote(case: models.Case, answers: Mapping[str, Any], judge: str) -> Vote:
    assert case.household is not None
    passed = answers.get(judge)
    household = case.household
    return Vote(
        household.code,
        household.head_name,
        household.hamlet or household.group_no,
        case.persons,
        answers,
        passed if isinstance(passed, bool) else None,
        case.rank,
        case.state,
    )


def _order(case: models.Case) -> Any:
    return case.rank is None, case.rank or 0, cases.code(case)
