from decimal import Decimal
from fractions import Fraction

import hypothesis
import pytest
from hypothesis import strategies as st

from service import errors
from service.register.rules import apportionment

REPORTED = {
    "枫溪村": (232, 211),
    "高岜村": (402, 366),
    "归坪村": (268, 244),
    "寨芳村": (365, 332),
    "平禾村": (214, 195),
    "雁塘村": (248, 226),
    "岩脚村": (306, 278),
    "茶坡村": (221, 201),
}


def test_the_township_quota_is_split_as_the_plan_shows():
    weights = [reported for reported, _ in REPORTED.values()]
    assert apportionment.split(2053, weights) == [quota for _, quota in REPORTED.values()]


def test_the_four_extra_persons_go_to_the_largest_remainders():
    weights = [reported for reported, _ in REPORTED.values()]
    floors = [2053 * weight // 2256 for weight in weights]
    given = apportionment.split(2053, weights)
    lifted = {name for name, floor, quota in zip(REPORTED, floors, given, strict=True) if quota > floor}
    assert lifted == {"归坪村", "高岜村", "平禾村", "雁塘村"}


def test_equal_remainders_go_to_the_earlier_unit():
    assert apportionment.split(1, [1, 1]) == [1, 0]
    assert apportionment.split(5, [1, 1, 1]) == [2, 2, 1]


def test_a_unit_without_poor_persons_gets_nothing():
    assert apportionment.split(10, [0, 3, 0]) == [0, 10, 0]


def test_nothing_can_be_split_over_nothing():
    assert apportionment.split(0, [0, 0]) == [0, 0]
    with pytest.raises(errors.Invalid, match="reported poor"):
        apportionment.split(5, [0, 0])


@pytest.mark.parametrize(("total", "weights"), [(-1, [1]), (1, [2, -1])])
def test_figures_below_zero_are_refused(total, weights):
    with pytest.raises(errors.Invalid, match="below zero"):
        apportionment.split(total, weights)


@hypothesis.given(
    total=st.integers(0, 10_000),
    weights=st.lists(st.integers(0, 1000), min_size=1, max_size=40).filter(any),
)
def test_the_parts_always_add_up_and_stay_within_one_of_their_share(total, weights):
    parts = apportionment.split(total, weights)
    assert sum(parts) == total
    shares = [Fraction(total * weight, sum(weights)) for weight in weights]
    assert all(abs(part - share) < 1 for part, share in zip(parts, shares, strict=True))


@pytest.mark.parametrize(
    ("value", "rounded"), [("2.4", 2), ("2.5", 3), ("2.6", 3), ("0", 0), ("-0.5", 0), ("-0.6", -1), ("7", 7)]
)
def test_halves_are_rounded_upward(value, rounded):
    assert apportionment.half_up(Fraction(value)) == rounded


def test_a_percentage_of_nothing_is_unknown():
    assert apportionment.percentage(1, 0) is None
    assert apportionment.percentage(366, 1210) == Decimal("30.25")
    assert apportionment.percentage(1, 8, places=1) == Decimal("12.5")
