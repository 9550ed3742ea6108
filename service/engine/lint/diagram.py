"""Rules about the picture: what is not drawn cannot be seen on the board (BPMN DI)."""

from collections.abc import Iterator

from service.engine import reader
from service.engine.lint.bundle import Bundle, Drawing
from service.engine.lint.problem import Finding, Placed, at, at_xml
from service.errors import _

DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"


def not_drawn(drawing: Drawing, bundle: Bundle) -> Iterator[Finding]:
    """An element or flow without a shape or edge; one finding where there is no picture at all."""
    drawn = {e.get("bpmnElement", "") for e in drawing.root.iter(f"{DI}BPMNShape", f"{DI}BPMNEdge")}
    if not drawn:
        yield at_xml(drawing.root, _("The file has no picture (BPMN DI); open it in an editor and lay it out."))
        return
    for process in drawing.processes:
        parts: list[Placed] = [*process.nodes.values(), *process.flows.values()]
        for part in parts:
            if part.id not in drawn:
                yield at(part, _("%(element)s is not drawn, so nobody sees it in the diagram."))


def drawn_nothing(drawing: Drawing, bundle: Bundle) -> Iterator[Finding]:
    """A shape or edge of an element that is not there."""
    ids = {e.get("id") for e in drawing.root.iter("{*}*")}
    for element in drawing.root.iter(f"{DI}BPMNShape", f"{DI}BPMNEdge"):
        found = element.get("bpmnElement", "")
        if found.rpartition(":")[2] not in ids:
            text = _("The %(kind)s %(element)s draws %(id)s, which is not there; remove it.")
            yield at_xml(element, text, kind=reader.local(element), id=found or "nothing")
