"""Rules about what a file may say at all: what the engine would ignore is refused."""

from collections.abc import Iterator

from lxml import etree

from service.engine import reader
from service.engine.lint import vocabulary
from service.engine.lint.bundle import OPAQUE, Bundle, Drawing
from service.engine.lint.problem import Finding, at_xml
from service.errors import _

MODELER = "{http://camunda.org/schema/modeler/1.0}"
ENGINES = ("http://camunda.org/schema/1.0/bpmn", "http://activiti.org/bpmn", "http://flowable.org/bpmn")
HARMLESS = frozenset({"historyTimeToLive", "versionTag", "exclusive", "asyncBefore", "asyncAfter"})
TEMPLATES = frozenset({"modelerTemplate", "modelerTemplateVersion", "modelerTemplateIcon"})
DIAGRAM = "http://www.omg.org/spec/BPMN/20100524/DI"


def unsupported_element(drawing: Drawing, bundle: Bundle) -> Iterator[Finding]:
    """A BPMN element that the engine does not execute, or one in a place where it means nothing."""
    for element in drawing.elements:
        kind = reader.local(element)
        if kind in OPAQUE or kind == "extensionElements":
            continue
        allowed = vocabulary.CHILDREN.get(kind, frozenset())
        for child in element.iterchildren(f"{reader.BPMN}*"):
            name = reader.local(child)
            if name in allowed or (not allowed and name in ("documentation", "extensionElements")):
                continue
            remedy = vocabulary.REMEDIES.get(name)
            if remedy:
                yield at_xml(child, remedy)
            else:
                text = _("bpmn:%(name)s in bpmn:%(kind)s (%(element)s) would be ignored; remove it.")
                yield at_xml(child, text, name=name, kind=kind)


def foreign_element(drawing: Drawing, bundle: Bundle) -> Iterator[Finding]:
    """An element of another vocabulary where BPMN is expected."""
    for element in drawing.elements:
        kind = reader.local(element)
        if kind in OPAQUE or kind == "extensionElements":
            continue
        for child in element.iterchildren("{*}*"):
            namespace = etree.QName(child).namespace
            if namespace != reader.BPMN[1:-1] and not (kind == "definitions" and namespace == DIAGRAM):
                text = _("%(name)s in %(element)s is no BPMN element; move it into extensionElements.")
                yield at_xml(child, text, name=_name(child))


def unknown_attribute(drawing: Drawing, bundle: Bundle) -> Iterator[Finding]:
    """A BPMN attribute that the engine ignores, or a value it does not run."""
    for element in drawing.elements:
        kind = reader.local(element)
        if kind in vocabulary.UNCHECKED:
            continue
        allowed = vocabulary.ATTRIBUTES.get(kind, {})
        for name, value in element.attrib.items():
            if str(name).startswith("{") or name in ("id", "name"):
                continue
            if name not in allowed:
                text = _("The attribute %(name)s of bpmn:%(kind)s (%(element)s) would be ignored; remove it.")
                yield at_xml(element, text, name=name, kind=kind)
            else:
                yield from _value(element, str(name), str(value), allowed[str(name)])


def _value(element: etree._Element, name: str, value: str, allowed: frozenset[str] | None) -> Iterator[Finding]:
    if allowed is not None and value not in allowed:
        text = _("%(name)s of %(element)s is “%(value)s”; Lika runs only %(allowed)s here.")
        yield at_xml(element, text, name=name, value=value[:80], allowed=" / ".join(sorted(allowed)))


def unknown_extension(drawing: Drawing, bundle: Bundle) -> Iterator[Finding]:
    """A zeebe extension element that Lika does not know, or knows at another element only."""
    for parent, child in _extensions(drawing):
        if not str(child.tag).startswith(reader.ZEEBE):
            continue
        name, kind = reader.local(child), reader.local(parent)
        known = vocabulary.EXTENSIONS.get(name)
        if known is None:
            text = _("Lika does not know zeebe:%(name)s (%(element)s); it would be ignored. Remove it.")
            yield at_xml(child, text, name=name)
        elif kind not in known.parents:
            text = _("zeebe:%(name)s means nothing at bpmn:%(kind)s (%(element)s); it belongs to %(parents)s.")
            yield at_xml(child, text, name=name, kind=kind, parents=", ".join(sorted(known.parents)))


