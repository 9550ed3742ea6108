from datetime import UTC, datetime
from decimal import Decimal

import hypothesis
import pytest
from hypothesis import strategies as st

from service import errors
from service.register.rules import ranking


def household(key, persons=1, income="2000", **rest):
    return ranking.Candidate(key, persons, Decimal(income), **rest)


def keys(candidates):
    return [candidate.key for candidate in candidates]


def test_with_three_places_left_a_household_of_five_is_skipped_and_one_of_three_taken():
    chosen = ranking.select([household("a", 4, "1000"), household("b", 5, "1500"), household("c", 3, "1800")], 7)
    assert keys(chosen.listed) == ["a", "c"]
    assert keys(chosen.waiting) == ["b"]
    assert (chosen.persons, chosen.remainder) == (7, 0)


def test_with_two_places_left_a_household_of_three_waits_too():
    chosen = ranking.select([household("a", 5, "1000"), household("b", 5, "1500"), household("c", 3, "1800")], 7)
    assert keys(chosen.listed) == ["a"]
    assert keys(chosen.waiting) == ["b", "c"]
    assert chosen.remainder == 2


def test_a_household_of_exactly_the_quota_is_taken():
    assert keys(ranking.select([household("a", 4)], 4).listed) == ["a"]
    assert keys(ranking.select([household("a", 5)], 4).waiting) == ["a"]


def test_the_poorer_household_comes_first_by_a_cent():
    assert keys(ranking.order([household("b", income="2735.99"), household("a", income="2735.98")])) == ["a", "b"]


def test_with_equal_income_gaps_then_votes_then_time_decide():
    early, late = datetime(2014, 6, 1, tzinfo=UTC), datetime(2014, 6, 2, tzinfo=UTC)
    ranked = ranking.order(
        [
            household("late", applied_at=late),
            household("no time"),
            household("early", applied_at=early),
            household("votes", yes=1, applied_at=late),
            household("gaps", gaps=1, applied_at=late),
        ]
    )
    assert keys(ranked) == ["gaps", "votes", "early", "late", "no time"]


def test_full_equals_keep_the_order_they_came_in():
    assert keys(ranking.order([household("x"), household("y")])) == ["x", "y"]


def test_an_order_changed_by_the_assembly_is_kept():
    chosen = ranking.take([household("rich", 2, "9000"), household("poor", 2, "1")], 2)
    assert keys(chosen.listed) == ["rich"]


def test_a_quota_below_zero_is_refused():
    with pytest.raises(errors.Invalid, match="below zero"):
        ranking.select([], -1)


def test_a_household_without_members_cannot_be_ranked():
    with pytest.raises(errors.Invalid, match="no members"):
        ranking.select([household("ghost", 0)], 5)


def test_a_waiting_household_fits_when_it_is_not_larger_than_the_free_places():
    assert ranking.fits([household("a", 5), household("b", 3)], 3)
    assert not ranking.fits([household("a", 5), household("b", 3)], 2)
    assert not ranking.fits([], 100)


@hypothesis.given(
    sizes=st.lists(st.tuples(st.integers(1, 9), st.integers(0, 5000)), max_size=60), quota=st.integers(0, 300)
)
def test_no_household_is_lost_none_split_and_none_that_fits_is_left_waiting(sizes, quota):
    everyone = [household(index, persons, str(income)) for index, (persons, income) in enumerate(sizes)]
    chosen = ranking.select(everyone, quota)
    assert sorted(keys(chosen.listed + chosen.waiting)) == sorted(keys(everyone))
    assert chosen.persons + chosen.remainder == quota
    assert not ranking.fits(chosen.waiting, chosen.remainder)
