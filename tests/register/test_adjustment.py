from decimal import Decimal

import pytest
import sqlalchemy as sa

from service import db, errors
from service.identity import units
from service.register import households, models, runs
from service.seeds import tree_b, worlds
from tests.register import world as small


@pytest.fixture
def county(app, at):
    """The test county, its run open for the whole county, with registered households of 5, 4, 1 and 7 persons."""
    at("2014-10-12T09:00+08:00")
    made = small.World(deployed=True)
    made.do("run-open", made.county, {"kind": "adjust"}, root_key="77")
    sizes = ((made.upper, 5), (made.upper, 4), (made.lower, 1), (made.lower, 7))
    made.codes = [made.household(unit, size, status=models.POOR).code for unit, size in sizes]
    return made


def do(county, job, unit, headers=None, **variables):
    return county.do(job, unit, headers, root_key="77", **variables)


def freeze(county):
    return do(county, "base-snapshot", county.county, {"ratio": "=0.20"})


def open_flows(county):
    """Exit of 5, entry of 4 and 1, all on the list."""
    for code, flow in zip(county.codes, ("脱贫", "新增", "返贫"), strict=False):
        do(county, "case-open", county.township, {"household": "=code", "state": "拟公示", "flow": flow}, code=code)


def test_the_base_is_frozen_per_township_with_its_exit_target(county):
    assert freeze(county) == {
        "township_targets": [
            {"unit": "500299001", "name": "枫溪乡", "base_households": 4, "base_persons": 17, "exit_target": 3}
        ],
        "base_total": 17,
        "exit_total": 3,
    }
    assert runs.scale(77, county.township).exit_target == 3


def test_the_ratio_is_the_diagrams_or_the_countys_and_not_ours(county):
    assert do(county, "base-snapshot", county.county, adjust_ratio=Decimal("0.30"))["exit_total"] == 5
    with pytest.raises(errors.Invalid, match="ratio"):
        do(county, "base-snapshot", county.county)


def test_a_frozen_base_does_not_move_with_the_register(county):
    freeze(county)
    county.household(county.upper, 3, status=models.POOR)
    assert freeze(county)["base_total"] == 17


def test_the_whole_county_has_the_targets_of_the_plan(app):
    made = small.World(deployed=True)
    db.sa.session.execute(sa.delete(models.Run))
    db.sa.session.execute(sa.delete(models.Village))
    db.sa.session.commit()
    rename = sa.text("UPDATE units SET code = 'old' || code WHERE code LIKE '500299%'")
    db.sa.session.execute(rename)
    db.sa.session.commit()
    worlds.sow("tree-b")
    county = units.find(tree_b.COUNTY).id
    made.do("run-open", county, {"kind": "adjust"}, root_key="78")
    given = made.do("base-snapshot", county, {"ratio": "=0.20"}, root_key="78")
    targets = {row["unit"]: (row["base_persons"], row["exit_target"]) for row in given["township_targets"]}
    assert (given["base_total"], given["exit_total"]) == (62517, 12503)
    assert sum(target for _base, target in targets.values()) == 12503
    assert (targets["T01"], targets["T38"]) == ((1337, 267), (1906, 381))


def test_the_county_may_correct_targets(county):
    freeze(county)
    corrected = [{"unit": "500299001", "exit_target": Decimal(4)}, {"unit": "elsewhere", "exit_target": Decimal(9)}]
    do(county, "targets-fix", county.county, township_targets=corrected)
    assert runs.scale(77, county.township).exit_target == 4


def test_the_balance_counts_each_flow_in_persons(county):
    freeze(county)
    open_flows(county)
    figures = do(county, "balance-figures", county.township, {"where": '=case.state = "拟公示"'})
    assert figures == {
        "base": 17,
        "exit": 5,
        "cleared": 0,
        "reentry": 1,
        "new": 4,
        "natural_inc": 0,
        "natural_dec": 0,
        "exit_target": 3,
        "smallest_exit": 5,
        "smallest_waiting": None,
    }


def test_the_smallest_waiting_household_is_named(county):
    open_flows(county)
    headers = {"where": '=case.flow = "脱贫"', "waiting": '=case.flow != "脱贫"'}
    assert do(county, "balance-figures", county.township, headers)["smallest_waiting"] == 1


def test_births_and_deaths_after_the_freeze_enter_the_balance(county, at):
    freeze(county)
    at("2014-10-20T09:00+08:00")
    with db.transaction():
        family = households.load(next(row.key for row in db.sa.session.scalars(sa.select(models.Household))))
        households.change_member(family.members[0], "01", left=True)
        households.change_member(family.members[1], "06", left=False)
        households.change_member(family.members[2], "05", left=False)
    figures = do(county, "balance-figures", county.township)
    assert (figures["natural_dec"], figures["natural_inc"]) == (1, 2)


