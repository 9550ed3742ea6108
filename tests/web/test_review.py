"""The democratic review: the meeting is judged and votes are counted while they are typed, by the decision tables."""

from pathlib import Path

import pytest
import sqlalchemy as sqla
from playwright.sync_api import expect

from service import db, errors, identity
from service.identity import people, units
from service.register import entries, models, reviews
from service.workflow import models as workflow
from service.workflow import tasks
from tests.register import world
from tests.web.conftest import PASSWORD, ROOT, deploy, start

DRAWN = Path(__file__).with_name("reviewing.bpmn")
FORMS = ("f_minutes", "f_vote", "f_list_done")
TABLES = ("review_rules", "household_rules", "household_settings")
MEETING = {
    "meeting_kind": "村民代表大会",
    "held_at": "2026-07-01T09:00+08:00",
    "place": "村委会",
    "chair": "吴",
    "recorder": "石",
    "composition": 30,
    "items": "评议名单",
    "signed": True,
}


@pytest.fixture
def village(county):
    """Vera sits on the upper village's committee; its three households have 2, 3 and 4 persons, the poorest first."""
    people.add("vera", "Vera", PASSWORD)
    people.add("vito", "Vito", PASSWORD)
    for name in ("vera", "vito"):
        people.join(name, "village_committee", units.find("4502-e-u"))
    files = [*(ROOT / "forms" / f"{n}.form" for n in FORMS), *(ROOT / "processes" / f"{n}.dmn" for n in TABLES)]
    deploy({path.name: path.read_bytes() for path in (DRAWN, *files)})
    made = world.Households()
    for size in (2, 3, 4):
        made.household(county["village"], persons=size, income=str(1000 * size))
    start("reviewing", unit="4502-e-u", quota_persons=6)
    return county


def _task(element):
    query = sqla.select(workflow.UserTask.key).filter_by(element_id=element, state="CREATED")
    return db.sa.session.scalars(query).one()


def _meet(present=20):
    answers = {**MEETING, "present": present}
    tasks.complete(_task("Task_Hold"), answers, by=identity.SYSTEM)
    return _task("Task_Vote")


def _vote(page, name, **votes):
    row = page.locator("#review-table tbody tr").filter(has_text=name)
    for field, count in votes.items():
        row.locator(f"[data-field=vote_{field}]").fill(str(count))
    return row


def test_whether_the_meeting_is_valid_shows_while_its_attendance_is_typed(as_, village):
    vera = as_("vera")
    vera.open(f"/tasks/{_task('Task_Hold')}")
    page = vera.page
    page.locator("#task[data-ready=true]").wait_for()
    verdict = page.locator("#quorum")
    expect(verdict).to_contain_text("shows as soon as")
    page.get_by_label("村民代表大会").check()
    page.get_by_label("应到人数").fill("30")
    page.get_by_label("实到人数").fill("19")
    expect(verdict).to_contain_text("The meeting is not valid.")
    expect(verdict).to_contain_text("另行召集")
    page.get_by_label("实到人数").fill("20")
    expect(verdict).to_contain_text("The meeting is valid.")
    assert vera.faults() == []


def test_votes_are_counted_ranked_and_placed_while_they_are_typed(as_, village):
    vera = as_("vera")
    vera.open(f"/tasks/{_meet()}")
    page = vera.page
    page.locator("#review[data-ready=true]").wait_for()
    expect(page.locator("#quorum")).to_contain_text("三分之二")
    last = _vote(page, "吴6", recused=1, yes=10, no=9)
    expect(last.locator(".standing")).to_have_text("not agreed")
    _vote(page, "吴6", yes=11, no=8)
    expect(last.locator(".standing")).to_have_text("agreed")
    expect(last.locator(".place")).to_have_text("on the list")
    _vote(page, "吴1", yes=20, no=0)
    middle = _vote(page, "吴3", yes=20, no=0)
    expect(middle.locator(".place")).to_have_text("on the list")
    expect(last.locator(".place")).to_have_text("waits")
    expect(last.locator(".rank")).to_have_text("3")
    expect(page.locator("[data-sum=listed]")).to_have_text("on the list 2 households 5 persons")
    expect(page.locator("[data-sum=waiting]")).to_have_text("wait 1 households 4 persons")
    assert vera.faults() == []
    states = set(db.sa.session.scalars(sqla.select(models.Case.state)))
    assert states == {"符合"}, "a look ahead must change nothing"


