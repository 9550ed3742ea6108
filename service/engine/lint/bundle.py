"""The files of one deployment, opened as far as they can be, with the names they bring along."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from lxml import etree

from service.engine import model, reader
from service.engine.lint.problem import Known

OPAQUE = frozenset(
    "documentation ioSpecification dataInputAssociation dataOutputAssociation textAnnotation category group".split()
)


@dataclass(frozen=True)
class Drawing:
    """A BPMN file: its XML and its executable processes."""

    file: str
    root: etree._Element
    processes: tuple[model.Process, ...]

    @cached_property
    def by_id(self) -> Mapping[str, etree._Element]:
        """The BPMN elements by id; the first one where an id is used twice."""
        found: dict[str, etree._Element] = {}
        for element in self.root.iter(f"{reader.BPMN}*"):
            found.setdefault(element.get("id", ""), element)
        return found

    @cached_property
    def elements(self) -> tuple[etree._Element, ...]:
        """The BPMN elements that mean something: without pools that do not run, and without what is drawn only."""
        return tuple(_meaningful(self.root))


@dataclass(frozen=True)
class Sheet:
    """A DMN file."""

    file: str
    data: bytes
    root: etree._Element

    @cached_property
    def decisions(self) -> tuple[etree._Element, ...]:
        """The decisions of the file."""
        return tuple(e for e in self.root.iterchildren("{*}decision"))


@dataclass(frozen=True)
class Paper:
    """A form file; `content` is what its JSON says."""

    file: str
    data: bytes
    content: Mapping[str, Any]

    @property
    def id(self) -> str:
        return str(self.content.get("id") or "")

    def variables(self) -> set[str]:
        """The variables that the form may set or show: first parts of its keys and paths."""
        return {str(c.get(k)).partition(".")[0] for c in _components(self.content) for k in ("key", "path") if c.get(k)}


@dataclass(frozen=True)
class Bundle:
    """All files that are judged together, and what is known besides."""

    known: Known
    drawings: tuple[Drawing, ...] = ()
    sheets: tuple[Sheet, ...] = ()
    papers: tuple[Paper, ...] = ()
    processes: Mapping[str, model.Process] = field(init=False)

    def __post_init__(self) -> None:
        found = {p.id: p for drawing in self.drawings for p in drawing.processes}
        object.__setattr__(self, "processes", found)

    @cached_property
    def process_ids(self) -> frozenset[str]:
        return self.known.processes | self.processes.keys()

    @cached_property
    def decision_ids(self) -> frozenset[str]:
        return self.known.decisions | {d.get("id", "") for sheet in self.sheets for d in sheet.decisions}

    @cached_property
    def form_ids(self) -> frozenset[str]:
        return self.known.forms | {paper.id for paper in self.papers}

    @cached_property
    def element_ids(self) -> frozenset[str]:
        """The ids of all nodes of the bundle."""
        return frozenset(node_id for process in self.processes.values() for node_id in process.nodes)

    @cached_property
    def form_keys(self) -> frozenset[str]:
        """The variables of all forms of the bundle."""
        return frozenset(key for paper in self.papers for key in paper.variables())


@dataclass(frozen=True)
class Chart:
    """A process that is judged, with the file it stands in and the files around it."""

    process: model.Process
    drawing: Drawing
    bundle: Bundle

    @property
    def nodes(self) -> Mapping[str, model.Node]:
        return self.process.nodes

    @property
    def known(self) -> Known:
        return self.bundle.known

    def kind(self, *kinds: str) -> Iterator[model.Node]:
        """The nodes of these kinds."""
        return (n for n in self.process.nodes.values() if n.kind in kinds)

    def flows(self, ids: tuple[str, ...]) -> list[model.Flow]:
        """The flows of these ids."""
        return [self.process.flows[i] for i in ids]

    def targets(self, node: model.Node) -> list[model.Node]:
        """The nodes that the flows out of `node` lead to."""
        return [self.nodes[f.target] for f in self.flows(node.outgoing) if f.target in self.nodes]

    def element(self, node: model.Node) -> etree._Element:
        """The XML of a node."""
        return self.drawing.by_id[node.id]

    @property
    def owners(self) -> list[model.Process | model.Node]:
        """The process and its nodes."""
        return [self.process, *self.nodes.values()]

    @cached_property
    def scopes(self) -> Mapping[str, model.Process | model.Node]:
        """The process and its sub-processes by id."""
        found: dict[str, model.Process | model.Node] = {self.process.id: self.process}
        found.update((n.id, n) for n in self.kind("subProcess"))
        return found

    @cached_property
    def by_scope(self) -> Mapping[str, list[model.Node]]:
        """The nodes by the scope they stand in."""
        found: dict[str, list[model.Node]] = {scope: [] for scope in self.scopes}
        for node in self.nodes.values():
            found[node.scope].append(node)
        return found


def paper(file: str, data: bytes) -> Paper:
    """Read a form's JSON. Raises ValueError with what is wrong."""
    try:
        content = json.loads(data)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    if not isinstance(content, dict):
        raise ValueError("it is no JSON object")
    return Paper(file, data, content)


def _components(content: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    todo = [content]
    while todo:
        inner = todo.pop().get("components")
        found = [c for c in inner if isinstance(c, dict)] if isinstance(inner, list) else []
        yield from found
        todo += found


def _meaningful(root: etree._Element) -> Iterator[etree._Element]:
    todo = [root]
    while todo:
        element = todo.pop()
        yield element
        if reader.local(element) in OPAQUE:
            continue
        todo += [
            child
            for child in element.iterchildren(f"{reader.BPMN}*", reversed=True)
            if not (child.tag == f"{reader.BPMN}process" and child.get("isExecutable", "false") != "true")
        ]
