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

REASONS = {
    etree.ErrorTypes.ERR_TAG_NAME_MISMATCH: _("not well-formed XML: a start tag and its end tag have different names"),
    etree.ErrorTypes.ERR_TAG_NOT_FINISHED: _("not well-formed XML: the text ends before the last element is closed"),
    etree.ErrorTypes.ERR_DOCUMENT_END: _("not well-formed XML: there is something beside the one outermost element"),
    etree.ErrorTypes.ERR_DOCUMENT_EMPTY: _("not well-formed XML: it does not begin with an element"),
    etree.ErrorTypes.ERR_GT_REQUIRED: _("not well-formed XML: a tag is not closed with '>'"),
    etree.ErrorTypes.ERR_ATTRIBUTE_NOT_STARTED: _(
        "not well-formed XML: an attribute's value is not in quotation marks"
    ),
    etree.ErrorTypes.ERR_ATTRIBUTE_WITHOUT_VALUE: _("not well-formed XML: an attribute has no value"),
    etree.ErrorTypes.ERR_UNDECLARED_ENTITY: _(
        "not well-formed XML: '&' begins a name that is not defined; write '&amp;'"
    ),
    etree.ErrorTypes.ERR_ATTRIBUTE_REDEFINED: _("not well-formed XML: an attribute appears twice in one element"),
    etree.ErrorTypes.NS_ERR_UNDEFINED_NAMESPACE: _("not well-formed XML: a namespace's prefix is not declared"),
    etree.ErrorTypes.ERR_LT_IN_ATTRIBUTE: _("not well-formed XML: '<' in an attribute must be written as '&lt;'"),
    etree.ErrorTypes.ERR_NAME_REQUIRED: _(
        "not well-formed XML: a name is missing after '&' or '<'; write these as '&amp;' and '&lt;'"
    ),
    etree.ErrorTypes.ERR_ENTITYREF_SEMICOL_MISSING: _("not well-formed XML: '&' must be written as '&amp;'"),
    etree.ErrorTypes.ERR_INVALID_CHAR: _("not well-formed XML: a character stands here that XML does not allow"),
    etree.ErrorTypes.ERR_INVALID_ENCODING: _(
        "not well-formed XML: the text is not encoded as it says; save the file in UTF-8"
    ),
}
"""What the parser says most often, by its codes; the rest is told in its own English words."""


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
        text = REASONS.get(getattr(error, "code", 0), _("not well-formed XML: %(reason)s"))
        raise XmlError(text, error.lineno or 0, reason=error.msg) from error
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
