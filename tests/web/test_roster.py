"""Roster tasks: rows filled in on the spot, in the side panel, many at once, and with the keyboard."""

import time
from pathlib import Path

import pytest
import sqlalchemy as sqla
from playwright.sync_api import expect

from service import db
from service.identity import people, units
from service.register import households, models
from service.workflow import models as workflow
from tests.web.conftest import ROOT, deploy, start

FORMS = ("f_verify", "f_vote", "f_list_done")
VISITING = Path(__file__).with_name("visiting.bpmn")


@pytest.fixture
def village(county):
    """The upper village: vera for its committee, and three households."""
    people.add("vera", "Vera", "correct horse battery")
    people.join("vera", "village_committee", units.find("4502-e-u"))
    deploy(
        {
            VISITING.name: VISITING.read_bytes(),
            "review_rules.dmn": (ROOT / "processes" / "review_rules.dmn").read_bytes(),
            **{f"{n}.form": (ROOT / "forms" / f"{n}.form").read_bytes() for n in FORMS},
        }
    )
    _settle(county["village"], 3)
    return county


def _settle(unit, count):
    with db.transaction():
        for number in range(count):
            households.create(unit, {"head_name": f"吴文{number}", "hamlet": "上寨屯", "members": []})


def _tasks(**variables):
    """The keys of the tasks to verify and to vote, in a new run."""
    start("visiting", unit="4502-e-u", **variables)
    task = workflow.UserTask
    found = dict(db.sa.session.execute(sqla.select(task.element_id, task.key).where(task.state == "CREATED")).all())
    return found["Task_Verify"], found["Task_Vote"]


def _open(reader, key):
    reader.open(f"/tasks/{key}")
    reader.page.locator("#roster[data-ready=true]").wait_for()
    return reader.page


def _cases():
    db.sa.session.rollback()
    db.sa.session.expire_all()
    return list(db.sa.session.scalars(sqla.select(models.Case).order_by(models.Case.key)))


def _row(page, name):
    return page.locator("#roster-table tbody tr").filter(has_text=name)


def test_a_row_is_filled_in_on_the_spot_and_saves_itself_when_it_is_right(as_, village):
    verify, _vote = _tasks(quota=7)
    page = _open(as_("vera"), verify)
    row = _row(page, "吴文1")
    row.get_by_label("核实意见").select_option("同意")
    expect(row.locator(".standing")).not_to_have_text("done")
    row.get_by_label("核实人").fill("石清")
    row.get_by_label("核实日期").fill("2026-07-10")
    row.get_by_label("核实日期").blur()
    expect(row.locator(".standing")).to_have_text("done")
    expect(page.locator("#roster-done")).to_have_text("1")
    answers = [case.answers.get("Task_Verify") for case in _cases()]
    assert [answer and answer["verify_opinion"] for answer in answers] == [None, "同意", None]
    expect(page.locator("tfoot")).to_contain_text("quota 7")


def test_what_is_typed_while_a_row_is_on_its_way_is_saved_after_it(as_, village):
    verify, _vote = _tasks(quota=7)
    page = _open(as_("vera"), verify)
    held = []
    page.route("**/rows", lambda route: route.continue_() if held else held.append(route))
    row = _row(page, "吴文1")
    row.get_by_label("核实意见").select_option("同意")
    row.get_by_label("核实人").fill("石清")
    row.get_by_label("核实日期").fill("2026-07-10")
    row.get_by_label("核实日期").blur()
    expect(row.locator(".standing")).to_have_text("Saving …")
    held[0].continue_()
    expect(row.locator(".standing")).to_have_text("done")
    assert [answer["verified_by"] for case in _cases() if (answer := case.answers.get("Task_Verify"))] == ["石清"]


def test_what_is_wrong_in_a_row_is_told_there_and_survives_a_reload(as_, village):
    verify, _vote = _tasks()
    vera = as_("vera")
    row = _row(_open(vera, verify), "吴文0")
    row.get_by_label("核实意见").select_option("剔除")
    expect(row.locator(".standing .wrong")).to_be_visible()
    expect(row.get_by_label("剔除理由")).to_have_class("form-control form-control-sm is-invalid")
    row = _row(_open(vera, verify), "吴文0")
    expect(row.get_by_label("核实意见")).to_have_value('"剔除"')
    expect(row.locator(".standing")).to_have_text("Not saved")
    assert _cases()[0].answers == {}
    assert vera.faults() == []


def test_the_panel_takes_a_form_and_goes_on_to_the_next_household(as_, village):
    _verify, vote = _tasks(present=9, representatives=9)
    vera = as_("vera")
    page = _open(vera, vote)
    _row(page, "吴文0").get_by_role("button", name="吴文0").click()
    panel = page.locator("#panel[data-ready=true]")
    expect(panel.get_by_role("heading", name="吴文0")).to_be_visible()
    assert vera.faults() == []
    panel.get_by_label("同意", exact=False).first.fill("8")
    panel.get_by_label("不同意").fill("1")
    page.keyboard.press("Control+Enter")
    expect(panel.get_by_role("heading", name="吴文1")).to_be_visible()
    expect(_row(page, "吴文0").locator(".standing")).to_have_text("done")
    assert _cases()[0].answers["Task_Vote"]["vote_yes"] == 8
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="吴文1")).to_be_focused()


