"""Why a row is on the board and who is waited for, in plain words and the reader's language."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from flask_babel import ngettext

from service import clock, errors
from service.errors import _
from service.identity import roles
from service.supervision import remedies, watches
from service.supervision.board.scope import INCIDENT, OVERDUE, SOON, SUSPENDED, TASKS
from service.web import words
from service.workflow import releases

TITLES: Mapping[str, str] = {
    "open": _("Open"),
    SOON: _("Due soon"),
    OVERDUE: _("Overdue"),
    "stalled": _("Stalled"),
    watches.PROGRESS: _("No progress"),
    watches.MESSAGE: _("Message does not come"),
    watches.CALL: _("Called process is gone"),
    watches.VACANCY: _("Nobody in the role"),
    watches.TIMER: _("Timer did not fire"),
    watches.JOB: _("No worker"),
    INCIDENT: _("Incident"),
    SUSPENDED: _("Suspended"),
}
"""What the kinds of rows are called, `watches.KINDS` together "stalled"."""


def title(kind: str) -> str:
    """The name of a kind of row."""
    return errors.localize(TITLES[kind])


def why(row: Any) -> str:
    """Why a row of the list is there, as a sentence; empty where its kind and its date say it all."""
    tell = _WHY.get(row.kind)
    return tell(row) if tell else ""


def whom(row: Any) -> str:
    """The person, role or part of the system that a row waits for; its unit is told beside it."""
    detail = row.detail or {}
    if row.task_key:
        return row.holder_name or row.assignee or words.offered(row.candidates or ())
    if row.kind == watches.MESSAGE:
        return "、".join(roles.title(role) for role in detail["roles"]) or errors.localize(_("another process"))
    if row.kind == watches.CALL:
        return errors.localize(_("a called process"))
    if row.kind == watches.JOB:
        return errors.localize(_("a worker program"))
    if row.kind == INCIDENT and remedies.of(detail["type"]).by_designer:
        return errors.localize(_("the process designer"))
    supervisors = row.kind in (INCIDENT, SUSPENDED)
    return errors.localize(_("the supervisors") if supervisors else _("the system"))


def late_at(row: Any) -> datetime | None:
    """The instant from which a row counts as late: the due date of a task, the time a stall or failure was there."""
    if row.kind in TASKS:
        return row.due  # type: ignore[no-any-return]
    return None if row.kind == SUSPENDED else row.late_at


def lateness(row: Any) -> str:
    """How long a task is overdue or has left; how long something else stands still."""
    if row.kind in TASKS:
        return words.due(row.due)
    at = late_at(row)
    return errors.localize(_("for %(time)s"), time=span(clock.now() - at)) if at else ""


def step(row: Any) -> str:
    """The name of the step in which a row stands; empty for a whole instance."""
    if row.task_key and row.task_title:
        return str(row.task_title)
    return node_name(row.definition_key, row.element_id) if row.element_id != row.process_id else ""


def node_name(definition_key: int, element_id: str) -> str:
    """What the diagram calls an element, its id where it has no name."""
    node = releases.process(definition_key).process.nodes.get(element_id)
    return node.name or element_id if node is not None else element_id


def process_name(definition_key: int) -> str:
    """What a process is called."""
    process = releases.process(definition_key).process
    return process.name or process.id


def span(time: timedelta) -> str:
    """A length of time in its largest whole unit."""
    if time >= timedelta(days=1):
        return str(ngettext("%(num)s day", "%(num)s days", round(time / timedelta(days=1))))
    if time >= timedelta(hours=1):
        return str(ngettext("%(num)s hour", "%(num)s hours", round(time / timedelta(hours=1))))
    return str(ngettext("%(num)s minute", "%(num)s minutes", max(round(time / timedelta(minutes=1)), 1)))


def _progress(row: Any) -> str:
    idle = span(clock.now() - row.since)
    if "after" in row.detail:
        text = _("No progress for %(idle)s; the step's limit is %(limit)s.")
        return errors.localize(text, idle=idle, limit=span(row.late_at - row.since))
    text = _("No progress for %(idle)s; usually done within %(usual)s (nine of ten of %(count)s).")
    usual = span(timedelta(seconds=row.detail["usual"]))
    return errors.localize(text, idle=idle, usual=usual, count=row.detail["count"])


def _message(row: Any) -> str:
    names = "、".join(row.detail["messages"])
    if row.detail["why"] == "late":
        text = _("The message “%(names)s” has not come within its time, for %(idle)s now.")
        return errors.localize(text, names=names, idle=span(clock.now() - row.since))
    if row.detail["roles"]:
        text = _(
            "Nobody can send the message “%(names)s”: nobody holds the role %(roles)s, no running process sends it."
        )
        return errors.localize(text, names=names, roles=whom(row))
    return errors.localize(
        _("Nobody sends the message “%(names)s”: no form for it, and no running process that would."), names=names
    )


def _call(row: Any) -> str:
    texts = {
        "vanished": _("The called process does not exist any more."),
        "waiting": _("The called process %(key)s has not begun."),
        "terminated": _("The called process %(key)s was cancelled, and the step was not told."),
        "completed": _("The called process %(key)s has ended, and the step was not told."),
    }
    return errors.localize(texts[row.detail["why"]], key=row.detail["child"])


def _vacancy(row: Any) -> str:
    if "holder" in row.detail:
        name = row.holder_name or row.detail["holder"]
        return errors.localize(_("%(name)s, who has the task, can no longer sign in."), name=name)
    if not row.candidates:
        return errors.localize(_("The task is offered to nobody."))
    text = _("Nobody holds the role %(roles)s in %(unit)s.")
    return errors.localize(text, roles=words.offered(row.candidates), unit=row.unit_name or "–")


def _timer(row: Any) -> str:
    at = row.since.astimezone(clock.TZ).strftime("%Y-%m-%d %H:%M")
    return errors.localize(_("The timer was due at %(at)s and has not fired."), at=at)


def _job(row: Any) -> str:
    return errors.localize(_("No worker takes jobs of the type “%(type)s”."), type=row.detail["type"])


def _incident(row: Any) -> str:
    return f"{remedies.of(row.detail['type']).cause} {row.detail['message']}"


_WHY: Mapping[str, Callable[[Any], str]] = {
    watches.PROGRESS: _progress,
    watches.MESSAGE: _message,
    watches.CALL: _call,
    watches.VACANCY: _vacancy,
    watches.TIMER: _timer,
    watches.JOB: _job,
    INCIDENT: _incident,
}
