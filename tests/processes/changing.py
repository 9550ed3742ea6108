"""Diagrams and tables changed in their XML the way the desktop modeler does it."""

import copy
from decimal import Decimal

from lxml import etree

NS = {
    "bpmn": "http://www.omg.org/spec/BPMN/20100524/MODEL",
    "bpmndi": "http://www.omg.org/spec/BPMN/20100524/DI",
    "dc": "http://www.omg.org/spec/DD/20100524/DC",
    "di": "http://www.omg.org/spec/DD/20100524/DI",
    "zeebe": "http://camunda.org/schema/zeebe/1.0",
    "dmn": "https://www.omg.org/spec/DMN/20191111/MODEL/",
}


class Document:
    """An XML file under change."""

    def __init__(self, data: bytes) -> None:
        self.root = etree.fromstring(data)

    def bytes(self) -> bytes:
        """The file as it is saved."""
        return etree.tostring(self.root, xml_declaration=True, encoding="UTF-8")

    def one(self, path: str, within: etree._Element | None = None) -> etree._Element:
        """The only element at an XPath."""
        (found,) = (self.root if within is None else within).xpath(path, namespaces=NS)
        return found


class Drawing(Document):
    """A diagram."""

    def element(self, id: str) -> etree._Element:
        """An element by its id."""
        return self.one(f"//bpmn:*[@id='{id}']")

    def extension(self, id: str, name: str) -> etree._Element:
        """An extension element of a node; made if there is none."""
        extensions = self.one("bpmn:extensionElements", self.element(id))
        found = extensions.find(f"zeebe:{name}", NS)
        return etree.SubElement(extensions, f"{{{NS['zeebe']}}}{name}") if found is None else found

    def entry(self, id: str, kind: str, field: str, name: str) -> etree._Element:
        """An input, header or property of a node, by its name."""
        return self.one(f".//zeebe:{kind}[@{field}='{name}']", self.element(id))

    def copied(self, id: str, new_id: str, name: str) -> etree._Element:
        """A copy of a node, not yet placed."""
        made = copy.deepcopy(self.element(id))
        made.set("id", new_id)
        made.set("name", name)
        return made

    def task(self, id: str, name: str, role: str, form: str) -> etree._Element:
        """A new user task, not yet placed."""
        return etree.fromstring(
            f"""<bpmn:userTask xmlns:bpmn="{NS["bpmn"]}" xmlns:zeebe="{NS["zeebe"]}" id="{id}" name="{name}">
  <bpmn:extensionElements>
    <zeebe:userTask/>
    <zeebe:formDefinition formId="{form}"/>
    <zeebe:assignmentDefinition candidateGroups="{role}"/>
  </bpmn:extensionElements>
</bpmn:userTask>"""
        )

    def drop(self, node: etree._Element, flow_id: str) -> None:
        """Drop a node onto a flow: the flow leads to the node, and a new one from it to where the flow led."""
        flow, id = self.element(flow_id), node.get("id")
        target = self.element(flow.get("targetRef"))
        behind = f"Flow_{id}_Onward"
        for old in node.xpath("bpmn:incoming | bpmn:outgoing", namespaces=NS):
            node.remove(old)
        for tag, ref in (("incoming", flow_id), ("outgoing", behind)):
            etree.SubElement(node, f"{{{NS['bpmn']}}}{tag}").text = ref
        self.one(f"bpmn:incoming[.='{flow_id}']", target).text = behind
        flow.addprevious(node)
        onward = etree.Element(f"{{{NS['bpmn']}}}sequenceFlow", id=behind, sourceRef=id, targetRef=target.get("id"))
        flow.addnext(onward)
        flow.set("targetRef", id)
        lane = self.one(f"//bpmn:flowNodeRef[.='{target.get('id')}']")
        made = etree.Element(lane.tag)
        made.text = id
        lane.addnext(made)
        self._draw(id, flow_id, behind)

    def _draw(self, id: str, before: str, behind: str) -> None:
        """Draw the node where its flow ended, 200 below; the flows go there and back."""
        edge = self.one(f"//bpmndi:BPMNEdge[@bpmnElement='{before}']")
        end = edge.findall("di:waypoint", NS)[-1]
        x, y = Decimal(end.get("x")), Decimal(end.get("y"))
        shape = etree.Element(f"{{{NS['bpmndi']}}}BPMNShape", id=f"{id}_di", bpmnElement=id)
        etree.SubElement(shape, f"{{{NS['dc']}}}Bounds", x=str(x), y=str(y + 160), width="100", height="80")
        back = etree.Element(edge.tag, id=f"{behind}_di", bpmnElement=behind)
        for place in ((x + 100, y + 200), (x, y)):
            etree.SubElement(back, end.tag, x=str(place[0]), y=str(place[1]))
        end.set("y", str(y + 200))
        edge.addnext(shape)
        edge.addnext(back)


class Table(Document):
    """A file of decision tables."""

    def rule(self, decision: str, text: str) -> etree._Element:
        """The rule of a decision that has a cell with this text."""
        return self.one(f"//dmn:decision[@id='{decision}']//dmn:rule[*/dmn:text='{text}']")

    def replace(self, decision: str, old: str, new: str, *, beside: str | None = None) -> None:
        """Write another text into a cell of the rule that has the old one, or that has a cell ``beside``."""
        rule = self.rule(decision, old if beside is None else beside)
        self.one(f"*/dmn:text[.='{old}']", rule).text = new

    def add_rule(self, decision: str, like: str, new: str) -> None:
        """Add a rule below the one that has a cell ``like``, the same but for that cell."""
        rule = self.rule(decision, like)
        made = copy.deepcopy(rule)
        for element in made.iter():
            if element.get("id"):
                element.set("id", f"{element.get('id')}_new")
        self.one(f"*/dmn:text[.='{like}']", made).text = new
        rule.addnext(made)
