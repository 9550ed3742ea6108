"""The inbox: who finds what, filters, counts, and new work that appears by itself."""

import re
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sqla
from playwright.sync_api import expect

from service import clock, db, identity
from service.identity import people
from service.web import words, worklist
from service.workflow import models, tasks
from tests.statements import counted
from tests.web import drawings
from tests.web.conftest import deploy, start


@pytest.fixture
def checking(county):
    """The process `checking`, deployed."""
    deploy(drawings.files())
    return county


def _task(**about):
    (row,) = db.sa.session.scalars(sqla.select(models.UserTask).filter_by(state="CREATED", **about))
    return row


def test_a_clerk_finds_the_tasks_of_his_unit_and_a_stranger_does_not(as_, checking, at):
    at("2026-07-20T09:00+08:00")
    start("checking", unit="4502-e-u")
    bob = as_("bob")
    row = bob.page.get_by_role("row").nth(1)
    expect(row).to_contain_text("核查申请")
    expect(row).to_contain_text("上村")
    expect(row).to_contain_text("done by 东乡")
    expect(row).to_contain_text("3 days left")
    expect(row).to_contain_text("3 working days")
    assert bob.faults() == []
    expect(as_("charlie").page.get_by_text("Nothing to do at the moment.")).to_be_visible()


def test_boxes_count_what_is_mine_my_units_started_and_done(as_, checking):
    start("checking")
    start("checking")
    first, _second = db.sa.session.scalars(sqla.select(models.UserTask).order_by(models.UserTask.key))
    tasks.assign(first.key, "bea", by=people.find("bea"))
    bob = as_("bob")
    boxes = bob.page.get_by_role("list", name="Boxes")
    expect(boxes).to_contain_text(re.compile(r"To do\s*1\s*My units\s*2\s*Started by me\s*0\s*Done by me\s*0"))
    bob.page.get_by_role("link", name="My units").click()
    expect(bob.page.get_by_role("row")).to_have_count(3)
    expect(bob.page.get_by_role("row").filter(has_text="Bea")).to_have_count(1)


def test_new_work_appears_without_a_reload(as_, checking):
    bob = as_("bob")
    expect(bob.page.get_by_text("Nothing to do at the moment.")).to_be_visible()
    start("checking")
    bob.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(bob.page.get_by_role("link", name="核查申请")).to_be_visible()


def test_filters_narrow_the_list_and_stay_in_the_address(as_, checking):
    start("checking", unit="4502-e-u")
    start("checking", unit="4502-e")
    bob = as_("bob")
    bob.page.get_by_label("Search", exact=True).fill("上村")
    expect(bob.page.get_by_role("row")).to_have_count(2)
    assert "q=%E4%B8%8A%E6%9D%91" in bob.page.url
    bob.page.get_by_label("Due", exact=True).select_option("none")
    expect(bob.page.get_by_text("Nothing fits these filters.")).to_be_visible()
    bob.page.get_by_role("link", name="Clear the filters").click()
    bob.page.get_by_label("Process").select_option("checking")
    bob.page.get_by_label("Step").select_option("Task_File")
    expect(bob.page.get_by_text("Nothing fits these filters.")).to_be_visible()


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, 2),
        ({"process": "checking"}, 2),
        ({"process": "other"}, 0),
        ({"step": "Task_Check"}, 2),
        ({"q": "核查"}, 2),
        ({"q": "100%_"}, 0),
        ({"unit": "village"}, 1),
        ({"unit": "west"}, 0),
        ({"due": "week"}, 2),
        ({"due": "late"}, 0),
        ({"due": "none"}, 0),
        ({"page": "2"}, 0),
        ({"page": "-1", "due": "whenever", "unit": "x", "sort": "; drop table"}, 2),
    ],
)
def test_each_filter_keeps_what_fits(checking, at, asked, found):
    at("2026-07-20T09:00+08:00")
    start("checking", unit="4502-e-u")
    start("checking", unit="4502-e")
    asked = {**asked, "unit": str(checking.get(asked.get("unit"), asked.get("unit", "")))}
    assert len(worklist.sheet(worklist.Wish.read(asked), people.find("bob")).rows) == found


