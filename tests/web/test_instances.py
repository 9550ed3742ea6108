"""The list of process instances and the page of one: who sees what, and that it tells all there is."""

from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import pytest
import sqlalchemy as sqla
from playwright.sync_api import expect

from service import clock, db, identity, jobs
from service.documents import sheets
from service.identity import people, units
from service.register import desk
from service.web import course, runlist
from service.workflow import instances, messages, models, tasks
from tests.web import drawings
from tests.web.conftest import deploy, start
from tests.web.test_starting import handing  # noqa: F401 - a fixture
from tests.web.visitor import Visitor, fresh

CAMPAIGN = Path(__file__).with_name("campaign.bpmn")
NOW = "2026-07-20T09:00+08:00"


@pytest.fixture
def worker():
    """None: these tests do the background work."""


@pytest.fixture
def drive(county, at):
    """The process `drive` in the east, which calls `checking` in two villages."""
    at(NOW)
    units.add("4502-e-l", "下村", "village", units.find("4502-e"))
    deploy({CAMPAIGN.name: CAMPAIGN.read_bytes(), **drawings.files()})
    return begin()


def begin(villages=("4502-e-u", "4502-e-l"), **variables):
    row = start("drive", villages=list(villages), **variables)
    jobs.run_pending()
    return row.key


def finish_villages():
    task = models.UserTask
    while keys := db.sa.session.scalars(sqla.select(task.key).where(task.state == "CREATED")).all():
        for key in keys:
            tasks.complete(key, {"name": "吴文安", "persons": 3}, by=identity.SYSTEM)
        jobs.run_pending()


def child(key, unit):
    return fresh(models.ProcessInstance, parent_key=key, unit_id=units.find(unit).id)


def test_a_supervisor_goes_down_from_the_campaign_to_a_village_and_its_task(app, drive):
    alice = Visitor(app, "alice")
    shown = alice.read(f"/instances/{drive}")
    assert "识别工作 · 东乡" in shown
    assert "2 of 2 still run" in shown
    assert "runs as a process of its own" in shown
    upper = child(drive, "4502-e-u")
    assert f'href="/instances/{upper.key}"' in alice.get(f"/instances/{drive}").text
    assert (
        f'href="/instances/{upper.key}"'
        in alice.get(f"/tasks/{fresh(models.UserTask, instance_key=upper.key).key}").text
    )
    below = alice.read(f"/instances/{upper.key}")
    assert "Process instances 识别工作 · 东乡 申请核查 · 上村" in below
    task = fresh(models.UserTask, instance_key=upper.key)
    assert f'href="/tasks/{task.key}"' in alice.get(f"/instances/{upper.key}").text
    assert "nobody yet 扶贫站经办 3 days left" in below


def test_the_steps_are_told_in_words_with_who_did_them(app, drive):
    upper = child(drive, "4502-e-u")
    task = fresh(models.UserTask, instance_key=upper.key)
    tasks.assign(task.key, "bob", by=people.find("bob"))
    tasks.complete(task.key, {"name": "吴文安", "persons": 3}, by=people.find("bob"))
    shown = Visitor(app, "alice").read(f"/instances/{upper.key}")
    assert "核查申请 done by Bob" in shown
    assert "归档材料 open, with 东乡" in shown
    assert "申请已提出 it began" in shown
    assert "核查申请 assigned 2026-07-20 09:00 · Bob who has it: – → bob" in shown


def test_what_it_waits_for_and_why_it_stopped_stand_in_plain_words(app, drive):
    finish_villages()
    alice = Visitor(app, "alice")
    shown = alice.read(f"/instances/{drive}")
    assert "收到批复 a message “approved” (key 4502-e) · since 2026-07-20 09:00" in shown
    messages.publish("approved", "4502-e", {"quota": 3}, by=identity.SYSTEM)
    jobs.run_pending()
    shown = alice.read(f"/instances/{drive}")
    assert "Incidents 名额足够？" in shown
    assert "名额足够？ stopped by an incident" in shown
    assert "No way on was open at a decision" in shown
    assert "then retry" in shown
    assert "It waits for no message and no time." in shown