def unknown_extension_attribute(drawing: Drawing, bundle: Bundle) -> Iterator[Finding]:
    """An attribute in or of the zeebe namespace that Lika does not know."""
    for _parent, child in _extensions(drawing):
        known = vocabulary.EXTENSIONS.get(reader.local(child))
        if known is None or not str(child.tag).startswith(reader.ZEEBE):
            continue
        for name, value in child.attrib.items():
            if name not in known.attributes:
                text = _("zeebe:%(kind)s of %(element)s has an attribute %(name)s that Lika does not know; remove it.")
                yield at_xml(child, text, kind=reader.local(child), name=name)
            else:
                yield from _value(child, str(name), str(value), known.attributes[str(name)])
    for element in drawing.elements:
        for name in element.attrib:
            if str(name).startswith(reader.ZEEBE) and etree.QName(str(name)).localname not in TEMPLATES:
                text = _("The attribute zeebe:%(name)s of %(element)s would be ignored; remove it.")
                yield at_xml(element, text, name=etree.QName(str(name)).localname)


def repeated_extension(drawing: Drawing, bundle: Bundle) -> Iterator[Finding]:
    """Two zeebe extension elements of one kind at one element: only the first would count."""
    for element in drawing.elements:
        if reader.local(element) != "extensionElements":
            continue
        seen: set[str] = set()
        for child in element.iterchildren(f"{reader.ZEEBE}*"):
            name = reader.local(child)
            if name in seen:
                text = _("%(element)s has zeebe:%(name)s more than once; only the first would count. Keep one.")
                yield at_xml(child, text, name=name)
            seen.add(name)


def other_engine(drawing: Drawing, bundle: Bundle) -> Iterator[Finding]:
    """Settings of Camunda 7, Activiti or Flowable that would change what the process does."""
    for name, element in _settings_of_other_engines(drawing):
        if etree.QName(name).localname not in HARMLESS:
            text = _(
                "%(name)s of %(element)s is a setting of Camunda 7 or a relative and would be ignored; set the same in "
                "the Camunda 8 properties."
            )
            yield at_xml(element, text, name=etree.QName(name).localname)


def other_engine_harmless(drawing: Drawing, bundle: Bundle) -> Iterator[Finding]:
    """Settings of other engines that change nothing in the meaning, and extensions of other tools."""
    for name, element in _settings_of_other_engines(drawing):
        if etree.QName(name).localname in HARMLESS:
            yield at_xml(element, _("%(name)s of %(element)s means nothing to Lika."), name=etree.QName(name).localname)
    for _parent, child in _extensions(drawing):
        namespace = etree.QName(child).namespace
        if namespace not in (reader.ZEEBE[1:-1], *ENGINES):
            yield at_xml(child, _("The extension %(name)s of %(element)s means nothing to Lika."), name=_name(child))


def execution_platform(drawing: Drawing, bundle: Bundle) -> Iterator[Finding]:
    """A file that the Camunda Modeler would not open as a Camunda 8 diagram."""
    platform = drawing.root.get(f"{MODELER}executionPlatform")
    if platform != "Camunda Cloud":
        text = _(
            'The file does not say modeler:executionPlatform="Camunda Cloud", so the Camunda Modeler will not offer '
            "the settings that Lika reads; add it to bpmn:definitions."
        )
        yield at_xml(drawing.root, text)


def _settings_of_other_engines(drawing: Drawing) -> Iterator[tuple[str, etree._Element]]:
    for element in drawing.elements:
        yield from ((str(n), element) for n in element.attrib if etree.QName(str(n)).namespace in ENGINES)
        if reader.local(element) == "extensionElements":
            children = element.iterchildren("{*}*")
            yield from ((str(c.tag), c) for c in children if etree.QName(c).namespace in ENGINES)


def _extensions(drawing: Drawing) -> Iterator[tuple[etree._Element, etree._Element]]:
    """(what it stands in, extension element) for each extension element; items stand in their group."""
    for element in drawing.elements:
        parent = element.getparent()
        if reader.local(element) != "extensionElements" or parent is None:
            continue
        for child in element.iterchildren("{*}*"):
            yield parent, child
            yield from ((child, item) for item in child.iterchildren("{*}*") if str(child.tag).startswith(reader.ZEEBE))


def _name(element: etree._Element) -> str:
    return f"{element.prefix}:{reader.local(element)}" if element.prefix else reader.local(element)
