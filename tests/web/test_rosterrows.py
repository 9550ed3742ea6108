"""The rows of a roster as the page and its scripts get them: columns, entries, disputes, sums, and the cost of many."""

import re

import pytest

from service import db, errors
from service.identity import people
from service.register import entries, rosters
from service.workflow import tasks as workflow
from tests.web import visiting
from tests.web.visitor import Visitor

ANSWER = visiting.ANSWER


@pytest.fixture
def worker():
    """No background work: the cases are there when the process has started."""


@pytest.fixture
def village(county):
    """The upper village with three households."""
    visiting.prepare(county["village"])
    return county


@pytest.fixture
def verify(village, run_jobs):
    """The key of the task to verify."""
    return visiting.tasks(quota=7)[0]


def send(visitor, key, rows=(), **more):
    """Post rows as the page's scripts do."""
    token = re.search(r'name="csrf-token" content="([^"]+)"', visitor.get("/notices").text)[1]
    headers = {"X-CSRFToken": token, "Accept": "application/json"}
    return visitor.client.post(f"/tasks/{key}/rows", json={"rows": list(rows), **more}, headers=headers)


def keys():
    return [str(case.key) for case in visiting.cases()]


def test_a_row_tells_who_entered_it_and_when_and_how_its_answers_read(app, verify, at):
    at("2026-07-10T10:22+08:00")
    sent = send(Visitor(app, "vera"), verify, [{"case": keys()[0], **ANSWER}]).json
    row = sent["rows"][0]
    assert (row["by"], row["at"], row["done"], row["before"]) == ("Vera", "2026-07-10 10:22", True, None)
    assert row["cells"]["verify_opinion"] == {"json": '"同意"', "text": "同意"}
    page = Visitor(app, "vito").get(f"/tasks/{verify}").text
    assert "Vera 07-10 10:22" in page
    assert 'data-value="&#34;同意&#34;"' in page


def test_an_entry_that_was_changed_since_it_was_seen_is_refused_and_told(app, verify, at):
    at("2026-07-10T10:22+08:00")
    vera, vito = Visitor(app, "vera"), Visitor(app, "vito")
    first = keys()[0]
    send(vera, verify, [{"case": first, **ANSWER}])
    late = send(vito, verify, [{"case": first, **ANSWER, "verified_by": "吴七"}], seen={first: None})
    assert late.status_code == 422
    assert late.json["fields"] == {"rows.0.case": "Vera changed this row at 07-10 10:22"}
    assert visiting.cases()[0].answers["Task_Verify"]["verified_by"] == "石清"
    stamp = vito.get(f"/tasks/{verify}/rows/{first}").json["row"]["stamp"]
    assert (
        send(vito, verify, [{"case": first, **ANSWER, "verified_by": "吴七"}], seen={first: stamp}).status_code == 200
    )
    assert send(vera, verify, clear=[first], seen={first: stamp}).status_code == 422


def test_a_cleared_row_is_to_do_again_and_told_to_who_saw_it_filled_in(app, verify):
    vera, vito = Visitor(app, "vera"), Visitor(app, "vito")
    first = keys()[0]
    stamp = send(vera, verify, [{"case": first, **ANSWER}]).json["rows"][0]["stamp"]
    cleared = send(vera, verify, clear=[first], seen={first: stamp}).json["rows"][0]
    assert (cleared["done"], cleared["stamp"], cleared["before"]["verified_by"]) == (False, None, "石清")
    late = send(vito, verify, [{"case": first, **ANSWER}], seen={first: stamp})
    assert late.json["fields"] == {"rows.0.case": "Somebody has cleared this row meanwhile"}
    assert visiting.cases()[0].answers == {}


def test_clearing_brings_the_answer_of_an_earlier_round_back(app, verify):
    case = visiting.cases()[0]
    case.answers, case.answered = {"Task_Verify": {"verified_by": "上次"}}, {"Task_Verify": "1"}
    db.sa.session.commit()
    vera, name = Visitor(app, "vera"), keys()[0]
    send(vera, verify, [{"case": name, **ANSWER}])
    send(vera, verify, [{"case": name, **ANSWER, "verified_by": "再次"}])
    send(vera, verify, clear=[name])
    case = visiting.cases()[0]
    assert (case.answers["Task_Verify"], case.answered["Task_Verify"]) == ({"verified_by": "上次"}, "1")


def test_of_many_rows_those_that_are_right_are_saved_and_the_others_told(app, verify):
    rows = [{"case": name, **ANSWER} for name in keys()]
    rows[1] = {**rows[1], "verify_opinion": "弃权"}
    sent = send(Visitor(app, "vera"), verify, [*rows, {"case": "12345"}], partly=True)
    assert sent.status_code == 200
    assert [row["key"] for row in sent.json["rows"]] == [keys()[0], keys()[2]]
    assert set(sent.json["fields"]) == {"rows.1.verify_opinion", "rows.3.case"}
    assert send(Visitor(app, "vera"), verify, rows).status_code == 422


