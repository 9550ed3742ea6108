"""The page of a task: form, draft, completion, and two people at once."""

import json

import pytest
import sqlalchemy as sqla
from playwright.sync_api import expect

from service import db
from service.identity import people
from service.web import taskforms
from service.workflow import drafts, models, tasks
from tests.web import drawings
from tests.web.conftest import deploy, start


@pytest.fixture
def key(county):
    """The key of an open task to check an application, whose applicant is known."""
    deploy(drawings.files())
    start("checking", name="吴文安")
    return db.sa.session.scalar(sqla.select(models.UserTask.key))


def _open(reader, key):
    reader.open(f"/tasks/{key}")
    reader.page.locator("#task[data-ready=true]").wait_for()
    return reader


def _draft(key, person):
    db.sa.session.expire_all()
    db.sa.session.rollback()
    found = db.sa.session.get(models.Draft, (key, person))
    return found.answers if found else None


def test_a_task_is_completed_and_what_comes_next_is_shown(as_, key):
    bob = _open(as_("bob"), key)
    expect(bob.page.get_by_text("核对户主姓名和家庭人口。")).to_be_visible()
    expect(bob.page.get_by_label("户主姓名")).to_have_value("吴文安")
    bob.page.get_by_label("家庭人口").fill("4")
    bob.page.get_by_role("button", name="Complete").click()
    expect(bob.page.get_by_role("heading", name="What comes next")).to_be_visible()
    bob.page.locator("#next").get_by_role("link", name="归档材料").click()
    expect(bob.page.locator(".history")).to_contain_text("核查申请")
    expect(bob.page.locator(".history")).to_contain_text("Bob")
    bob.page.locator("#task[data-ready=true]").wait_for()
    bob.page.get_by_role("button", name="Complete").click()
    expect(bob.page.get_by_text("The process has ended: 材料已归档.")).to_be_visible()
    assert db.sa.session.scalar(sqla.select(models.ProcessInstance.state)) == "COMPLETED"


def test_the_page_has_no_violations_in_either_look(as_, key):
    assert _open(as_("bob"), key).faults() == []
    assert _open(as_("bob", color_scheme="dark"), key).faults() == []


def test_the_diagram_shows_where_one_is_and_whose_work_it_is(as_, key):
    bob = _open(as_("bob"), key)
    diagram = bob.page.locator(".diagram")
    diagram.scroll_into_view_if_needed()
    expect(diagram.locator(".djs-element.here")).to_have_attribute("data-element-id", "Task_Check")
    expect(diagram.locator(".djs-shape.passed")).to_have_attribute("data-element-id", "Event_Filed")
    expect(diagram.locator(".bjs-powered-by")).to_be_in_viewport(ratio=1)
    bob.page.locator(".fjs-powered-by-link").scroll_into_view_if_needed()
    expect(bob.page.locator(".fjs-powered-by-link")).to_be_visible()


def test_what_the_server_finds_wrong_stands_at_its_field(as_, key):
    bob = _open(as_("bob"), key)
    bob.page.get_by_label("说明").fill("这一段说明写得实在是太长了，超过了二十个字的限制。")
    bob.page.get_by_role("button", name="Complete").click()
    expect(bob.page.locator("#faults")).to_contain_text("1 places need attention")
    expect(bob.page.locator(".fjs-form-field-error")).to_contain_text("The remark is too long.")
    expect(bob.page.get_by_label("说明")).to_be_focused()
    assert bob.faults() == []


def test_what_the_browser_finds_wrong_is_not_sent(as_, key):
    bob = _open(as_("bob"), key)
    bob.page.get_by_label("户主姓名").fill("")
    bob.page.get_by_role("button", name="Complete").click()
    expect(bob.page.locator("#faults")).to_have_text("Some fields are not right yet; they are marked below.")
    expect(bob.page.locator(".fjs-form-field-error")).to_have_text("Field is required.")


def test_the_form_speaks_chinese(as_, key):
    bob = _open(as_("bob", locale="en-GB"), key)
    bob.page.get_by_role("button", name="中文").click()
    bob.page.locator("#task[data-ready=true]").wait_for()
    bob.page.get_by_label("户主姓名").fill("")
    bob.page.get_by_role("button", name="办结").click()
    expect(bob.page.locator(".fjs-form-field-error")).to_have_text("必须填写。")


