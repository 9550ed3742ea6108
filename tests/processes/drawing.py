"""Reads a BPMN diagram and lists what is wrong with the way it is drawn (STYLE: BPMN files).

Run ``python tests/processes/drawing.py FILE...`` to see the findings for a file that is being drawn.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path

from lxml import etree

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
DC = "{http://www.omg.org/spec/DD/20100524/DC}"
WAYPOINT = "{http://www.omg.org/spec/DD/20100524/DI}waypoint"
ZEEBE = "{http://camunda.org/schema/zeebe/1.0}"

GRID = 10
MOST_NODES = 30
TASKS = {
    "task",
    "userTask",
    "serviceTask",
    "scriptTask",
    "businessRuleTask",
    "sendTask",
    "receiveTask",
    "manualTask",
    "callActivity",
}
GATEWAYS = {"exclusiveGateway", "parallelGateway", "inclusiveGateway", "eventBasedGateway"}
EVENTS = {"startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent"}
FLOW_NODES = TASKS | GATEWAYS | EVENTS | {"subProcess"}
EDGES = {"sequenceFlow", "messageFlow", "association"}
SHAPES = FLOW_NODES | {"participant", "lane", "textAnnotation"}
SIZES = dict.fromkeys(TASKS, (100, 80)) | dict.fromkeys(GATEWAYS, (50, 50)) | dict.fromkeys(EVENTS, (36, 36))
HANDWRITTEN = re.compile(r"^[A-Za-z]+_[A-Za-z0-9]+(_[A-Za-z0-9]+)*$")
GENERATED = re.compile(r"_(?=[a-z0-9]*\d)(?=[a-z0-9]*[a-z])[a-z0-9]{7}$")

Point = tuple[float, float]


@dataclass(frozen=True)
class Box:
    """A rectangle in pixels."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def bottom(self) -> float:
        return self.y + self.height

    @property
    def centre(self) -> Point:
        return self.x + self.width / 2, self.y + self.height / 2

    def overlaps(self, other: Box) -> bool:
        return self.x < other.right and other.x < self.right and self.y < other.bottom and other.y < self.bottom

    def holds(self, other: Box) -> bool:
        return self.x <= other.x and other.right <= self.right and self.y <= other.y and other.bottom <= self.bottom

    def side_of(self, point: Point) -> str | None:
        """The side (l, r, t, b) on which the point lies, None when it is not on the border."""
        x, y = point
        if self.y - 1 <= y <= self.bottom + 1:
            if abs(x - self.x) < 1:
                return "l"
            if abs(x - self.right) < 1:
                return "r"
        if self.x - 1 <= x <= self.right + 1:
            if abs(y - self.y) < 1:
                return "t"
            if abs(y - self.bottom) < 1:
                return "b"
        return None


@dataclass(frozen=True)
class Segment:
    """An orthogonal piece of a flow."""

    a: Point
    b: Point

    @property
    def box(self) -> Box:
        return Box(
            min(self.a[0], self.b[0]), min(self.a[1], self.b[1]), abs(self.a[0] - self.b[0]), abs(self.a[1] - self.b[1])
        )

    @property
    def horizontal(self) -> bool:
        return self.a[1] == self.b[1]

    def enters(self, box: Box) -> bool:
        """True when a part of it lies inside the box, not only on its border."""
        return self.box.overlaps(box)

    def crosses(self, other: Segment) -> bool:
        """True when two perpendicular pieces cut each other away from their ends."""
        if self.horizontal == other.horizontal:
            return False
        flat, steep = (self.box, other.box) if self.horizontal else (other.box, self.box)
        return flat.x < steep.x < flat.right and steep.y < flat.y < steep.bottom

    def covers(self, other: Segment) -> bool:
        """True when two parallel pieces run on top of each other for a while."""
        if self.horizontal != other.horizontal:
            return False
        a, b = self.box, other.box
        if self.horizontal:
            return a.y == b.y and min(a.right, b.right) - max(a.x, b.x) > 1
        return a.x == b.x and min(a.bottom, b.bottom) - max(a.y, b.y) > 1


@dataclass
class Element:
    """A drawn thing: its XML, its box or its way, its label's box."""

    id: str
    kind: str
    xml: etree._Element
    box: Box | None = None
    way: list[Point] = field(default_factory=list)
    label: Box | None = None

    @property
    def name(self) -> str:
        return (self.xml.get("name") or "").strip()

    @property
    def segments(self) -> list[Segment]:
        return [Segment(a, b) for a, b in zip(self.way, self.way[1:], strict=False)]

    def ancestors(self) -> Iterator[str]:
        node = self.xml.getparent()
        while node is not None:
            if node.get("id"):
                yield node.get("id")
            node = node.getparent()


