"""Rules about ids: history, tasks and migrations name elements by them, so each must be there and be unique."""

import re
from collections.abc import Iterator

from service.engine import model, reader
from service.engine.lint.bundle import Bundle, Drawing
from service.engine.lint.problem import Finding, at, at_xml
from service.errors import _

NEEDED = model.ACTIVITIES | model.GATEWAYS | model.EVENTS | {"process", "sequenceFlow"}
LONGEST = 255
NCNAME = re.compile(r"[^\W\d][\w.\-]*\Z")


def missing_id(drawing: Drawing, bundle: Bundle) -> Iterator[Finding]:
    """A process, node or flow without an id."""
    for element in drawing.elements:
        if reader.local(element) in NEEDED and not element.get("id"):
            text = _("A bpmn:%(kind)s in %(element)s has no id; give it one that says what it is.")
            yield at_xml(element, text, kind=reader.local(element))


def invalid_id(drawing: Drawing, bundle: Bundle) -> Iterator[Finding]:
    """An id that is no XML name, or too long for the database's indexes."""
    for element in drawing.elements:
        found = element.get("id")
        if found and reader.local(element) in NEEDED and not NCNAME.match(found):
            text = _("The id “%(id)s” may hold only letters, digits, _, - and . and must not begin with a digit.")
            yield at_xml(element, text, id=found[:80])
        elif found and len(found) > LONGEST:
            text = _("The id “%(id)s…” has %(length)s characters; at most %(longest)s are possible.")
            yield at_xml(element, text, id=found[:40], length=len(found), longest=LONGEST)


def duplicate_id(drawing: Drawing, bundle: Bundle) -> Iterator[Finding]:
    """Two elements of a file with one id."""
    seen: set[str] = set()
    for element in drawing.root.iter(f"{reader.BPMN}*"):
        found = element.get("id")
        if found and found in seen:
            yield at_xml(element, _("The id %(id)s is used more than once in this file; rename one."), id=found)
        seen.add(found or "")


def duplicate_process(bundle: Bundle) -> Iterator[tuple[str, Finding]]:
    """One process id in two files of a deployment."""
    seen: dict[str, str] = {}
    for drawing in bundle.drawings:
        for process in drawing.processes:
            other = seen.setdefault(process.id, drawing.file)
            if other != drawing.file:
                text = _("The process %(element)s stands in %(other)s too; give one of them another id.")
                yield drawing.file, at(process, text, other=other)
