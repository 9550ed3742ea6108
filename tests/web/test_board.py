"""The board: numbers that are those of the lists behind them, for the units one supervises and no others."""

import csv
import io
import re
import time
from datetime import timedelta

import pytest
import sqlalchemy as sqla
from playwright.sync_api import expect

from service import clock, db, identity, jobs
from service.documents import sheets
from service.identity import people, units
from service.supervision import board, sweep
from service.supervision.models import Watch
from service.workflow import instances, models
from service.workflow import tasks as user_tasks
from tests.supervision import drawings
from tests.web.conftest import PASSWORD, deploy, start
from tests.web.visitor import Visitor

NOW = "2026-07-06T09:00+08:00"
TASK = drawings.process("p", drawings.task("file"), drawings.task("close"))
DUE = drawings.process("due", drawings.task("hand", due="=date(&quot;2026-07-08&quot;)"))
VACANT = drawings.process("vacant", drawings.task("lone", role="township_reviewer"))
CAMPAIGN = drawings.process("campaign", drawings.call("down", "middle"))
MIDDLE = drawings.process("middle", drawings.call("deeper", "due"))


@pytest.fixture
def worker():
    """None: these tests do the background work."""


@pytest.fixture
def busy(county, at):
    """In the east an open task, one due soon, one of an empty role and a suspended instance; in the west one due."""
    at(NOW)
    for name, role, unit in (
        ("alan", "supervisor", "4502-w"),
        ("carol", "supervisor", "4502"),
        ("ada", "admin", "4502"),
    ):
        people.add(name, name.title(), PASSWORD)
        people.join(name, role, units.find(unit))
    processes = {"p": TASK, "due": DUE, "vacant": VACANT, "campaign": CAMPAIGN, "middle": MIDDLE}
    deploy({f"{name}.bpmn": data for name, data in processes.items()})
    start("p")
    start("due", unit="4502-e-u")
    start("vacant")
    instances.suspend(start("p").key, by=identity.SYSTEM)
    start("due", unit="4502-w")
    sweep.look({})
    return county


def numbers(name, **wish):
    found = board.count(board.Wish(**wish), by=people.find(name))
    return {kind: found.total.number(kind) for kind in board.CHOICES if found.total.number(kind)}


def lines(name, choice="open", **wish):
    found = board.count(board.Wish(**wish), by=people.find(name))
    return {line.name or line.key: line.number(choice) for line in found.lines if line.number(choice)}


def listed(name, **wish):
    return [(row.kind, row.element_id) for row in board.page(board.Wish(**wish), by=people.find(name)).rows]


def test_everybody_counts_his_own_units_and_nothing_else(busy):
    assert numbers("alice") == {"": 3, "open": 3, "soon": 1, "stalled": 1, "vacancy": 1, "suspended": 1}
    assert numbers("alan") == {"": 1, "open": 1, "soon": 1}
    assert (
        numbers("carol") == numbers("ada") == {"": 4, "open": 4, "soon": 2, "stalled": 1, "vacancy": 1, "suspended": 1}
    )


@pytest.mark.parametrize("name", ["alice", "alan", "carol", "ada"])
@pytest.mark.parametrize("by", board.BREAKDOWNS)
def test_each_number_is_the_length_of_the_list_behind_it(busy, at, name, by):
    at("2026-07-09T09:00+08:00")
    found = board.count(board.Wish(by=by), by=people.find(name))
    for kind in board.CHOICES:
        assert len(listed(name, kind=kind)) == found.total.number(kind)
        assert sum(line.number(kind) for line in found.lines) == found.total.number(kind)
        for line in found.lines:
            inside = {"step": line.key, "unit": line.key, "run": line.key}[by]
            narrowed = dict(zip(("process", "step"), inside, strict=True)) if by == "step" else {by: inside}
            if line.key is not None:
                assert len(listed(name, kind=kind, **narrowed)) == line.number(kind), (line, kind)


