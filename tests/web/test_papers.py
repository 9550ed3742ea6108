"""Papers: household forms and handbooks follow the forms, hide numbers, and are for the unit's officials only."""

import html
import io
import re

import docx
import pytest
import sqlalchemy as sqla
from playwright.sync_api import expect

from service import db
from service.identity import people, units
from service.notices import models as notices
from service.register import handbooks, runs, villages
from service.web import papers
from service.workflow import models as workflow
from service.workflow.models import AuditLog
from tests.register import world
from tests.web.conftest import PASSWORD
from tests.web.visitor import Visitor


@pytest.fixture
def places(app, built):
    """A run with a household of two in the upper village and its handbook; Vera, Una and Tom as elsewhere."""
    made = world.World(deployed=True, forms=("f_household", "f_village"))
    household = made.household(made.upper, persons=2, main_cause="07")
    made.do("cases-open", made.township, {"state": "已登记"})
    with db.transaction():
        case = made.cases()[household.code]
        helper = {"helper_name": "梁帮扶", "helper_unit": "县农业局"}
        plan = {
            "needs": "发展养殖",
            "projects": [{"year": 2014, "category": "产业发展", "content": "养猪", "amount": 3000}],
        }
        book = handbooks.write(runs.get(made.instance), case, helper=helper, plan=plan)
        villages.save(made.upper, {"leader": "石村长"})
    for name, role, unit in (
        ("vera", "village_committee", "500299001001"),
        ("una", "village_committee", "500299001002"),
        ("tom", "township_reviewer", "500299001"),
    ):
        people.add(name, name.title(), PASSWORD)
        people.join(name, role, units.find(unit))
    return {
        "household": household.key,
        "book": book.key,
        "village": made.upper,
        "lower": made.lower,
        "run": made.instance,
    }


def test_the_household_form_hides_numbers_until_they_are_asked_for_and_notes_who_asked(app, places):
    vera = Visitor(app, "vera")
    masked = vera.read(f"/papers/households/{places['household']}")
    assert "贫困户登记表" in masked
    assert "缺技术" in masked
    number = world.identity_numbers.compose("450299", world.BORN, 1)
    assert number not in masked
    assert number in vera.read(f"/papers/households/{places['household']}?numbers=yes")
    noted = sqla.select(AuditLog.by).filter_by(operation="READ", entity_key=places["household"])
    assert db.sa.session.scalars(noted).all() == ["vera"]


def test_the_handbook_has_its_six_parts(app, places):
    book = Visitor(app, "tom").read(f"/papers/handbooks/{places['book']}")
    for text in ("二、致贫原因", "缺技术", "发展养殖", "梁帮扶", "养猪", "3000", "六、帮扶成效"):
        assert text in book


def test_papers_of_other_units_do_not_exist(app, places):
    paths = [f"/papers/households/{places['household']}", f"/papers/handbooks/{places['book']}"]
    paths += [f"/papers/villages/{places['village']}", f"/papers/households/{places['household']}?numbers=yes"]
    for name, status in (("vera", 200), ("tom", 200), ("una", 404)):
        assert {path: Visitor(app, name).get(path).status_code for path in paths} == dict.fromkeys(paths, status), name
    assert "吴1" not in Visitor(app, "una").read(f"/archive?unit={places['village']}")
    assert app.test_client().get(paths[0]).status_code == 302


def test_the_archive_leads_to_the_papers_of_a_run(as_, places):
    vera = as_("vera")
    vera.open("/archive")
    assert vera.faults() == []
    vera.page.get_by_role("link", name="Handbook").click()
    expect(vera.page.get_by_role("heading", name="扶贫手册")).to_be_visible()
    assert vera.faults() == []
    vera.open(f"/papers/households/{places['household']}")
    assert vera.faults() == []


def test_the_archive_asks_no_more_the_more_households_there_are(app, places):
    vera = Visitor(app, "vera")
    few = vera.queries("/archive")
    made = world.Households()
    made.serial = 500
    for _each in range(5):
        made.household(places["village"])
    assert vera.queries("/archive") == few


