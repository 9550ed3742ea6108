"""Publicity for officials: the notice as it is posted, its sites and days, its objections, and what to print."""

import io
from typing import Any

import flask

from service import db, errors, identity
from service.errors import _
from service.notices import certificates, models, objections, public, publicity
from service.register import rosters
from service.web import printing, reading
from service.web.pages import Pages, person
from service.workflow import models as workflow

pages = Pages("publicity")


@pages.get("/publicity")
def index() -> Any:
    """List the notices that one may follow, the newest first."""
    found = publicity.of(person(), before=reading.key(flask.request.args.get("before")))
    more = found[-1][0].key if len(found) == publicity.MOST else None
    return flask.render_template("publicity_list.html", notices=found, more=more)


@pages.get("/publicity/<int:key>")
def show(key: int) -> Any:
    """Show a notice with its days, sites and objections."""
    notice = publicity.get(key, by=person())
    return flask.render_template(
        "publicity.html",
        **about(notice),
        body=printing.notice_body(notice),
        may_object=public.open_to_objection(notice),
    )


@pages.get("/publicity/<int:key>/posters")
def posters(key: int) -> Any:
    """Print the notice for each of its sites, or for the one asked for, with a code that leads to its public page."""
    notice = publicity.get(key, by=person())
    names = [site.name for site in publicity.sites(notice)] or [notice.unit.name]
    if asked := flask.request.args.get("site"):
        if asked not in names:
            raise errors.NotFound(_("The notice is not posted at %(site)s"), site=asked)
        names = [asked]
    return printing.render(
        "posters.html",
        notice=notice,
        sites=names,
        body=printing.notice_body(notice),
        code=printing.code,
        public=printing.public,
    )


@pages.get("/publicity/<int:key>/photos/<int:task>/<id>/<int:position>")
def photo(key: int, task: int, id: str, position: int) -> Any:
    """Give a photo of a site."""
    notice = publicity.get(key, by=person())
    found, content = publicity.photo(notice, task, id, position)
    shown = found.type.startswith("image/")
    return flask.send_file(io.BytesIO(content), mimetype=found.type, as_attachment=not shown, download_name=found.name)


def about(notice: models.Notice) -> dict[str, Any]:
    """What pages show of a publicity besides the notice itself."""
    return {
        "notice": notice,
        "days": publicity.days(notice),
        "sites": publicity.sites(notice),
        "photo_labels": publicity.labels(),
        "objections": objections.of(notice),
        "certified": certificates.of(notice) is not None,
    }


def beside(task: workflow.UserTask, by: identity.Person) -> dict[str, Any] | None:
    """The publicity that a task is about, by its variable ``notice``; None before there is a draft."""
    variables = rosters.visible_variables(task)
    held = variables.get("notice")
    key = reading.key(str(held.get("key"))) if isinstance(held, dict) else None
    notice = db.sa.session.get(models.Notice, key) if key else None
    return {**about(notice), "site": variables.get("site")} if notice else None