def test_the_most_urgent_come_first_and_pages_have_no_gap(checking, at):
    at("2026-07-20T09:00+08:00")
    for _ in range(worklist.PAGE + 2):
        start("checking")
    late = _task_numbers()[-1]
    db.sa.session.execute(sqla.update(models.UserTask).where(models.UserTask.key == late).values(due=clock.now()))
    db.sa.session.commit()
    first, second = (worklist.sheet(worklist.Wish(page=page), people.find("bob")) for page in (1, 2))
    assert first.rows[0].key == late
    assert (len(first.rows), first.more, len(second.rows), second.more) == (worklist.PAGE, True, 2, False)
    assert {row.key for row in (*first.rows, *second.rows)} == set(_task_numbers())


@pytest.mark.parametrize("box", worklist.BOXES)
def test_the_number_of_queries_does_not_grow_with_the_rows(checking, box):
    def queries():
        with counted() as seen:
            worklist.sheet(worklist.Wish(box=box), bob)
        return len(seen)

    bob = people.find("bob")
    _begin(bob)
    few = queries()
    for _ in range(5):
        _begin(bob)
    assert queries() == few == 2


def test_what_somebody_started_shows_where_it_stands(as_, checking):
    _begin(people.find("bob"))
    bob = as_("bob")
    bob.page.get_by_role("link", name="Started by me").click()
    row = bob.page.get_by_role("row").nth(1)
    for text in ("申请核查", "东乡", "running", "核查申请", "1 open task"):
        expect(row).to_contain_text(text)
    assert bob.faults() == []


def test_the_inbox_works_on_a_phone_and_in_the_dark(as_, checking):
    start("checking", unit="4502-e-u")
    bob = as_("bob", viewport={"width": 390, "height": 844}, color_scheme="dark")
    expect(bob.page.get_by_role("link", name="核查申请")).to_be_visible()
    assert bob.page.evaluate("document.documentElement.scrollWidth") <= 390
    assert bob.faults() == []


@pytest.mark.parametrize(
    ("hours", "text", "urgency"),
    [
        (-49, "2 days overdue", "late"),
        (-1, "overdue since today", "late"),
        (1, "due today", "soon"),
        (15, "due today", "soon"),
        (16, "1 day left", "soon"),
        (24 * 3, "3 days left", "soon"),
        (24 * 5, "5 days left", "later"),
    ],
)
def test_due_times_are_told_in_words(app, at, hours, text, urgency):
    at("2026-07-20T09:00+08:00")
    due = datetime.fromisoformat("2026-07-20T09:00+08:00") + timedelta(hours=hours)
    assert (words.due(due), words.urgency(due)) == (text, urgency)


def _begin(person):
    from service.workflow import instances

    instances.create("checking", {}, by=person, unit="4502-e")


def _task_numbers():
    return list(db.sa.session.scalars(sqla.select(models.UserTask.key).order_by(models.UserTask.key)))


def test_the_stranger_may_not_even_know_of_a_task(as_, checking):
    start("checking")
    charlie = as_("charlie")
    key = _task().key
    for path in (f"/tasks/{key}", f"/tasks/{key}/state", f"/tasks/{key}/files/files::x/0"):
        assert charlie.open(path).status == 404
    assert identity.access.allowed(people.find("alice"), "task.read", _task())


def test_filters_can_be_kept_once_some_are_set(as_, checking):
    bob = as_("bob")
    expect(bob.page.get_by_text("Keep these filters")).to_be_hidden()
    bob.page.get_by_label("Due", exact=True).select_option("late")
    expect(bob.page.get_by_text("Keep these filters")).to_be_visible()


def test_on_a_phone_a_sign_beside_the_menu_leads_to_the_search(as_, checking):
    start("checking", unit="4502-e-u")
    bob = as_("bob", viewport={"width": 375, "height": 740})
    bob.page.get_by_role("link", name="Search everywhere").click()
    bob.page.get_by_role("searchbox", name="Name, code or number").fill("上村")
    bob.page.get_by_role("main").get_by_role("button", name="Search").click()
    expect(bob.page.get_by_role("heading", name="Search for “上村”")).to_be_visible()
    assert bob.faults() == []