def _hold_meetings(run, unit, count):
    """So many meetings and notices in a village, as a run leaves them behind."""
    with db.transaction() as session:
        root = session.get_one(workflow.ProcessInstance, run)
        told = {name: getattr(root, name) for name in ("process_id", "definition_key", "deployment_key", "start_date")}
        row = workflow.ProcessInstance(
            key=db.next_key(), root_key=run, unit_id=unit, progress_at=root.start_date, started_by="system", **told
        )
        session.add(row)
        session.flush()
        del told["start_date"]
        for number in range(1, count + 1):
            title = f"召开评议会{number}"
            session.add(
                workflow.UserTask(
                    key=db.next_key(), instance_key=row.key, root_key=run, element_id="Task_Review", name=title,
                    title=title, state="COMPLETED", properties={"page": "review"}, created_at=root.start_date,
                    completed_at=root.start_date, **told,
                )
            )  # fmt: skip
            session.add(
                notices.Notice(
                    run_key=run, instance_key=row.key, unit_id=unit, mode="公示", subject="名单",
                    title=f"公示第{number}号", issuer="村民委员会", columns=[], rows=[], households=1, persons=1,
                    days=7,
                )
            )  # fmt: skip


@pytest.fixture
def meetings(places):
    """Three meetings and notices in the upper village, two in the lower one."""
    for village, count in (("village", 3), ("lower", 2)):
        _hold_meetings(places["run"], places[village], count)


def test_the_archive_names_the_village_of_each_meeting_and_finds_by_village(app, places, meetings):
    tom = Visitor(app, "tom")
    upper, lower = (db.sa.session.get_one(units.Unit, places[name]).name for name in ("village", "lower"))
    shown = tom.read("/archive")
    assert f"{upper} 召开评议会3" in shown
    assert f"{lower} 召开评议会2" in shown
    shown = tom.read(f"/archive?village={lower}")
    assert f"{lower} 召开评议会2" in shown
    assert "公示第2号" in shown
    assert f"{upper} 召开评议会" not in shown
    assert "公示第3号" not in shown


def test_meetings_and_notices_follow_page_by_page_without_gap_or_overlap(app, places, meetings, monkeypatch):
    monkeypatch.setattr(papers, "PAGE", 2)
    tom = Visitor(app, "tom")
    for kind, pattern in (("meetings", r"召开评议会\d"), ("notices", r"公示第\d号")):
        seen, path = [], "/archive"
        for _page in range(3):
            page = html.unescape(tom.get(path).text)
            seen += re.findall(pattern, page)
            part = "".join(re.findall(rf'aria-label="{kind}">.*?</nav>', page, re.DOTALL | re.IGNORECASE))
            onward = re.findall(r'rel="next" href="([^"]+)"', part)
            path = onward[0] if onward else ""
        assert (len(seen), path) == (5, ""), kind


def test_the_archive_shows_the_campaigns_of_one_year(app, places):
    with db.transaction() as session:
        first = runs.get(places["run"])
        root = session.get_one(workflow.ProcessInstance, first.key)
        told = {name: getattr(root, name) for name in ("process_id", "definition_key", "deployment_key", "start_date")}
        told |= {"unit_id": root.unit_id, "progress_at": root.start_date, "started_by": "system"}
        row = workflow.ProcessInstance(key=db.next_key(), root_key=first.key, **told)
        session.add(row)
        session.flush()
        year = first.year
        runs.open_run(row.key, kind="household", process_id="p", unit_id=first.unit_id, year=year + 1)
    tom = Visitor(app, "tom")
    assert f"{year + 1} · household" in tom.read("/archive")
    assert f"{year + 1} · household" not in tom.read(f"/archive?year={year}")


def _word(answer):
    """What a Word file says: its paragraphs, and the cells of its tables."""
    assert answer.status_code == 200
    made = docx.Document(io.BytesIO(answer.data))
    cells = [cell.text for table in made.tables for row in table.rows for cell in row.cells]
    return [each.text for each in made.paragraphs], cells


def test_a_paper_as_a_word_file_says_what_its_page_says_and_hides_what_it_hides(app, places):
    vera, path = Visitor(app, "vera"), f"/papers/households/{places['household']}"
    number = world.identity_numbers.compose("450299", world.BORN, 1)
    answer = vera.get(f"{path}?word=yes")
    assert "docx" in answer.headers["Content-Disposition"]
    words, cells = _word(answer)
    page = vera.read(path)
    shown = [each for each in (*words, *cells) if each.strip()]
    assert "贫困户登记表" in words
    assert "缺技术" in cells
    assert [each for each in shown if " ".join(each.split()) not in page] == []
    assert number not in "".join(shown)
    assert number in "".join(_word(vera.get(f"{path}?numbers=yes&word=yes"))[1])
    assert f"{path}?&word=yes" in vera.get(path).text.replace("&amp;", "&")


def test_word_files_are_for_those_who_may_read_the_paper(app, places):
    una = Visitor(app, "una")
    for path in (f"/papers/households/{places['household']}", f"/papers/handbooks/{places['book']}"):
        assert una.get(f"{path}?word=yes").status_code == 404
