"""Search over households, units, processes and notices, and the pages of a household and of a village."""

from typing import Any

import flask
import sqlalchemy as sqla

from service import db, errors, identity
from service.errors import _
from service.identity import units
from service.notices import board, public, publicity
from service.register import households, lookup, models, papers
from service.web import runlist
from service.web.pages import Pages, person
from service.workflow import models as workflow

pages = Pages("search")

MOST = lookup.MOST


@pages.get("/search")
def show() -> Any:
    """Find what the person may see by a name or part of one, a number or a code."""
    text, by = lookup.cleaned(flask.request.args.get("q", "")), person()
    if not text:
        return flask.render_template("search.html", text="", found=None, most=MOST)
    followed = publicity.find(text, by=by, most=MOST)
    known = {notice.key for notice in followed}
    found = {
        "households": lookup.find_households(text, by, MOST),
        "units": lookup.find_units(text, by, MOST),
        "instances": _instances(text, by),
        "followed": followed,
        "displayed": [notice for notice in public.find(text, most=MOST) if notice.key not in known],
    }
    return flask.render_template("search.html", text=text, found=found, most=MOST, official=_official(by))


@pages.get("/households/<int:key>")
def household(key: int) -> Any:
    """Show a household: its members with masked numbers, its cases over the years, its notices and handbooks."""
    found = households.load(key)
    _ensure_reader(found)
    cases = lookup.cases_of(key)
    notices = board.of_cases([case.key for case, _run in cases]) if cases else ()
    return flask.render_template(
        "household.html",
        household=found,
        place=_place(found.unit_id),
        known=households.form(found, reveal=False),
        relations=_relations(),
        left=[member for member in found.members if member.left],
        cases=cases,
        waits=_waits([case for case, _run in cases]),
        notices=notices,
        followed={each.key for each in notices if identity.access.allowed(person(), publicity.READ, each)},
        books=lookup.books_of(key),
    )


@pages.get("/villages/<int:unit_id>")
def village(unit_id: int) -> Any:
    """Show a unit of the register: its profile, its households by standing, and a list of them page by page."""
    unit = units.get(unit_id)
    _ensure_reader(unit)
    after = flask.request.args.get("after", "")[:30]
    listed = lookup.households_of(unit, after=after)
    return flask.render_template(
        "village.html",
        unit=unit,
        place=_place(unit_id),
        profile=db.sa.session.get(models.Village, unit_id),
        standings=lookup.standings(unit),
        below=[each for each in units.children(unit) if each.kind in lookup.KINDS],
        households=listed[: lookup.PAGE],
        after=listed[lookup.PAGE - 1].code if len(listed) > lookup.PAGE else "",
    )


def _instances(text: str, by: identity.Person) -> Any:
    if not identity.access.looks_after_others(by):
        return ()
    return runlist.sheet(runlist.Wish(text=text, state="any"), by).rows[:MOST]


def _official(by: identity.Person) -> bool:
    """Whether the person holds an office: others find public notices only."""
    return identity.access.allowed(by, households.READ_PERSONAL)


def _ensure_reader(subject: Any) -> None:
    """The register is for the officials of the unit and of those above it; for all others it has nothing."""
    if not identity.access.allowed(person(), households.READ_PERSONAL, subject):
        raise errors.NotFound(_("There is nothing at this address"))


def _place(unit_id: int) -> list[Any]:
    """The unit and those above it, the highest first."""
    unit = units.get(unit_id)
    return [*units.ancestors(unit), unit]


def _relations() -> dict[str, str]:
    """What the codes of relations to the head mean, as the registration form says; nothing where it is not deployed."""
    try:
        form = papers.form("f_household")
    except errors.NotFound:
        return {}
    found = [each for each in form.walk() if each.data == ("relation_to_head",)]
    return {str(each["value"]): str(each["label"]) for field in found for each in field.attributes.get("values") or ()}


def _waits(cases: Any) -> dict[tuple[int, int], str]:
    """The open steps of the runs in the cases' units, by (run, unit)."""
    task, instance = workflow.UserTask, workflow.ProcessInstance
    runs = {case.run_key for case in cases}
    query = (
        sqla.select(task.root_key, instance.unit_id, sqla.func.string_agg(sqla.distinct(task.name), "、"))
        .join(instance, instance.key == task.instance_key)
        .where(task.root_key.in_(runs), task.state == "CREATED", instance.unit_id.in_({case.unit_id for case in cases}))
        .group_by(task.root_key, instance.unit_id)
    )
    return {(run, unit): steps for run, unit, steps in db.sa.session.execute(query)} if runs else {}
