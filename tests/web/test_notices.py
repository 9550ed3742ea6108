"""The public notice board: what anybody sees, and objections from the form to the answer."""

import re

import pytest
import sqlalchemy as sqla
from playwright.sync_api import expect

from service import db, jobs
from service.identity import people, units
from service.notices import models
from service.workflow import models as workflow
from tests.notices.test_process import Publicity
from tests.web.conftest import PASSWORD, TODAY


@pytest.fixture
def worker():
    """None: these tests do the background work."""


def _fill(page, **texts):
    page.get_by_label("A household should not be on the list").check()
    for label, text in texts.items():
        page.locator(f"#{label}").fill(text)


def _objection():
    jobs.run_pending()
    db.sa.session.rollback()
    db.sa.session.expire_all()
    return db.sa.session.scalars(sqla.select(models.Objection)).one()


def test_anybody_sees_the_notices_on_display_and_what_stands_in_them(as_, notice):
    nobody = as_()
    nobody.open("/notices")
    assert nobody.faults() == []
    expect(nobody.page.get_by_role("listitem").filter(has_text="上村")).to_contain_text("7 days left")
    nobody.page.get_by_role("link", name="贫困户初选名单").click()
    table = nobody.page.get_by_role("table")
    expect(table.get_by_role("row")).to_have_count(4)
    expect(table).to_contain_text("吴1")
    expect(nobody.page.get_by_text("On display from 2014-07-20 to 2014-07-27.")).to_be_visible()
    assert nobody.faults() == []


def test_a_notice_shows_no_number_and_no_name_but_the_heads(as_, notice):
    nobody = as_()
    nobody.open(f"/notices/{notice}")
    shown = nobody.page.locator("article").inner_text()
    assert not re.search(r"\d{7,}", shown.replace("500299001001", ""))
    member = db.sa.session.scalars(sqla.text("SELECT name FROM members WHERE position > 1 ORDER BY key LIMIT 1")).one()
    assert member not in shown


def test_drafts_and_what_has_ended_are_not_on_display(as_, county, at):
    at("2014-07-19T09:00+08:00")
    publicity = Publicity()
    draft = db.sa.session.scalars(sqla.select(models.Notice.key)).one()
    nobody = as_()
    assert nobody.open(f"/notices/{draft}").status == 404
    at(TODAY)
    publicity.publish(20, 20)
    assert nobody.open(f"/notices/{draft}").status == 200
    at("2014-07-28T00:01+08:00")
    for path in (f"/notices/{draft}", f"/notices/{draft}/objection"):
        assert nobody.open(path).status == 404
    nobody.open("/notices")
    expect(nobody.page.get_by_text("There are no notices on display at present.")).to_be_visible()


def test_the_board_is_narrowed_to_a_unit(as_, notice):
    nobody = as_()
    nobody.open("/notices")
    nobody.page.get_by_label("Unit").select_option(label="　　上村")
    nobody.page.get_by_role("button", name="Show").click()
    expect(nobody.page.locator(".notices").get_by_role("listitem")).to_have_count(1)
    lower = units.find("500299001002").id
    nobody.open(f"/notices?unit={lower}")
    expect(nobody.page.get_by_text("There are no notices on display at present.")).to_be_visible()


def test_the_board_goes_on_and_tells_publicity_from_announcements(client, notice):
    with db.transaction() as session:
        first = db.sa.session.get(models.Notice, notice)
        names = {column.key for column in sqla.inspect(models.Notice).columns} - {"key", "no", "mode", "title"}
        for number in range(120):
            copied = {name: getattr(first, name) for name in names}
            session.add(models.Notice(**copied, key=db.next_key(), no=f"x{number}", mode="公告", title=f"第{number}号"))
    page = client.get("/notices?mode=公告").text
    assert page.count("list-group-item") == 100
    rest = client.get(re.search(r'href="([^"]+after=[^"]+)"', page)[1].replace("&amp;", "&")).text
    assert rest.count("list-group-item") == 20
    assert len(set(re.findall(r"第\d+号", page + rest))) == 120
    assert client.get("/notices?mode=公示").text.count("list-group-item") == 1


def test_an_objection_is_filed_reaches_the_office_and_is_followed_with_its_receipt(as_, publicity, notice):
    people.add("vera", "Vera", PASSWORD)
    people.join("vera", "village_committee", units.find("500299001001"))
    nobody = as_()
    nobody.open(f"/notices/{notice}/objection")
    code = publicity.codes[0]
    _fill(nobody.page, household=code, facts="家中有小汽车一辆", objector="韦秀", objector_phone="199 0000 1234")
    assert nobody.faults() == []
    nobody.page.get_by_role("button", name="File the objection").click()
    receipt = nobody.page.locator("#receipt").inner_text()
    filed = _objection()
    assert (filed.receipt, filed.party, filed.kind, filed.channel) == (receipt, code, "不应纳入", "网上")
    assert "韦秀" not in str(db.sa.session.scalars(sqla.select(workflow.Variable.value)).all())

    vera = as_("vera")
    vera.page.get_by_role("link", name="受理异议").click()
    vera.page.locator("#task[data-ready=true]").wait_for()
    expect(vera.page.get_by_label("异议人")).to_have_value("韦秀")

    publicity.answer("Task_RegisterObjection", {"objection": {**_form(filed), "objector": "韦秀"}})
    publicity.settle("不成立")
    nobody.open("/objections")
    nobody.page.get_by_label("Receipt number").fill(receipt.lower())
    nobody.page.get_by_label("Telephone number").fill("19900001234")
    nobody.page.get_by_role("button", name="Show").click()
    expect(nobody.page.get_by_text("It was answered.")).to_be_visible()
    expect(nobody.page.get_by_text("已核查，答复如上")).to_be_visible()
    nobody.page.get_by_label("Telephone number").fill("19900009999")
    nobody.page.get_by_role("button", name="Show").click()
    expect(nobody.page.get_by_role("alert")).to_contain_text("There is no objection with this receipt")
    assert nobody.faults() == []


def test_an_anonymous_objection_needs_facts_and_no_name(as_, publicity, notice):
    nobody = as_()
    nobody.open(f"/notices/{notice}/objection")
    _fill(nobody.page, household=publicity.codes[1])
    nobody.page.get_by_label("I do not give my name").check()
    nobody.page.get_by_role("button", name="File the objection").click()
    expect(nobody.page.locator("#facts-wrong")).to_have_text("This is needed.")
    assert nobody.faults() == []
    nobody.page.locator("#facts").fill("家中有小汽车一辆")
    nobody.page.get_by_role("button", name="File the objection").click()
    expect(nobody.page.locator("#receipt")).to_be_visible()
    filed = _objection()
    assert (filed.objector_sealed, filed.phone_index) == (None, None)


def test_objections_from_one_address_are_limited(client, notice):
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get(f"/notices/{notice}/objection").text)[1]
    form = {"csrf_token": token, "type": "程序问题", "household": "–", "facts": "没有张贴", "anonymous": "yes"}
    found = [client.post(f"/notices/{notice}/objection", data=form).status_code for _ in range(11)]
    assert found == [201] * 10 + [429]


def _form(filed):
    return {
        "raised_on": "2014-07-20",
        "channel": "网上",
        "household": filed.party,
        "type": filed.kind,
        "facts": filed.facts,
        "receiver": "吴",
    }
