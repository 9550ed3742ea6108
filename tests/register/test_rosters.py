import json
from decimal import Decimal

import pytest
import sqlalchemy as sa

from service import db, errors, identity
from service.identity import people, units
from service.register import cases, entries, households, models, rosters
from service.workflow import models as workflow
from service.workflow import tasks
from tests.register import world as worlds

VISIT = {
    "roster": '=case.state = "已受理"',
    "rosterSet": '=if case.answers.Task_Rows.present then "已调查" else "未核实"',
    "rosterFacts": "={income: case.answers.Task_Rows.income}",
}


def properties(given):
    rows = "".join(f"<zeebe:property name='{name}' value='{_escape(text)}' />" for name, text in given.items())
    return f"<zeebe:properties>{rows}</zeebe:properties>"


def _escape(text):
    return text.replace("&", "&amp;").replace("<", "&lt;").replace("'", "&apos;")


ROW_FORM = {
    "type": "default",
    "id": "f_row",
    "schemaVersion": 19,
    "components": [
        {
            "type": "radio",
            "id": "Field_opinion",
            "key": "opinion",
            "label": "意见",
            "values": [{"label": "同意", "value": "同意"}, {"label": "剔除", "value": "剔除"}],
            "validate": {"required": True},
        }
    ],
}


def build(given):
    """A world whose only task is a roster of the given properties, with two cases in the upper village."""
    files = {"f_row.form": json.dumps(ROW_FORM).encode()}
    world = worlds.World(deployed=True, task=properties(given), files=files)
    world.codes = [world.household(world.upper, persons=size).code for size in (2, 3)]
    world.household(world.lower)
    world.do("cases-open", world.township, {"where": "=household.persons > 1", "state": "已受理"})
    people.add("wu", "吴主任")
    people.join("wu", "village_committee", units.get(world.upper))
    return world


def task():
    return db.sa.session.scalars(sa.select(workflow.UserTask)).one()


def complete(rows, **fields):
    return tasks.complete(task().key, {"rows": rows, **fields}, by=identity.SYSTEM)


def visited(code, present=True, income="1500"):
    return {"case": code, "present": present, "income": Decimal(income)}


@pytest.fixture
def visit(app):
    return build(VISIT)


def variables(world):
    found = db.sa.session.scalars(sa.select(workflow.Variable).filter_by(scope_key=world.instance))
    return {variable.name: variable.value for variable in found}


def test_completing_stores_answers_sets_states_and_facts_and_counts(visit):
    complete([visited(visit.codes[0]), visited(visit.codes[1], present=False)])
    assert visit.states() == {visit.codes[0]: "已调查", visit.codes[1]: "未核实"}
    first = visit.cases()[visit.codes[0]]
    assert first.answers == {"Task_Rows": {"present": True, "income": Decimal(1500)}}
    assert cases.context(first)["income"] == Decimal(1500)
    known = variables(visit)
    assert (known["roster_total"], known["roster_persons"]) == (2, 5)
    assert known["roster_states"] == {"已调查": 1, "未核实": 1}
    assert "rows" not in known


def test_open_rows_keep_the_task_open_and_store_nothing(visit):
    with pytest.raises(errors.Unprocessable, match=visit.codes[1]):
        complete([visited(visit.codes[0])])
    assert task().state == "CREATED"
    assert visit.cases()[visit.codes[0]].answers == {}


def test_rows_entered_before_count(visit):
    with db.transaction():
        entries.enter(rosters.Roster(task(), {}), [visited(visit.codes[0])], by=identity.SYSTEM)
    complete([visited(visit.codes[1])])
    assert set(visit.states().values()) == {"已调查"}


def test_an_answer_of_an_earlier_round_does_not_count(visit):
    for case in db.sa.session.scalars(sa.select(models.Case)):
        case.answers, case.answered = {"Task_Rows": {"present": True}}, {"Task_Rows": "1"}
    db.sa.session.commit()
    with pytest.raises(errors.Unprocessable, match="2 rows"):
        complete([])


def test_a_row_may_be_named_by_key_or_code(visit):
    keys = [str(visit.cases()[code].key) for code in visit.codes]
    complete([visited(keys[0]), visited(visit.codes[1])])
    assert set(visit.states().values()) == {"已调查"}


@pytest.mark.parametrize("row", [{"case": "nobody"}, {"income": 5}])
def test_a_row_outside_the_list_is_refused_with_its_place(visit, row):
    with pytest.raises(errors.Unprocessable) as refused:
        complete([visited(visit.codes[0]), row])
    assert list(refused.value.fields) == ["rows.1.case"]


