from datetime import UTC, datetime
from decimal import Decimal

import pytest

from service import errors
from service.jobs import handlers
from service.register import cases, models


def open_all(world, **headers):
    return world.do("cases-open", world.township, {"from": "households", "state": "申请", **headers})


def test_every_household_of_the_subtree_gets_a_case_once(world):
    world.household(world.upper, persons=3)
    world.household(world.lower, persons=2)
    assert open_all(world) == {"cases_households": 2, "cases_persons": 5, "cases_states": {"申请": 2}}
    assert open_all(world) == {"cases_households": 0, "cases_persons": 0, "cases_states": {}}
    assert set(world.states().values()) == {"申请"}


def test_a_village_opens_its_own_households_only(world):
    world.household(world.upper)
    other = world.household(world.lower)
    counts = world.do("cases-open", world.upper, {"into": "applied"})
    assert counts == {"applied_households": 1, "applied_persons": 1, "applied_states": {"": 1}}
    assert other.code not in world.cases()


def test_the_register_is_one_source_and_a_filter_another(world):
    world.household(world.upper, status=models.POOR)
    world.household(world.upper, status=models.LEFT)
    assert world.do("cases-open", world.upper, {"from": "register"})["cases_households"] == 1
    where = {"where": '=household.status = "已脱贫" and household.income < limit'}
    assert world.do("cases-open", world.upper, where, limit=Decimal(5000))["cases_households"] == 1
    assert world.do("cases-open", world.upper, where, limit=Decimal(0))["cases_households"] == 0


def test_villages_get_cases_with_their_figures(world):
    opened = world.do("cases-open", world.township, {"from": "villages", "where": '=village.name = "上村"'})
    assert (opened["cases_households"], opened["cases_persons"]) == (1, 400)
    case = world.cases()["500299001001"]
    assert (case.kind, cases.context(case)["persons_total"]) == ("village", Decimal(400))
    assert world.do("cases-open", world.township, {"from": "villages"})["cases_households"] == 1


def test_an_unknown_source_is_refused(world):
    with pytest.raises(errors.Invalid, match="elsewhere"):
        world.do("cases-open", world.upper, {"from": "elsewhere"})


def test_cases_need_an_open_run(world):
    with pytest.raises(errors.Conflict, match="run-open"):
        world.do("cases-open", world.upper, root_key="17")


def test_a_task_outside_any_run_is_told_so(world):
    with pytest.raises(errors.Invalid, match="unit in a run"):
        world.do("cases-count", world.upper, root_key=None)


def test_an_application_opens_one_case_with_its_answers(world, at):
    at("2014-06-02T09:00+08:00")
    made = world.household(world.upper, persons=4)
    headers = {"household": "=application.code", "state": "申请", "flow": "新增", "answers": "=application"}
    case = world.do("case-open", world.upper, headers, application={"code": made.code, "reason": "缺劳力"})["case"]
    assert (case["code"], case["state"], case["flow"], case["persons"]) == (made.code, "申请", "新增", 4)
    assert case["answers"] == {"Task_It": {"code": made.code, "reason": "缺劳力"}}
    assert case["applied_at"].replace(microsecond=0) == datetime(2014, 6, 2, 1, tzinfo=UTC)


def test_a_second_application_of_a_household_is_a_business_error(world):
    made = world.household(world.upper)
    headers = {"household": "=code"}
    world.do("case-open", world.upper, headers, code=made.code)
    with pytest.raises(handlers.BpmnError) as refused:
        world.do("case-open", world.upper, headers, code=str(made.key))
    assert refused.value.code == "ALREADY_OPEN"


@pytest.mark.parametrize("who", ["neighbour village", "nobody", "without residence"])
def test_an_application_from_outside_the_village_is_a_business_error(world, who):
    outside = {
        "neighbour village": lambda: world.household(world.lower).code,
        "nobody": lambda: "5002990010019999",
        "without residence": lambda: world.household(world.upper, local_hukou=False).code,
    }
    with pytest.raises(handlers.BpmnError) as refused:
        world.do("case-open", world.upper, {"household": "=code"}, code=outside[who]())
    assert refused.value.code == "NOT_LOCAL"


def test_a_list_of_applications_is_opened_in_one_go_and_reports_what_it_refused(world):
    codes = [world.household(world.upper).code for _ in range(3)]
    stranger = world.household(world.lower).code
    world.do("case-open", world.upper, {"household": "=code"}, code=codes[0])
    headers = {
        "household": "=application.household",
        "answers": "=application",
        "applications": "=applications",
        "state": "已受理",
        "flow": '=if application.application_kind = "返贫" then "返贫" else "新增"',
    }
    filed = [{"household": code, "application_kind": "新申请"} for code in (*codes[:2], stranger)]
    filed.append({"household": codes[2], "application_kind": "返贫", "cadre_relative": True})
    given = world.do("case-open", world.upper, headers, applications=filed, application=None)
    assert given["opened_states"] == {"已受理": 2}
    assert given["refused"] == [
        {"household": codes[0], "reason": "ALREADY_OPEN"},
        {"household": stranger, "reason": "NOT_LOCAL"},
    ]
    found = world.cases()
    assert [found[code].flow for code in codes] == ["", "新增", "返贫"]
    assert cases.context(found[codes[2]])["cadre_relative"] is True


