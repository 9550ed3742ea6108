"""Rules about timers and other literal dates and durations: they must parse now, not when they are due."""

from collections.abc import Iterator
from datetime import UTC, datetime

from service.engine import model, reader, timers
from service.engine.failures import Failure
from service.engine.lint.bundle import Chart
from service.engine.lint.problem import Finding, Reason, at
from service.errors import _

NOW = datetime(2026, 1, 1, tzinfo=UTC)
DEFINITION = f"{reader.BPMN}timerEventDefinition"
KINDS = ("timeDate", "timeDuration", "timeCycle")


def incomplete_timer(chart: Chart) -> Iterator[Finding]:
    """A timer with no or with two definitions."""
    for node in _timed(chart):
        found = [c for kind in KINDS for c in chart.element(node).findall(f"{DEFINITION}/{reader.BPMN}{kind}")]
        if len(found) != 1 or not (found[0].text or "").strip():
            yield at(node, _("The timer of %(element)s needs exactly one of a date, a duration or a cycle."))


def _timed(chart: Chart) -> Iterator[model.Node]:
    return (n for n in chart.nodes.values() if n.event is not None and n.event.kind == "timer")


def wrong_timer(chart: Chart) -> Iterator[Finding]:
    """A literal timer that is no date, duration or cycle."""
    for node in _timed(chart):
        event = node.event
        assert event is not None
        text = event.expression or ""
        if not event.timer_kind or not text or text.startswith("="):
            continue
        try:
            due = timers.first(event.timer_kind, text, NOW)
        except (Failure, OverflowError) as failure:
            yield at(node, _("The timer of %(element)s cannot be read: %(reason)s."), reason=_reason(failure))
            continue
        if due.cycle and due.cycle.startswith("R") and not _grows(due.cycle):
            yield at(node, _("The cycle “%(text)s” of %(element)s does not move on in time."), text=text)


def _grows(cycle: str) -> bool:
    following = timers.following(cycle, None, NOW)
    return following is not None and following.at > NOW


def misplaced_timer(chart: Chart) -> Iterator[Finding]:
    """A kind of timer that means nothing where it stands."""
    for node in _timed(chart):
        event = node.event
        assert event is not None
        starts_process = node.kind == "startEvent" and node.scope == chart.process.id
        once = not starts_process and (node.kind == "intermediateCatchEvent" or node.interrupting)
        if event.timer_kind == "timeCycle" and once:
            text = _("%(element)s can happen once only, so a cycle means nothing; use a date or a duration.")
            yield at(node, text)
        elif event.timer_kind == "timeDuration" and starts_process:
            yield at(node, _("A process cannot start after a duration (%(element)s); use a date or a cycle."))


def wrong_date(chart: Chart) -> Iterator[Finding]:
    """A literal due or follow-up date that is none."""
    for node in chart.kind("userTask"):
        task = node.user_task
        assert task is not None
        for name, text in (("dueDate", task.due), ("followUpDate", task.follow_up)):
            if text and not text.startswith("="):
                try:
                    timers.instant(text)
                except (Failure, OverflowError) as failure:
                    yield at(node, _("%(name)s of %(element)s: %(reason)s."), name=name, reason=_reason(failure))


DURATIONS = ("dueReminder", "escalateAfter", "stallAfter")
"""Properties that are durations."""


def wrong_duration(chart: Chart) -> Iterator[Finding]:
    """A property or header that must be a duration and is none."""
    for node in chart.owners:
        places = [(n, node.properties[n]) for n in DURATIONS if n in node.properties]
        if isinstance(node, model.Node) and "timeToLive" in node.headers:
            places.append(("timeToLive", node.headers["timeToLive"]))
        for name, text in places:
            if text.startswith("="):
                continue
            try:
                timers.add(NOW, text)
            except (Failure, OverflowError) as failure:
                yield at(node, _("%(name)s of %(element)s: %(reason)s."), name=name, reason=_reason(failure))


def _reason(failure: Failure | OverflowError) -> Reason:
    if isinstance(failure, Failure):
        return Reason(failure.told("en"), failure.told("zh"))
    return Reason(str(failure), str(failure))
