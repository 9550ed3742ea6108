"""A roster as an Excel file, and such a file back: first a report of what it would do, then the writing."""

import io
from typing import Any

import flask

from service import errors, identity
from service.documents import sheets
from service.errors import _
from service.register import imports, rosters
from service.web import history, roster
from service.web.pages import Pages, person
from service.workflow import models, tasks

pages = Pages("rostersheets")


@pages.get("/tasks/<int:key>/rows.xlsx")
def export(key: int) -> Any:
    """Give the rows as an Excel file to fill in."""
    found = roster.of(key)
    name = f"{found.task.title} {key}.xlsx"
    return flask.send_file(
        io.BytesIO(imports.export(found)), mimetype=sheets.TYPE, as_attachment=True, download_name=name
    )


@pages.get("/tasks/<int:key>/import")
def choose(key: int) -> Any:
    """Ask for the file."""
    return flask.render_template("import.html", **_about(key))


@pages.post("/tasks/<int:key>/import")
def check(key: int) -> Any:
    """Report what the file would change and what is wrong in it; nothing is written yet."""
    about = _about(key)
    file = flask.request.files.get("file")
    try:
        if file is None or not file.filename:
            raise errors.Unprocessable(_("Choose an Excel file first"))
        report = imports.check(key, file.read(), by=person())
    except errors.Unprocessable as refused:
        return flask.render_template("import.html", **about, wrong=refused.localized()), 422
    return flask.render_template("import.html", **about, report=report, file=file.filename)


def _about(key: int) -> dict[str, Any]:
    task: models.UserTask = tasks.get(key, by=person())
    if rosters.ROSTER not in task.properties:
        raise errors.NotFound(_("The task %(key)s has no rows"), key=key)
    if task.state != "CREATED":
        raise tasks.closed(task)
    identity.access.ensure(person(), "task.complete", task)
    return {"task": task, "heading": history.heading(task)}
