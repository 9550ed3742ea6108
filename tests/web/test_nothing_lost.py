"""Plain forms and lists in a real browser: a second click, a lost answer, an ended session, another person."""

import pytest
import sqlalchemy as sqla
from playwright.sync_api import expect

from service import db
from service.identity import people
from service.workflow import models, remarks
from tests.web import drawings
from tests.web.conftest import deploy, start
from tests.web.test_tasks import _open

FACTS = "该户有两辆汽车，且不住本村。"


def _object(page, facts=FACTS):
    page.get_by_label("A household should not be on the list").check()
    page.get_by_label("Which household?").fill("吴文安")
    page.get_by_label("What are the facts?").fill(facts)
    page.get_by_label("I do not give my name").check()


def _filed():
    query = sqla.select(sqla.func.count()).select_from(models.Message).filter_by(name="objection_received")
    return db.sa.session.scalar(query)


def test_a_double_click_files_one_objection(notice, as_):
    visitor = as_()
    page = visitor.page
    visitor.open(f"/notices/{notice}/objection")
    _object(page)
    page.get_by_role("button", name="File the objection").dblclick()
    expect(page.get_by_text("receipt").first).to_be_visible()
    assert _filed() == 1


def test_an_objection_whose_answer_was_lost_is_filed_once(notice, as_):
    visitor = as_()
    page = visitor.page
    visitor.open(f"/notices/{notice}/objection")
    _object(page)
    lost = iter([True])

    def lose_the_answer(route):
        if route.request.method == "POST" and next(lost, False):
            route.fetch()
            route.abort()
        else:
            route.continue_()

    page.route("**/objection", lose_the_answer)
    page.get_by_role("button", name="File the objection").click()
    page.wait_for_timeout(300)
    visitor.open(f"/notices/{notice}/objection")
    expect(page.get_by_label("What are the facts?")).to_have_value(FACTS)
    page.get_by_role("button", name="File the objection").click()
    expect(page.get_by_text("receipt").first).to_be_visible()
    assert _filed() == 1
    page.wait_for_load_state()
    visitor.open(f"/notices/{notice}/objection")
    expect(page.get_by_label("What are the facts?")).to_have_value("")


def test_what_an_official_typed_for_an_objector_is_gone_for_who_reads_after_him(notice, as_):
    visitor = as_("bob")
    page = visitor.page
    visitor.open(f"/notices/{notice}/objection")
    page.get_by_label("What are the facts?").fill(FACTS)
    visitor.open(f"/notices/{notice}/objection")
    expect(page.get_by_label("What are the facts?")).to_have_value(FACTS)
    visitor.open("/")
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_load_state()
    visitor.open(f"/notices/{notice}/objection")
    expect(page.get_by_label("What are the facts?")).to_have_value("")


def test_the_name_of_who_does_not_sign_in_is_not_kept_and_the_rest_a_quarter_of_an_hour(notice, as_):
    visitor = as_()
    page = visitor.page
    page.clock.install()
    visitor.open(f"/notices/{notice}/objection")
    page.get_by_label("What are the facts?").fill(FACTS)
    page.get_by_label("Your name").fill("吴文定")
    page.get_by_label("Your telephone number").fill("13800000000")
    page.reload()
    expect(page.get_by_label("What are the facts?")).to_have_value(FACTS)
    expect(page.get_by_label("Your name")).to_have_value("")
    expect(page.get_by_label("Your telephone number")).to_have_value("")
    assert "吴文定" not in page.evaluate("JSON.stringify(sessionStorage)")
    page.clock.fast_forward("16:00")
    page.reload()
    expect(page.get_by_label("What are the facts?")).to_have_value("")


@pytest.fixture
def key(county):
    """The key of an open task of the eastern clerks."""
    deploy(drawings.files())
    start("checking", name="吴文安")
    return db.sa.session.scalar(sqla.select(models.UserTask.key))


