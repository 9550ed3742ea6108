"""Stepping in: choose a measure for one or many, see before and after, say why, watch it being done, take it back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import flask

from service import errors, identity
from service.errors import _
from service.supervision import interventions, measures, subjects
from service.web import filing, reading
from service.web.pages import Pages, person

pages = Pages("interventions")

SHOWN_WHILE_RUNNING = 20
SHOWN_OPERATIONS = 50
QUOTED = 1_500
"""So much of a reason is told again when it is undone."""


@dataclass(frozen=True)
class Plan:
    """What somebody is about to do: `given` is None as long as the form is not filled in.

    `called` counts the open instances that the chosen ones called; with `below` they are among the `rows`.
    """

    measure: measures.Measure
    rows: Sequence[Any]
    given: Mapping[str, Any] | None
    wrong: Mapping[str, str]
    called: int
    below: bool

    def lines(self) -> Sequence[tuple[Any, str, str, str]]:
        """The subjects, each with how it stands, how it will stand, and what hinders it."""
        given, measure = self.given, self.measure
        before = measure.before(self.rows, given or {})
        then = ["" if given is None else measure.then(row, given) for row in self.rows]
        return [
            (row, now, after, measure.hindrance(row, given or {}))
            for row, now, after in zip(self.rows, before, then, strict=True)
        ]


@pages.post("/interventions")
def plan() -> Any:
    """Show what a measure would do to what was chosen; nothing is changed yet."""
    found = _plan()
    fragment = "HX-Request" in flask.request.headers
    page = "intervention_lines.html" if fragment else "intervention.html"
    return flask.render_template(page, plan=found, chosen=_chosen(), wrong={}, **_form(found))


@pages.post("/interventions/begin")
def begin() -> Any:
    """Do it: to one at once, to many in the background."""
    found, form = _plan(), flask.request.form
    subjects = set(reading.keys(form.getlist("subject")))
    try:
        if found.given is None:
            raise errors.Unprocessable(_("Something is missing or not right."), fields=found.wrong)
        rows = [row for row in found.rows if row.key in subjects]
        begun = filing.once(lambda: _begin(found, rows, form.get("reason", "")))
    except errors.Unprocessable as refused:
        wrong = {**found.wrong, **refused.fields} or {"subject": refused.localized()}
        page = flask.render_template("intervention.html", plan=found, chosen=_chosen(), wrong=wrong, **_form(found))
        return page, 422
    return _begun(int(begun))


@pages.post("/interventions/undo")
def undo() -> Any:
    """Take back what entries of the audit log say, or all that an operation did."""
    by, form = person(), flask.request.form
    if key := reading.key(form.get("operation")):
        interventions.get(key, by=by)
        keys = [entry for item in interventions.items(key, ["DONE"]) for entry in item.audit_keys]
    else:
        keys = reading.keys(form.getlist("entry"))
    measure = measures.MEASURES["undo"]
    rows = measure.find((), keys, by, below=False)
    earlier = (rows[0].reason or rows[0].operation)[:QUOTED] if rows else ""
    reason = errors.record(_("Undo: %(reason)s"), reason=earlier)
    return _begun(interventions.begin(measure, rows, {}, reason, by=by).key)


@pages.get("/interventions")
def index() -> Any:
    """List what one has done to many."""
    found = interventions.own(person(), SHOWN_OPERATIONS)
    return flask.render_template("operations.html", operations=found, measures=measures.MEASURES)


@pages.get("/interventions/<int:key>")
def show(key: int) -> Any:
    """Show how far an operation is, and the result for each subject."""
    operation = interventions.get(key, by=person())
    running = operation.state == "RUNNING"
    items = interventions.items(key, ["FAILED"], SHOWN_WHILE_RUNNING) if running else interventions.items(key)
    shown = {"operation": operation, "measure": measures.MEASURES[operation.measure], "items": items}
    page = "operation_body.html" if "HX-Request" in flask.request.headers else "operation.html"
    return flask.render_template(page, **shown, progress=interventions.progress(key))


@pages.post("/interventions/<int:key>/cancel")
def cancel(key: int) -> Any:
    """Stop an operation."""
    try:
        interventions.cancel(key, by=person())
    except errors.Conflict as conflict:
        flask.flash(conflict.localized(), "warning")
    return flask.redirect(flask.url_for("web-interventions.show", key=key))


def _plan() -> Plan:
    form, by = flask.request.form, person()
    measure = measures.ASKED.get(form.get("kind", ""))
    if measure is None:
        raise errors.Invalid(_("Choose what is to be done."))
    if not identity.access.looks_after_others(by):
        raise errors.Forbidden(_("Only those who supervise a unit may step in."))
    instances, tasks = (reading.keys(form.getlist(name)) for name in ("instance", "task"))
    rows = measure.find(instances, tasks, by, below=False)
    if not rows:
        raise errors.Unprocessable(_("There is nothing to do it to; choose something."))
    called = subjects.called([row.key for row in rows], by) if measure.below else 0
    first = measure.below_first and "once" not in form and 0 < called <= subjects.MOST - len(rows)
    below = "below" in form or first
    if below:
        rows = measure.find(instances, tasks, by, below=True)
    try:
        return Plan(measure, rows, measure.read(form, rows), {}, called, below)
    except errors.Unprocessable as refused:
        return Plan(measure, rows, None, refused.fields, called, below)


def _chosen() -> list[tuple[str, int]]:
    """What was chosen at first, as fields of the form."""
    form = flask.request.form
    return [(name, key) for name in ("instance", "task") for key in reading.keys(form.getlist(name))]


def _form(found: Plan) -> dict[str, Any]:
    return {"choices": found.measure.choices(found.rows), "form": flask.request.form}


def _begin(found: Plan, rows: Sequence[Any], reason: str) -> str:
    assert found.given is not None
    return str(interventions.begin(found.measure, rows, found.given, reason, by=person()).key)


def _begun(key: int) -> Any:
    """Lead to the one subject, with what came of it, or to the progress of many."""
    item = interventions.settle(key)
    if item is None:
        return flask.redirect(flask.url_for("web-interventions.show", key=key))
    if item.state == "FAILED":
        flask.flash(item.message or "", "warning")
    else:
        flask.flash(errors.localize(_("Done. It stands in the audit log.")), "success")
    return flask.redirect(flask.url_for("web-instances.show", key=item.instance_key))
