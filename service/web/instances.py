"""Process instances: the list of those one supervises, and the page of one (drill-down, DESIGN §5)."""

from datetime import timedelta
from typing import Any

import flask
import sqlalchemy as sqla

from service import clock, db, errors, identity
from service.errors import _
from service.identity.models import Unit, User
from service.web import course, deeds, family, history, inbox, runlist
from service.web.pages import Pages, person
from service.workflow import models

pages = Pages("instances")
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
