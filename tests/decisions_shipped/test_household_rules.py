"""The tables of DOMAIN §6.1, §6.2, §6.5 and the order of A25, at each of their boundaries."""

from decimal import Decimal
from typing import Any

import pytest

from tests.decisions_shipped.tables import decide, edited, feel

VISITED: dict[str, Any] = {
    "local_hukou": True,
    "visited": True,
    "special_cause": False,
    "gaps": 0,
    "exclusion_count": 0,
}


def eligibility(**changed: Any) -> str:
    result = decide("household_rules", "household_eligibility", **{**VISITED, "income": 2000, **changed})
    assert result["reason"]
    return str(result["result"])


@pytest.mark.parametrize(
    ("income", "gaps", "result"),
    [
        ("2735.99", 0, "符合"),
        ("2736", 0, "不符合"),
        ("2736", 1, "需民主评议"),
        ("4103.99", 0, "不符合"),
        ("4103.99", 1, "需民主评议"),
        ("4104", 1, "不符合"),
        ("4104", 2, "需民主评议"),
        ("4104", 3, "需民主评议"),
        ("-500", 0, "符合"),
    ],
)
def test_income_and_gaps_decide_at_the_line_and_at_one_and_a_half_lines(income: str, gaps: int, result: str) -> None:
    assert eligibility(income=Decimal(income), gaps=gaps) == result


def test_a_household_registered_elsewhere_is_refused_however_poor() -> None:
    assert eligibility(local_hukou=False, visited=False) == "不符合"


def test_an_unvisited_household_goes_to_the_assembly_whatever_it_claims() -> None:
    assert eligibility(visited=False, income=None) == "需民主评议"


def test_a_veto_refuses_a_poor_household_and_a_special_cause_sends_it_to_the_assembly() -> None:
    assert eligibility(exclusion_count=1) == "不符合"
    assert eligibility(exclusion_count=1, special_cause=True) == "需民主评议"
    assert eligibility(exclusion_count=0, special_cause=True) == "符合"


def test_a_veto_is_counted_from_the_facts_of_the_visit_when_nobody_counted_it() -> None:
    assert eligibility(exclusion_count=None, ex_vehicle_yuan=30000) == "不符合"
    assert eligibility(exclusion_count=None, ex_vehicle_yuan=Decimal("29999.99")) == "符合"
    assert eligibility(exclusion_count=None) == "符合"


def test_a_missing_income_of_a_visited_household_never_makes_it_eligible() -> None:
    assert eligibility(income=None) == "不符合"


def test_the_county_may_set_its_own_line() -> None:
    assert eligibility(poverty_line_yuan=3000, income=Decimal("2999.99")) == "符合"
    assert eligibility(poverty_line_yuan=3000, income=3000) == "不符合"
    assert eligibility(poverty_line_yuan=3000, income=Decimal("4499.99"), gaps=1) == "需民主评议"
    assert eligibility(poverty_line_yuan=3000, income=4500, gaps=1) == "不符合"


def test_a_line_changed_in_the_table_changes_the_verdict() -> None:
    table = edited("household_rules", "Cell_poverty_parameters_1_out1", "2800")
    found = table.evaluate("household_eligibility", feel({**VISITED, "income": Decimal("2799.99")}))
    assert isinstance(found, dict)
    assert found["result"] == "符合"


def test_a_veto_item_switched_off_no_longer_counts() -> None:
    table = edited("household_rules", "Cell_household_exclusion_3_in1", "false")
    assert table.evaluate("household_exclusion", {"ex_company": True, "ex_split": True}) == ["E8"]


@pytest.mark.parametrize(
    ("fact", "hit", "miss", "code"),
    [
        ("ex_luxury_house", True, False, "E1"),
        ("ex_town_property", True, False, "E2"),
        ("ex_company", True, False, "E3"),
        ("ex_vehicle_yuan", 30000, 29999, "E4"),
        ("ex_public_payroll", True, False, "E5"),
        ("ex_years_away", 3, 2, "E6"),
        ("ex_unwilling", True, False, "E7"),
        ("ex_split", True, False, "E8"),
    ],
)
def test_each_veto_item_hits_on_its_own_fact(fact: str, hit: Any, miss: Any, code: str) -> None:
    assert decide("household_rules", "household_exclusion", **{fact: hit}) == [code]
    assert not decide("household_rules", "household_exclusion", **{fact: miss})


def test_all_veto_items_that_hit_are_listed() -> None:
    facts = {"ex_company": True, "ex_years_away": 4, "ex_split": True}
    assert decide("household_rules", "household_exclusion", **facts) == ["E3", "E6", "E8"]


def exit_result(**changed: Any) -> str:
    met = {"income": 2736, "exit_gaps": 0, "entered_this_year": False, "signed": True}
    return str(decide("household_rules", "exit_eligibility", **{**met, **changed})["result"])


def test_a_household_at_the_line_without_gaps_that_signs_may_leave() -> None:
    assert exit_result() == "可退出"


@pytest.mark.parametrize(
    "changed",
    [
        {"income": Decimal("2735.99")},
        {"exit_gaps": 1},
        {"entered_this_year": True},
        {"entered_this_year": True, "signed": False},
        {"income": None},
        {"signed": None},
        {"exit_gaps": None},
    ],
)
def test_a_household_stays_when_one_condition_is_not_met_or_not_known(changed: dict[str, Any]) -> None:
    assert exit_result(**changed) == "继续帮扶"


def test_a_household_that_meets_all_but_refuses_to_sign_goes_to_the_assembly() -> None:
    assert exit_result(signed=False) == "需民主评议"


def household(
    key: str, persons: int = 1, income: int = 1000, gaps: int = 0, yes: int = 20, at: int = 1
) -> dict[str, Any]:
    return {"key": key, "persons": persons, "income": income, "gaps": gaps, "yes": yes, "applied_at": at}


def ranked(quota: int, *households: dict[str, Any]) -> list[tuple[str, bool]]:
    rows = decide("household_rules", "household_rank", households=list(households), quota=quota)
    assert [row["rank"] for row in rows] == list(range(1, len(rows) + 1))
    return [(row["key"], row["listed"]) for row in rows]


def test_the_poorest_come_first_then_gaps_then_votes_then_the_earlier_application() -> None:
    order = ranked(
        10,
        household("late", at=2),
        household("votes", yes=21),
        household("gap", gaps=1),
        household("poor", income=999),
        household("early", at=1),
    )
    assert [key for key, _ in order] == ["poor", "gap", "votes", "early", "late"]


def test_with_three_places_left_a_household_of_five_is_skipped_and_one_of_three_taken() -> None:
    rows = ranked(10, household("a", 7, 100), household("b", 5, 200), household("c", 3, 300), household("d", 1, 400))
    assert rows == [("a", True), ("b", False), ("c", True), ("d", False)]


def test_nobody_is_listed_without_places_and_an_empty_list_stays_empty() -> None:
    assert ranked(0, household("a")) == [("a", False)]
    assert ranked(5) == []