def test_private_numbers_are_masked_wherever_they_stand(app, drive):
    given = {
        "note": "电话 13912345678",
        "person": {"cert_no": "450299197001010015", "bank_account": "6217001234567890"},
    }
    instances.set_variables(drive, given, by=people.find("alice"), reason="更正 资料")
    page = Visitor(app, "alice").get(f"/instances/{drive}").text
    assert "masked" in page
    assert "139****5678" in page
    for number in ("13912345678", "450299197001010015", "19700101", "6217001234567890"):
        assert number not in page


def test_who_started_a_run_sees_how_far_it_is_and_nothing_private(app, county, at):
    at(NOW)
    units.add("4502-e-l", "下村", "village", units.find("4502-e"))
    deploy({CAMPAIGN.name: CAMPAIGN.read_bytes(), **drawings.files()})
    row = instances.create("drive", {"villages": ["4502-e-u"], "secret": "密"}, by=people.find("bob"), unit="4502-e")
    jobs.run_pending()
    bob = Visitor(app, "bob")
    assert f'href="/instances/{row.key}"' in bob.get("/inbox?box=started").text
    shown = bob.read(f"/instances/{row.key}")
    for told in ("1 of 1 still run", "上村", "runs as a process of its own"):
        assert told in shown
    for hidden in ("Variables", "密", "Audit log", "What it waits for", str(row.key)):
        assert hidden not in shown
    assert bob.get(f"/instances/{child(row.key, '4502-e-u').key}").status_code == 404


def test_who_sends_the_message_that_starts_a_process_counts_as_its_starter(app, handing):  # noqa: F811
    olga = people.find("olga")
    offer = next(offer for offer in desk.offers(olga) if offer.node.name == "布置收集材料")
    desk.send(offer, {"township": "4502-e"}, by=olga)
    jobs.run_pending()
    row = fresh(models.ProcessInstance, process_id="handing")
    assert row.started_by == "olga"
    assert "by Olga" in Visitor(app, "olga").read(f"/instances/{row.key}")


@pytest.mark.parametrize("name", ["charlie", "bea"])
def test_nobody_else_may_know_of_an_instance(app, drive, name):
    stranger = Visitor(app, name)
    for path in (f"/instances/{drive}", f"/instances/{drive}/steps", f"/instances/{child(drive, '4502-e-u').key}"):
        assert stranger.get(path).status_code == 404
    assert stranger.get("/instances").status_code == 403


def test_the_list_holds_what_runs_in_the_units_one_supervises(app, drive):
    west = start("checking", unit="4502-w").key
    people.add("wei", "Wei", "correct horse battery")
    people.join("wei", "supervisor", units.find("4502-w"))
    assert _listed(app, "alice") == {drive, *(child(drive, code).key for code in ("4502-e-u", "4502-e-l"))}
    assert _listed(app, "wei") == {west}


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("", 3),
        ("process=checking", 2),
        ("process=drive", 1),
        ("q=上村", 1),
        ("q=核查", 2),
        ("q=100%_", 0),
        ("state=suspended", 1),
        ("state=incident", 0),
        ("state=completed", 0),
        ("state=any", 3),
        ("state=nonsense&unit=x&after=y&parent=z", 3),
        ("after=2026-07-20T08:00:00_1", 3),
    ],
)
def test_each_filter_keeps_what_fits(app, drive, asked, found):
    instances.suspend(drive, by=people.find("alice"))
    assert len(_listed(app, "alice", asked)) == found


def test_the_unit_filter_and_the_key_find_one_instance(app, drive, county):
    upper = child(drive, "4502-e-u")
    assert _listed(app, "alice", f"unit={county['village']}") == {upper.key}
    assert _listed(app, "alice", f"q={upper.key}") == {upper.key}
    assert _listed(app, "alice", f"parent={drive}") == {upper.key, child(drive, "4502-e-l").key}


