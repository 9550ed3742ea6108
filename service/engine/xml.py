"""Reads BPMN, DMN and other XML from strangers: no DTD, no entities, no network, bounded size and depth."""

from dataclasses import dataclass

from lxml import etree

MAX_BYTES = 4 * 1024 * 1024
MAX_DEPTH = 100
MAX_ELEMENTS = 50_000
MAX_ATTRIBUTES = 100
ENCODINGS = ("UTF-8", "US-ASCII", "ASCII")


@dataclass
class XmlError(Exception):
    """The text is no XML that Lika reads; `line` is 1-based, 0 when unknown."""

    message: str
    line: int = 0

    def __str__(self) -> str:
        return f"line {self.line}: {self.message}" if self.line else self.message


def parse(data: bytes) -> etree._Element:
    """Return the root element of `data`, or raise XmlError that says what is wrong and in which line."""
    if len(data) > MAX_BYTES:
        raise XmlError(f"the file has {len(data)} bytes; at most {MAX_BYTES} are read")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_pis=True)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise XmlError(f"not well-formed XML: {error.msg}", error.lineno or 0) from error
    if getattr(root.getroottree().docinfo, "doctype", ""):
        raise XmlError("a document type declaration (DOCTYPE) is not allowed", 1)
    encoding = root.getroottree().docinfo.encoding or "UTF-8"
    if encoding.upper() not in ENCODINGS:
        raise XmlError(f"the encoding is {encoding}; save the file in UTF-8", 1)
    _bound(root)
    return root


def _bound(root: etree._Element) -> None:
    depth = count = 0
    for event, element in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        count += event == "start"
        if depth > MAX_DEPTH:
            raise XmlError(f"elements are nested deeper than {MAX_DEPTH}", element.sourceline or 0)
        if count > MAX_ELEMENTS:
            raise XmlError(f"more than {MAX_ELEMENTS} elements", element.sourceline or 0)
        if event == "start" and len(element.attrib) > MAX_ATTRIBUTES:
            raise XmlError(f"an element has more than {MAX_ATTRIBUTES} attributes", element.sourceline or 0)
