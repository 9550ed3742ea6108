"""Spreadsheets that run nothing when they are opened, and that cannot hurt when they are read."""

import io
import zipfile
from datetime import date

import openpyxl
import pytest

from service import errors
from service.documents import sheets

COLUMNS = [
    sheets.Column("编号"),
    sheets.Column("意见", open=True, options=("同意", "剔除，或退回", "他说“不”")),
    sheets.Column("#", hidden=True),
]


def opened(content):
    return openpyxl.load_workbook(io.BytesIO(content))


def packed(**parts):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return made.getvalue()


def test_keys_are_protected_and_lists_are_offered_whatever_their_texts():
    book = opened(sheets.write("村委会/核实", COLUMNS, [["0001", "同意", "k"]]))
    sheet = book.worksheets[0]
    assert (sheet.title, sheet.protection.sheet, sheet.freeze_panes) == ("村委会核实", True, "C2")
    assert (sheet["A2"].protection.locked, sheet["B2"].protection.locked) == (True, False)
    assert sheet.column_dimensions["C"].hidden
    rule = sheet.data_validations.dataValidation[0]
    assert (str(rule.sqref), rule.formula1) == ("B2", "Lists!$B$1:$B$3")
    assert [cell.value for cell in book["Lists"]["B"]] == ["同意", "剔除，或退回", "他说“不”"]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("http://x","y")', "\t=1", "\r=1"])
def test_a_text_that_begins_like_a_formula_stays_text(text):
    cell = opened(sheets.write("x", COLUMNS, [[text, "", ""]])).worksheets[0]["A2"]
    assert (cell.data_type, cell.quotePrefix) == ("s", True)
    assert sheets.read(sheets.write("x", COLUMNS, [[text, "", ""]])).rows[0][1][0] == cell.value


def test_what_was_written_is_read_with_its_row_numbers_and_without_empty_rows():
    found = sheets.read(
        sheets.write("x", COLUMNS, [["0001", None, None], [None, None, None], ["0003", date(2026, 7, 1), 5]])
    )
    assert found.headings == ["编号", "意见", "#"]
    assert [(number, cells[0]) for number, cells in found.rows] == [(2, "0001"), (4, "0003")]
    assert found.rows[1][1][1].date() == date(2026, 7, 1)


def test_a_listing_keeps_numbers_and_texts_apart_and_its_headings_in_sight():
    content = sheets.listing("清单", ["单位", "户数"], [["东乡", 12], ["=1+1", None]])
    sheet = opened(content).worksheets[0]
    assert (sheet.title, sheet.freeze_panes, sheet.auto_filter.ref) == ("清单", "B2", "A1:B3")
    assert (sheet["A1"].font.bold, sheet["A2"].font.bold, sheet["B2"].value) == (True, False, 12)
    assert (sheet["A3"].data_type, sheet["A3"].quotePrefix, sheet["A3"].value) == ("s", True, "=1+1")
    assert sheet.column_dimensions["A"].width == 10
    assert sheets.read(content).headings == ["单位", "户数"]


def test_a_formula_is_told_as_one():
    book = openpyxl.Workbook()
    book.active.append(["编号", "意见"])
    book.active.append(["0001", '=1+1&"x"'])
    made = io.BytesIO()
    book.save(made)
    assert sheets.read(made.getvalue()).rows[0][1][1] == sheets.Formula('=1+1&"x"')


def test_characters_that_no_sheet_can_hold_are_left_out():
    assert opened(sheets.write("x", COLUMNS, [["a\x00b\x0b", "", ""]])).worksheets[0]["A2"].value == "ab"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not a workbook",
        packed(hello="world"),
        packed(**{"xl/workbook.xml": '<!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>'}),
        sheets.write("x", COLUMNS, [])[:-200],
    ],
)
def test_what_is_no_workbook_is_refused(content):
    with pytest.raises(errors.Unprocessable, match="damaged"):
        sheets.read(content)


def test_a_file_that_unpacks_to_far_more_than_it_is_is_refused():
    with pytest.raises(errors.Unprocessable, match="unpacks"):
        sheets.read(packed(**{"xl/worksheets/sheet1.xml": b" " * (sheets.LARGEST_UNPACKED + 1)}))
    with pytest.raises(errors.Unprocessable, match="unpacks"):
        sheets.read(packed(**{f"part{number}": b"" for number in range(sheets.MOST_PARTS + 1)}))


def test_a_file_too_large_and_a_sheet_too_long_are_refused(monkeypatch):
    with pytest.raises(errors.Unprocessable, match="5 MB"):
        sheets.read(b"x" * (sheets.LARGEST + 1))
    monkeypatch.setattr(sheets, "MOST_ROWS", 3)
    assert len(sheets.read(sheets.write("x", COLUMNS, [["1", "", ""]] * 3)).rows) == 3
    with pytest.raises(errors.Unprocessable, match="3 rows"):
        sheets.read(sheets.write("x", COLUMNS, [["1", "", ""]] * 4))