def test_a_case_that_left_the_list_cannot_be_entered(visit):
    visit.do("cases-update", visit.upper, {"where": f'=case.code = "{visit.codes[0]}"', "state": "已撤回"})
    with pytest.raises(errors.Unprocessable) as refused:
        complete([visited(visit.codes[0]), visited(visit.codes[1])])
    assert list(refused.value.fields) == ["rows.0.case"]


@pytest.mark.parametrize("rows", ["all", [1], {"case": "x"}])
def test_rows_that_are_no_list_of_contexts_are_refused(visit, rows):
    with pytest.raises(errors.Invalid, match="rows must be"):
        complete(rows)


def test_an_empty_roster_can_be_completed(visit):
    visit.do("cases-update", visit.upper, {"state": "已撤回"})
    complete([])
    assert variables(visit)["roster_total"] == 0


def test_done_may_mean_something_else_than_answered(app):
    world = build({"roster": "=true", "rosterDone": "=case.persons < 3 or answered", "rosterSet": "好"})
    complete([visited(world.codes[1])])
    assert set(world.states().values()) == {"好"}


def test_rows_are_checked_by_their_form(app):
    world = build({"roster": '=case.state = "已受理"', "rosterForm": "f_row"})
    with pytest.raises(errors.Unprocessable) as refused:
        complete([{"case": world.codes[0], "opinion": "同意"}, {"case": world.codes[1], "opinion": "也许"}])
    assert list(refused.value.fields) == ["rows.1.opinion"]
    complete([{"case": code, "opinion": "同意", "unknown": 1} for code in world.codes])
    assert world.cases()[world.codes[0]].answers["Task_Rows"] == {"opinion": "同意"}


def test_a_roster_whose_row_form_is_not_deployed_says_so(app):
    build({"roster": "=true", "rosterForm": "f_row"})
    held = task()
    held.properties = {"roster": "=true", "rosterForm": "f_other"}
    with pytest.raises(errors.NotFound, match="f_other"):
        rosters.Roster(held, {}).form()


def test_forms_are_written_into_the_register(app):
    world = build({"roster": "=true", "rosterSave": "household"})
    roster = rosters.Roster(task(), {})
    rows = []
    for case in roster.cases():
        answers = rosters.prefill(roster, case) | {"members": rosters.prefill(roster, case)["members"][:1]}
        rows.append({**answers, "case": case.key, "bank_account": "6222020000001234"})
    complete(rows)
    case = world.cases()[world.codes[1]]
    saved = households.load(case.household_key)
    assert (saved.persons, case.persons) == (1, 1)
    assert households.form(saved, reveal=True)["bank_account"] == "6222020000001234"
    assert not {"members", "bank_account", "phone"} & set(case.answers["Task_Rows"])


def test_a_duplicate_person_stops_the_whole_roster(app):
    world = build({"roster": "=true", "rosterSave": "household"})
    roster = rosters.Roster(task(), {})
    first, second = (rosters.prefill(roster, case) for case in roster.cases())
    rows = [{**first, "case": world.codes[0]}, {**second, "case": world.codes[1], "members": first["members"]}]
    with pytest.raises(errors.Unprocessable) as refused:
        complete(rows)
    assert list(refused.value.fields) == ["rows.1.members.0.cert_no", "rows.1.members.1.cert_no"]
    assert task().state == "CREATED"


def test_numbers_in_answers_are_kept_masked(visit):
    rows = [{**visited(code), "cert_no": "450299197001010015"} for code in visit.codes]
    complete(rows)
    assert visit.cases()[visit.codes[0]].answers["Task_Rows"]["cert_no"] == "450299********0015"


def test_a_hamlet_stands_for_the_cases_of_its_village(app):
    world = worlds.World(deployed=True)
    hamlet = units.add("500299001001-1", "上寨屯", "hamlet", units.get(world.upper))
    world.household(world.upper)
    world.household(world.lower)
    world.do("cases-open", world.township)
    held = workflow.UserTask(instance_key=world.instance, root_key=world.instance, properties={}, element_id="T", key=1)
    held.properties = {"roster": "=case.hamlet = hamlet.name", "unit": "=hamlet.unit"}
    known = {"hamlet": {"unit": hamlet.code, "name": hamlet.name}}
    assert [case.unit_id for case in rosters.Roster(held, known).cases()] == [world.upper]
    held.properties = {"roster": "=true"}
    assert len(rosters.Roster(held, {}).cases()) == 2


def test_a_row_starts_with_what_was_answered_else_with_what_is_known(visit):
    roster = rosters.Roster(task(), {})
    case = roster.cases()[0]
    assert rosters.prefill(roster, case)["head_name"] == case.household.head_name
    with db.transaction():
        entries.enter(roster, [{**visited(visit.codes[0]), "head_name": "改名"}], by=identity.SYSTEM)
    assert rosters.prefill(roster, roster.cases()[0])["head_name"] == "改名"
