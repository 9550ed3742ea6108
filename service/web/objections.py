"""Objections for officials: entered for who comes in person, and each with a page of its own (DOMAIN §4)."""

from collections.abc import Sequence
from typing import Any

import flask
import sqlalchemy as sa

from service import db, errors, identity
from service.errors import _
from service.identity.models import User
from service.notices import models, objections, public, publicity
from service.register import rosters
from service.web import filing, reading
from service.web.pages import Pages, person
from service.workflow import models as workflow

pages = Pages("objections")
task = workflow.UserTask


@pages.get("/publicity/<int:key>/objections/new")
def form(key: int) -> Any:
    """Show the form in which an official enters an objection."""
    return _form(publicity.get(key, by=person()), {"channel": public.IN_PERSON[0]}, {})


@pages.post("/publicity/<int:key>/objections/new")
def file(key: int) -> Any:
    """Enter an objection for somebody, and show the receipt to hand out."""
    notice, given = publicity.get(key, by=person()), flask.request.form
    try:
        channel = given.get("channel", "")
        by = person()
        receipt = filing.once(lambda: public.object_to(notice, given, channel=channel or "-", receiver=by.name))
    except errors.Unprocessable as refused:
        return _form(notice, given, refused.fields), 422
    return flask.render_template("receipt.html", notice=notice, receipt=receipt, official=True), 201


@pages.get("/objections/<int:key>")
def show(key: int) -> Any:
    """Show an objection: how far it is, what was found and decided, and its history."""
    objection, notice = find(key, by=person())
    return flask.render_template("objection_show.html", notice=notice, **about(objection, person()))


def find(key: int, *, by: identity.Person) -> tuple[models.Objection, models.Notice]:
    """An objection that the person may follow, with its notice. Raises NotFound for all others."""
    objection = db.sa.session.get(models.Objection, key)
    if objection is None:
        raise errors.NotFound(_("There is no such objection."))
    return objection, publicity.get(objection.notice_key, by=by)


def about(objection: models.Objection, by: identity.Person) -> dict[str, Any]:
    """What pages show of an objection; who made it only for those who handle it."""
    history = _history(objection, by)
    handles = any(step.seen for step in history)
    return {
        "objection": objection,
        "history": history,
        "who": objections.who(objection) if handles else None,
        "handles": handles,
    }


def beside(row: workflow.UserTask, by: identity.Person) -> dict[str, Any] | None:
    """The objection that a task is about, by its variable ``objection``; None before it is registered."""
    held = rosters.visible_variables(row).get("objection")
    key = reading.key(str(held.get("key"))) if isinstance(held, dict) else None
    found = db.sa.session.get(models.Objection, key) if key else None
    return about(found, by) if found else None


def _history(objection: models.Objection, by: identity.Person) -> Sequence[Any]:
    """The tasks of the objection's process in their order; `seen` tells whether the person may open one."""
    seen = identity.access.visible_tasks(by, assignee=task.assignee, candidates=task.candidates, unit_id=task.unit_id)
    query = (
        sa.select(task.key, task.title, task.state, task.created_at, task.completed_at, User.name.label("who"))
        .add_columns(seen.label("seen"))
        .outerjoin(User, User.username == sa.func.coalesce(task.completed_by, task.assignee))
        .where(task.instance_key == objection.instance_key)
        .order_by(task.created_at, task.key)
    )
    return db.sa.session.execute(query).all()


def _form(notice: models.Notice, given: Any, wrong: Any) -> str:
    may = public.open_to_objection(notice)
    shown = {"kinds": public.KINDS, "channels": public.IN_PERSON, "may_object": may}
    return flask.render_template("objection.html", notice=notice, given=given, wrong=wrong, **shown)