def test_a_draft_saves_itself_and_survives_signing_out_though_it_is_not_valid(as_, key):
    bob = _open(as_("bob"), key)
    bob.page.get_by_label("户主姓名").fill("")
    bob.page.get_by_label("家庭人口").fill("-3")
    expect(bob.page.locator("#draft-state")).to_contain_text("Draft saved")
    assert _draft(key, "bob") == {"name": "", "persons": -3, "reason": ""}
    bob.page.get_by_role("button", name="Sign out").click()
    later = _open(as_("bob"), key)
    expect(later.page.get_by_label("家庭人口")).to_have_value("-3")
    expect(later.page.locator("#draft-state")).to_have_text("Your draft was restored.")
    expect(_open(as_("bea"), key).page.get_by_label("家庭人口")).to_have_value("")


def test_what_is_typed_while_the_server_is_away_is_kept_and_sent_later(as_, key):
    bob = _open(as_("bob"), key)
    bob.context.set_offline(True)
    bob.page.get_by_label("家庭人口").fill("5")
    expect(bob.page.locator("#draft-state")).to_contain_text("Draft not saved.")
    bob.context.set_offline(False)
    _open(bob, key)
    expect(bob.page.get_by_label("家庭人口")).to_have_value("5")
    expect(bob.page.locator("#draft-state")).to_contain_text("Draft saved")
    assert _draft(key, "bob")["persons"] == 5


def test_a_session_that_ended_loses_nothing_that_was_typed(as_, key):
    bob = _open(as_("bob"), key)
    people.set_password("bob", "a wholly new one")
    bob.page.get_by_label("家庭人口").fill("6")
    expect(bob.page.locator("#draft-state")).to_contain_text("You are no longer signed in.")
    bob.page.goto(bob.address + "/")
    bob.sign_in("bob", "a wholly new one")
    _open(bob, key)
    expect(bob.page.get_by_label("家庭人口")).to_have_value("6")


def test_the_second_of_two_people_is_told_who_was_first_and_keeps_what_was_typed(as_, key):
    bob, bea = _open(as_("bob"), key), _open(as_("bea"), key)
    bea.page.get_by_label("说明").fill("贝亚的说明")
    bob.page.get_by_role("button", name="Complete").click()
    expect(bob.page.get_by_role("heading", name="What comes next")).to_be_visible()
    bea.page.get_by_role("button", name="Complete").click()
    expect(bea.page.locator("#faults")).to_contain_text("The task was completed by bob")
    expect(bea.page.get_by_label("说明")).to_have_value("贝亚的说明")
    assert db.sa.session.scalar(sqla.select(models.UserTask.completed_by).filter_by(key=key)) == "bob"


def test_a_double_click_completes_once(as_, key):
    bob = _open(as_("bob"), key)
    bob.page.get_by_role("button", name="Complete").dblclick()
    expect(bob.page.get_by_role("heading", name="What comes next")).to_be_visible()
    assert db.sa.session.scalar(sqla.select(sqla.func.count()).select_from(models.UserTask)) == 2


def test_with_back_and_forward_a_completed_task_is_seen_as_completed(as_, key):
    bob = as_("bob")
    bob.open("/inbox")
    bob.page.get_by_role("link", name="核查申请").click()
    bob.page.locator("#task[data-ready=true]").wait_for()
    bob.page.get_by_role("button", name="Complete").click()
    expect(bob.page.get_by_role("heading", name="What comes next")).to_be_visible()
    bob.page.go_back()
    expect(bob.page.get_by_role("link", name="归档材料")).to_be_visible()
    bob.page.go_forward()
    expect(bob.page.get_by_role("heading", name="What comes next")).to_be_visible()
    expect(bob.page.get_by_role("button", name="Complete", exact=True)).to_have_count(0)


