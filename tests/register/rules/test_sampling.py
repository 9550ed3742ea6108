import pytest

from service.register.rules import sampling


def changed(count, villages=7, relatives=()):
    return [
        sampling.Subject(f"{number:04d}", f"V{number % villages}", relative=number in relatives)
        for number in range(count)
    ]


def test_the_same_seed_draws_the_same_households_whatever_their_order():
    pool = changed(150)
    drawn = sampling.draw(pool, 7, size=15, villages=3)
    assert drawn == sampling.draw(reversed(pool), 7, size=15, villages=3)
    assert drawn != sampling.draw(pool, 8, size=15, villages=3)


@pytest.mark.parametrize(("pool", "size"), [(5, 5), (10, 10), (60, 10), (0, 0)])
def test_as_many_are_drawn_as_asked_for_or_there_are(pool, size):
    assert len(sampling.draw(changed(pool), 1, size=10, villages=3)) == size


@pytest.mark.parametrize("seed", range(40))
def test_at_least_three_villages_are_visited_even_when_one_has_nearly_all(seed):
    crowded = [sampling.Subject(f"a{number:03d}", "big") for number in range(97)]
    crowded += [sampling.Subject("b1", "small"), sampling.Subject("c1", "tiny"), sampling.Subject("c2", "tiny")]
    drawn = sampling.draw(crowded, seed, size=10, villages=3)
    assert len(drawn) == 10
    assert {subject.village for subject in drawn} == {"big", "small", "tiny"}


def test_a_township_with_two_changed_villages_has_both_visited():
    drawn = sampling.draw(changed(40, villages=2), 3, size=10, villages=3)
    assert {subject.village for subject in drawn} == {"V0", "V1"}


def test_every_declared_relative_is_checked_besides_the_drawn_ones():
    pool = changed(200, relatives={3, 77, 140})
    drawn = sampling.draw(pool, 5, size=20, villages=3)
    assert {"0003", "0077", "0140"} <= {subject.code for subject in drawn}
    assert 20 <= len(drawn) == len(set(drawn)) <= 23


def test_relatives_are_left_to_chance_where_the_plan_says_so():
    pool = changed(200, relatives=range(200))
    assert len(sampling.draw(pool, 5, size=20, villages=3, relatives=False)) == 20


def test_the_city_takes_ten_households_from_each_of_two_villages():
    drawn = sampling.draw_by_village(changed(140), 11, villages=2, per_village=10)
    villages = [subject.village for subject in drawn]
    assert len(drawn) == 20
    assert sorted(villages.count(code) for code in set(villages)) == [10, 10]


def test_a_village_with_fewer_is_taken_whole():
    assert len(sampling.draw_by_village(changed(7), 11, villages=2, per_village=10)) == 2


def test_eight_of_thirty_eight_townships_are_drawn_repeatably():
    codes = [f"T{number:02d}" for number in range(1, 39)]
    drawn = sampling.draw_units(codes, 8, 42)
    assert len(set(drawn)) == 8
    assert drawn == sampling.draw_units([*reversed(codes), "T01"], 8, 42)
    assert sampling.draw_units(codes[:3], 8, 42) == codes[:3]
