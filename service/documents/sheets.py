"""Spreadsheets (.xlsx): written so that people fill in what is theirs, read as data that nobody trusts.

What is written can run nothing: every text is marked as text, also one that begins like a formula. What is read is
bounded in size before it is unpacked; a formula is told as such, never evaluated.
"""

import io
import math
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import openpyxl
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill, Protection
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from service import errors
from service.errors import _

TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LARGEST = 5 * 1024 * 1024
LARGEST_UNPACKED = 60 * 1024 * 1024
MOST_PARTS = 500
MOST_ROWS = 5_000
MOST_COLUMNS = 200
LONGEST = 32_767
"""Characters that a cell of a spreadsheet can hold."""
MEASURED = 200
"""So many rows say how wide the columns of a listing are."""
EXACT = 10**15
"""From here on a spreadsheet has lost digits of a number."""
LEAD = ("=", "+", "-", "@", "\t", "\r")
HEAD, LOCKED = PatternFill("solid", fgColor="DCE6EC"), PatternFill("solid", fgColor="F2F2F2")
PLAIN, WRAPPED = Alignment(vertical="top"), Alignment(wrap_text=True, vertical="top")


@dataclass(frozen=True)
class Column:
    """A column of a sheet; what is not `open` is protected. `options` are the texts of its drop-down list."""

    heading: str
    open: bool = False
    options: Sequence[str] = ()
    width: float = 14
    hidden: bool = False


@dataclass(frozen=True)
class Formula:
    """A formula in a cell that was read."""

    text: str


@dataclass(frozen=True)
class Read:
    """A sheet that was read: the texts of its first row, and the rows below with their numbers in the spreadsheet."""

    headings: list[str]
    rows: list[tuple[int, list[Any]]] = field(default_factory=list)


def write(title: str, columns: Sequence[Column], rows: Sequence[Sequence[Any]]) -> bytes:
    """A workbook with one sheet: headings that stay in sight, lists to choose from, and keys that cannot be changed."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = _sheet_title(title)
    for at, column in enumerate(columns, start=1):
        _put(sheet.cell(1, at), column.heading, HEAD, Font(bold=True))
        letter = sheet.column_dimensions[get_column_letter(at)]
        letter.width, letter.hidden = column.width, column.hidden
    for number, row in enumerate(rows, start=2):
        for at, (column, value) in enumerate(zip(columns, row, strict=True), start=1):
            cell = sheet.cell(number, at)
            _put(cell, value, None if column.open else LOCKED)
            cell.protection = Protection(locked=not column.open)
    _offer(book, sheet, columns, len(rows) + 1)
    sheet.freeze_panes = "C2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(columns))}{len(rows) + 1}"
    sheet.protection.sheet = True
    for name in ("formatColumns", "formatRows", "sort", "autoFilter"):
        setattr(sheet.protection, name, False)  # False allows it
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def listing(title: str, headings: Sequence[str], rows: Sequence[Sequence[Any]]) -> bytes:
    """A workbook with one sheet to be read, sorted and reckoned with: numbers stay numbers, all else is text.

    Rows go to the file one by one, so that long lists do not fill the memory; the first ones say how wide columns are.
    """
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet(_sheet_title(title))
    for at, texts in enumerate(zip(headings, *rows[:MEASURED], strict=True), start=1):
        wide = max((len(str(text)) for text in texts if text is not None), default=0)
        sheet.column_dimensions[get_column_letter(at)].width = min(60, 2 * wide + 2)
    sheet.freeze_panes = "B2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(headings))}{len(rows) + 1}"
    for number, row in enumerate([headings, *rows], start=1):
        cells = [WriteOnlyCell(sheet) for _value in row]
        for cell, value in zip(cells, row, strict=True):
            _put(cell, value, *((HEAD, Font(bold=True)) if number == 1 else (None,)))
        sheet.append(cells)
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def read(content: bytes) -> Read:
    """The first sheet of a workbook that somebody sent.

    :raises errors.Unprocessable: it is no .xlsx file, larger than a limit, or damaged.
    """
    _ensure_harmless(content)
    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, keep_links=False)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # what the file says of its size need not be true
        rows = list(_rows(sheet))
        book.close()
    except errors.Problem:
        raise
    except Exception:
        # a damaged file can fail anywhere in the library
        raise errors.Unprocessable(_("The file is damaged or is no Excel workbook (.xlsx)")) from None
    if not rows:
        return Read([])
    headings = ["" if value is None else str(value).strip() for value in rows[0][1]]
    while headings and not headings[-1]:
        headings.pop()
    return Read(headings, rows[1:])


def _rows(sheet: Any) -> Iterator[tuple[int, list[Any]]]:
    for number, cells in enumerate(sheet.iter_rows(max_col=MOST_COLUMNS), start=1):
        values = [_value(cell) for cell in cells]
        if number > MOST_ROWS + 1:
            raise errors.Unprocessable(_("The sheet has more than %(most)s rows"), most=MOST_ROWS)
        if number == 1 or any(value not in (None, "") for value in values):
            yield number, values


def _value(cell: Any) -> Any:
    if cell.data_type == "f":
        return Formula(str(cell.value))
    endless = isinstance(cell.value, float) and not math.isfinite(cell.value)
    return str(cell.value) if endless else cell.value


def _ensure_harmless(content: bytes) -> None:
    """Refuse what would unpack to more than it seems, or names entities, before a parser sees it."""
    if len(content) > LARGEST:
        raise errors.Unprocessable(_("The file is larger than %(mb)s MB"), mb=LARGEST // 1024 // 1024)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            parts = packed.infolist()
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > LARGEST_UNPACKED:
                raise errors.Unprocessable(_("The file unpacks to more than a sheet of this size needs"))
            for part in parts:
                if part.filename.endswith((".xml", ".rels")) and b"<!DOCTYPE" in packed.read(part)[:4096].upper():
                    raise errors.Unprocessable(_("The file is damaged or is no Excel workbook (.xlsx)"))
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError):
        raise errors.Unprocessable(_("The file is damaged or is no Excel workbook (.xlsx)")) from None


def _sheet_title(title: str) -> str:
    return "".join(letter for letter in title if letter not in "[]:*?/\\")[:31] or "Sheet"


def _put(cell: Any, value: Any, fill: PatternFill | None, font: Font | None = None) -> None:
    if isinstance(value, str):
        text = openpyxl.cell.cell.ILLEGAL_CHARACTERS_RE.sub("", value)[:LONGEST]
        cell.value = text
        cell.data_type = "s"
        cell.quotePrefix = text.startswith(LEAD)
        cell.alignment = WRAPPED if "\n" in text else PLAIN
    else:
        cell.value = value
    if hasattr(value, "isoformat"):
        cell.number_format = "yyyy-mm-dd"
    if fill:
        cell.fill = fill
    if font:
        cell.font = font


def _offer(book: Any, sheet: Any, columns: Sequence[Column], last: int) -> None:
    """Drop-down lists; their texts stand on a hidden sheet, since a list inside a cell's rule may be short only."""
    if last < 2 or not any(column.options for column in columns):
        return
    lists = book.create_sheet("Lists")
    lists.sheet_state = "hidden"
    for at, column in enumerate(columns, start=1):
        for number, text in enumerate(column.options, start=1):
            _put(lists.cell(number, at), text, None)
        if column.open and column.options:
            letter = get_column_letter(at)
            rule = DataValidation(
                "list", formula1=f"Lists!${letter}$1:${letter}${len(column.options)}", allow_blank=True
            )
            rule.add(f"{letter}2:{letter}{last}")
            sheet.add_data_validation(rule)