def _count(row, **which):
    db.sa.session.expire_all()
    return db.sa.session.scalar(sqla.select(sqla.func.count()).select_from(row).filter_by(**which))


def test_a_double_click_writes_one_comment(as_, key):
    bob = as_("bob")
    bob.open(f"/tasks/{key}")
    bob.page.get_by_label("Comment").fill("请核对户口簿")
    bob.page.get_by_role("button", name="Comment").dblclick()
    expect(bob.page.locator("#remarks .said")).to_have_text("请核对户口簿")
    assert _count(remarks.Remark) == 1
    expect(bob.page.get_by_label("Comment")).to_have_value("")


def test_a_comment_that_is_refused_stays_in_its_field_and_one_changed_after_a_lost_answer_is_told(as_, key):
    bob = as_("bob")
    bob.open(f"/tasks/{key}")
    page, field = bob.page, bob.page.get_by_label("Comment")
    field.evaluate("field => field.removeAttribute('maxlength')")
    field.fill("长" * 2001)
    page.get_by_role("button", name="Comment").click()
    expect(page.locator(".alert-danger[role=status]")).to_contain_text("At most 2000 characters")
    expect(field).to_have_value("长" * 2001)
    field.fill("请核对户口簿")
    sent = page.locator("form[data-keep^=comment]").evaluate("form => Object.fromEntries(new FormData(form))")
    page.request.post(f"{page.url.partition('/tasks')[0]}/tasks/{key}/comments", form=sent)
    field.fill("请核对户口簿原件")
    page.get_by_role("button", name="Comment").click()
    expect(page.locator(".alert-danger[role=status]")).to_contain_text("What you sent first has arrived")
    expect(field).to_have_value("请核对户口簿原件")
    page.get_by_role("button", name="Comment").click()
    expect(page.locator("#remarks .said")).to_have_text(["请核对户口簿原件", "请核对户口簿"])


def test_what_was_typed_into_a_form_survives_the_end_of_the_session_but_not_another_person(as_, key):
    bob = as_("bob")
    bob.open(f"/tasks/{key}/pass-on")
    bob.page.get_by_label("Bea").check()
    bob.page.get_by_label("Message").fill("我下周出差")
    people.set_password("bob", "a wholly new one")
    bob.page.get_by_role("button", name="Pass on").click()
    expect(bob.page.get_by_text("Sign in", exact=True)).to_be_visible()
    bob.sign_in("bob", "a wholly new one")
    bob.open(f"/tasks/{key}/pass-on")
    expect(bob.page.get_by_label("Bea")).to_be_checked()
    expect(bob.page.get_by_label("Message")).to_have_value("我下周出差")
    bob.page.get_by_role("button", name="Sign out").click()
    bob.sign_in("bea")
    bob.open(f"/tasks/{key}/pass-on")
    expect(bob.page.get_by_label("Message")).to_have_value("")


def test_who_signs_in_again_in_another_tab_goes_on_in_the_first(as_, key):
    bob = _open(as_("bob"), key)
    people.set_password("bob", "a wholly new one")
    first, bob.page = bob.page, bob.context.new_page()
    bob.sign_in("bob", "a wholly new one")
    first.get_by_label("家庭人口").fill("6")
    expect(first.locator("#draft-state")).to_contain_text("Draft saved")
    first.get_by_role("button", name="Complete").click()
    expect(first.get_by_role("heading", name="What comes next")).to_be_visible()


def test_what_one_person_typed_is_not_sent_by_another_who_signed_in_in_another_tab(as_, key):
    bob = _open(as_("bob"), key)
    first, bob.page = bob.page, bob.context.new_page()
    bob.open("/")
    bob.page.get_by_role("button", name="Sign out").click()
    bob.sign_in("bea")
    first.get_by_label("家庭人口").fill("6")
    first.get_by_role("button", name="Complete").click()
    expect(first.locator("#faults")).to_contain_text("Load the page again and repeat.")
    assert _count(models.UserTask, state="COMPLETED") == 0
