"""A roster as an Excel file, and back: the report tells all before anything is written."""

import datetime
import io
import json
import re
import zipfile

import openpyxl
import pytest
from playwright.sync_api import expect

from service import db
from service.identity import people, units
from tests.web import visiting
from tests.web.test_rosterrows import keys, send
from tests.web.visitor import Visitor

ANSWER = visiting.ANSWER
CODES = [f"4502-e-u{number:04d}" for number in (1, 2, 3)]


@pytest.fixture
def worker():
    """No background work: the cases are there when the process has started."""


@pytest.fixture
def verify(county):
    """The key of the task to verify three households."""
    visiting.prepare(county["village"])
    return visiting.tasks()[0]


def export(visitor, key):
    answer = visitor.get(f"/tasks/{key}/rows.xlsx")
    assert answer.status_code == 200
    return openpyxl.load_workbook(io.BytesIO(answer.data))


def packed(book):
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def filled(book, *rows):
    """Fill in the open columns of rows: opinion, reason, name, day."""
    sheet = book.worksheets[0]
    for number, values in enumerate(rows, start=2):
        for at, value in enumerate(values, start=6):
            sheet.cell(number, at).value = value
    return book


def report(visitor, key, content):
    """Hand in a file; gives the answer, what it tells by row, and what would be sent."""
    page = visitor.post(f"/tasks/{key}/import", file=(io.BytesIO(content), "roster.xlsx"))
    lines = re.findall(r"<tr[^>]*><td class=\"text-end\">(\d+)</td>(.*?)</tr>", page.text, re.DOTALL)
    told = {int(number): " ".join(re.sub(r"<[^>]+>", " ", cells).split()) for number, cells in lines}
    found = re.search(r'id="import-rows">(.*?)</script>', page.text)
    return page, told, json.loads(found[1]) if found else None


def test_the_export_has_headings_lists_answers_and_protected_keys(app, verify):
    vera = Visitor(app, "vera")
    send(vera, verify, [{"case": keys()[0], **ANSWER, "verified_by": "=1+1"}])
    sheet = export(vera, verify).worksheets[0]
    heads = [cell.value for cell in sheet[1]]
    assert heads == ["Code", "Name", "Place", "Persons", "State", "核实意见", "剔除理由", "核实人", "核实日期", "#"]
    first = [cell.value for cell in sheet[2]]
    assert first[:6] == [CODES[0], "吴文0", "上村 上寨屯", 0, "拟纳入", "同意"]
    assert (first[8].date().isoformat(), sheet["H2"].data_type, sheet["H2"].quotePrefix) == ("2026-07-10", "s", True)
    assert (sheet["A2"].protection.locked, sheet["F2"].protection.locked) == (True, False)
    assert [str(rule.sqref) for rule in sheet.data_validations.dataValidation] == ["F2:F4"]


def test_the_report_tells_what_would_change_and_nothing_is_written_before(app, verify):
    vera = Visitor(app, "vera")
    book = filled(export(vera, verify), ["同意", None, "石清", "2026/7/10"], ["剔除", "已迁出", "石清", "2026-07-11"])
    page, told, sent = report(vera, verify, packed(book))
    assert page.status_code == 200
    assert set(told) == {2, 3}
    assert told[3].startswith(f"{CODES[1]} 吴文1 核实意见: — → 剔除")
    assert "Write all 2 rows" in page.text
    assert [case.answers for case in visiting.cases()] == [{}, {}, {}]
    assert send(vera, verify, sent["rows"], seen=sent["seen"], merge=True).status_code == 200
    assert [case.answers.get("Task_Verify", {}).get("verify_opinion") for case in visiting.cases()] == [
        "同意",
        "剔除",
        None,
    ]
    again = report(vera, verify, packed(export(vera, verify)))
    assert "says what the list says already" in again[0].text


def test_each_fault_is_told_by_row_and_column_and_only_good_rows_are_offered(app, verify):
    vera = Visitor(app, "vera")
    book = filled(
        export(vera, verify),
        ["弃权", None, "石清", "明天"],
        ["同意", None, "石清", "2026-07-11"],
        ["剔除", None, '=A1&"x"', None],
    )
    sheet = book.worksheets[0]
    sheet.append([CODES[1], "吴文1"])
    sheet.append(["4502-w-u0001", "外人"])
    sheet.append([None, "没有编号"])
    page, told, sent = report(vera, verify, packed(book))
    assert "核实意见 :" in told[2]
    assert "核实日期 :" in told[2]
    assert "核实人 : A formula is not taken over" in told[4]
    assert "The code stands in row 3 already" in told[5]
    assert "This row is not in the list" in told[6]
    assert "The code is missing" in told[7]
    assert "Write only the 1 good rows" in page.text
    assert [row["case"] for row in sent["rows"]] == [keys()[1]]


def test_a_row_changed_after_the_export_is_told_and_not_overwritten(app, verify):
    vera, vito = Visitor(app, "vera"), Visitor(app, "vito")
    book = filled(export(vera, verify), ["同意", None, "石清", "2026-07-10"])
    send(vito, verify, [{"case": keys()[0], **ANSWER, "verified_by": "吴七"}])
    _page, told, sent = report(vera, verify, packed(book))
    assert "Vito changed this row" in told[2]
    assert sent["rows"] == []


