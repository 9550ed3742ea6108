"""Papers to print and the archive that leads to them: statements, objections, minutes, forms, handbooks."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import flask

from service import db, errors, identity
from service.errors import _
from service.identity import roles, units
from service.notices import certificates, publicity
from service.register import households, papers, villages
from service.web import formpaper, objections, printing, reading
from service.web.pages import Pages, person
from service.workflow import audit

pages = Pages("papers")
PAGE = 50
"""Meetings and notices are shown so many at a time."""


@dataclass(frozen=True)
class Page:
    """A page of a list by key: the key it goes on from, and that from which the next one does."""

    rows: Sequence[Any]
    before: int | None
    next: int | None


@pages.get("/papers/certificates/<int:key>")
def certificate(key: int) -> Any:
    """Print the statement on a finished publicity (公示情况说明), by the notice's key."""
    notice = publicity.get(key, by=person())
    made = certificates.of(notice)
    if made is None:
        raise errors.NotFound(_("There is no statement on this publicity yet."))
    return printing.render("certificate.html", notice=notice, content=made.content, made_at=made.made_at)


@pages.get("/papers/objections/<int:key>")
def objection(key: int) -> Any:
    """Print the registration form and, once it is decided, the answer of an objection (异议登记表, 答复书)."""
    found, notice = objections.find(key, by=person())
    return printing.render("objection.html", notice=notice, **objections.about(found, person()))


@pages.get("/papers/minutes/<int:key>")
def minutes(key: int) -> Any:
    """Print the minutes of a democratic review (民主评议会议记录), by the key of the task in which it was recorded."""
    found = papers.meeting(key)
    _ensure_reader(found.unit)
    parts = formpaper.sections(found.form, found.answers)
    return printing.render("minutes.html", meeting=found, sections=parts)


@pages.get("/papers/households/<int:key>")
def household(key: int) -> Any:
    """Print the registration form of a household (贫困户登记表); `numbers=yes` shows its numbers, which is audited."""
    found = households.load(key)
    _ensure_reader(found)
    reveal = flask.request.args.get("numbers") == "yes"
    if reveal:
        with db.transaction():
            audit.record("READ", "HOUSEHOLD", key, by=person())
    parts = formpaper.sections(papers.form("f_household"), _known(found, reveal=reveal))
    return printing.render("household.html", household=found, sections=parts, revealed=reveal)


@pages.get("/papers/handbooks/<int:key>")
def handbook(key: int) -> Any:
    """Print a handbook (扶贫手册): cover and six parts (DOMAIN §3.4)."""
    book, found = papers.handbook(key)
    _ensure_reader(found)
    parts = formpaper.sections(papers.form("f_household"), _known(found, reveal=False))
    return printing.render("handbook.html", book=book, household=found, sections=parts, causes=_causes(book))


@pages.get("/papers/villages/<int:unit_id>")
def village(unit_id: int) -> Any:
    """Print the registration form of a village (贫困村登记表)."""
    unit = units.get(unit_id)
    _ensure_reader(unit)
    found = villages.get(unit_id)
    parts = formpaper.sections(papers.form("f_village"), found.figures)
    return printing.render("village.html", unit=unit, village=found, sections=parts)


@pages.get("/archive")
def archive() -> Any:
    """Show the electronic archive (电子档案) of a run in a unit: what can be printed, was filed, or is missing."""
    homes = _homes()
    unit, year = _chosen(homes, "id", "unit"), reading.key(flask.request.args.get("year"))
    years = papers.years_of(unit) if unit else []
    found = papers.runs_of(unit, year if year in years else None) if unit else []
    run, village = _chosen(found, "key", "run"), flask.request.args.get("village", "").strip()[:50]
    shown: dict[str, Any] = {"units": homes, "unit": unit, "runs": found, "run": run, "village": village}
    shown |= {"years": years, "year": year}
    if unit and run:
        meetings = _page("meetings", lambda **at: papers.meetings(run.key, unit, village, **at), lambda row: row[0].key)
        notices = _page("notices", lambda **at: publicity.of_run(run.key, unit, village, **at), lambda row: row.key)
        shown |= {"meetings": meetings, "notices": notices}
        shown["households"] = papers.taking_part(run.key, unit) if unit.kind == "village" else []
        shown["filed"] = papers.filed(run.key, unit, village)
    return flask.render_template("archive.html", **shown)


def _page(name: str, find: Callable[..., Sequence[Any]], key: Callable[[Any], int]) -> Page:
    """The rows of a list after the key that the address gives under the list's name."""
    before = reading.key(flask.request.args.get(name))
    rows = find(before=before, most=PAGE + 1)
    return Page(rows[:PAGE], before, key(rows[PAGE - 1]) if len(rows) > PAGE else None)


def _ensure_reader(subject: Any) -> None:
    """Papers are for the officials of the unit and of those above it; for all others they do not exist."""
    if not identity.access.allowed(person(), households.READ_PERSONAL, subject):
        raise errors.NotFound(_("There is no such paper."))


def _chosen(offered: Sequence[Any], name: str, argument: str) -> Any:
    """What the address asks for among what is offered, else the first."""
    asked = flask.request.args.get(argument)
    return next((each for each in offered if str(getattr(each, name)) == asked), offered[0] if offered else None)


def _homes() -> list[Any]:
    """The units whose archive the person may see: the own ones and those below, down to the village."""
    own = [units.get(member.unit_id) for member in person().memberships if member.role not in roles.VILLAGERS]
    below = [each for unit in own for kind in (None, "township", "village") for each in _kind(unit, kind)]
    return list({unit.id: unit for unit in below if unit.kind != "hamlet"}.values())


def _kind(unit: Any, kind: str | None) -> Sequence[Any]:
    return units.subtree(unit, kind) if kind else [unit]


def _known(found: Any, *, reveal: bool) -> dict[str, Any]:
    line = [*units.ancestors(units.get(found.unit_id)), units.get(found.unit_id)]
    names = {unit.kind: unit.name for unit in line}
    address = {"province": "region", **{kind: kind for kind in ("city", "county", "township", "village")}}
    return {**households.form(found, reveal=reveal), **{name: names.get(kind, "") for name, kind in address.items()}}


def _causes(book: Any) -> str:
    options = {
        str(each["value"]): str(each["label"])
        for component in papers.form("f_household").walk()
        if component.data == ("main_cause",)
        for each in component.attributes["values"]
    }
    causes = book.parts.get("causes", {})
    named = [causes.get("main"), *(causes.get("other") or [])]
    return "、".join(options.get(str(each), str(each)) for each in named if each)