def test_a_wrong_answer_in_the_panel_is_shown_at_its_field_and_kept(as_, village):
    _verify, vote = _tasks(present=9, representatives=9)
    page = _open(as_("vera"), vote)
    page.get_by_role("button", name="吴文2").click()
    panel = page.locator("#panel[data-ready=true]")
    panel.get_by_label("不同意").fill("-1")
    page.locator("#panel-save").click()
    expect(page.locator("#panel-faults")).to_be_visible()
    expect(panel.locator(".fjs-has-errors").first).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="吴文2").click()
    expect(page.locator("#panel").get_by_label("不同意")).to_have_value("-1")


def test_many_rows_are_filled_in_at_once(as_, village):
    verify, _vote = _tasks()
    page = _open(as_("vera"), verify)
    page.get_by_label("Select all that are shown").check()
    expect(page.locator("#roster-picked")).to_contain_text("3 selected")
    page.get_by_role("button", name="Fill in several at once").click()
    panel = page.locator("#panel[data-ready=true]")
    panel.get_by_label("同意").check()
    panel.get_by_label("核实人").fill("石清")
    panel.get_by_label("核实日期").fill("2026/07/10")
    panel.get_by_label("核实日期").press("Tab")
    page.locator("#panel-save").click()
    expect(page.locator("#roster-done")).to_have_text("3")
    assert {case.answers["Task_Verify"]["verified_by"] for case in _cases()} == {"石清"}


def test_the_task_ends_when_all_rows_are_done_and_says_which_are_not(as_, village):
    verify, _vote = _tasks()
    vera = as_("vera")
    page = _open(vera, verify)
    page.locator("#task[data-ready=true]").wait_for()
    page.locator("#form").get_by_label("经办人").fill("石清")
    page.locator("#form").get_by_label("办理日期").fill("2026/07/10")
    page.locator("#form").get_by_label("办理日期").press("Tab")
    page.locator("#complete").click()
    expect(page.locator("#faults")).to_contain_text("3 rows are not done yet")
    answer = {"verify_opinion": "同意", "verified_by": "石清", "verified_on": "2026-07-10"}
    token = page.locator("meta[name=csrf-token]").get_attribute("content")
    sent = vera.context.request.post(
        f"{vera.address}/tasks/{verify}/rows",
        data={"rows": [{"case": str(case.key), **answer} for case in _cases()]},
        headers={"X-CSRFToken": token, "Accept": "application/json"},
    )
    assert sent.status == 200
    page.locator("#complete").click()
    expect(page.get_by_role("heading", name="What comes next")).to_be_visible()


def test_arrows_and_enter_move_as_in_a_spreadsheet(as_, village):
    verify, _vote = _tasks()
    page = _open(as_("vera"), verify)
    first, second = _row(page, "吴文0"), _row(page, "吴文1")
    first.get_by_label("核实人").focus()
    page.keyboard.press("ArrowDown")
    expect(second.get_by_label("核实人")).to_be_focused()
    page.keyboard.press("Shift+Enter")
    expect(first.get_by_label("核实人")).to_be_focused()


def test_the_list_is_searched_filtered_and_sorted(as_, village):
    verify, _vote = _tasks()
    page = _open(as_("vera"), verify)
    shown = page.locator("#roster-table tbody tr:not([hidden])")
    page.get_by_label("Search in the list").fill("文2")
    expect(shown).to_have_count(1)
    page.get_by_label("Search in the list").fill("")
    page.get_by_role("button", name="Name").click()
    page.get_by_role("button", name="Name").click()
    expect(shown.first).to_contain_text("吴文2")
    page.get_by_label("Show", exact=True).select_option("done")
    expect(shown).to_have_count(0)


def test_who_may_not_do_the_task_sees_no_rows_and_saves_none(as_, village):
    verify, _vote = _tasks()
    for name, status in (("bob", 404), ("charlie", 404), ("vera", 200)):
        reader = as_(name)
        case = _cases()[0].key
        assert reader.open(f"/tasks/{verify}/rows/{case}").status == status
    alice = as_("alice")  # she supervises: she sees the rows and may not fill them in
    page = _open(alice, verify)
    expect(page.locator("#roster-table [data-field]")).to_have_count(0)
    token = page.locator("meta[name=csrf-token]").get_attribute("content")
    sent = alice.context.request.post(
        f"{alice.address}/tasks/{verify}/rows", data={"rows": []}, headers={"X-CSRFToken": token}
    )
    assert sent.status == 403


def test_a_row_of_another_village_is_not_in_the_list(as_, village):
    verify, _vote = _tasks()
    other = units.add("4502-w-u", "外村", "village", units.find("4502-w"))
    _settle(other.id, 1)
    start("visiting", unit="4502-w-u")
    stranger = next(case for case in _cases() if case.unit_id == other.id)
    assert as_("vera").open(f"/tasks/{verify}/rows/{stranger.key}").status == 404


def test_three_hundred_rows_open_in_a_second(as_, village):
    _settle(village["village"], 297)
    verify, _vote = _tasks()
    vera = as_("vera")
    _open(vera, verify)
    begun = time.perf_counter()
    page = _open(vera, verify)
    took = time.perf_counter() - begun
    expect(page.locator("#roster-table tbody tr")).to_have_count(300)
    assert took < 3  # a second on an idle machine; tests share theirs
