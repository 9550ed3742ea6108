"""Starting processes and handing in what they wait for: who may, what is sent, and what becomes of it."""

import json
from pathlib import Path

import pytest
import sqlalchemy as sqla
from playwright.sync_api import expect

from service import db, errors, jobs
from service.identity import people, units
from service.register import desk
from service.workflow import messages, models
from tests.web import drawings
from tests.web.conftest import PASSWORD, deploy

HANDING = Path(__file__).with_name("handing.bpmn")
ORDER = {
    "type": "default",
    "id": "order",
    "schemaVersion": 18,
    "components": [
        {
            "type": "select",
            "id": "Field_township",
            "key": "township",
            "label": "乡镇",
            "valuesKey": "townships",
            "validate": {"required": True},
        },
        {"type": "textfield", "id": "Field_cert_no", "key": "cert_no", "label": "身份证号"},
    ],
}


@pytest.fixture
def worker():
    """None: these tests do the background work."""


@pytest.fixture
def handing(county):
    """The processes `handing` and `campaign`; Olga works in the county's office."""
    office = units.add("4502-o", "县扶贫办", "county_office", units.find("4502"))
    people.add("olga", "Olga", PASSWORD)
    people.join("olga", "county_office_clerk", office)
    deploy({HANDING.name: HANDING.read_bytes(), "order.form": json.dumps(ORDER).encode(), **drawings.FORMS})
    return county


def _offer(name, title):
    return next(offer for offer in desk.offers(people.find(name)) if offer.node.name == title)


def _instance(process_id):
    db.sa.session.rollback()
    db.sa.session.expire_all()
    return db.sa.session.scalars(sqla.select(models.ProcessInstance).filter_by(process_id=process_id)).one()


def _variable(instance, name):
    held = sqla.select(models.Variable.value).filter_by(scope_key=instance.key, name=name)
    return db.sa.session.scalar(held)


def test_a_process_is_started_from_its_form_and_its_first_task_is_there(as_, handing):
    bob = as_("bob")
    bob.page.get_by_role("navigation", name="Main").get_by_role("link", name="Start and hand in").click()
    assert bob.faults() == []
    bob.page.get_by_role("link", name="年度工作").click()
    bob.page.locator("#task[data-ready=true]").wait_for()
    bob.page.get_by_label("户主姓名").fill("吴文安")
    assert bob.faults() == []
    bob.page.get_by_role("button", name="Send").click()
    expect(bob.page.get_by_role("status").filter(has_text="Sent: 年度工作.")).to_be_visible()
    assert bob.page.url == f"{bob.address}/instances/{_instance('campaign').key}"
    bob.open("/inbox")
    expect(bob.page.get_by_role("link", name="制定方案")).to_be_visible()
    bob.open("/inbox?box=started")
    expect(bob.page.get_by_role("row").nth(1)).to_contain_text("年度工作")
    assert _instance("campaign").started_by == "bob"


def test_a_double_click_starts_one_process(as_, handing):
    bob = as_("bob")
    bob.open(f"/start/{_offer('bob', '启动年度工作').id}")
    bob.page.locator("#task[data-ready=true]").wait_for()
    bob.page.get_by_label("户主姓名").fill("吴文安")
    bob.page.get_by_role("button", name="Send").dblclick()
    bob.page.wait_for_url("**/instances/*")
    assert _instance("campaign").state == "ACTIVE"


def test_what_a_message_starts_is_found_among_what_one_started(as_, handing):
    olga = as_("olga")
    olga.open(f"/start/{_offer('olga', '布置收集材料').id}")
    olga.page.locator("#task[data-ready=true]").wait_for()
    olga.page.locator(".fjs-select-display").first.click()
    olga.page.get_by_text("东乡", exact=True).click()
    olga.page.get_by_role("button", name="Send").click()
    expect(olga.page.get_by_role("link", name="Started by me")).to_have_attribute("aria-current", "page")
    jobs.run_pending()
    olga.page.reload()
    expect(olga.page.get_by_role("row").nth(1).get_by_role("link")).to_have_count(1)


