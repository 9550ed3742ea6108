import pytest

from service.register.rules import balance


def flows(**given):
    return balance.Flows(**{"base": 1337, "exit_target": 267, **given})


def test_one_person_short_fits_only_while_a_household_of_one_waits():
    exiting = [4] * 66 + [3]
    short = flows(exiting=exiting, new=266, waiting=[1, 4])
    assert (balance.weigh(short).exit, balance.weigh(short).diff, balance.weigh(short).fit) == (267, -1, True)
    assert not balance.weigh(flows(exiting=exiting, new=266, waiting=[2, 4])).fit


def test_a_full_township_has_room_for_nobody():
    full = balance.weigh(flows(exiting=[3], new=3, waiting=[1]))
    assert (full.diff, full.fit) == (0, False)


def test_too_many_entries_show_as_a_surplus():
    over = balance.weigh(flows(exiting=[3], new=4, waiting=[1]))
    assert (over.after, over.diff, over.fit) == (1338, 1, False)


def test_all_six_flows_enter_the_sum_with_their_sign():
    result = balance.weigh(
        flows(base=1000, exiting=[10, 20], cleared=5, natural_dec=7, reentry=11, new=13, natural_inc=17)
    )
    assert (result.exit, result.after, result.diff) == (30, 999, -1)


@pytest.mark.parametrize(
    ("exiting", "target", "word"),
    [
        ([3, 4], 8, "under"),
        ([3, 4], 7, "on"),
        ([3, 4], 5, "on"),
        ([3, 4], 4, "over"),
        ([1, 4], 4, "over"),
        ([], 0, "on"),
        ([], 1, "under"),
        ([5], 0, "over"),
        ([5], 1, "on"),
    ],
)
def test_turnover_is_over_once_the_smallest_household_could_have_stayed(exiting, target, word):
    assert balance.turnover(exiting, target) == word


def test_the_smallest_exiting_household_is_named():
    assert balance.weigh(flows(exiting=[5, 2, 3])).smallest_exit == 2
    assert balance.weigh(flows()).smallest_exit is None
