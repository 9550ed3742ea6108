"""A publicity as officials follow it: days, sites with photos, objections, and what is printed."""

import io
import re

import docx
import pytest
import sqlalchemy as sqla
from playwright.sync_api import expect

from service import clock, db, jobs
from service.identity import SYSTEM, people, units
from service.notices import models
from service.register import models as register
from service.workflow import models as workflow
from tests.web.conftest import PASSWORD
from tests.web.visitor import Visitor

PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)


@pytest.fixture
def worker():
    """None: these tests do the background work."""


@pytest.fixture
def offices(publicity):
    """Vera of the upper village's committee, Una of the lower's, Tom who reviews in their township."""
    for name, role, unit in (
        ("vera", "village_committee", "500299001001"),
        ("una", "village_committee", "500299001002"),
        ("tom", "township_reviewer", "500299001"),
        ("hal", "household", "500299001001-1"),
    ):
        people.add(name, name.title(), PASSWORD)
        people.join(name, role, units.find(unit))
    return publicity


def _objection():
    jobs.run_pending()
    db.sa.session.rollback()
    db.sa.session.expire_all()
    return db.sa.session.scalars(sqla.select(models.Objection)).one()


def _object(visitor, notice, **more):
    form = {"channel": "来访", "type": "不应纳入", "household": "吴1", "facts": "家中有小汽车一辆"}
    form |= {"objector": "韦秀", "objector_phone": "19900001234", **more}
    return visitor.post(f"/publicity/{notice}/objections/new", **form)


def test_the_days_are_counted_from_the_day_after_the_last_posting(as_, offices, notice, at):
    at("2014-07-23T10:00+08:00")
    vera = as_("vera")
    vera.open("/publicity")
    vera.page.get_by_role("link", name="贫困户初选名单").click()
    days = vera.page.locator(".days li")
    expect(days).to_have_count(8)
    expect(days.first).to_contain_text("posted")
    expect(vera.page.locator(".days [aria-current=date]")).to_contain_text("07-23")
    expect(vera.page.locator(".days [aria-current=date] strong")).to_have_text("3")
    expect(vera.page.get_by_text("24:00 of 2014-07-27")).to_be_visible()
    assert vera.faults() == []


def test_days_lost_are_made_up_for_and_marked(app, offices, notice, at):
    at("2014-07-28T08:00+08:00")
    jobs.run_pending()
    offices.take_down(2, 0)
    shown = Visitor(app, "vera").get(f"/publicity/{notice}").text
    assert shown.count("made up</span>") == 2
    assert "2 days without display were made up for." in shown


def test_posters_lead_to_the_public_address_if_one_is_set(app, offices, notice, monkeypatch):
    vera, path = Visitor(app, "vera"), f"/publicity/{notice}/posters"
    assert f"http://localhost/notices/{notice}" in vera.read(path)
    monkeypatch.setitem(app.config, "PUBLIC_URL", "https://lika.example.cn")
    assert f"https://lika.example.cn/notices/{notice}" in vera.read(path)


def test_posters_are_one_sheet_a_site_in_chinese_with_a_code_to_the_public_page(as_, offices, notice):
    vera = as_("vera")
    vera.open(f"/publicity/{notice}/posters")
    sheets = vera.page.locator("article.sheet")
    expect(sheets).to_have_count(2)
    expect(sheets.first.get_by_text("张贴地点：上村村务公开栏")).to_be_visible()
    expect(sheets.first.get_by_role("columnheader", name="户主")).to_be_visible()
    expect(sheets.first.get_by_text(f"{vera.address}/notices/{notice}")).to_be_visible()
    assert vera.page.evaluate("document.querySelector('.poster-foot img').naturalWidth") > 100
    assert vera.faults() == []
    vera.open(f"/publicity/{notice}/posters?site=上寨屯")
    expect(sheets).to_have_count(1)
    assert vera.open(f"/publicity/{notice}/posters?site=别处").status == 404


def test_the_word_file_of_posters_has_their_codes(app, offices, notice):
    answer = Visitor(app, "vera").get(f"/publicity/{notice}/posters?word=yes")
    made = docx.Document(io.BytesIO(answer.data))
    assert [round(each.width.cm, 1) for each in made.inline_shapes] == [2.9, 2.9]


def test_a_household_leads_to_the_notices_that_list_it(app, offices, notice):
    case = next(int(key) for key in db.sa.session.get_one(models.Notice, notice).case_keys)
    household = db.sa.session.get_one(register.Case, case).household_key
    page = Visitor(app, "vera").get(f"/households/{household}").text
    assert f'<a href="/publicity/{notice}">' in page


