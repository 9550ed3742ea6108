from decimal import Decimal

from service.register.rules import statistics

VILLAGE = {
    "base_households": 60,
    "base_persons": 200,
    "exit_households": 12,
    "exit_persons": 40,
    "new_households": 10,
    "new_persons": 39,
    "natural_inc": 2,
    "natural_dec": 1,
    "notices": 2,
    "records_due": 22,
    "records_entered": 11,
}


def test_counts_of_villages_add_up_to_the_township():
    total = statistics.add([VILLAGE, VILLAGE, {}])
    assert total["base_persons"] == 400
    assert total["exit_persons"] == 80
    assert total["reentry_persons"] == 0
    assert set(total) == set(statistics.COUNTS)


def test_sums_do_not_depend_on_the_level_they_are_made_at():
    other = VILLAGE | {"exit_persons": 7, "cleared_persons": 3}
    township = statistics.add([statistics.add([VILLAGE, other]), statistics.add([other])])
    assert statistics.complete(township) == statistics.complete(statistics.add([VILLAGE, other, other]))


def test_households_and_persons_after_are_derived():
    row = statistics.complete(VILLAGE)
    assert row["after_households"] == 58
    assert row["after_persons"] == 200
    assert row["diff"] == 0
    assert row["turnover_pct"] == Decimal("20.00")
    assert row["entry_rate_pct"] == Decimal("50.00")


def test_every_flow_changes_the_figure_after():
    row = statistics.complete(VILLAGE | {"cleared_persons": 5, "reentry_persons": 3})
    assert row["diff"] == -2


def test_a_unit_without_base_has_no_ratio():
    assert statistics.complete({})["turnover_pct"] is None