def test_what_a_process_waits_for_is_handed_in_by_those_of_its_unit(as_, handing):
    order = _offer("olga", "布置收集材料")
    desk.send(order, {"township": "4502-e"}, by=people.find("olga"))
    jobs.run_pending()
    assert [offer.node.name for offer in desk.offers(people.find("charlie")) if not offer.starts] == []
    bob = as_("bob")
    bob.open("/start")
    bob.page.get_by_role("link", name="提交核查材料").click()
    bob.page.locator("#task[data-ready=true]").wait_for()
    bob.page.get_by_role("button", name="Send").click()
    expect(bob.page.locator("#faults")).to_have_text("Some fields are not right yet; they are marked below.")
    bob.page.get_by_label("户主姓名").fill("吴文安")
    bob.page.get_by_label("说明").fill("这一段说明写得实在是太长了，超过了二十个字的限制。")
    bob.page.get_by_role("button", name="Send").click()
    expect(bob.page.locator(".fjs-form-field-error")).to_contain_text("The remark is too long.")
    bob.page.get_by_label("说明").fill("")
    bob.page.get_by_role("button", name="Send").click()
    expect(bob.page.get_by_text("Sent: 提交核查材料.")).to_be_visible()
    jobs.run_pending()
    bob.open("/start")
    expect(bob.page.get_by_role("link", name="年度工作")).to_be_visible()
    expect(bob.page.get_by_role("link", name="提交核查材料")).to_have_count(0)
    ended = _instance("handing")
    assert ended.end_events == ["End_Collected"]
    assert (_variable(ended, "paper")["name"], _variable(ended, "from")) == ("吴文安", "4502-e")


def test_a_form_offers_the_units_of_the_sender_and_no_others(handing):
    order, olga = _offer("olga", "布置收集材料"), people.find("olga")
    assert [each["label"] for each in desk.choices(order)["townships"]] == ["东乡", "西乡"]
    units.add("4599-x", "外乡", "township", units.add("4599", "外县", "county"))
    with pytest.raises(errors.Unprocessable) as refused:
        desk.send(order, {"township": "4599-x"}, by=olga)
    assert list(refused.value.fields) == ["township"]


def test_no_identity_number_that_was_handed_in_is_readable_in_the_database(handing):
    number = "11010519491231002X"
    desk.send(_offer("olga", "布置收集材料"), {"township": "4502-e", "cert_no": number}, by=people.find("olga"))
    jobs.run_pending()
    assert _variable(_instance("handing"), "cert_no") == "110105********002X"
    messages_kept = db.sa.session.scalars(sqla.select(models.Message.variables)).all()
    assert messages_kept
    assert number not in str(messages_kept)


def test_who_has_not_the_role_finds_nothing_and_sends_nothing(as_, handing):
    order, begin = _offer("olga", "布置收集材料"), _offer("bob", "启动年度工作")
    alice = as_("alice")
    alice.open("/start")
    expect(alice.page.get_by_text("There is nothing for you to start")).to_be_visible()
    for reader, offer in ((alice, begin), (alice, order), (as_("bob"), order), (as_("charlie"), begin)):
        assert reader.open(f"/start/{offer.id}").status == 404
    token = alice.page.locator("meta[name=csrf-token]").get_attribute("content")
    headers = {"X-CSRFToken": token, "Accept": "application/json"}
    assert alice.context.request.post(f"{alice.address}/start/{begin.id}", data={}, headers=headers).status == 404
    assert db.sa.session.scalar(sqla.select(sqla.func.count()).select_from(models.ProcessInstance)) == 0


def test_of_two_that_wait_alike_the_one_gets_it_for_whom_it_was_sent(handing):
    olga, bob = people.find("olga"), people.find("bob")
    for _each in range(2):
        desk.send(_offer("olga", "布置收集材料"), {"township": "4502-e"}, by=olga)
    jobs.run_pending()
    older, younger = (offer for offer in desk.offers(bob) if not offer.starts)
    desk.send(younger, {"name": "吴文安"}, by=bob)
    jobs.run_pending()
    assert [offer.id for offer in desk.offers(bob) if not offer.starts] == [older.id]
    with pytest.raises(errors.NotFound):
        desk.send(younger, {"name": "吴文安"}, by=bob)


def test_what_came_too_late_is_not_taken(handing):
    olga, bob = people.find("olga"), people.find("bob")
    desk.send(_offer("olga", "布置收集材料"), {"township": "4502-e"}, by=olga)
    jobs.run_pending()
    paper = _offer("bob", "提交核查材料")
    assert [each.name for each in messages.waiting("paper_handed_in", "4502-e")] == ["paper_handed_in"]
    desk.send(paper, {"name": "吴文安"}, by=bob)
    jobs.run_pending()
    with pytest.raises(errors.NotFound):
        desk.find(paper.id, bob)