class Drawing:
    """One parsed diagram."""

    def __init__(self, path: Path) -> None:
        self.root = etree.parse(str(path)).getroot()
        self.elements: dict[str, Element] = {}
        for node in self.root.iter(*(BPMN + kind for kind in SHAPES | EDGES)):
            self.elements[node.get("id")] = Element(node.get("id"), etree.QName(node).localname, node)
        self.pictured: list[str] = []
        for shape in self.root.iter(DI + "BPMNShape", DI + "BPMNEdge"):
            self._picture(shape)

    def _picture(self, shape: etree._Element) -> None:
        self.pictured.append(shape.get("bpmnElement"))
        element = self.elements.get(shape.get("bpmnElement"))
        if element is None:
            return
        bounds = shape.find(DC + "Bounds")
        element.box = None if bounds is None else _box(bounds)
        element.way = [(float(p.get("x")), float(p.get("y"))) for p in shape.findall(WAYPOINT)]
        label = shape.find(f"{DI}BPMNLabel/{DC}Bounds")
        element.label = None if label is None else _box(label)

    def of(self, kinds: set[str]) -> list[Element]:
        return [e for e in self.elements.values() if e.kind in kinds]

    def flows(self, end: str, node: Element) -> list[Element]:
        """Sequence flows with the node as their ``sourceRef`` or ``targetRef``."""
        return [f for f in self.of({"sequenceFlow"}) if f.xml.get(end) == node.id]


def _box(bounds: etree._Element) -> Box:
    return Box(*(float(bounds.get(k)) for k in ("x", "y", "width", "height")))


def undrawn(d: Drawing) -> Iterator[str]:
    """Every element has exactly one shape or edge, and none stands for nothing."""
    known = set(d.elements) | {e.get("id") for e in d.root.iter() if e.get("id")}
    for element in d.elements.values():
        if d.pictured.count(element.id) != 1:
            yield f"{element.id} is drawn {d.pictured.count(element.id)} times"
    yield from (f"shape of unknown element {p}" for p in d.pictured if p not in known)


def sizes(d: Drawing) -> Iterator[str]:
    """Standard sizes; centres of nodes and corners of ways on the grid."""
    for e in d.of(FLOW_NODES):
        if e.box is None:
            continue
        if e.kind in SIZES and (e.box.width, e.box.height) != SIZES[e.kind]:
            yield f"{e.id} measures {e.box.width:g} x {e.box.height:g}"
        if any(v % GRID for v in (e.box.centre if e.kind in SIZES else (e.box.x, e.box.y, e.box.width, e.box.height))):
            yield f"{e.id} is off the grid"
    for e in d.of(EDGES - {"association"}):
        if any(v % GRID for p in e.way[1:-1] for v in p):
            yield f"{e.id} bends off the grid"


def overlaps(d: Drawing) -> Iterator[str]:
    """Nodes lie apart, or one inside the other when it is its part; children lie inside."""
    nodes = [e for e in d.of(FLOW_NODES | {"textAnnotation"}) if e.box]
    for a, b in combinations(nodes, 2):
        if a.xml.get("attachedToRef") == b.id or b.xml.get("attachedToRef") == a.id:
            continue
        if b.id in a.ancestors() or a.id in b.ancestors():
            inner, outer = (a, b) if b.id in a.ancestors() else (b, a)
            if inner.kind != "boundaryEvent" and not outer.box.holds(inner.box):
                yield f"{inner.id} sticks out of {outer.id}"
        elif a.box.overlaps(b.box):
            yield f"{a.id} overlaps {b.id}"
    yield from _outside_lane(d)


def _outside_lane(d: Drawing) -> Iterator[str]:
    for lane in d.of({"lane"}):
        for ref in lane.xml.findall(BPMN + "flowNodeRef"):
            node = d.elements[ref.text]
            if node.box and lane.box and node.kind != "boundaryEvent" and not lane.box.holds(node.box):
                yield f"{node.id} sticks out of {lane.id}"


def crossings(d: Drawing) -> Iterator[str]:
    """No diagonal pieces, no way through a shape, no two sequence flows through each other."""
    for flow in d.of(EDGES - {"association"}):
        for s in flow.segments:
            if s.a[0] != s.b[0] and s.a[1] != s.b[1]:
                yield f"{flow.id} runs diagonally"
        yield from _through_shapes(d, flow)
    for a, b in combinations(d.of({"sequenceFlow"}), 2):
        for s, t in ((s, t) for s in a.segments for t in b.segments):
            if s.crosses(t):
                yield f"{a.id} crosses {b.id}"
            elif s.covers(t) and a.xml.get("targetRef") != b.xml.get("targetRef"):
                yield f"{a.id} lies on {b.id}"


