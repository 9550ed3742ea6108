"""Rules about where a process and a sub-process begin and end."""

from collections.abc import Iterator

from service.engine import model
from service.engine.lint.bundle import Bundle, Chart, Drawing
from service.engine.lint.problem import Finding, at, at_xml
from service.errors import _


def nothing_to_run(drawing: Drawing, bundle: Bundle) -> Iterator[Finding]:
    """A file without an executable process."""
    if not drawing.processes:
        yield at_xml(drawing.root, _('No process of this file is executable; set isExecutable="true" on one.'))


def process_not_executable(drawing: Drawing, bundle: Bundle) -> Iterator[Finding]:
    """A process that is drawn with elements but will not run, beside one that does."""
    if drawing.processes:
        for element in drawing.root.iterchildren("{*}process"):
            if element.get("isExecutable", "false") == "false" and len(element):
                yield at_xml(element, _("The process %(element)s is not executable; it is kept as a picture only."))


def missing_start(chart: Chart) -> Iterator[Finding]:
    """A process or sub-process that cannot begin."""
    for scope_id, scope in chart.scopes.items():
        if not chart.process.starts.get(scope_id):
            yield at(scope, _("%(element)s has no start event; add one."))


def several_starts(chart: Chart) -> Iterator[Finding]:
    """More than one start event where only one can be meant."""
    for scope_id, scope in chart.scopes.items():
        starts = chart.process.starts.get(scope_id, [])
        if not isinstance(scope, model.Process):
            for start in starts[1:]:
                yield at(
                    start,
                    _("The sub-process %(scope)s has a second start event %(element)s; keep one."),
                    scope=scope_id,
                )
        else:
            for start in [s for s in starts if s.event is None][1:]:
                text = _("%(element)s is a second start event without a trigger; keep one, or give it a trigger.")
                yield at(start, text)


def wrong_start_trigger(chart: Chart) -> Iterator[Finding]:
    """A start event whose trigger does not fit its scope."""
    for scope_id, scope in chart.scopes.items():
        for start in chart.process.starts.get(scope_id, []):
            kind = start.event.kind if start.event else None
            if isinstance(scope, model.Process):
                if kind in ("error", "escalation"):
                    text = _("A process cannot start by an %(kind)s (%(element)s); use it in an event sub-process.")
                    yield at(start, text, kind=kind)
            elif scope.event_subprocess and kind is None:
                yield at(start, _("The start event %(element)s of an event sub-process needs a trigger."))
            elif not scope.event_subprocess and kind is not None:
                text = _("The start event %(element)s of a sub-process cannot have a trigger; remove it.")
                yield at(start, text)


def flow_into_start(chart: Chart) -> Iterator[Finding]:
    """A flow into a start event."""
    for node in chart.kind("startEvent"):
        if node.incoming:
            yield at(node, _("A flow leads into the start event %(element)s; lead it to the element after it."))


def flow_out_of_end(chart: Chart) -> Iterator[Finding]:
    """A flow out of an end event."""
    for node in chart.kind("endEvent"):
        if node.outgoing:
            yield at(node, _("A flow leads out of the end event %(element)s; use an intermediate event there."))


def missing_end(chart: Chart) -> Iterator[Finding]:
    """A process or sub-process without an end event."""
    for scope_id, scope in chart.scopes.items():
        if not any(n.kind == "endEvent" for n in chart.by_scope[scope_id]):
            yield at(scope, _("%(element)s has no end event; add one for each result."))


def wired_event_subprocess(chart: Chart) -> Iterator[Finding]:
    """An event sub-process with flows, a boundary event or multi-instance."""
    for node in chart.kind("subProcess"):
        if not node.event_subprocess:
            continue
        if node.incoming or node.outgoing or chart.process.boundary.get(node.id):
            text = _(
                "The event sub-process %(element)s can have neither flows nor boundary events; its event starts it."
            )
            yield at(node, text)
        if node.loop is not None:
            yield at(node, _("The event sub-process %(element)s cannot be multi-instance; put the loop inside."))
