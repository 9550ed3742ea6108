import hypothesis
import pytest
from hypothesis import strategies as st

from service import errors
from service.register.rules import ranking


def households(*sizes):
    return [ranking.Candidate(index, size) for index, size in enumerate(sizes)]


def keys(candidates):
    return [candidate.key for candidate in candidates]


def test_with_three_places_left_a_household_of_five_is_skipped_and_one_of_three_taken():
    chosen = ranking.take(households(4, 5, 3), 7)
    assert (keys(chosen.listed), keys(chosen.waiting), chosen.remainder) == ([0, 2], [1], 0)


def test_with_two_places_left_a_household_of_three_waits_too():
    chosen = ranking.take(households(5, 5, 3), 7)
    assert (keys(chosen.listed), keys(chosen.waiting), chosen.remainder) == ([0], [1, 2], 2)


def test_a_household_of_exactly_the_quota_is_taken():
    assert keys(ranking.take(households(4), 4).listed) == [0]
    assert keys(ranking.take(households(5), 4).waiting) == [0]


def test_no_places_leave_everybody_waiting():
    assert keys(ranking.take(households(1, 1), 0).waiting) == [0, 1]


def test_a_quota_below_zero_is_refused():
    with pytest.raises(errors.Invalid, match="below zero"):
        ranking.take([], -1)


def test_a_household_without_members_cannot_be_ranked():
    with pytest.raises(errors.Invalid, match="no members"):
        ranking.take(households(0), 5)


def test_a_waiting_household_fits_when_it_is_not_larger_than_the_free_places():
    assert ranking.fits(households(5, 3), 3)
    assert not ranking.fits(households(5, 3), 2)
    assert not ranking.fits([], 100)


@hypothesis.given(sizes=st.lists(st.integers(1, 9), max_size=60), quota=st.integers(0, 300))
def test_no_household_is_lost_none_split_and_none_that_fits_is_left_waiting(sizes, quota):
    everyone = households(*sizes)
    chosen = ranking.take(everyone, quota)
    assert sorted(keys(chosen.listed + chosen.waiting)) == keys(everyone)
    assert sum(candidate.persons for candidate in chosen.listed) + chosen.remainder == quota
    assert not ranking.fits(chosen.waiting, chosen.remainder)
