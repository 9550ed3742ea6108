"""Word files (.docx) of papers: the same text as on the printed page, since they are made of that page."""

import base64
import io
import re
from collections.abc import Iterator

import docx
from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.enum.text import WD_BREAK
from docx.oxml.ns import qn
from docx.shared import Cm, Inches, Pt
from docx.table import _Cell
from docx.text.paragraph import Paragraph
from lxml import etree, html

TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
FONT = "宋体"
PLACES = {"text-center": ALIGN.CENTER, "seal": ALIGN.RIGHT}
TYPED = ("td", "th", "dd", "dt")
BREAK, GAP = "\v", "\u3000\u3000"
PNG, DOTS = "data:image/png;base64,", 96
"""Where a picture begins; dots an inch, as a page counts them (CSS px)."""
BLANKS, UNPRINTABLE = re.compile(r"[ \t\r]+"), re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
INDENT = Pt(22)
"""Two characters: how a line of Chinese text begins."""


def of_page(page: str) -> tuple[str, bytes]:
    """The title of a page and its papers (`article` elements), each on a sheet of its own, as a Word file.

    Headings, paragraphs, tables, pairs of label and text, and lists are taken over, and the pictures that the page
    itself carries (PNG in a data URI).
    """
    root = html.document_fromstring(page)
    document = docx.Document()
    _a4(document)
    for number, article in enumerate(root.iter("article")):
        if number:
            document.add_paragraph().add_run().add_break(WD_BREAK.PAGE)
        _fill(document, article)
    made = io.BytesIO()
    document.save(made)
    return (root.findtext(".//title") or "").strip(), made.getvalue()


def _a4(document: Document) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.2)
    for name, size in (("Normal", 11), ("Heading 1", 18), ("Heading 2", 14), ("Heading 3", 12)):
        style = document.styles[name]
        style.font.name, style.font.size = FONT, Pt(size)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for script in ("w:eastAsia", "w:ascii", "w:hAnsi"):
            fonts.set(qn(script), FONT)


def _fill(document: Document, part: html.HtmlElement) -> None:
    for each in part.iterchildren(tag=etree.Element):
        kinds = (each.get("class") or "").split()
        if "d-print-none" in kinds:
            continue
        if each.tag == "img":
            _picture(document, each)
        elif each.tag in ("h1", "h2", "h3"):
            heading = document.add_heading(_text(each), int(each.tag[1]))
            heading.alignment = ALIGN.CENTER if each.tag == "h1" else ALIGN.LEFT
        elif each.tag == "p":
            _paragraph(document.add_paragraph(), each, kinds)
        elif each.tag == "li":
            document.add_paragraph(_text(each), "List Bullet")
        elif each.tag == "table":
            _table(document, [[(cell, _span(cell)) for cell in row.iter("th", "td")] for row in each.iter("tr")])
        elif each.tag == "dl":
            _table(document, list(_pairs(each)))
        else:
            _fill(document, each)


def _paragraph(made: Paragraph, part: html.HtmlElement, kinds: list[str]) -> None:
    made.add_run(_text(part))
    for kind in PLACES.keys() & kinds:
        made.alignment = PLACES[kind]
    if "line" in kinds:
        made.paragraph_format.first_line_indent = INDENT


def _picture(document: Document, part: html.HtmlElement) -> None:
    source = part.get("src") or ""
    if source.startswith(PNG):
        content = io.BytesIO(base64.b64decode(source.removeprefix(PNG)))
        document.add_picture(content, width=Inches(int(part.get("width") or DOTS) / DOTS))


def _pairs(fields: html.HtmlElement) -> Iterator[list[tuple[html.HtmlElement, int]]]:
    """Rows of labels and texts: two a row, a long one alone."""
    row: list[tuple[html.HtmlElement, int]] = []
    for field in fields.iterchildren("div"):
        label, text = field.find("dt"), field.find("dd")
        if row and field.get("class") == "long":
            yield row
            row = []
        row += [(label, 1), (text, 3 if field.get("class") == "long" else 1)]
        if sum(span for _cell, span in row) == 4:
            yield row
            row = []
    if row:
        yield row


def _table(document: Document, rows: list[list[tuple[html.HtmlElement, int]]]) -> None:
    width = max((sum(span for _cell, span in row) for row in rows), default=0)
    if not width:
        return
    table = document.add_table(len(rows), width, "Table Grid")
    for given, made in zip(rows, table.rows, strict=True):
        cells, at = made.cells, 0
        for part, span in given:
            cell = cells[at].merge(cells[at + span - 1]) if span > 1 else cells[at]
            _write(cell, part)
            at += span
        if given and at < width:
            cells[at - 1].merge(cells[width - 1])
    document.add_paragraph()


def _write(cell: _Cell, part: html.HtmlElement) -> None:
    run = cell.paragraphs[0].add_run(_text(part))
    run.bold = part.tag in ("th", "dt")
    run.font.size = Pt(10)


def _span(cell: html.HtmlElement) -> int:
    return int(cell.get("colspan") or 1)


def _text(part: html.HtmlElement) -> str:
    """The text of a part as a browser shows it: blanks joined; lines end where the page or who typed ends them."""
    text = "".join(_pieces(part))
    text = text if part.tag in TYPED else text.replace("\n", " ")
    lines = text.replace(BREAK, "\n").split("\n")
    return "\n".join(BLANKS.sub(" ", line).strip(" ") for line in lines).strip("\n")


def _pieces(part: html.HtmlElement) -> Iterator[str]:
    yield UNPRINTABLE.sub("", part.text or "")
    for each in part.iterchildren(tag=etree.Element):
        yield from (BREAK,) if each.tag == "br" else _pieces(each)
        yield GAP if each.tag == "span" else ""
        yield UNPRINTABLE.sub("", each.tail or "")