def test_what_was_due_soon_becomes_overdue_at_its_instant(busy, at):
    assert listed("alan", kind="soon") == [("soon", "hand")]
    at("2026-07-09T00:00+08:00")
    assert listed("alan", kind="overdue") == [("overdue", "hand")]
    assert numbers("alan") == {"": 1, "open": 1, "overdue": 1}


def test_what_is_done_is_gone_at_once(busy):
    (task,) = db.sa.session.scalars(sqla.select(models.UserTask).filter_by(element_id="hand", unit_id=busy["west"]))
    user_tasks.complete(task.key, {}, by=people.find("charlie"))
    assert numbers("alan") == {}


def test_an_incident_is_told_with_its_cause(app, busy):
    deploy({"bad.bpmn": drawings.process("bad", drawings.task("late", due="=1"))})
    start("bad")
    assert ("incident", "late") in listed("alice", kind="incident")
    shown = Visitor(app, "alice").read("/board?kind=incident")
    assert "归档 late" in shown
    assert "An expression of the process gave no usable value." in shown


def test_one_goes_down_by_unit_to_the_task(busy):
    assert lines("carol") == {"东乡": 3, "西乡": 1}
    assert lines("carol", unit=busy["east"]) == {"东乡": 3}
    assert [line.name for line in board.count(board.Wish(unit=busy["village"]), by=people.find("carol")).path] == [
        "某县",
        "东乡",
        "上村",
    ]


def test_one_goes_down_by_calls_from_the_campaign_to_the_task(busy):
    root = start("campaign", unit="4502-e")
    start("campaign", unit="4502-w")
    jobs.run_pending()
    found = board.count(board.Wish(by="run", run=root.key), by=people.find("alice"))
    (middle,) = found.lines
    assert middle.number("soon") == 1
    inner = board.count(board.Wish(by="run", run=middle.key), by=people.find("alice"))
    assert [line.name for line in inner.path] == ["campaign", "middle"]
    (due,) = inner.lines
    assert listed("alice", run=due.key) == [("soon", "hand")]


def test_others_units_and_runs_are_not_there(app, busy):
    foreign = start("campaign", unit="4502-w")
    alice = Visitor(app, "alice")
    for path in (
        f"/board?unit={busy['west']}",
        f"/board?unit={busy['top']}",
        f"/board?run={foreign.key}",
        "/board?unit=1",
    ):
        assert alice.get(path).status_code == 404
        assert alice.get(path.replace("/board", "/board.csv")).status_code == 404
    for path in ("/board", "/board.csv"):
        assert Visitor(app, "bob").get(path).status_code == 403
    assert "西乡" not in alice.read("/board") + alice.read("/board?by=run") + alice.read("/board.csv")


def test_the_list_goes_on_by_key_in_every_order(busy, monkeypatch):
    for _number in range(7):
        start("due")
    monkeypatch.setattr(board, "PAGE", 3)
    for sort in board.SORTS:
        wish, seen = board.Wish(kind="open", sort=sort), []
        while True:
            found = board.page(wish, by=people.find("carol"), limit=3)
            seen += [row.subject_key for row in found.rows]
            if not found.after:
                break
            wish = board.Wish(kind="open", sort=sort, after=found.after)
        assert len(seen) == len(set(seen)) == 11
    whole = board.page(board.Wish(kind="open"), by=people.find("carol"), limit=99).rows
    assert [row.late_at for row in whole] == sorted(row.late_at for row in whole)


@pytest.mark.parametrize("after", ["x", "W10", "WzFd", "WyJhIiwgMSwgInMiXQ"])
def test_a_place_that_is_none_is_refused(app, busy, after):
    assert Visitor(app, "alice").get(f"/board?after={after}").status_code == 400


def test_the_page_tells_what_where_why_and_whom(app, busy, at):
    at("2026-07-10T09:00+08:00")
    shown = Visitor(app, "alice").read("/board")
    assert "1 Overdue 1 Stalled" in shown
    assert "Nobody holds the role 乡镇审核员 in 东乡." in shown
    assert "2 days overdue" in shown
    assert "上村" in shown
    page = Visitor(app, "alice").get("/board").text
    assert re.search(r'href="/tasks/\d+">归档 lone', page)
    assert re.search(r'href="/instances/\d+">vacant', page)