def test_only_officials_of_the_unit_and_above_follow_a_publicity(app, offices, notice):
    _object(Visitor(app, "vera"), notice)
    objection = _objection().key
    pages = [f"/publicity/{notice}", f"/publicity/{notice}/posters", f"/publicity/{notice}/objections/new"]
    pages += [f"/objections/{objection}", f"/papers/objections/{objection}"]
    for name, status in (("vera", 200), ("tom", 200), ("una", 404), ("hal", 404), ("bob", 404)):
        assert {path: Visitor(app, name).get(path).status_code for path in pages} == dict.fromkeys(pages, status), name
    assert "贫困户初选名单" not in Visitor(app, "una").get("/publicity").text
    assert app.test_client().get(pages[0]).status_code == 302


def test_photos_of_a_site_are_shown_to_those_only_who_follow_the_publicity(app, offices, notice):
    task = db.sa.session.scalars(sqla.select(workflow.UserTask.key).filter_by(element_id="Task_PostNotice")).first()
    with db.transaction() as session:
        session.add(workflow.Blob(digest=b"1" * 32, content=PNG))
        session.flush()
        kept = {"task_key": task, "id": "files::1", "position": 0, "name": "近景.png", "type": "image/png"}
        session.add(workflow.Attachment(**kept, digest=b"1" * 32, person=SYSTEM.username, at=clock.now()))
    vera = Visitor(app, "vera")
    address = re.search(r'<img loading="lazy" src="([^"]+)"', vera.get(f"/publicity/{notice}").text)[1]
    assert vera.get(address).data == PNG
    assert vera.get(address.replace("files::1", "files::9")).status_code == 404
    assert Visitor(app, "una").get(address).status_code == 404


def test_an_objection_made_in_person_is_entered_and_followed_to_its_answer(as_, app, offices, notice):
    vera = as_("vera")
    vera.open(f"/publicity/{notice}")
    vera.page.get_by_role("link", name="Register an objection").click()
    vera.page.get_by_label("A household should not be on the list").check()
    vera.page.get_by_label("Which household?").fill(offices.codes[0])
    vera.page.get_by_label("What are the facts?").fill("家中有小汽车一辆")
    vera.page.get_by_label("Name of the objector").fill("韦秀")
    assert vera.faults() == []
    vera.page.get_by_role("button", name="File the objection").click()
    expect(vera.page.locator("#receipt")).to_be_visible()
    filed = _objection()
    assert (filed.channel, filed.receiver) == ("来访", "Vera")
    vera.open(f"/objections/{filed.key}")
    expect(vera.page.get_by_text("answer by 2014-07-25 · 5 days left (5 working days)")).to_be_visible()
    expect(vera.page.get_by_text("韦秀")).to_be_visible()
    assert "韦秀" not in Visitor(app, "tom").get(f"/objections/{filed.key}").text
    assert vera.faults() == []
    vera.page.get_by_role("link", name="受理异议").click()
    expect(vera.page.locator("#objection")).to_contain_text("answer by 2014-07-25")
    form = {"raised_on": "2014-07-20", "channel": "来访", "household": filed.party, "type": filed.kind}
    offices.answer(
        "Task_RegisterObjection", {"objection": {**form, "facts": filed.facts, "objector": "韦秀", "receiver": "吴"}}
    )
    offices.settle("成立-剔除")
    vera.open(f"/objections/{filed.key}")
    expect(vera.page.get_by_text("answered on 2014-07-20")).to_be_visible()
    vera.page.get_by_role("link", name="Print").click()
    expect(vera.page.get_by_text("异议核查答复书")).to_be_visible()
    expect(vera.page.get_by_text("已核查，答复如上")).to_be_visible()
    assert vera.faults() == []


def test_the_statement_on_a_finished_publicity_is_printed(app, offices, notice, at):
    assert Visitor(app, "vera").get(f"/papers/certificates/{notice}").status_code == 404
    at("2014-07-28T08:00+08:00")
    jobs.run_pending()
    offices.take_down(0, 0)
    paper = Visitor(app, "vera").get(f"/papers/certificates/{notice}").text
    assert "2014-07-20 张贴，至 2014-07-27 24 时止" in paper
    assert "3 户" in paper
    signing = sqla.select(workflow.UserTask.key).filter_by(element_id="Task_SignCertificate", state="CREATED")
    task = Visitor(app, "vera").get(f"/tasks/{db.sa.session.scalars(signing).one()}").text
    assert f"/papers/certificates/{notice}" in task
    assert Visitor(app, "una").get(f"/papers/certificates/{notice}").status_code == 404


def test_the_list_of_publicity_asks_no_more_the_more_there_are(app, offices, notice):
    vera = Visitor(app, "vera")
    few = vera.queries("/publicity")
    with db.transaction() as session:
        first = db.sa.session.get(models.Notice, notice)
        names = {column.key for column in sqla.inspect(models.Notice).columns} - {"key", "no"}
        for number in range(20):
            copied = {name: getattr(first, name) for name in names}
            session.add(models.Notice(**copied, key=db.next_key(), no=f"x{number}"))
    assert vera.queries("/publicity") == few
