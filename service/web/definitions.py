"""Diagrams as they were deployed; they are no secret to anybody who is signed in (DESIGN §5)."""

import io
from typing import Any

import flask

from service import identity
from service.web.pages import Pages, person
from service.workflow import releases

pages = Pages("definitions")


@pages.get("/definitions/<int:key>.bpmn")
def diagram(key: int) -> Any:
    """Give the file of a process version. A version never changes, so a browser may keep it."""
    identity.access.ensure(person(), "deployment.read")
    name, data = releases.content(key)
    response = flask.send_file(io.BytesIO(data), mimetype="application/xml", download_name=name)
    response.headers["Cache-Control"] = "private, max-age=86400, immutable"
    return response
