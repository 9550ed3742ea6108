from decimal import Decimal

import pytest

from service.register.rules import sampling


def changed(count, villages=7, relatives=()):
    return [
        sampling.Subject(f"{number:04d}", f"V{number % villages}", relative=number in relatives)
        for number in range(count)
    ]


def test_the_same_seed_draws_the_same_households_whatever_their_order():
    pool = changed(150)
    assert sampling.draw_county(pool, 7) == sampling.draw_county(list(reversed(pool)), 7)
    assert sampling.draw_county(pool, 7) != sampling.draw_county(pool, 8)


@pytest.mark.parametrize(("pool", "size"), [(5, 5), (10, 10), (60, 10), (100, 10), (101, 11), (150, 15), (0, 0)])
def test_ten_per_cent_and_at_least_ten_are_drawn(pool, size):
    assert len(sampling.draw_county(changed(pool), 1)) == size


@pytest.mark.parametrize("seed", range(40))
def test_at_least_three_villages_are_visited_even_when_one_has_nearly_all(seed):
    crowded = [sampling.Subject(f"a{number:03d}", "big") for number in range(97)]
    crowded += [sampling.Subject("b1", "small"), sampling.Subject("c1", "tiny"), sampling.Subject("c2", "tiny")]
    drawn = sampling.draw_county(crowded, seed)
    assert len(drawn) == 10
    assert {subject.village for subject in drawn} == {"big", "small", "tiny"}


def test_a_township_with_two_changed_villages_has_both_visited():
    assert {subject.village for subject in sampling.draw_county(changed(40, villages=2), 3)} == {"V0", "V1"}


def test_every_declared_relative_is_checked_besides_the_drawn_ones():
    pool = changed(200, relatives={3, 77, 140})
    drawn = sampling.draw_county(pool, 5)
    assert {"0003", "0077", "0140"} <= {subject.code for subject in drawn}
    assert len(drawn) >= 20
    assert len(set(drawn)) == len(drawn)


def test_ratio_minimum_and_villages_can_be_set():
    drawn = sampling.draw_county(changed(100), 1, ratio=Decimal("0.30"), minimum=5, villages=1)
    assert len(drawn) == 30


def test_the_city_takes_ten_households_from_each_of_two_villages():
    drawn = sampling.draw_city(changed(140), 11)
    villages = [subject.village for subject in drawn]
    assert len(drawn) == 20
    assert sorted(villages.count(code) for code in set(villages)) == [10, 10]


def test_the_city_takes_all_of_a_village_with_fewer():
    assert len(sampling.draw_city(changed(7), 11)) == 2


def test_eight_of_thirty_eight_townships_are_drawn_repeatably():
    codes = [f"T{number:02d}" for number in range(1, 39)]
    drawn = sampling.draw_units(codes, sampling.CITY_TOWNSHIPS, 42)
    assert len(set(drawn)) == 8
    assert drawn == sampling.draw_units(reversed(codes), 8, 42)
    assert sampling.draw_units(codes[:3], 8, 42) == codes[:3]


@pytest.mark.parametrize(
    ("checked", "wrong_in", "wrong_out", "procedural", "passed"),
    [
        (100, 2, 2, 0, True),
        (100, 3, 0, 0, False),
        (100, 0, 3, 0, False),
        (100, 0, 0, 1, False),
        (49, 1, 0, 0, False),
        (50, 1, 0, 0, True),
        (0, 0, 0, 0, True),
    ],
)
def test_a_check_passes_up_to_two_per_cent_and_without_a_fault_of_procedure(
    checked, wrong_in, wrong_out, procedural, passed
):
    assert sampling.Findings(checked, wrong_in, wrong_out, procedural).passed is passed
