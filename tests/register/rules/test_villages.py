from decimal import Decimal

import pytest

from service.register.rules import villages


def village(key, incidence, income, standard=villages.QUALIFIED, **rest):
    return villages.Village(key, standard, Decimal(incidence), Decimal(income), **rest)


def keys(ranked):
    return [entry.key for entry in ranked]


def test_zhaifang_and_gaoba_come_before_yanjiao():
    ranked = villages.rank(
        [village("高岜村", "30.25", "3680"), village("岩脚村", "30.22", "3540"), village("寨芳村", "30.74", "3890")]
    )
    assert keys(ranked) == ["寨芳村", "高岜村", "岩脚村"]


def test_a_qualified_village_precedes_a_weighed_one_of_higher_incidence():
    ranked = villages.rank([village("w", "40", "3000", villages.WEIGHED), village("q", "29.80", "4074")])
    assert keys(ranked) == ["q", "w"]


@pytest.mark.parametrize("standard", ["不达标", "未申请"])
def test_villages_that_do_not_meet_the_standard_are_not_ranked(standard):
    assert villages.rank([village("x", "50", "100", standard)]) == []


def test_income_then_service_gap_then_the_minutes_break_ties():
    ranked = villages.rank(
        [
            village("second", "30", "3000", tie_break=2),
            village("first", "30", "3000", tie_break=1),
            village("gap", "30", "3000", service_gap=1, tie_break=9),
            village("poorer", "30", "2999.99"),
        ]
    )
    assert keys(ranked) == ["poorer", "gap", "first", "second"]


def complete(**lacking):
    return {"road_paved": True, "bus": True, "clinics": 1, "unsafe_households": 0, "households": 100, **lacking}


@pytest.mark.parametrize(
    ("lacking", "count"),
    [
        ({}, 0),
        ({"road_paved": False}, 1),
        ({"bus": False}, 1),
        ({"clinics": 0}, 1),
        ({"unsafe_households": 30}, 0),
        ({"unsafe_households": 31}, 1),
        ({"unsafe_households": 5, "households": 0}, 0),
        ({"road_paved": None, "bus": None, "clinics": None, "unsafe_households": 100}, 4),
    ],
)
def test_each_missing_service_counts_once(lacking, count):
    assert villages.service_gap(**complete(**lacking)) == count
