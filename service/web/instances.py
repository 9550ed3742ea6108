"""Process instances: the list of those one supervises, and the page of one (drill-down, DESIGN §5)."""

from datetime import timedelta
from typing import Any

import flask
import sqlalchemy as sqla

from service import clock, db, errors, identity
from service.errors import _
from service.identity.models import Unit, User
from service.supervision import board
from service.web import course, deeds, downloads, family, history, inbox, runlist, words
from service.web.pages import Pages, person
from service.workflow import models

pages = Pages("instances")
COLUMNS = (
    _("Process"), _("Version"), _("Unit"), _("State"), _("Incidents"), _("Where it stands"), _("Called processes"),
    _("Due"), _("Started"), _("Last progress"), _("Instance"),
)  # fmt: skip
JUST_NOW = timedelta(minutes=10)
"""So long the page offers to undo what one did last; the audit log offers it until something else changes it."""


@pages.get("/instances")
def index() -> Any:
    """List instances, or for htmx only the rows."""
    by = person()
    if not identity.access.looks_after_others(by):
        raise errors.Forbidden(_("Only those who supervise a unit see its process instances."))
    wish = runlist.Wish.read(flask.request.args)
    shown = {"wish": wish, "found": runlist.sheet(wish, by)}
    if "HX-Request" in flask.request.headers:
        return flask.render_template("instances_list.html", **shown)
    return flask.render_template(
        "instances.html", **shown, processes=inbox.processes(), units=inbox.units(by), states=runlist.STATES
    )


@pages.get("/instances.xlsx")
def export() -> Any:
    """Give the whole list as an Excel file."""
    by = person()
    if not identity.access.looks_after_others(by):
        raise errors.Forbidden(_("Only those who supervise a unit see its process instances."))
    standing = flask.get_template_attribute("instance_words.html", "standing")
    rows = [
        (
            row.process_name, row.version, row.unit_name, str(standing(row)), row.incidents, row.steps, row.called,
            words.moment(row.due), words.moment(row.start_date), words.moment(row.end_date or row.progress_at),
            str(row.key),
        )
        for row in runlist.sheet(runlist.Wish.read(flask.request.args), by, board.MOST_EXPORTED).rows
    ]  # fmt: skip
    return downloads.workbook(_("Process instances"), COLUMNS, rows)


@pages.get("/instances/<int:key>")
def show(key: int) -> Any:
    """Show an instance: to its supervisors everything, to who started it how far it is."""
    by, row = person(), visible(key, person())
    whole = identity.access.allowed(by, "instance.read", row)
    steps, earlier = course.steps(row)
    shown = {
        "row": row,
        "heading": _heading(row),
        "whole": whole,
        "places": history.places(key),
        "steps": steps,
        "earlier": earlier,
        "tasks": course.tasks(key, by),
        "ancestors": family.ancestors(key, by),
        "children": family.children(key, by, all_units=not whole),
    }
    return flask.render_template("instance.html", **shown, **(_rest(row) if whole else {}))


@pages.get("/instances/<int:key>/steps")
def steps(key: int) -> Any:
    """Give the steps before those shown."""
    row = visible(key, person())
    found, earlier = course.steps(row, runlist.place(flask.request.args.get("after", "")))
    return flask.render_template("instance_steps.html", row=row, steps=found, earlier=earlier)


def visible(key: int, by: identity.Person) -> models.ProcessInstance:
    """An instance that the person supervises or started. Raises NotFound for all others."""
    row = db.sa.session.get(models.ProcessInstance, key)
    if row is None or not identity.access.allowed(by, "instance.follow", row):
        raise errors.NotFound(_("There is no process instance %(key)s."), key=key)
    return row


def _rest(row: models.ProcessInstance) -> dict[str, Any]:
    """What only supervisors see."""
    return {
        "incidents": course.incidents(row),
        "waits": course.waits(row),
        "variables": course.variables(row),
        "audit": (audit := course.audit(row.key)),
        "undoable": deeds.undoable(audit) if row.state == "ACTIVE" else frozenset(),
        "recent": clock.now() - JUST_NOW,
        "deeds": deeds,
    }


def _heading(row: models.ProcessInstance) -> Any:
    """The process, its version, the unit and who started it."""
    query = (
        sqla.select(models.Definition.name, models.Definition.version, Unit.name.label("unit"), User.name.label("who"))
        .select_from(models.ProcessInstance)
        .join(models.Definition, models.Definition.key == models.ProcessInstance.definition_key)
        .outerjoin(Unit, Unit.id == models.ProcessInstance.unit_id)
        .outerjoin(User, User.username == models.ProcessInstance.started_by)
        .where(models.ProcessInstance.key == row.key)
    )
    return db.sa.session.execute(query).one()