def test_an_applicant_who_says_to_live_elsewhere_is_refused(world):
    made = world.household(world.upper)
    with pytest.raises(handlers.BpmnError) as refused:
        world.do("case-open", world.upper, {"household": "=code", "answers": "={local_hukou: false}"}, code=made.code)
    assert refused.value.code == "NOT_LOCAL"


def test_an_update_changes_what_passes_its_filter(world):
    poor, rich = world.household(world.upper, income="1000"), world.household(world.upper, income="9000")
    open_all(world)
    headers = {
        "where": "=case.income < line",
        "state": '=if case.persons = 1 then "一人户" else "多人户"',
        "flow": "新增",
        "set": "={reason: case.head_name, checked: true}",
        "into": "poor",
    }
    assert world.do("cases-update", world.upper, headers, line=Decimal(2736))["poor_households"] == 1
    found = world.cases()
    assert (found[poor.code].state, found[poor.code].flow) == ("一人户", "新增")
    assert found[poor.code].flags == {"reason": poor.head_name, "checked": True}
    assert (found[rich.code].state, found[rich.code].flow, found[rich.code].flags) == ("申请", "", {})


def test_facts_of_the_run_win_over_the_register_without_changing_it(world):
    made = world.household(world.upper, persons=2, income="1000")
    open_all(world)
    world.do("cases-update", world.upper, {"facts": "={income: 3000, persons: 3, gap_housing: true}"})
    case = world.cases()[made.code]
    assert {name: cases.context(case)[name] for name in ("income", "persons", "gaps")} == {
        "income": Decimal(3000),
        "persons": 3,
        "gaps": 1,
    }
    assert case.household.per_capita_net_income == Decimal(1000)


def test_counts_use_the_size_that_the_run_found(world):
    world.household(world.upper, persons=2)
    open_all(world)
    world.do("cases-update", world.upper, {"facts": "={persons: 5}"})
    counts = world.do("cases-count", world.township, {"where": "=case.persons = 5", "into": "large"})
    assert counts == {"large_households": 1, "large_persons": 5, "large_states": {"申请": 1}}


def test_any_expression_over_all_cases_becomes_a_variable(world):
    world.household(world.upper, persons=2, income="1000")
    world.household(world.lower, persons=3, income="2000")
    open_all(world)
    headers = {
        "people": "=sum(cases.persons)",
        "heads": "=count(cases[income > 1500])",
        "both": "=people_before + count(cases)",
        "where": "=case.persons > 1",
    }
    assert world.do("cases-sum", world.township, headers, people_before=Decimal(1)) == {
        "people": Decimal(5),
        "heads": Decimal(1),
        "both": Decimal(3),
    }


def test_a_filter_that_is_no_condition_is_refused_with_its_value(world):
    world.household(world.upper)
    open_all(world)
    with pytest.raises(errors.Invalid, match="true or false"):
        world.do("cases-count", world.upper, {"where": "=case.persons + 1"})


def test_a_filter_that_does_not_parse_is_named(world):
    world.household(world.upper)
    open_all(world)
    with pytest.raises(errors.Invalid, match="where"):
        world.do("cases-count", world.upper, {"where": "=case.persons >"})


def test_a_filter_over_what_nobody_knows_yet_is_not_fulfilled(world):
    world.household(world.upper)
    open_all(world)
    where = {"where": "=case.answers.Task_Visit.visited"}
    assert world.do("cases-count", world.upper, where)["cases_households"] == 0


ELIGIBLE = {
    "decision": "household_eligibility",
    "inputs": "={local_hukou: true, visited: true, exclusion_count: 0, special_cause: false}",
    "state": "=result.result",
}


@pytest.mark.parametrize(
    ("income", "gap", "result"),
    [
        ("2735.99", False, "符合"),
        ("2736", False, "不符合"),
        ("2736", True, "需民主评议"),
        ("4103.99", True, "需民主评议"),
        ("4104", True, "不符合"),
    ],
)
def test_a_decision_table_is_evaluated_for_each_case(deployed, income, gap, result):
    made = deployed.household(deployed.upper, income=income, gap_housing=gap)
    open_all(deployed)
    assert deployed.do("cases-decide", deployed.upper, ELIGIBLE)["cases_households"] == 1
    case = deployed.cases()[made.code]
    assert case.state == case.results["household_eligibility"]["result"] == result


def test_a_village_that_did_not_apply_is_judged_as_such(deployed):
    deployed.do("cases-open", deployed.township, {"from": "villages"})
    headers = {"decision": "village_standard", "inputs": "={applied: false}", "state": "=result.standard"}
    deployed.do("cases-decide", deployed.township, headers)
    assert set(deployed.states().values()) == {"未申请"}
