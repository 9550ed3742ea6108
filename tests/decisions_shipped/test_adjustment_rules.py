"""Balance of a township and spot checks: DOMAIN §6.6, §7, scenario 10 of §10."""

from decimal import Decimal
from typing import Any

import pytest

from tests.decisions_shipped.tables import decide

T01: dict[str, Any] = {
    "base": 1337,
    "exit": 267,
    "cleared": 0,
    "natural_dec": 0,
    "reentry": 0,
    "new": 267,
    "natural_inc": 0,
    "exit_target": 267,
    "smallest_exit": 1,
    "smallest_waiting": None,
}


def balance(**changed: Any) -> dict[str, Any]:
    result = decide("adjustment_rules", "adjust_balance", **{**T01, **changed})
    assert isinstance(result, dict)
    return result


def test_a_township_on_target_with_a_constant_total_passes() -> None:
    assert balance() == {
        "outcome": "通过",
        "reason": "总数不变，比例符合计划",
        "after": 1337,
        "diff": 0,
        "turnover": "on",
    }


def test_one_person_short_is_returned_if_a_household_of_one_waits_and_else_passes_with_a_note() -> None:
    assert balance(new=266, smallest_waiting=1)["outcome"] == "退回"
    assert balance(new=266, smallest_waiting=2)["outcome"] == "通过并说明"
    assert balance(new=266)["outcome"] == "通过并说明"
    assert balance(new=266)["diff"] == -1


def test_one_person_over_the_base_is_returned_whatever_else_holds() -> None:
    assert balance(new=268)["outcome"] == "退回"
    assert balance(new=268, exit=300)["outcome"] == "县审批"
    assert balance(exit=300, new=301)["outcome"] == "退回"


@pytest.mark.parametrize(
    ("exit_persons", "smallest", "turnover", "outcome"),
    [
        (266, 1, "under", "通过并说明"),
        (267, 1, "on", "通过"),
        (268, 1, "over", "县审批"),
        (268, 2, "on", "通过"),
        (269, 2, "over", "县审批"),
        (0, None, "under", "通过并说明"),
    ],
)
def test_more_than_the_target_by_a_whole_household_needs_the_county(
    exit_persons: int, smallest: int | None, turnover: str, outcome: str
) -> None:
    result = balance(exit=exit_persons, new=exit_persons, smallest_exit=smallest)
    assert (result["turnover"], result["outcome"]) == (turnover, outcome)


def test_over_target_comes_before_the_note_and_after_the_waiting_list() -> None:
    assert balance(exit=300, new=299)["outcome"] == "县审批"
    assert balance(exit=300, new=299, smallest_waiting=1)["outcome"] == "退回"


def test_natural_changes_clearing_and_reentry_count() -> None:
    flows = {"exit": 200, "cleared": 10, "natural_dec": 20, "reentry": 30, "new": 190, "natural_inc": 10}
    assert balance(**flows)["after"] == 1337


def test_without_figures_nothing_passes() -> None:
    assert balance(base=None)["outcome"] == "退回"


@pytest.mark.parametrize(("changed", "size"), [(0, 0), (7, 7), (10, 10), (11, 10), (100, 10), (101, 11), (267, 27)])
def test_the_county_draws_a_tenth_and_at_least_ten_of_the_changed_households(changed: int, size: int) -> None:
    plan = decide("adjustment_rules", "sample_plan", level="county", changed_households=changed)
    assert (plan["size"], plan["villages"], plan["relatives"]) == (size, 3, True)


def test_the_city_draws_eight_townships_two_villages_and_ten_households() -> None:
    plan = decide("adjustment_rules", "sample_plan", level="city", changed_households=5000)
    assert (plan["townships"], plan["villages"], plan["per_village"]) == (8, 2, 10)


@pytest.mark.parametrize(
    ("faults", "wrong_in", "wrong_out", "passed"),
    [(0, "2", "2", True), (0, "2.01", "0", False), (0, "0", "2.01", False), (1, "0", "0", False)],
)
def test_up_to_two_in_a_hundred_may_be_wrong_and_no_procedure_at_fault(
    faults: int, wrong_in: str, wrong_out: str, passed: bool
) -> None:
    found = {"procedural_faults": faults, "wrong_in_pct": Decimal(wrong_in), "wrong_out_pct": Decimal(wrong_out)}
    assert decide("adjustment_rules", "sample_passed", **found)["passed"] is passed
