"""Reads BPMN, DMN and other XML from strangers: no DTD, no entities, no network, bounded size and depth."""

from typing import Any

from lxml import etree

from service import i18n
from service.errors import _

MAX_BYTES = 4 * 1024 * 1024
MAX_DEPTH = 100
MAX_ELEMENTS = 50_000
MAX_ATTRIBUTES = 100
ENCODINGS = ("UTF-8", "US-ASCII", "ASCII")


class XmlError(Exception):
    """The text is no XML that Lika reads; `line` is 1-based, 0 when unknown. `en` and `zh` are the reason in words."""

    def __init__(self, msgid: str, line: int = 0, **params: Any) -> None:
        self.line = line
        self.en = msgid % params
        self.zh = i18n.translate(msgid, i18n.LOCALES["zh"]) % params
        super().__init__(f"line {line}: {self.en}" if line else self.en)


def parse(data: bytes) -> etree._Element:
    """Return the root element of `data`, or raise XmlError that says what is wrong and in which line."""
    if len(data) > MAX_BYTES:
        raise XmlError(_("the file has %(size)s bytes; at most %(most)s are read"), size=len(data), most=MAX_BYTES)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_pis=True)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise XmlError(_("not well-formed XML: %(reason)s"), error.lineno or 0, reason=error.msg) from error
    if getattr(root.getroottree().docinfo, "doctype", ""):
        raise XmlError(_("a document type declaration (DOCTYPE) is not allowed"), 1)
    encoding = root.getroottree().docinfo.encoding or "UTF-8"
    if encoding.upper() not in ENCODINGS:
        raise XmlError(_("the encoding is %(encoding)s; save the file in UTF-8"), 1, encoding=encoding)
    _bound(root)
    return root


def _bound(root: etree._Element) -> None:
    depth = count = 0
    for event, element in etree.iterwalk(root, events=("start", "end")):
        line = element.sourceline or 0
        depth += 1 if event == "start" else -1
        count += event == "start"
        if depth > MAX_DEPTH:
            raise XmlError(_("elements are nested deeper than %(most)s"), line, most=MAX_DEPTH)
        if count > MAX_ELEMENTS:
            raise XmlError(_("there are more than %(most)s elements"), line, most=MAX_ELEMENTS)
        if event == "start" and len(element.attrib) > MAX_ATTRIBUTES:
            raise XmlError(_("an element has more than %(most)s attributes"), line, most=MAX_ATTRIBUTES)
