"""What people do with a task besides its form: send it back, take it back, pass it on, copy it, comment on it."""

import pytest
import sqlalchemy as sqla
from playwright.sync_api import expect

from service import db
from service.identity import people, units
from service.workflow import models, passing, tasks
from tests.web import drawings
from tests.web.conftest import deploy, start
from tests.web.test_tasks import _open


@pytest.fixture
def key(county):
    """The key of an open task to check an application, whose applicant is known."""
    deploy(drawings.files())
    start("checking", name="吴文安")
    return db.sa.session.scalar(sqla.select(models.UserTask.key))


def _done(key, **answers):
    """Let Bob complete the first task; gives the key of the second."""
    tasks.complete(key, {"name": "吴文安", "persons": 4, "reason": "", **answers}, by=people.find("bob"))
    db.sa.session.expire_all()
    return db.sa.session.scalar(sqla.select(sqla.func.max(models.UserTask.key)))


def test_work_is_sent_back_with_a_reason_and_comes_with_the_earlier_answers(as_, key):
    second = _done(key)
    bea = _open(as_("bea"), second)
    bea.page.get_by_role("link", name="Send back …").click()
    assert bea.faults() == []
    bea.page.get_by_label("核查申请").check()
    bea.page.get_by_label("Reason").fill("人口数与户口簿不符")
    bea.page.get_by_role("button", name="Send back").click()
    expect(bea.page.get_by_text("Sent back to “核查申请”, to Bob.")).to_be_visible()
    bob = as_("bob")
    bob.open("/inbox")
    bob.page.get_by_role("link", name="核查申请").click()
    expect(bob.page.get_by_text("Bea sent this back:")).to_be_visible()
    expect(bob.page.locator(".alert-warning:not([hidden])").first).to_contain_text("人口数与户口簿不符")
    bob.page.locator("#task[data-ready=true]").wait_for()
    expect(bob.page.get_by_label("家庭人口")).to_have_value("4")
    assert bob.faults() == []
    bob.page.get_by_label("家庭人口").fill("5")
    bob.page.get_by_role("button", name="Complete").click()
    expect(bob.page.get_by_role("heading", name="What comes next")).to_be_visible()


def test_a_completed_task_shows_its_form_and_is_taken_back(as_, key):
    _done(key)
    bob = as_("bob")
    bob.open(f"/tasks/{key}")
    bob.page.locator("#task[data-ready=true]").wait_for()
    expect(bob.page.get_by_role("heading", name="As it was filled in")).to_be_visible()
    expect(bob.page.get_by_label("家庭人口")).to_have_value("4")
    expect(bob.page.get_by_label("家庭人口")).not_to_be_editable()
    assert bob.faults() == []
    bob.page.get_by_role("button", name="Take it back").click()
    expect(bob.page.get_by_text("Taken back.")).to_be_visible()
    bob.page.locator("#task[data-ready=true]").wait_for()
    expect(bob.page.get_by_label("家庭人口")).to_have_value("4")
    bob.page.get_by_role("button", name="Complete").click()
    expect(bob.page.get_by_role("heading", name="What comes next")).to_be_visible()


def test_what_others_have_gone_on_with_is_not_taken_back(as_, key):
    second = _done(key)
    bob = as_("bob")
    bob.open(f"/tasks/{key}")
    tasks.assign(second, "bea", by=people.find("bea"))
    bob.page.get_by_role("button", name="Take it back").click()
    expect(bob.page.get_by_text("It is too late to take this back: bea has gone on with it.")).to_be_visible()
    expect(bob.page.get_by_role("button", name="Take it back")).to_have_count(0)


def test_work_is_given_to_a_colleague_and_comes_back_for_confirming(as_, key):
    bob = _open(as_("bob"), key)
    bob.page.get_by_label("家庭人口").fill("3")
    expect(bob.page.locator("#draft-state")).to_contain_text("Draft saved")
    bob.page.get_by_role("link", name="Pass on …").click()
    expect(bob.page.get_by_label("Charlie")).to_have_count(0)
    assert bob.faults() == []
    bob.page.get_by_label("Bea").check()
    bob.page.get_by_label("To come back").check()
    bob.page.get_by_role("button", name="Pass on").click()
    expect(bob.page.get_by_text("Passed on to Bea.")).to_be_visible()
    bea = _open(as_("bea"), key)
    expect(bea.page.get_by_text("Completed, it returns to Bob for confirming.")).to_be_visible()
    expect(bea.page.get_by_label("家庭人口")).to_have_value("3")
    bea.page.get_by_label("家庭人口").fill("6")
    bea.page.get_by_role("button", name="Complete").click()
    expect(bea.page.get_by_text("Bob is working on this task.")).to_be_visible()
    _open(bob, key)
    expect(bob.page.get_by_label("家庭人口")).to_have_value("6")
    bob.page.get_by_role("button", name="Complete").click()
    expect(bob.page.get_by_role("heading", name="What comes next")).to_be_visible()


def test_a_copy_can_be_read_and_nothing_else(as_, key):
    people.join("charlie", "county_office_clerk", _office())
    passing.copy(key, ["charlie"], "请知悉", by=people.find("bob"))
    charlie = as_("charlie")
    charlie.open("/inbox?box=copied")
    charlie.page.get_by_role("link", name="核查申请").click()
    charlie.page.locator("#task[data-ready=true]").wait_for()
    expect(charlie.page.get_by_text("请知悉")).to_be_visible()
    expect(charlie.page.get_by_role("button", name="Complete")).to_have_count(0)
    second = _done(key)
    assert charlie.open(f"/tasks/{second}").status == 404


def _office():
    return units.add("4502-o", "某县扶贫办", "county_office", units.find("4502"))


def test_a_comment_is_read_by_who_sees_the_case(as_, key):
    bob = _open(as_("bob"), key)
    bob.page.get_by_label("Comment", exact=True).fill("请看 @bea：户主已迁出？")
    bob.page.locator("#remarks").get_by_role("button", name="Comment").click()
    expect(bob.page.locator("#remarks")).to_contain_text("户主已迁出？")
    second = _done(key)
    bea = _open(as_("bea"), second)
    expect(bea.page.locator("#remarks")).to_contain_text("户主已迁出？")


def test_filters_are_kept_under_a_name(as_, key):
    bob = as_("bob")
    bob.open("/inbox?box=units")
    bob.page.get_by_label("Due", exact=True).select_option("late")
    bob.page.get_by_text("Keep these filters").click()
    bob.page.get_by_label("Name of the filter").fill("逾期的")
    bob.page.get_by_role("button", name="Keep", exact=True).click()
    bob.open("/inbox")
    bob.page.get_by_role("link", name="逾期的").click()
    assert "due=late" in bob.page.url
    assert "box=units" in bob.page.url
    assert bob.faults() == []
    bob.page.get_by_role("button", name="Delete the filter 逾期的").click()
    expect(bob.page.get_by_role("link", name="逾期的")).to_have_count(0)