def test_between_report_and_writing_nothing_is_overwritten_either(app, verify):
    vera, vito = Visitor(app, "vera"), Visitor(app, "vito")
    sent = report(vera, verify, packed(filled(export(vera, verify), ["同意", None, "石清", "2026-07-10"])))[2]
    send(vito, verify, [{"case": keys()[0], **ANSWER, "verified_by": "吴七"}])
    assert send(vera, verify, **sent).status_code == 422


def test_columns_that_are_not_known_are_told_and_missing_ones_change_nothing(app, verify):
    vera = Visitor(app, "vera")
    send(vera, verify, [{"case": keys()[0], **ANSWER}])
    book = openpyxl.Workbook()
    book.active.append(["Code", "核实人", "备注"])
    book.active.append([CODES[0], "吴七", "x"])
    page, told, sent = report(vera, verify, packed(book))
    assert "left out: 备注." in page.text
    assert told == {2: f"{CODES[0]} 吴文0 核实人: 石清 → 吴七"}
    assert send(vera, verify, **sent).status_code == 200
    assert visiting.cases()[0].answers["Task_Verify"]["verify_opinion"] == "同意"


def test_cells_as_people_leave_them_are_read_or_told(app, verify):
    vera = Visitor(app, "vera")
    book = filled(
        export(vera, verify),
        ["同意　", None, "００７", datetime.date(2026, 7, 10)],
        ["同意", None, 4.5029919900101e17, "２０２６－７－１１"],
        ["同意", None, "007", "2026年7月12日"],
    )
    sheet = book.worksheets[0]
    sheet.row_dimensions[4].hidden = True
    sheet.merge_cells("A6:C7")
    sheet["A6"] = "合计"
    _page, told, sent = report(vera, verify, packed(book))
    assert "The spreadsheet cut digits of this number; write it as text" in told[3]
    assert "This row is not in the list" in told[6]
    days = [(row["verified_by"], row["verified_on"]) for row in sent["rows"]]
    assert days == [("００７", "2026-07-10"), ("007", "2026-07-12")]


def test_a_number_without_end_is_a_fault_of_its_row(app, verify):
    vera = Visitor(app, "vera")
    content = packed(filled(export(vera, verify), ["同意", None, 1234567, "2026-07-10"]))
    with zipfile.ZipFile(io.BytesIO(content)) as source:
        parts = {name: source.read(name).replace(b"<v>1234567</v>", b"<v>1E999</v>") for name in source.namelist()}
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as target:
        for name, part in parts.items():
            target.writestr(name, part)
    page, _told, sent = report(vera, verify, made.getvalue())
    assert page.status_code == 200
    assert [row["verified_by"] for row in sent["rows"]] == ["inf"]


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 and more", b"code;name"])
def test_what_is_no_workbook_is_refused_with_a_reason(app, verify, content):
    page, _told, sent = report(Visitor(app, "vera"), verify, content)
    assert (page.status_code, sent) == (422, None)
    assert "damaged or is no Excel workbook" in page.text


def test_a_sheet_without_codes_is_refused(app, verify):
    book = openpyxl.Workbook()
    book.active.append(["名称", "核实人"])
    page, _told, _sent = report(Visitor(app, "vera"), verify, packed(book))
    assert "no column with the codes" in page.text


def test_numbers_that_identify_people_are_masked_as_on_the_page(app, verify):
    case = visiting.cases()[0]
    case.answers = {"Task_Verify": {"verified_by": "450299********0015"}}
    case.answered = {"Task_Verify": str(verify)}
    db.sa.session.commit()
    assert export(Visitor(app, "vera"), verify).worksheets[0]["H2"].value == "450299********0015"


def test_who_may_not_see_the_task_gets_no_file_and_who_only_looks_on_imports_nothing(app, verify):
    people.add("sara", "Sara", visiting.PASSWORD)
    people.join("sara", "supervisor", units.find("4502-e-u"))
    sara, charlie = Visitor(app, "sara"), Visitor(app, "charlie")
    assert charlie.get(f"/tasks/{verify}/rows.xlsx").status_code == 404
    assert charlie.get(f"/tasks/{verify}/import").status_code == 404
    content = packed(export(sara, verify))
    assert sara.get(f"/tasks/{verify}/import").status_code == 403
    assert report(sara, verify, content)[0].status_code == 403


def test_exporting_takes_as_many_queries_for_many_rows_as_for_few(app, verify, county):
    vera = Visitor(app, "vera")
    few = vera.queries(f"/tasks/{verify}/rows.xlsx")
    visiting.settle(county["village"], 50)
    visiting.start("visiting", unit="4502-e-u")
    task = visiting.workflow.UserTask
    newest = db.sa.session.scalar(
        visiting.sqla.select(task.key).where(task.element_id == "Task_Verify").order_by(task.key.desc()).limit(1)
    )
    assert vera.queries(f"/tasks/{newest}/rows.xlsx") <= few


def test_a_file_is_given_back_checked_and_written_in_the_browser(as_, app, verify, tmp_path):
    path = tmp_path / "名册.xlsx"
    path.write_bytes(packed(filled(export(Visitor(app, "vera"), verify), ["同意", None, "石清", "2026-07-10"])))
    vera = as_("vera")
    vera.open(f"/tasks/{verify}")
    vera.page.get_by_role("link", name="Import from Excel").click()
    vera.page.get_by_label("Excel file").set_input_files(path)
    vera.page.get_by_role("button", name="Check the file").click()
    expect(vera.page.locator("#import-lines tbody tr")).to_have_count(1)
    assert vera.faults() == []
    vera.page.get_by_role("button", name="Write all 1 rows").click()
    expect(vera.page.locator("#roster-done")).to_have_text("1")
