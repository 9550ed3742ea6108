"""Charts for supervisors: a process version's diagram as a heat map, and how a campaign goes. Each has its table."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

import flask
import flask_babel

from service import errors, identity
from service.errors import _
from service.supervision import campaigns, stays
from service.web import downloads
from service.web.pages import Pages, person

pages = Pages("charts")

MEASURES = {
    "here": _("Where work stands now"),
    "average": _("Average stay"),
    "longest": _("Longest stay"),
}
GROUPS: Mapping[str, Mapping[str, Callable[[campaigns.Row], Any]]] = {
    "work": {
        _("Done in time"): lambda row: row.in_time,
        _("Done late"): lambda row: row.late,
        _("Still open"): lambda row: row.open,
        _("of these overdue"): lambda row: row.overdue,
        _("Running processes"): lambda row: row.running,
        _("Ended processes"): lambda row: row.ended,
        _("Incidents"): lambda row: row.incidents,
    },
    "quota": {_("Quota"): lambda row: row.quota, _("Listed persons"): lambda row: row.listed},
    "balance": {
        _("Base"): lambda row: row.base,
        _("Planned to leave"): lambda row: row.target,
        _("Leaving"): lambda row: row.leaving,
        _("Arriving"): lambda row: row.arriving,
        _("Balance"): lambda row: row.arriving - row.leaving,
        _("Turnover (%)"): lambda row: None if row.turnover is None else round(row.turnover, 1),
    },
}
"""The numbers of a unit in a campaign, by what they are about; a campaign shows the groups that its process has."""
FORMATS = {_("Balance"): "%+d"}
"""How a page writes numbers that are not written as they are."""
HEAT = 5
"""Shades of the heat map: the hottest step has the last one."""


def init_app(app: flask.Flask) -> None:
    """Let templates tell a stay in words."""
    app.jinja_env.filters["stay"] = stay


def stay(time: timedelta | None) -> str:
    """How long something stayed: 3.5 天."""
    if time is None:
        return "–"
    days = time / timedelta(days=1)
    if days < 1:
        return str(flask_babel.format_timedelta(time, threshold=1))
    return errors.localize(_("%(days)s days"), days=f"{days:.0f}" if days >= 10 else f"{days:.1f}")


@pages.get("/charts")
def index() -> Any:
    """List the campaigns and process versions in which the reader supervises something."""
    by = _supervisor()
    return flask.render_template("charts.html", campaigns=campaigns.listing(by), versions=stays.versions(by))


@pages.get("/charts/processes/<int:key>")
def process(key: int) -> Any:
    """Show the diagram of a process version with where work stands and how long it stays."""
    measure = flask.request.args.get("measure", "here")
    measure = measure if measure in MEASURES else "here"
    drawn, found = stays.of(key, _supervisor())
    return flask.render_template(
        "heatmap.html",
        key=key,
        process=drawn,
        stays=found,
        measure=measure,
        measures=MEASURES,
        heat=_heat(found, measure),
    )


@pages.get("/charts/campaigns/<int:key>")
def campaign(key: int) -> Any:
    """Show how a campaign goes: its dated stages, its townships or villages, quotas and balance."""
    by = _supervisor()
    run, unit, name, state = campaigns.find(key, by)
    rows, stages = campaigns.compare(run, unit, by), campaigns.stages(run, by)
    drawn = {
        "stages": _of_tasks([each.day.isoformat() for each in stages], stages),
        "work": _of_tasks([row.unit.name for row in rows], rows),
        "quota": _of_quota(rows),
        "balance": _of_balance(rows),
    }
    return flask.render_template(
        "campaign.html",
        run=run,
        unit=unit,
        name=name,
        state=state,
        rows=rows,
        stages=stages,
        charts=drawn,
        columns={group: _columns(group) for group in _groups(rows)},
    )


@pages.get("/charts/campaigns/<int:key>.xlsx")
def figures(key: int) -> Any:
    """Give the numbers of a campaign's townships or villages as an Excel file."""
    by = _supervisor()
    run, unit, name, _state = campaigns.find(key, by)
    rows = campaigns.compare(run, unit, by)
    columns = {title: value for group in _groups(rows) for title, value in GROUPS[group].items()}
    lines = [[row.unit.name, *(value(row) for value in columns.values())] for row in rows]
    return downloads.workbook(f"{name} {unit.name} {run.year}", (_("Unit"), *columns), lines)


def _groups(rows: Sequence[campaigns.Row]) -> list[str]:
    """The groups of numbers that the campaign's process has: quotas, what an adjustment counts, or neither."""
    has = {"quota": any(row.quota is not None for row in rows), "balance": any(row.target is not None for row in rows)}
    return [group for group in GROUPS if has.get(group, True)]


def _columns(group: str) -> list[tuple[str, str, Callable[[campaigns.Row], Any]]]:
    """The headings of a group with how its numbers are written and found."""
    return [(errors.localize(title), FORMATS.get(title, "%s"), value) for title, value in GROUPS[group].items()]


def _supervisor() -> identity.Person:
    if not identity.access.looks_after_others(person()):
        raise errors.Forbidden(_("Only those who supervise a unit see its charts."))
    return person()


def _heat(found: Iterable[stays.Stay], measure: str) -> dict[str, dict[str, Any]]:
    """For each step that is worth a colour its shade, 1 to HEAT, and what to write beside it."""
    sizes = {each.id: _size(each, measure) for each in found}
    most = max(sizes.values(), default=0.0)
    words = {each.id: str(each.here) if measure == "here" else stay(getattr(each, measure)) for each in found}
    return {
        id: {"shade": max(1, round(HEAT * size / most)), "text": words[id]} for id, size in sizes.items() if size > 0
    }


def _size(each: stays.Stay, measure: str) -> float:
    value = getattr(each, measure)
    return value.total_seconds() if isinstance(value, timedelta) else float(value or 0)


def _of_tasks(names: list[str], counted: Sequence[campaigns.Stage | campaigns.Row]) -> dict[str, Any]:
    """What became of the tasks of each stage or unit."""
    return _chart(
        names,
        {
            _("Done in time"): [each.in_time for each in counted],
            _("Done late"): [each.late for each in counted],
            _("Overdue"): [each.overdue for each in counted],
            _("Open, in time"): [each.open - each.overdue for each in counted],
        },
        stacked=True,
    )


def _of_quota(rows: Sequence[campaigns.Row]) -> dict[str, Any] | None:
    if "quota" not in _groups(rows):
        return None
    return _chart(
        [row.unit.name for row in rows],
        {_("Quota"): [row.quota for row in rows], _("Listed persons"): [row.listed for row in rows]},
    )


def _of_balance(rows: Sequence[campaigns.Row]) -> dict[str, Any] | None:
    if "balance" not in _groups(rows):
        return None
    return _chart(
        [row.unit.name for row in rows],
        {
            _("Planned to leave"): [row.target for row in rows],
            _("Leaving"): [row.leaving for row in rows],
            _("Arriving"): [row.arriving for row in rows],
        },
    )


def _chart(names: list[str], series: Mapping[str, list[Any]], *, stacked: bool = False) -> dict[str, Any]:
    """What `frontend/src/charts.js` draws."""
    told = [{"name": errors.localize(name), "values": values} for name, values in series.items()]
    return {"names": names, "series": told, "stacked": stacked}