def test_the_list_is_a_file_for_spreadsheets(app, busy):
    answer = Visitor(app, "carol").get("/board.csv?kind=open")
    assert answer.data.startswith("\ufeff".encode())
    head, *rows = csv.reader(io.StringIO(answer.text.lstrip("\ufeff")))
    assert head[:3] == ["Kind", "Process", "Step"]
    assert sorted(row[2] for row in rows) == ["归档 file", "归档 hand", "归档 hand", "归档 lone"]


def test_a_cell_that_a_spreadsheet_would_calculate_is_text(app, busy):
    deploy({"evil.bpmn": drawings.process("evil", drawings.task("e1")).replace("归档 e1".encode(), b"=1+1")})
    start("evil")
    assert "'=1+1" in Visitor(app, "alice").get("/board.csv?kind=open").text


@pytest.mark.parametrize("query", ["", "?by=step", "?by=run", "?kind=open&sort=unit"])
def test_the_number_of_queries_does_not_grow_with_the_rows(app, busy, query):
    carol = Visitor(app, "carol")
    carol.read(f"/board{query}")
    before = carol.queries(f"/board{query}")
    for _number in range(12):
        start("due", unit="4502-e-u")
        start("vacant")
    sweep.look({})
    assert carol.queries(f"/board{query}") == before


def test_a_supervisor_uses_the_board_in_a_browser(as_, busy, at):
    alice = as_("alice")
    alice.page.get_by_role("link", name="Supervision", exact=True).click()
    alice.page.get_by_role("link", name="1 Stalled").click()
    expect(alice.page.get_by_role("row", name="Nobody holds the role")).to_have_count(1)
    assert alice.faults() == []
    people.join("bob", "township_reviewer", units.find("4502-e"))
    sweep.look({})
    alice.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(alice.page.get_by_text("Nothing of this kind here.")).to_be_visible()
    alice.page.get_by_label("Kind").select_option("open")
    expect(alice.page.get_by_role("row", name="归档 file")).to_have_count(1)
    assert "kind=open" in alice.page.url
    alice.page.get_by_role("checkbox", name="Choose 归档 file · 东乡").check()
    start("p")
    alice.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(alice.page.get_by_role("row", name="归档 file")).to_have_count(2)
    expect(alice.page.get_by_role("checkbox", name="Choose 归档 file · 东乡").first).to_be_checked()
    assert alice.faults() == []
    alice.page.get_by_role("button", name="Urge").click()
    expect(alice.page.get_by_role("main")).to_contain_text("归档 file")
    alice.page.go_back()
    alice.page.get_by_role("link", name="By step").click()
    expect(alice.page.get_by_role("rowheader")).to_have_count(4)
    assert alice.faults() == []


def test_thousands_of_stalls_do_not_slow_the_board(app, busy):
    at = clock.now() - timedelta(days=1)
    definition = db.sa.session.scalar(sqla.select(models.Definition.key).filter_by(id="p"))
    row = {"kind": "job", "element_id": "file", "instance_key": None, "definition_key": definition, "process_id": "p"}
    row |= {"unit_id": busy["east"], "task_key": None, "since": at, "late_at": at, "found_at": None}
    with db.transaction() as session:
        rows = [row | {"key": -key, "subject_key": key, "detail": {"type": "print"}} for key in range(1, 5001)]
        session.execute(sqla.insert(Watch), rows)
    begun = time.perf_counter()
    assert numbers("alice")["job"] == 5000
    assert time.perf_counter() - begun < 1
    assert len(Visitor(app, "alice").get("/board.csv?kind=job").text.splitlines()) == 5001


def test_the_list_is_an_excel_file_too(app, busy):
    found = sheets.read(Visitor(app, "carol").get("/board.xlsx?kind=open").data)
    assert found.headings[:3] == ["Kind", "Process", "Step"]
    assert sorted(row[2] for _number, row in found.rows) == ["归档 file", "归档 hand", "归档 hand", "归档 lone"]