def test_votes_survive_a_reload_and_complete_as_they_were_shown(as_, village):
    vera = as_("vera")
    key = _meet()
    vera.open(f"/tasks/{key}")
    page = vera.page
    page.locator("#review[data-ready=true]").wait_for()
    for name, yes in (("吴1", 15), ("吴3", 8), ("吴6", 20)):
        _vote(page, name, yes=yes, no=20 - yes)
    page.locator("[data-field=vote_no]").last.blur()
    expect(page.locator("[data-sum=passed]")).to_contain_text("2 households 6 persons")
    page.reload()
    page.locator("#review[data-ready=true]").wait_for()
    expect(page.locator("[data-field=vote_yes]").first).to_have_value("15")
    expect(page.locator("[data-sum=passed]")).to_contain_text("2 households 6 persons")
    page.locator("#task[data-ready=true]").wait_for()
    page.get_by_label("经办人").fill("石")
    page.get_by_label("办理日期").fill("2026/07/10")
    page.keyboard.press("Tab")
    expect(page.get_by_label("办理日期")).to_have_value("2026/7/10")  # the year first, though the browser is British
    expect(page.get_by_role("heading", level=1)).to_have_count(1)
    page.get_by_role("button", name="Complete").click()
    page.wait_for_url(f"**/tasks/{key}")
    expect(page.get_by_text("The process has ended")).to_be_visible()
    db.sa.session.rollback()
    assert sorted(db.sa.session.scalars(sqla.select(models.Case.state))) == ["拟纳入", "拟纳入", "评议未通过"]
    held = db.sa.session.scalars(sqla.select(workflow.UserTask.key).filter_by(element_id="Task_Hold")).one()
    vera.open(f"/papers/minutes/{held}")
    expect(page.get_by_role("heading", name="上村民主评议会议记录")).to_be_visible()
    expect(page.get_by_role("row").filter(has_text="吴3")).to_contain_text("未通过")
    assert vera.faults() == []
    assert vera.open(f"/papers/minutes/{key}").status == 404


def test_votes_not_saved_before_a_reload_tell_at_once_and_again_what_somebody_else_entered(as_, village):
    vera, key = as_("vera"), _meet()
    vera.open(f"/tasks/{key}")
    page = vera.page
    page.locator("#review[data-ready=true]").wait_for()
    page.route("**/rows", lambda route: route.abort())
    _vote(page, "吴1", yes=15).locator("[data-field=vote_yes]").blur()
    first = db.sa.session.scalars(sqla.select(models.Case.key).order_by(models.Case.key)).first()
    entries.save(key, [{"case": str(first), "vote_yes": 12, "vote_no": 8}], by=people.find("vito"))
    for _twice in range(2):
        page.reload()
        page.locator("#review[data-ready=true]").wait_for()
        row = page.locator("#review-table tbody tr").filter(has_text="吴1")
        expect(row.locator("[data-field=vote_yes]")).to_have_value("15")
        expect(row.locator(".standing")).to_contain_text("Vito changed this row")
        _vote(page, "吴3", yes=9)
    page.unroute("**/rows")
    row.locator("[data-field=vote_no]").fill("5")
    row.locator("[data-field=vote_no]").blur()
    expect(row.locator(".standing")).to_have_text("agreed")


def test_more_votes_than_people_present_are_told_at_the_row(as_, village):
    vera = as_("vera")
    vera.open(f"/tasks/{_meet()}")
    page = vera.page
    page.locator("#review[data-ready=true]").wait_for()
    row = _vote(page, "吴1", yes=15, no=9)
    page.locator("[data-field=vote_yes]").last.focus()
    expect(row.locator(".standing")).to_contain_text("不能大于实到人数")


def test_only_who_may_complete_the_task_looks_ahead_with_votes_and_strangers_not_at_all(client, village):
    held = _task("Task_Hold")
    with pytest.raises(errors.Conflict):
        reviews.foresee(held, [], by=people.find("vera"))
    key = _meet()
    row = {"case": str(db.sa.session.scalars(sqla.select(models.Case.key)).first()), "vote_yes": 20, "vote_no": 0}
    assert reviews.foresee(key, [row], by=people.find("vera")).sum("passed") == (1, 2)
    assert reviews.foresee(key, [], by=people.find("alice")).sum("passed") == (0, 0)
    with pytest.raises(errors.Forbidden):
        reviews.foresee(key, [row], by=people.find("alice"))
    with pytest.raises(errors.NotFound):
        reviews.foresee(key, [], by=people.find("charlie"))
    assert client.post(f"/tasks/{key}/review", json={"rows": []}).status_code in (400, 401)