def test_changes_on_the_day_of_the_freeze_belong_to_the_base(county):
    with db.transaction():
        family = households.load(next(row.key for row in db.sa.session.scalars(sa.select(models.Household))))
        households.change_member(family.members[0], "01", left=True)
    freeze(county)
    assert do(county, "balance-figures", county.township)["natural_dec"] == 0


OUTCOME = ("base", "exit", "cleared", "reentry", "new", "natural_inc", "natural_dec", "exit_target")


@pytest.mark.parametrize(("waiting", "outcome"), [(1, "退回"), (2, "通过并说明"), (None, "通过并说明")])
def test_one_person_short_is_returned_only_while_a_household_of_one_waits(county, waiting, outcome):
    from service.register import decisions, scope

    figures = {
        "base": 1337,
        "exit": 267,
        "new": 266,
        "exit_target": 267,
        "smallest_exit": 3,
        "smallest_waiting": waiting,
    }
    figures = {name: None if value is None else Decimal(value) for name, value in figures.items()}
    zeros = {name: Decimal(0) for name in OUTCOME if name not in figures}
    task = scope.Scope(77, county.township, county.instance, "p", "e", {}, {})
    assert decisions.evaluate(task, "adjust_balance", {**figures, **zeros})["outcome"] == outcome


def draw(county, **headers):
    return do(county, "sample-draw", county.township, {"level": "county", **headers})


def test_all_of_few_changed_households_are_checked_and_the_seed_is_kept(county):
    open_flows(county)
    given = draw(county, seed="=4711")
    assert (given["sample_size"], given["sample_seed"]) == (3, 4711)
    assert given["sample"][0]["township"] == "500299001"
    kept = db.sa.session.scalars(sa.select(models.Sample)).one()
    assert (kept.seed, kept.pool, len(kept.rows)) == (4711, 3, 3)


def test_a_seed_is_made_where_none_is_given_and_gives_the_same_draw_again(county):
    for number in range(40):
        made = county.household(county.upper if number % 3 else county.lower, status=models.POOR)
        do(county, "case-open", county.township, {"household": "=code", "flow": "新增"}, code=made.code)
    first = draw(county)
    again = draw(county, seed=str(first["sample_seed"]))
    assert first["sample"] == again["sample"]
    assert first["sample_size"] == 10
    other = draw(county, seed=str(first["sample_seed"] + 1))
    assert other["sample"] != first["sample"]


def test_declared_relatives_are_always_in_the_sample(county):
    for number in range(30):
        made = county.household(county.upper, status=models.POOR, cadre_relative=number == 17)
        do(county, "case-open", county.township, {"household": "=code", "flow": "新增"}, code=made.code)
    relative = db.sa.session.scalar(sa.select(models.Household.code).where(models.Household.cadre_relative))
    for seed in range(5):
        assert relative in {row["code"] for row in draw(county, seed=f"={seed}")["sample"]}


def test_the_city_draws_within_the_townships_it_drew(county):
    open_flows(county)
    given = do(county, "sample-draw", county.county, {"level": "city", "seed": "=1"})
    assert {row["township"] for row in given["sample"]} == {"500299001"}
    assert given["sample_size"] == 3


def test_a_level_without_a_plan_is_refused(county):
    open_flows(county)
    with pytest.raises(errors.Unprocessable, match="sample_plan"):
        draw(county, level="province")


def test_findings_become_percentages_and_statistics(county):
    answers = [{"wrong_in": True}, {"wrong_out": True}, {"procedural_faults": ["拆户"]}, {"procedural_faults": []}]
    given = do(county, "sample-result", county.township, {"answers": "=found"}, found=answers)
    assert given == {
        "wrong_in_pct": Decimal("25.00"),
        "wrong_out_pct": Decimal("25.00"),
        "procedural_faults": 1,
        "sample_checked": 4,
        "sample_faults": 3,
    }
    counted = do(county, "statistics-write", county.township)["statistics"]
    assert (counted["sampled"], counted["sampled_faults"]) == (4, 3)


def test_findings_may_stand_with_the_cases(county):
    open_flows(county)
    for case in db.sa.session.scalars(sa.select(models.Case)):
        case.answers = {"Task_Check": {"wrong_in": case.flow == "新增"}}
    db.sa.session.commit()
    given = do(county, "sample-result", county.township, {"element": "Task_Check"})
    assert (given["sample_checked"], given["wrong_in_pct"]) == (3, Decimal("33.33"))


def test_counts_of_one_unit_add_up_over_several_checks(county):
    for _ in range(2):
        do(county, "sample-result", county.township, {"answers": "=[{wrong_in: false}]"})
    assert do(county, "statistics-write", county.township)["statistics"]["sampled"] == 2
