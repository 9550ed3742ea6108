"""Rules about variables and properties: names that can be written and read, values that are not lost."""

import re
from collections.abc import Iterator

from service.engine import model
from service.engine.lint import expressions, vocabulary
from service.engine.lint.bundle import Chart
from service.engine.lint.people import unknown_name
from service.engine.lint.problem import Finding, at
from service.engine.specs.events import PUBLISH
from service.errors import _

NAME = re.compile(r"[^\W\d]\w*\Z")
KEYWORDS = frozenset(
    "true false null and or if then else for in return some every satisfies between instance of not".split()
)
THROWING = frozenset({"intermediateThrowEvent", "endEvent", "sendTask"})
MAPPING_OUT = model.ACTIVITIES - {"task", "manualTask", "sendTask"} | {
    "startEvent",
    "intermediateCatchEvent",
    "boundaryEvent",
}


def writes(node: model.Node) -> Iterator[tuple[str, str]]:
    """(setting, variable path) for each variable that a node's settings write."""
    yield from (("input", m.target) for m in node.inputs)
    yield from (("output", m.target) for m in node.outputs)
    if node.script is not None:
        yield "resultVariable", node.script.result_variable
    if node.decide is not None:
        yield "resultVariable", node.decide.result_variable
    yield vocabulary.SENT_AT, node.properties.get(vocabulary.SENT_AT, "")
    if node.loop is not None:
        yield "inputElement", node.loop.input_element or ""
        yield "outputCollection", node.loop.output_collection or ""


def wrong_variable(chart: Chart) -> Iterator[Finding]:
    """A variable name that FEEL cannot read, or none."""
    for node in chart.nodes.values():
        for mapping in (*node.inputs, *node.outputs):
            if not mapping.target or not mapping.source:
                yield at(node, _("A mapping of %(element)s has no source or no target; fill in both."))
        for setting, path in writes(node):
            if path and any(not NAME.match(part) or part in KEYWORDS for part in path.split(".")):
                text = _(
                    "%(setting)s of %(element)s writes the variable “%(path)s”; a name has letters, digits and _ only "
                    "and is no word of FEEL."
                )
                yield at(node, text, setting=setting, path=path[:80])


def hides_function(chart: Chart) -> Iterator[Finding]:
    """A variable named like a FEEL function that expressions of the process call."""
    called = {name for place in expressions.places(chart) for name in expressions.functions_of(place)}
    for node in chart.nodes.values():
        for setting, path in writes(node):
            name = path.partition(".")[0]
            if name in called:
                text = _(
                    "%(setting)s of %(element)s writes “%(name)s” and hides the FEEL function called here; rename it."
                )
                yield at(node, text, setting=setting, name=name)


def output_ignored(chart: Chart) -> Iterator[Finding]:
    """An output mapping at an element that has no result."""
    for node in chart.nodes.values():
        handled = node.kind in THROWING and node.job is not None and node.job.type != PUBLISH
        if node.outputs and node.kind not in MAPPING_OUT and not handled:
            yield at(node, _("%(element)s has no result, so its output mappings would be ignored; remove them."))


def unknown_property(chart: Chart) -> Iterator[Finding]:
    """A zeebe:property that Lika does not read, or not at this kind of element."""
    known = {*vocabulary.PROPERTIES, *chart.known.properties}
    for node in chart.owners:
        kind = node.kind if isinstance(node, model.Node) else "process"
        for name in node.properties:
            places = vocabulary.PROPERTIES.get(name)
            if name not in known:
                texts = (
                    _("Lika does not know the property %(name)s of %(element)s; it has no effect."),
                    _("Lika does not know the property %(name)s of %(element)s; did you mean %(near)s?"),
                )
                yield unknown_name(node, texts, name, known)
            elif places is not None and kind not in places:
                text = _("The property %(name)s has no effect at %(element)s; it belongs to %(places)s.")
                yield at(node, text, name=name, places=", ".join(sorted(places)))


def incomplete_roster(chart: Chart) -> Iterator[Finding]:
    """Roster properties at a task that is no roster task."""
    for node in chart.kind("userTask"):
        extra = sorted(n for n in node.properties if n.startswith("roster") and n != "roster")
        if extra and "roster" not in node.properties:
            text = _("%(element)s has %(names)s but no property “roster” that says which cases it is about.")
            yield at(node, text, names=", ".join(extra))


def unknown_column(chart: Chart) -> Iterator[Finding]:
    """A column of a roster that is no field of the form of its rows."""
    papers = {paper.id: paper for paper in chart.bundle.papers}
    for node in chart.kind("userTask"):
        written, paper = node.properties.get("rosterColumns", ""), papers.get(node.properties.get("rosterForm", ""))
        if written.startswith("=") or paper is None:
            continue
        for name in filter(None, (each.strip() for each in re.split("[,，、]", written))):
            if name not in paper.variables():
                texts = (
                    _("The roster of %(element)s has the column %(name)s, which its form does not have."),
                    _("The roster of %(element)s has the column %(name)s, not in its form; did you mean %(near)s?"),
                )
                yield unknown_name(node, texts, name, paper.variables())