def test_pages_follow_each_other_without_gap_or_overlap(app, drive, at, monkeypatch):
    monkeypatch.setattr(runlist, "PAGE", 2)
    at(clock.now() + timedelta(minutes=1))
    rows = {start("checking").key for _ in range(4)} | _listed(app, "alice", "parent=" + str(drive)) | {drive}
    alice, wish, seen = people.find("alice"), runlist.Wish(), []
    while True:
        sheet = runlist.sheet(wish, alice)
        seen += [row.key for row in sheet.rows]
        if not sheet.cursor:
            break
        wish = runlist.Wish.read({"after": sheet.cursor})
    assert len(seen) == len(set(seen))
    assert set(seen) == rows


def test_the_whole_list_is_an_excel_file_for_supervisors(app, drive, monkeypatch):
    monkeypatch.setattr(runlist, "PAGE", 1)
    alice = Visitor(app, "alice")
    found = sheets.read(alice.get("/instances.xlsx").data)
    assert found.headings[:3] == ["Process", "Version", "Unit"]
    assert {row[found.headings.index("Instance")] for _number, row in found.rows} == {
        str(key) for key in (drive, *(child(drive, code).key for code in ("4502-e-u", "4502-e-l")))
    }
    assert len(sheets.read(alice.get("/instances.xlsx?q=上村").data).rows) == 1
    assert Visitor(app, "bob").get("/instances.xlsx").status_code == 403


def test_long_histories_are_told_in_parts(app, drive, monkeypatch):
    row = db.sa.session.get(models.ProcessInstance, drive)
    whole = [step.key for step in course.steps(row)[0]]
    monkeypatch.setattr(course, "STEPS", 2)
    told, cursor = course.steps(row)
    assert "Show earlier steps" in Visitor(app, "alice").read(f"/instances/{drive}")
    page = Visitor(app, "alice").read(f"/instances/{drive}/steps?after={quote(cursor)}")
    earlier, end = course.steps(row, runlist.place(cursor))
    assert ([step.key for step in (*told, *earlier)], end) == (whole, "")
    assert page == "工作启动 it began 2026-07-20 09:00"


def test_the_number_of_queries_does_not_grow_with_children_tasks_and_steps(app, county, at):
    at(NOW)
    for number in range(6):
        units.add(f"4502-e-{number}", f"{number}村", "village", units.find("4502-e"))
    deploy({CAMPAIGN.name: CAMPAIGN.read_bytes(), **drawings.files()})
    few, many = begin(["4502-e-0"]), begin([f"4502-e-{number}" for number in range(6)])
    alice = Visitor(app, "alice")
    alice.get(f"/instances/{few}")
    assert alice.queries(f"/instances/{few}") == alice.queries(f"/instances/{many}")
    before = alice.queries("/instances")
    begin([f"4502-e-{number}" for number in range(6)])
    assert alice.queries("/instances") == before


def test_a_box_finds_variables_among_many(as_, county):
    deploy(drawings.files())
    many = {f"number_{number}": number for number in range(20)} | {"remark": "长" * 300}
    key = start("checking", **many).key
    page = (alice := as_("alice")).page
    alice.open(f"/instances/{key}")
    rows = page.locator("#variables tbody tr:visible")
    assert rows.count() >= 21
    page.get_by_label("Find a variable").fill("NUMBER_7")
    expect(rows).to_have_count(1)
    page.get_by_label("Find a variable").fill("remark")
    rows.get_by_text("show all").click()
    expect(rows).to_contain_text("长" * 300)
    assert alice.faults() == []


def test_the_page_draws_the_path_and_has_no_barriers(as_, drive):
    alice = as_("alice")
    alice.open("/instances")
    assert alice.faults() == []
    alice.page.get_by_role("link", name="识别工作").click()
    alice.page.get_by_role("link", name="申请核查").first.click()
    alice.page.locator(".diagram").scroll_into_view_if_needed()
    alice.page.locator(".diagram[data-drawn=true]").wait_for()
    expect(alice.page.locator(".djs-shape.here")).to_have_count(1)
    expect(alice.page.locator(".djs-connection.passed")).to_have_count(1)
    assert alice.faults() == []


def _listed(app, name, asked=""):
    by = people.find(name)
    given = dict(part.split("=") for part in asked.split("&") if part)
    assert Visitor(app, name).get("/instances", query_string=given).status_code == 200
    return {row.key for row in runlist.sheet(runlist.Wish.read(given), by).rows}
