"""The inbox: what one has to do, what one's units have to do, what one started and what one has done."""

from typing import Any
from urllib.parse import urlencode

import flask
import sqlalchemy as sqla

from service import db, errors, identity
from service.errors import _
from service.identity.models import Unit
from service.web import worklist
from service.web.pages import Pages, person
from service.workflow import releases

pages = Pages("inbox")

MOST_UNITS = 500


@pages.get("/inbox")
def show() -> Any:
    """Show a box, or for htmx only its list."""
    wish = worklist.Wish.read(flask.request.args)
    shown = {"wish": wish, "found": worklist.sheet(wish, person()), "most": worklist.COUNT_AT_MOST}
    if "HX-Request" in flask.request.headers:
        return flask.render_template("inbox_list.html", **shown)
    about = {"processes": processes(), "units": units(person()), "saved": identity.filters.of(person())}
    return flask.render_template("inbox.html", **shown, **about)


@pages.post("/inbox/filters")
def keep() -> Any:
    """Keep the filters of the list under a name."""
    query = urlencode(worklist.Wish.read(flask.request.form).asked())
    try:
        identity.filters.save(person(), flask.request.form.get("name", ""), query)
        flask.flash(errors.localize(_("The filter was kept.")), "success")
    except errors.Problem as refused:
        flask.flash(refused.localized(), "warning")
    return flask.redirect(f"{flask.url_for('web-inbox.show')}?{query}")


@pages.post("/inbox/filters/<int:filter_id>/delete")
def drop(filter_id: int) -> Any:
    """Forget a kept filter."""
    identity.filters.drop(person(), filter_id)
    return flask.redirect(flask.url_for("web-inbox.show"))


def processes() -> list[tuple[str, str, list[tuple[str, str]]]]:
    """The processes of the newest release with their user tasks: (id, name, [(element ids, name)]).

    Those of one name are one step for who looks for it; their ids are separated by commas.
    """
    try:
        release = releases.latest()
    except errors.NotFound:
        return []
    found = []
    for (kind, process_id), key in sorted(release.contents.items()):
        if kind == "process":
            process = releases.process(key).process
            steps: dict[str, list[str]] = {}
            for node in process.nodes.values():
                if node.user_task is not None:
                    steps.setdefault(node.name or node.id, []).append(node.id)
            named = [(",".join(ids), name) for name, ids in steps.items()]
            found.append((process_id, process.name or process_id, named))
    return found


def units(by: identity.Person) -> list[Any]:
    """The units one may narrow the list to: those at and below one's own."""
    paths = {member.unit_path for member in by.memberships}
    if not paths:
        return []
    below = sqla.or_(*(Unit.path.startswith(path, autoescape=True) for path in paths))
    columns = sqla.select(Unit.id, Unit.name, Unit.kind, sqla.func.length(Unit.path).label("depth"), Unit.path)
    places = columns.where(below, Unit.kind != "hamlet").order_by(Unit.code).limit(MOST_UNITS)
    return list(db.sa.session.execute(places))
