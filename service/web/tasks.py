"""The page of a task: its form, guidance, the case so far, and where it stands in the diagram."""

import io
from typing import Any

import flask

from service import db, errors, identity
from service.api import bodies, idempotency
from service.errors import _
from service.register import rosters
from service.web import fitting, history, rosterrows, taskforms
from service.web.pages import Pages, person
from service.workflow import attachments, drafts, models, passing, releases, remarks, sending_back, taking_back, tasks

pages = Pages("tasks")


@pages.get("/tasks/<int:key>")
def show(key: int) -> Any:
    """Show a task: to be done, being done by somebody, or done."""
    task = tasks.get(key, by=person())
    rows = rosterrows.of(task) if task.state == "CREATED" and rosters.ROSTER in task.properties else None
    fit = fitting.of(task, by=person())
    form = taskforms.of(task, by=person())
    return flask.render_template("task.html", **about(task), form=form, roster=rows, fitting=fit)


@pages.post("/tasks/<int:key>/claim")
def claim(key: int) -> Any:
    """Take a task."""
    return _told(key, lambda: tasks.assign(key, person().username, by=person(), allow_override=False))


@pages.post("/tasks/<int:key>/give-back")
def give_back(key: int) -> Any:
    """Give a task back to its candidates."""
    return _told(key, lambda: tasks.unassign(key, by=person()))


@pages.put("/tasks/<int:key>/draft")
def save_draft(key: int) -> Any:
    """Keep what was typed; it need not be right yet."""
    saved = drafts.save(key, bodies.read(), by=person())
    return {"savedAt": saved.saved_at.isoformat()}


@pages.post("/tasks/<int:key>/complete")
def complete(key: int) -> Any:
    """Complete a task with the answers sent. Sent again with the same Idempotency-Key it does nothing more."""
    by, given = person(), bodies.read()
    return idempotency.once(by, given, lambda: _complete(key, given, by))


@pages.get("/tasks/<int:key>/state")
def state(key: int) -> Any:
    """Who has the task and whether it is still open, for the page that shows it."""
    task = tasks.get(key, by=person())
    return {"state": task.state, "assignee": task.assignee, "text": _standing(task)}


@pages.post("/tasks/<int:key>/files/<id>")
def upload(key: int, id: str) -> Any:
    """Keep files that the answers name."""
    files = flask.request.files.getlist("files")
    attachments.save(key, id, [attachments.Upload(file.filename or "", file.read()) for file in files], by=person())
    return {}


@pages.get("/tasks/<int:key>/files/<id>/<int:position>")
def download(key: int, id: str, position: int) -> Any:
    """Give a file that came with a task."""
    found, content = attachments.content(key, id, position, by=person())
    return flask.send_file(io.BytesIO(content), mimetype=found.type, as_attachment=True, download_name=found.name)


def about(task: models.UserTask) -> dict[str, Any]:
    """What every page of a task shows beside its form or list."""
    by = person()
    node = releases.process(task.definition_key).process.nodes.get(task.element_id)
    open_ = task.state == "CREATED"
    instance = db.sa.session.get_one(models.ProcessInstance, task.instance_key)
    return {
        "task": task,
        "guidance": node.documentation if node else "",
        "heading": history.heading(task),
        "may_follow": identity.access.allowed(by, "instance.follow", instance),
        "may_complete": open_ and identity.access.allowed(by, "task.complete", task),
        "may_claim": open_ and not task.assignee and identity.access.allowed(by, "task.claim", task),
        "may_give_back": open_ and task.assignee and identity.access.allowed(by, "task.unassign", task),
        "standing": _standing(task),
        "so_far": history.so_far(task, by=by),
        "next": history.next_steps(task, by=by) if task.state == "COMPLETED" else None,
        "places": history.places(task.instance_key),
        "files": _files(task, by),
        "completer": history.name_of(task.completed_by) if task.completed_by else "",
        "remarks": remarks.of(task, by=by),
        "returned": remarks.why_back(task) if open_ else None,
        "owner": history.name_of(task.owner) if open_ and task.owner else "",
        "may_pass_on": open_ and identity.access.allowed(by, "task.transfer", task),
        "may_copy": identity.access.allowed(by, "task.copy", task),
        "may_send_back": _may_send_back(task, by),
        "may_take_back": taking_back.may(task, by=by),
    }


def _files(task: models.UserTask, by: identity.Person) -> list[models.Attachment]:
    """The files of a task, and those of the one it repeats, which its earlier answers name."""
    origin = db.sa.session.get(models.UserTask, task.origin_key) if task.origin_key else None
    earlier = attachments.of(origin.key, by=by) if origin and identity.access.allowed(by, "task.read", origin) else []
    return [*attachments.of(task.key, by=by), *earlier]


def _may_send_back(task: models.UserTask, by: identity.Person) -> bool:
    open_ = task.state == "CREATED" and identity.access.allowed(by, "task.send_back", task)
    return open_ and bool(sending_back.targets(task))


def _complete(key: int, given: dict[str, Any], by: identity.Person) -> dict[str, Any]:
    passing.complete(key, given, by=by)
    return {"next": flask.url_for("web-tasks.show", key=key)}


def _told(key: int, act: Any) -> Any:
    """Do something to a task and show it again; what is refused because somebody was first is told there."""
    try:
        act()
    except errors.Conflict as conflict:
        flask.flash(conflict.localized(), "warning")
    return flask.redirect(flask.url_for("web-tasks.show", key=key))


def _standing(task: models.UserTask) -> str:
    """One sentence on a task that is not simply open to the reader."""
    mine = person().username
    if task.state == "COMPLETED" and task.completed_by != mine:
        return tasks.closed(task).localized()
    if task.state not in ("CREATED", "COMPLETED"):
        return errors.localize(_("The task is no longer needed: the process went another way."))
    if task.state == "CREATED" and task.assignee and task.assignee != mine:
        return errors.localize(_("%(name)s is working on this task."), name=history.name_of(task.assignee))
    return ""