def test_a_completion_sent_again_after_a_lost_answer_does_nothing_twice(as_, key):
    bob = _open(as_("bob"), key)
    lost = iter([True])

    def lose_the_answer(route):
        if next(lost, False):
            route.fetch()
            route.abort()
        else:
            route.continue_()

    bob.page.route("**/complete", lose_the_answer)
    bob.page.get_by_role("button", name="Complete").click()
    expect(bob.page.locator("#faults")).to_contain_text("The server does not answer.")
    bob.page.get_by_role("button", name="Complete").click()
    expect(bob.page.get_by_role("heading", name="What comes next")).to_be_visible()


def test_a_task_is_taken_and_given_back_and_the_other_sees_it(as_, key):
    bob = _open(as_("bob"), key)
    bob.page.get_by_role("button", name="Take it").click()
    expect(bob.page.get_by_text("taken by me")).to_be_visible()
    bea = _open(as_("bea"), key)
    expect(bea.page.get_by_text("Bob is working on this task.")).to_be_visible()
    expect(bea.page.get_by_role("button", name="Complete")).to_have_count(0)
    bob.page.get_by_role("button", name="Give it back").click()
    expect(bob.page.get_by_text("nobody has taken it yet")).to_be_visible()


def test_who_takes_a_task_too_late_is_told_so(as_, key):
    bob, _first = _open(as_("bob"), key), tasks.assign(key, "bea", by=people.find("bea"))
    bob.page.get_by_role("button", name="Take it").click()
    expect(bob.page.get_by_text("The task is assigned to bea.")).to_be_visible()


def test_a_form_gets_only_the_variables_that_it_names(as_, key, county):
    start("checking", name="石玉兰", secret="not for the browser")
    other = db.sa.session.scalar(sqla.select(sqla.func.max(models.UserTask.key)))
    bob = _open(as_("bob"), other)
    data = json.loads(bob.page.locator("#form-data").text_content())["data"]
    assert data == {"name": "石玉兰"}
    assert "not for the browser" not in bob.page.content()


def test_a_seal_put_at_an_earlier_step_is_not_taken_for_the_seal_of_this_one(county):
    seal = {
        "type": "checkbox",
        "id": "Field_sealed",
        "key": "sealed",
        "label": "已盖章",
        "validate": {"required": True},
    }
    form = drawings.CHECK_FORM | {"components": [*drawings.CHECK_FORM["components"], seal]}
    deploy(drawings.files() | {"check.form": json.dumps(form).encode()})
    start("checking", name="吴文安", sealed=True)
    task = db.sa.session.scalars(sqla.select(models.UserTask)).one()
    assert taskforms.of(task, by=people.find("bob")).data == {"name": "吴文安"}


def test_who_does_a_task_finds_his_own_name_where_the_form_asks_for_it_and_not_that_of_the_one_before(county):
    by = {"type": "textfield", "id": "Field_by", "key": "by", "label": "经办人", "properties": {"prefill": "=me.name"}}
    form = drawings.CHECK_FORM | {"components": [*drawings.CHECK_FORM["components"], by]}
    deploy(drawings.files() | {"check.form": json.dumps(form).encode()})
    start("checking", name="吴文安", by="石玉兰")
    task = db.sa.session.scalars(sqla.select(models.UserTask)).one()
    assert taskforms.of(task, by=people.find("bob")).data == {"name": "吴文安", "by": "Bob"}
    drafts.save(task.key, {"by": "Bea"}, by=people.find("bob"))
    assert taskforms.of(task, by=people.find("bob")).data["by"] == "Bea"


@pytest.mark.parametrize(("method", "path"), [("PUT", "draft"), ("POST", "complete"), ("POST", "claim")])
def test_a_stranger_can_do_nothing_to_a_task(as_, key, method, path):
    charlie = as_("charlie")
    token = charlie.page.locator("meta[name=csrf-token]").get_attribute("content")
    headers = {"X-CSRFToken": token, "Content-Type": "application/json", "Accept": "application/json"}
    sent = charlie.context.request.fetch(
        f"{charlie.address}/tasks/{key}/{path}", method=method, headers=headers, data="{}"
    )
    assert sent.status == 404
    without = charlie.context.request.fetch(f"{charlie.address}/tasks/{key}/{path}", method=method, data="{}")
    assert without.status == 400