def _through_shapes(d: Drawing, flow: Element) -> Iterator[str]:
    around = set(flow.ancestors())
    ends = [d.elements.get(flow.xml.get(k)) for k in ("sourceRef", "targetRef")]
    for end in ends:
        around.update(end.ancestors() if end is not None and flow.kind == "messageFlow" else ())
    for node in d.of(FLOW_NODES | {"textAnnotation"}):
        if node.box and node.id not in around and any(s.enters(node.box) for s in flow.segments):
            yield f"{flow.id} passes through {node.id}"


def docking(d: Drawing) -> Iterator[str]:
    """Flows enter on the left and leave on the right, gateways and boundary events also above and below."""
    for flow in d.of({"sequenceFlow"}):
        for key, point, usual in (("sourceRef", flow.way[0], "r"), ("targetRef", flow.way[-1], "l")):
            node = d.elements[flow.xml.get(key)]
            side = node.box.side_of(point) if node.box else None
            allowed = {usual} | ({"t", "b"} if node.kind in GATEWAYS | {"boundaryEvent"} else set())
            if side not in allowed:
                yield f"{flow.id} docks {node.id} at {side or 'no side'}"


def labels(d: Drawing) -> Iterator[str]:
    """A label covers no shape, no way and no other label."""
    named = [e for e in d.elements.values() if e.label]
    for a, b in combinations(named, 2):
        if a.label.overlaps(b.label):
            yield f"labels of {a.id} and {b.id} overlap"
    for e in named:
        for other in d.of(FLOW_NODES | {"textAnnotation"}):
            if other.box and other.box.overlaps(e.label) and not other.box.holds(e.label):
                yield f"label of {e.id} overlaps {other.id}"
            elif (
                other.box and other.box.holds(e.label) and other.id not in e.ancestors() and other.kind != "subProcess"
            ):
                yield f"label of {e.id} lies on {other.id}"
        for way in d.of(EDGES - {"association"}):
            if any(s.enters(e.label) for s in way.segments):
                yield f"label of {e.id} is crossed by {way.id}"


def identifiers(d: Drawing) -> Iterator[str]:
    """Ids are chosen by hand: a prefix, then words."""
    for e in d.elements.values():
        if not HANDWRITTEN.match(e.id) or GENERATED.search(e.id):
            yield f"{e.id} is not a chosen id"


def decisions(d: Drawing) -> Iterator[str]:
    """A split by condition is a question with answers and a default; joins and forks bear no name; forks have joins."""
    forks = joins = 0
    for gateway in d.of(GATEWAYS):
        out, into = d.flows("sourceRef", gateway), d.flows("targetRef", gateway)
        forks += gateway.kind == "parallelGateway" and len(out) > 1
        joins += gateway.kind == "parallelGateway" and len(into) > 1
        if len(out) > 1 and gateway.kind in {"exclusiveGateway", "inclusiveGateway"}:
            yield from _split(gateway, out)
        elif gateway.name and gateway.kind != "eventBasedGateway":
            yield f"{gateway.id} joins or forks and needs no name"
    if forks != joins:
        yield f"{forks} parallel forks but {joins} joins"


def _split(gateway: Element, out: list[Element]) -> Iterator[str]:
    if not re.search(r"[?？]$", gateway.name):
        yield f"{gateway.id} asks no question"
    if gateway.xml.get("default") not in {f.id for f in out}:
        yield f"{gateway.id} has no default flow"
    for flow in out:
        if not flow.name:
            yield f"{flow.id} bears no answer"
        if (flow.xml.find(BPMN + "conditionExpression") is None) != (gateway.xml.get("default") == flow.id):
            yield f"{flow.id} needs a condition unless it is the default"


def length(d: Drawing) -> Iterator[str]:
    """At most some thirty flow nodes in a process."""
    for process in d.root.iter(BPMN + "process"):
        nodes = sum(1 for _ in process.iter(*(BPMN + k for k in FLOW_NODES)))
        if nodes > MOST_NODES:
            yield f"{process.get('id')} has {nodes} flow nodes"


def guidance(d: Drawing) -> Iterator[str]:
    """Each process and each user task says what it is for."""
    for node in d.root.iter(BPMN + "userTask", BPMN + "process"):
        if not (node.findtext(BPMN + "documentation") or "").strip():
            yield f"{node.get('id')} has no documentation"


CHECKS = (undrawn, sizes, overlaps, crossings, docking, labels, identifiers, decisions, length, guidance)


def problems(path: Path) -> list[str]:
    """All findings about one file."""
    drawing = Drawing(path)
    return [f"{check.__name__}: {text}" for check in CHECKS for text in check(drawing)]


if __name__ == "__main__":
    for argument in sys.argv[1:]:
        for finding in problems(Path(argument)):
            print(f"{argument}: {finding}")
