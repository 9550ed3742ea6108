"""The examples of docs/lint.md as files, and small drawings completed to whole files."""

import re
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from lxml import etree

PAGE = Path(__file__).parents[3] / "docs" / "lint.md"
BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
HEAD = (
    f'<bpmn:definitions xmlns:bpmn="{BPMN}" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" '
    'xmlns:modeler="http://camunda.org/schema/modeler/1.0" id="Definitions_1" targetNamespace="lika" '
    'modeler:executionPlatform="Camunda Cloud">'
)
DMN = (
    '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="Definitions_1" name="rules" '
    'namespace="lika">'
)
SHARED = {"message", "signal", "error", "escalation", "collaboration", "process"}
ASIDE = {"laneSet", "boundaryEvent", "textAnnotation", "association", "group", "extensionElements", "documentation"}
NEXT_FILE = "<!-- another file -->"


@dataclass(frozen=True)
class Section:
    """A rule's part of the page."""

    rule: str
    severity: str
    text: str
    examples: tuple[tuple[str, str, str], ...]
    """(good or bad, how to complete it, text)"""

    def files(self, which: str) -> list[dict[str, bytes]]:
        """The example files, completed."""
        return [complete(text, kind) for found, kind, text in self.examples if found == which]


def sections() -> list[Section]:
    """The rules that the page explains, in its order."""
    page = PAGE.read_text("utf-8")
    parts = re.split(r"^### `([\w-]+)` \((error|warning)\)\n", page, flags=re.MULTILINE)[1:]
    return [_section(*parts[i : i + 3]) for i in range(0, len(parts), 3)]


def _section(rule: str, severity: str, text: str) -> Section:
    found = re.findall(r"^```(xml|json) (good|bad) ?(\w*)\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL)
    examples = tuple((which, kind or language, body) for language, which, kind, body in found)
    return Section(rule, severity, text, examples)


def complete(text: str, kind: str = "xml") -> dict[str, bytes]:
    """Whole files from the text of an example; a part that is JSON is a form, whatever stands before it."""
    ending = {"xml": "bpmn", "file": "bpmn", "dmn": "dmn", "json": "form"}
    make = {"xml": drawing, "file": str, "dmn": lambda t: f"{DMN}{t}</definitions>", "json": str}
    files = {}
    for i, part in enumerate(text.split(NEXT_FILE)):
        of_part = "json" if part.lstrip().startswith("{") else kind
        files[f"example{i}.{ending[of_part]}"] = make[of_part](part).encode()
    return files


def drawing(fragment: str) -> str:
    """A BPMN file: what is shared goes to the top, the rest into a process, and missing flows are drawn."""
    root = etree.fromstring(f"{HEAD}{fragment}</bpmn:definitions>")
    inner = [e for e in root if etree.QName(e).namespace != BPMN or etree.QName(e).localname not in SHARED]
    if inner:
        process = etree.SubElement(root, f"{{{BPMN}}}process", id="p", isExecutable="true")
        process.extend(inner)
    for container in root.iter(f"{{{BPMN}}}process", f"{{{BPMN}}}subProcess"):
        _connect(container)
    return etree.tostring(root, encoding="unicode")


def _connect(container: etree._Element) -> None:
    if container.find(f"{{{BPMN}}}sequenceFlow") is not None:
        return
    name = container.get("id", "")
    nodes = [e for e in container if _in_a_row(e)]
    if not any(_kind(n) == "startEvent" for n in nodes):
        nodes.insert(0, etree.SubElement(container, f"{{{BPMN}}}startEvent", id=f"Start_{name}"))
    if not nodes or _kind(nodes[-1]) != "endEvent":
        nodes.append(etree.SubElement(container, f"{{{BPMN}}}endEvent", id=f"End_{name}"))
    pairs = list(pairwise(nodes))
    pairs += [(e, nodes[-1]) for e in container if _kind(e) == "boundaryEvent"]
    for number, (source, target) in enumerate(pairs):
        ends = {"sourceRef": source.get("id", ""), "targetRef": target.get("id", "")}
        etree.SubElement(container, f"{{{BPMN}}}sequenceFlow", id=f"Flow_{name}_{number}", **ends)


def _in_a_row(element: etree._Element) -> bool:
    own = isinstance(element.tag, str) and etree.QName(element).namespace == BPMN
    return own and _kind(element) not in ASIDE and element.get("triggeredByEvent") != "true"


def _kind(element: etree._Element) -> str:
    return etree.QName(element).localname if isinstance(element.tag, str) else ""
