from decimal import Decimal

import pytest
import sqlalchemy as sa

from service import db, errors
from service.register import models


def applied(world, *households):
    """Households as (persons, income), applied in the order given; their codes."""
    codes = [world.household(world.upper, persons=size, income=income).code for size, income in households]
    world.do("cases-open", world.upper, {"state": "评议通过"})
    return codes


def rank(world, quota, **headers):
    return world.do("list-rank", world.upper, headers, quota=Decimal(quota))


def test_three_places_left_skip_a_household_of_five_and_take_one_of_three(deployed):
    first, five, three = applied(deployed, (4, "1000"), (5, "1500"), (3, "1800"))
    assert rank(deployed, 7) == {
        "list_households": 2,
        "list_persons": 7,
        "list_states": {"拟纳入": 2},
        "waiting_households": 1,
        "waiting_persons": 5,
        "waiting_states": {"候补": 1},
        "list_remainder": 0,
    }
    assert deployed.states() == {first: "拟纳入", five: "候补", three: "拟纳入"}
    assert [deployed.cases()[code].rank for code in (first, five, three)] == [1, 2, 3]


def test_the_poorest_come_first_and_gaps_and_votes_break_ties(deployed):
    codes = applied(deployed, (1, "2000"), (1, "2000"), (1, "2000"), (1, "1999.99"))
    plain, voted, gap, poorest = codes
    where = {"where": f'=case.code = "{gap}"', "facts": "={gap_health: true}"}
    deployed.do("cases-update", deployed.upper, where)
    deployed.do("cases-update", deployed.upper, {"where": f'=case.code = "{voted}"', "set": "={yes: 12}"})
    rank(deployed, 2, yes="=case.flags.yes")
    ranks = {code: case.rank for code, case in deployed.cases().items()}
    assert ranks == {poorest: 1, gap: 2, voted: 3, plain: 4}


def test_both_lists_are_kept_as_they_were_decided(deployed):
    applied(deployed, (4, "1000"), (5, "1500"))
    rank(deployed, 4, listState="初选")
    kept = db.sa.session.scalars(sa.select(models.Decided).order_by(models.Decided.kind)).all()
    assert [(row.kind, row.persons, row.quota, len(row.rows)) for row in kept] == [
        ("listed", 4, 4, 1),
        ("waiting", 5, 4, 1),
    ]


def test_an_unvisited_household_cannot_be_ranked(deployed):
    applied(deployed, (1, "1000"))
    deployed.do("cases-update", deployed.upper, {"facts": "={income: null}"})
    with pytest.raises(errors.Unprocessable, match="survey it first"):
        rank(deployed, 5)


def test_ranking_without_a_quota_names_what_is_missing(deployed):
    with pytest.raises(errors.Invalid, match="quota"):
        deployed.do("list-rank", deployed.upper)


def test_a_quota_that_is_no_whole_number_is_refused(deployed):
    with pytest.raises(errors.Invalid, match="whole number"):
        rank(deployed, "2.5")


def test_nobody_to_rank_leaves_the_quota_whole(deployed):
    assert rank(deployed, 5)["list_remainder"] == 5


def test_the_next_waiting_household_that_fits_replaces_a_removed_one(deployed):
    removed, large, small, last = applied(deployed, (3, "1000"), (4, "1100"), (2, "1200"), (1, "1300"))
    rank(deployed, 3)
    deployed.do("cases-update", deployed.upper, {"where": f'=case.code = "{removed}"', "state": "已剔除"})
    given = deployed.do("list-replace", deployed.upper, {"addState": "拟补"}, quota=Decimal(3))
    assert deployed.states() == {removed: "已剔除", large: "候补", small: "拟补", last: "拟补"}
    assert (given["added_households"], given["added_persons"], given["list_remainder"]) == (2, 3, 0)
    assert given["waiting_fits"] is False


def test_nothing_is_added_while_the_list_is_full(deployed):
    applied(deployed, (3, "1000"), (1, "1100"))
    rank(deployed, 3)
    given = deployed.do("list-replace", deployed.upper, quota=Decimal(3))
    assert (given["added"], given["list_remainder"], given["waiting_fits"]) == ([], 0, False)


def test_who_holds_a_place_may_have_moved_on_to_later_states(deployed):
    first, second = applied(deployed, (3, "1000"), (1, "1100"))
    rank(deployed, 3)
    deployed.do("cases-update", deployed.upper, {"where": f'=case.code = "{first}"', "state": "已核实"})
    headers = {"occupied": '=case.state = "已核实" or case.state = "拟纳入"'}
    given = deployed.do("list-replace", deployed.upper, headers, quota=Decimal(4))
    assert deployed.states()[second] == "拟纳入"
    assert given["list_remainder"] == 0


def test_places_held_by_others_count_against_the_quota_of_a_new_ranking(deployed):
    first, second, third = applied(deployed, (3, "1000"), (2, "1100"), (1, "1200"))
    deployed.do("cases-update", deployed.upper, {"where": f'=case.code = "{first}"', "state": "已核实"})
    headers = {"where": '=case.state = "评议通过"', "occupied": '=list contains(["已核实", "评议通过"], case.state)'}
    assert rank(deployed, 4, **headers)["list_remainder"] == 0
    assert deployed.states() == {first: "已核实", second: "候补", third: "拟纳入"}


VILLAGES = {
    "寨芳村": ("30.74", "3890"),
    "高岜村": ("30.25", "3680"),
    "岩脚村": ("30.22", "3540"),
    "枫溪村": ("8.51", "5210"),
}


@pytest.fixture
def ranked(deployed):
    from service.identity import units
    from service.register import villages

    for number, (name, (incidence, income)) in enumerate(VILLAGES.items(), start=11):
        unit = units.add(f"5002990010{number}", name, "village", units.get(deployed.township))
        with db.transaction():
            collective = Decimal(0 if name != "枫溪村" else 12000)
            figures = {"incidence_pct": Decimal(incidence), "per_capita_net_income": Decimal(income)}
            villages.save(unit.id, {**figures, "collective_income_yuan": collective, "persons_total": Decimal(1000)})
    where = "=village.persons_total = 1000"
    deployed.do("cases-open", deployed.township, {"from": "villages", "where": where, "state": "申请"})
    deployed.do("cases-decide", deployed.township, {"decision": "village_standard", "inputs": "={applied: true}"})
    return deployed


def test_two_of_three_qualified_villages_are_shortlisted_and_the_third_waits(ranked):
    given = ranked.do("villages-rank", ranked.township, village_quota=Decimal(2))
    assert [row["name"] for row in given["ranking"]] == ["寨芳村", "高岜村", "岩脚村"]
    assert (given["list_units"], given["waiting_units"]) == (["500299001011", "500299001012"], ["500299001013"])
    assert ranked.states()["500299001014"] == "申请"


def test_after_a_removal_the_waiting_village_enters(ranked):
    ranked.do("villages-rank", ranked.township, village_quota=Decimal(2))
    ranked.do("cases-update", ranked.township, {"where": '=case.unit_name = "高岜村"', "state": "已剔除"})
    still = {"where": '=case.state != "已剔除"'}
    given = ranked.do("villages-rank", ranked.township, still, village_quota=Decimal(2))
    assert given["list_units"] == ["500299001011", "500299001013"]