def test_what_people_write_or_paste_is_read_by_its_column(app, verify):
    written = {"verify_opinion": " 剔除 ", "reason": "不在本村", "verified_by": "石清", "verified_on": "2026年7月1日"}
    sent = send(Visitor(app, "vera"), verify, [{"case": keys()[0], **written}], merge=True)
    assert sent.status_code == 200, sent.text
    answers = visiting.cases()[0].answers["Task_Verify"]
    assert (answers["verify_opinion"], answers["verified_on"].isoformat()) == ("剔除", "2026-07-01")


def test_rows_that_changed_after_an_instant_are_told_and_only_those(app, verify, at):
    at("2027-07-10T10:00+08:00")
    send(Visitor(app, "vera"), verify, [{"case": keys()[1], **ANSWER}])
    vito = Visitor(app, "vito")
    found = vito.get(f"/tasks/{verify}/rows?since=2027-07-10T09:59:00%2B08:00").json
    assert [row["key"] for row in found["rows"]] == [keys()[1]]
    at("2027-07-10T10:05+08:00")
    assert vito.get(f"/tasks/{verify}/rows?since=2027-07-10T10:01:00%2B08:00").json["rows"] == []
    assert vito.get(f"/tasks/{verify}/rows?since=yesterday").status_code == 400


@pytest.mark.parametrize("body", [{"clear": "all"}, {"seen": []}])
def test_a_request_of_the_wrong_shape_is_refused(app, verify, body):
    assert send(Visitor(app, "vera"), verify, **body).status_code == 400


def test_who_only_looks_on_can_neither_save_nor_clear(app, verify):
    people.add("sara", "Sara", visiting.PASSWORD)
    people.join("sara", "supervisor", visiting.units.find("4502-e-u"))
    sara = Visitor(app, "sara")
    assert sara.get(f"/tasks/{verify}/rows?since=2026-01-01T00:00:00Z").status_code == 200
    assert send(sara, verify, clear=keys()).status_code == 403
    assert Visitor(app, "charlie").get(f"/tasks/{verify}/rows?since=2026-01-01T00:00:00Z").status_code == 404


def test_the_foot_sums_persons_against_the_quota(app, verify):
    assert "quota 7 · 7 left" in Visitor(app, "vera").read(f"/tasks/{verify}")


def test_the_diagram_names_the_columns_and_what_stands_beside(app, county):
    visiting.prepare(
        county["village"],
        rosterColumns='=["verified_by", "verify_opinion", {"缺口": case.gaps, "已答": answered, "属性": case.none}]',
    )
    key = visiting.tasks()[0]
    page = Visitor(app, "vera").get(f"/tasks/{key}").text
    heads = re.findall(r'data-sort="\w+">([^<]+)<', page)
    assert heads == [
        "Code",
        "Name",
        "Place",
        "Persons",
        "State",
        "缺口",
        "已答",
        "属性",
        "核实人",
        "核实意见",
        "Progress",
    ]
    sent = send(Visitor(app, "vera"), key, [{"case": keys()[0], **ANSWER}]).json
    assert sent["rows"][0]["beside"] == {"缺口": "0", "已答": "是", "属性": ""}


def test_columns_that_the_form_does_not_have_are_named(app, county):
    visiting.prepare(county["village"], rosterColumns='=if 1 = 1 then ["opinion"] else []')
    key = visiting.tasks()[0]
    answer = Visitor(app, "vera").get(f"/tasks/{key}")
    assert answer.status_code == 400
    assert "opinion" in answer.text


def test_a_list_of_many_rows_takes_as_many_queries_as_one_of_few(app, verify, village):
    few = Visitor(app, "vera").queries(f"/tasks/{verify}")
    visiting.settle(village["village"], 60)
    another = visiting.start("visiting", unit="4502-e-u")
    key = db.sa.session.scalar(
        visiting.sqla.select(visiting.workflow.UserTask.key).where(
            visiting.workflow.UserTask.instance_key == another.key,
            visiting.workflow.UserTask.element_id == "Task_Verify",
        )
    )
    assert Visitor(app, "vera").queries(f"/tasks/{key}") <= few


def test_what_is_written_into_the_register_cannot_be_cleared(app, verify):
    task = workflow.get(verify, by=people.find("vera"))
    task.properties = {**task.properties, "rosterSave": "household"}
    db.sa.session.commit()
    with pytest.raises(errors.Conflict, match="register"):
        entries.save(verify, [], by=people.find("vera"), clear=keys()[:1])
    assert rosters.SAVE in task.properties
