"""What one does with a task besides filling in its form: send it back, take it back, pass it on, copy it, comment."""

from collections.abc import Callable
from typing import Any

import flask
from flask_babel import gettext as _

from service import errors, identity
from service.web import filing, history, reading
from service.web.pages import Pages, person
from service.workflow import colleagues, models, passing, remarks, sending_back, taking_back, tasks

pages = Pages("handling")


@pages.get("/tasks/<int:key>/send-back")
def sending(key: int) -> Any:
    """Show to which steps a task may be sent back."""
    task = _open(key, "task.send_back")
    return _page(task, "send_back", targets=sending_back.targets(task))


@pages.post("/tasks/<int:key>/send-back")
def send_back(key: int) -> Any:
    """Send a task back."""
    given = flask.request.form
    to = reading.key(given.get("to"))

    def act() -> None:
        if to is None:
            raise errors.Unprocessable(errors._("Choose a step."))
        opened = sending_back.send_back(key, to, given.get("reason", ""), by=person())
        who = history.name_of(opened.assignee) if opened.assignee else _("its office")
        flask.flash(_("Sent back to “%(step)s”, to %(who)s.", step=opened.title, who=who), "success")

    return _done(key, act, sending, "web-inbox.show")


@pages.post("/tasks/<int:key>/take-back")
def take_back(key: int) -> Any:
    """Take one's own completion back."""
    try:
        taking_back.take_back(key, by=person())
        flask.flash(_("Taken back. The task is open again with your answers."), "success")
    except (errors.Conflict, errors.Forbidden) as refused:
        flask.flash(refused.localized(), "warning")
    return flask.redirect(flask.url_for("web-tasks.show", key=key))


@pages.get("/tasks/<int:key>/pass-on")
def passing_on(key: int) -> Any:
    """Show to whom a task may be passed on."""
    task = _open(key, "task.transfer")
    may_delegate = identity.access.allowed(person(), "task.delegate", task)
    return _page(task, "pass_on", people=colleagues.takers(task, by=person()), may_delegate=may_delegate)


@pages.post("/tasks/<int:key>/pass-on")
def pass_on(key: int) -> Any:
    """Pass a task on, for good or to come back."""
    given = flask.request.form
    to = given.get("to", "")

    def act() -> None:
        if not to:
            raise errors.Unprocessable(errors._("Choose a colleague."))
        verb = passing.delegate if given.get("how") == "delegate" else passing.transfer
        verb(key, to, given.get("reason", ""), by=person())
        flask.flash(_("Passed on to %(name)s.", name=history.name_of(to)), "success")

    return _done(key, act, passing_on, "web-tasks.show")


@pages.get("/tasks/<int:key>/copy")
def copying(key: int) -> Any:
    """Show who may get a copy."""
    task = tasks.get(key, by=person())
    identity.access.ensure(person(), "task.copy", task)
    return _page(task, "copy", people=colleagues.readers(task, by=person()))


@pages.post("/tasks/<int:key>/copy")
def copy(key: int) -> Any:
    """Send copies."""
    given = flask.request.form

    def act() -> None:
        passing.copy(key, given.getlist("to"), given.get("reason", ""), by=person())
        flask.flash(_("Copied."), "success")

    return _done(key, act, copying, "web-tasks.show")


@pages.post("/tasks/<int:key>/comments")
def comment(key: int) -> Any:
    """Write a comment."""
    try:
        text, by = flask.request.form.get("text", ""), person()
        filing.once(lambda: remarks.comment(key, text, by=by))
    except errors.Unprocessable as refused:
        flask.flash(refused.localized(), "danger")
    return flask.redirect(flask.url_for("web-tasks.show", key=key, _anchor="remarks"))


def _open(key: int, action: str) -> models.UserTask:
    task = tasks.get(key, by=person())
    if task.state != "CREATED":
        raise tasks.closed(task)
    identity.access.ensure(person(), action, task)
    return task


def _page(task: models.UserTask, what: str, **shown: Any) -> Any:
    wrong = flask.g.get("wrong", "")
    shown |= {"task": task, "heading": history.heading(task), "what": what, "given": flask.request.form}
    page = flask.render_template("handling.html", wrong=wrong, **shown)
    return (page, 422) if wrong else page


def _done(key: int, act: Callable[[], None], show: Callable[[int], Any], then: str) -> Any:
    """Act and go on; what is wrong is told on the page with what was filled in."""
    try:
        act()
    except errors.Unprocessable as refused:
        flask.g.wrong = refused.localized()
        return show(key)
    except errors.Conflict as refused:
        flask.flash(refused.localized(), "warning")
        return flask.redirect(flask.url_for("web-tasks.show", key=key))
    return flask.redirect(flask.url_for(then) if then == "web-inbox.show" else _after(key))


def _after(key: int) -> str:
    """The task if it can still be seen, else the inbox."""
    try:
        tasks.get(key, by=person())
    except errors.NotFound:
        return flask.url_for("web-inbox.show")
    return flask.url_for("web-tasks.show", key=key)
