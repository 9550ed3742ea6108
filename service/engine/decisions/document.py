"""A DMN file as XML: its elements by id and name, its imports, and how one element points at another."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from service.engine import xml
from service.engine.decisions.errors import ModelError

Element = etree._Element

DMN_NAMESPACES = frozenset(
    {
        "http://www.omg.org/spec/DMN/20151101/dmn.xsd",
        "http://www.omg.org/spec/DMN/20180521/MODEL/",
        "https://www.omg.org/spec/DMN/20191111/MODEL/",
        "https://www.omg.org/spec/DMN/20211108/MODEL/",
        "https://www.omg.org/spec/DMN/20230324/MODEL/",
        "https://www.omg.org/spec/DMN/20240513/MODEL/",
    }
)
"""DMN 1.1 to 1.6."""


def tag(element: Element) -> str:
    """The local name of an element."""
    return etree.QName(element).localname


def children(element: Element, *names: str) -> Iterator[Element]:
    """The children with one of these local names, or all child elements."""
    for child in element.iterchildren("*"):
        if not names or tag(child) in names:
            yield child


def child(element: Element, *names: str) -> Element | None:
    """The first child with one of these local names."""
    return next(children(element, *names), None)


def text_of(element: Element | None) -> str:
    """The text of an element's ``text`` child (or of itself), stripped."""
    if element is None:
        return ""
    inner = child(element, "text")
    found = element if inner is None else inner
    return "".join(str(part) for part in found.itertext()).strip()


def name_of(element: Element) -> str:
    """The name of an element, with single spaces."""
    return " ".join((element.get("name") or "").split())


def variable_of(element: Element) -> str:
    """The name under which logic knows an element: that of its variable, or else its own."""
    variable = child(element, "variable")
    return (name_of(variable) if variable is not None else "") or name_of(element)


def line_of(element: Element) -> int:
    """The line where an element begins."""
    line = element.sourceline
    return line if isinstance(line, int) else 0


@dataclass(frozen=True, slots=True)
class Import:
    """Another model that this one uses under a prefix; an empty prefix brings its names in as they are."""

    prefix: str
    namespace: str


@dataclass(slots=True)
class Document:
    """One DMN file."""

    root: Element
    namespace: str
    name: str
    imports: list[Import]
    by_id: dict[str, Element] = field(default_factory=dict)

    def elements(self, *kinds: str) -> Iterator[Element]:
        """The top-level elements of these kinds."""
        return children(self.root, *kinds)


def read(data: bytes) -> Document:
    """Read a DMN file; raises :class:`ModelError`."""
    try:
        root = xml.parse(data)
    except xml.XmlError as error:
        raise ModelError(error.en, error.zh, error.line) from error
    qualified = etree.QName(root)
    if qualified.localname != "definitions" or qualified.namespace not in DMN_NAMESPACES:
        raise ModelError(
            "this is not a DMN model: its root must be 'definitions' of DMN 1.1 to 1.6",
            "这不是 DMN 模型：根元素应为 DMN 1.1 至 1.6 的 definitions",
            line_of(root),
        )
    imports = [
        Import(name_of(each), (each.get("namespace") or "").strip())
        for each in children(root, "import")
        if "DMN" in (each.get("importType") or "DMN")
    ]
    document = Document(root, (root.get("namespace") or "").strip(), name_of(root), imports)
    for element in root.iter("*"):
        identifier = element.get("id")
        if identifier and tag(element) != "DMNShape":
            document.by_id.setdefault(identifier, element)
    return document
