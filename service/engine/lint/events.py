"""Rules about events: what they wait for or throw must be complete, and must be able to happen where they stand."""

from collections.abc import Iterator

from service.engine import model, reader
from service.engine.lint.bundle import Chart
from service.engine.lint.problem import Finding, at
from service.engine.specs.events import PUBLISH
from service.errors import _

NAMED = ("message", "signal")
CODED = ("error", "escalation")
THROWING = ("intermediateThrowEvent", "endEvent", "sendTask")
AT_ONCE = ("task", "manualTask", "scriptTask")


def several_triggers(chart: Chart) -> Iterator[Finding]:
    """An event with more than one event definition."""
    for node in chart.nodes.values():
        if node.kind in model.EVENTS:
            kinds = [c for c in chart.element(node).iterchildren() if c.tag in reader.EVENT_DEFINITIONS]
            if len(kinds) > 1:
                yield at(node, _("%(element)s has more than one trigger; only the first would count. Keep one."))


def missing_trigger(chart: Chart) -> Iterator[Finding]:
    """A catch or boundary event that waits for nothing."""
    for node in chart.kind("intermediateCatchEvent", "boundaryEvent"):
        if node.event is None:
            yield at(node, _("%(element)s waits for nothing; give it a timer, message or other trigger."))


def missing_name(chart: Chart) -> Iterator[Finding]:
    """A message or signal without a name."""
    for node in chart.nodes.values():
        event = node.event
        if event is None or event.kind not in NAMED:
            continue
        by_handler = node.kind in THROWING and node.job is not None and not _publishes(node)
        if not event.name and not by_handler:
            text = _("%(element)s has no %(kind)s, or one without a name; choose a named %(kind)s.")
            yield at(node, text, kind=event.kind)


def missing_code(chart: Chart) -> Iterator[Finding]:
    """An error or escalation that is thrown without a code, or one whose code is an expression."""
    for node in chart.nodes.values():
        event = node.event
        if event is None or event.kind not in CODED:
            continue
        if not event.name and node.kind in THROWING:
            yield at(
                node, _("%(element)s throws an %(kind)s without a code; give it one to be caught by."), kind=event.kind
            )
        elif event.name and event.name.startswith("="):
            yield at(
                node, _("The %(kind)s code of %(element)s must be literal text, not an expression."), kind=event.kind
            )


def missing_correlation(chart: Chart) -> Iterator[Finding]:
    """A message that is waited for inside a process without a correlation key, or sent without one."""
    for node in chart.nodes.values():
        if node.event is None or node.event.kind != "message" or not node.event.name or _starts_process(chart, node):
            continue
        if node.kind in THROWING or node.event.correlation_key:
            continue
        text = _(
            "The message %(message)s that %(element)s waits for has no correlation key, so nobody could tell which "
            "instance is meant; set it at the message."
        )
        yield at(node, text, message=node.event.name)


def _starts_process(chart: Chart, node: model.Node) -> bool:
    return node.kind == "startEvent" and node.scope == chart.process.id


def missing_publication(chart: Chart) -> Iterator[Finding]:
    """A send task or message throw event that says neither how nor what to send."""
    for node in chart.kind(*THROWING):
        message = node.event is not None and node.event.kind == "message"
        if message and (node.job is None or not node.job.type):
            text = _(
                "%(element)s has no task definition; use the type “message-publish” to send its message, or the type "
                "of a handler."
            )
            yield at(node, text)


def job_without_message(chart: Chart) -> Iterator[Finding]:
    """A task definition at an event that is not a message event."""
    for node in chart.kind("intermediateThrowEvent", "endEvent"):
        if node.job is not None and (node.event is None or node.event.kind != "message"):
            yield at(node, _("%(element)s is no message event, so its task definition means nothing; remove it."))


def _publishes(node: model.Node) -> bool:
    return node.job is not None and node.job.type == PUBLISH


def wrong_boundary(chart: Chart) -> Iterator[Finding]:
    """A boundary event at something that is no activity of its own scope, or with a flow into it."""
    for node in chart.kind("boundaryEvent"):
        host = chart.nodes.get(node.attached_to or "")
        if node.incoming:
            yield at(node, _("A flow leads into the boundary event %(element)s; lead it to the element after it."))
        if host is None:
            continue
        if not host.is_activity:
            yield at(node, _("%(element)s is attached to %(host)s, which is no activity."), host=host.id)
        elif host.scope != node.scope:
            yield at(node, _("%(element)s is attached to %(host)s, which stands in another scope."), host=host.id)


def error_not_interrupting(chart: Chart) -> Iterator[Finding]:
    """A non-interrupting error event."""
    for node in chart.kind("boundaryEvent", "startEvent"):
        if node.event is not None and node.event.kind == "error" and not node.interrupting:
            yield at(node, _("The error event %(element)s must be interrupting: what failed cannot go on."))


def never_fires(chart: Chart) -> Iterator[Finding]:
    """A boundary event that can never happen, because of what it is attached to."""
    for node in chart.kind("boundaryEvent"):
        host = chart.nodes.get(node.attached_to or "")
        if host is None or node.event is None:
            continue
        kind = node.event.kind
        if host.kind in AT_ONCE and host.job is None:
            text = _("%(element)s can never happen: %(host)s is passed at once.")
        elif kind == "escalation" and host.kind not in ("subProcess", "callActivity"):
            text = _("%(element)s can never happen: only sub-processes and called processes escalate, not %(host)s.")
        elif kind == "error" and host.kind in ("userTask", "receiveTask"):
            text = _("%(element)s can never happen: %(host)s raises no errors.")
        else:
            continue
        yield at(node, text, host=host.id)


def same_trigger(chart: Chart) -> Iterator[Finding]:
    """Two events that wait for the same thing at the same place: it is not clear which one is meant."""
    for place, events in _waiting_together(chart):
        seen: dict[tuple[str, str], str] = {}
        for node in events:
            assert node.event is not None
            other = seen.setdefault((node.event.kind, node.event.name or ""), node.id)
            if other != node.id:
                text = _("%(element)s and %(other)s wait for the same %(kind)s at %(place)s; only one can have it.")
                yield at(node, text, other=other, kind=node.event.kind, place=place)


def _waiting_together(chart: Chart) -> Iterator[tuple[str, list[model.Node]]]:
    groups: dict[str, list[model.Node]] = {k: list(v) for k, v in chart.process.boundary.items()}
    for scope, pairs in chart.process.event_subprocesses.items():
        groups[f"{scope}#inside"] = [start for _sub, start in pairs]
    groups[f"{chart.process.id}#start"] = chart.process.starts.get(chart.process.id, [])
    for gateway in chart.kind("eventBasedGateway"):
        groups[gateway.id] = chart.targets(gateway)
    for place, nodes in groups.items():
        yield place.partition("#")[0], [n for n in nodes if n.event and n.event.kind in (*NAMED, *CODED)]
