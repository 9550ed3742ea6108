"""One high, one low, one none (一高一低一无) and the order of villages: DOMAIN §6.3, §6.4, §8.2."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest

from tests.decisions_shipped.tables import decide

MET: dict[str, Any] = {"applied": True, "incidence_pct": 30, "per_capita_net_income": 4000, "collective_income_yuan": 0}
TREE_A = [
    ("枫溪村", "8.51", 5210, 12000),
    ("高岜村", "30.25", 3680, 0),
    ("归坪村", "17.49", 4520, 0),
    ("寨芳村", "30.74", 3890, 0),
    ("平禾村", "11.89", 4980, 3000),
    ("雁塘村", "15.53", 4310, 0),
    ("岩脚村", "30.22", 3540, 0),
    ("茶坡村", "12.80", 4760, 6000),
]


def standard(**changed: Any) -> dict[str, Any]:
    result = decide("village_rules", "village_standard", **{**MET, **changed})
    assert isinstance(result, dict)
    return result


@pytest.mark.parametrize(
    ("changed", "mark"),
    [
        ({"incidence_pct": Decimal("29.8")}, None),
        ({"incidence_pct": Decimal("29.79")}, "met_high"),
        ({"per_capita_net_income": Decimal("4074.99")}, None),
        ({"per_capita_net_income": 4075}, "met_low"),
        ({"collective_income_yuan": 0}, None),
        ({"collective_income_yuan": Decimal("0.01")}, "met_none"),
    ],
)
def test_each_mark_turns_at_its_boundary(changed: dict[str, Any], mark: str | None) -> None:
    result = standard(**changed)
    assert result["standard"] == ("综合衡量" if mark else "达标")
    assert {name for name in ("met_high", "met_low", "met_none") if not result[name]} == ({mark} if mark else set())


def test_one_mark_or_none_does_not_do() -> None:
    assert standard(incidence_pct=20, per_capita_net_income=5000)["standard"] == "不达标"
    assert standard(incidence_pct=20, per_capita_net_income=5000, collective_income_yuan=1)["standard"] == "不达标"


def test_a_village_that_did_not_apply_is_never_judged_by_its_figures() -> None:
    assert standard(applied=False)["standard"] == "未申请"
    assert standard(applied=None)["standard"] == "未申请"


def test_a_missing_figure_counts_as_a_mark_not_met() -> None:
    assert standard(collective_income_yuan=None)["standard"] == "综合衡量"


def village(name: str, **changed: Any) -> dict[str, Any]:
    facts = {"standard": "达标", "incidence_pct": 30, "per_capita_net_income": 4000, "service_gap": 0, "tie_break": 1}
    return {"unit": name, "name": name, **facts, **changed}


def rank(quota: int, *villages: dict[str, Any], admitted: Sequence[str] = ()) -> list[dict[str, Any]]:
    given = {"candidates": list(villages), "village_quota": quota, "admitted_villages": list(admitted)}
    result = decide("village_rules", "village_rank", **given)
    assert isinstance(result, list)
    return result


def test_villages_are_ordered_by_standard_incidence_income_services_and_at_last_by_the_minutes() -> None:
    rows = rank(
        9,
        village("tie 2", tie_break=2),
        village("two marks", standard="综合衡量", incidence_pct=50),
        village("tie 1"),
        village("services", service_gap=1),
        village("income", per_capita_net_income=3999),
        village("incidence", incidence_pct=31),
        village("none", standard="不达标", incidence_pct=90),
    )
    assert [row["unit"] for row in rows] == ["incidence", "income", "services", "tie 1", "tie 2", "two marks"]


def test_of_three_qualified_villages_of_the_township_two_are_shortlisted() -> None:
    figures = [
        village(name, incidence_pct=Decimal(pct), per_capita_net_income=income, collective_income_yuan=collective)
        for name, pct, income, collective in TREE_A
    ]
    judged = [
        {**one, "standard": standard(**{key: one[key] for key in MET if key in one})["standard"]} for one in figures
    ]
    rows = rank(2, *judged)
    assert [(row["name"], row["shortlisted"]) for row in rows][:3] == [
        ("寨芳村", True),
        ("高岜村", True),
        ("岩脚村", False),
    ]


def test_a_village_with_two_marks_never_enters_the_shortlist_by_itself() -> None:
    rows = rank(2, village("a"), village("b", standard="综合衡量"))
    assert [(row["unit"], row["rank"], row["shortlisted"]) for row in rows] == [("a", 1, True), ("b", 2, False)]


def test_the_county_may_let_a_village_with_two_marks_into_a_place_that_is_left_over() -> None:
    villages = village("a"), village("b", standard="综合衡量", incidence_pct=32), village("c", standard="综合衡量")
    rows = rank(2, *villages, admitted=["c"])
    assert [(row["unit"], row["shortlisted"]) for row in rows] == [("a", True), ("b", False), ("c", True)]
    assert [row["shortlisted"] for row in rank(1, *villages, admitted=["c"])] == [True, False, False]
