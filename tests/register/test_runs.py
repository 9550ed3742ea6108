from decimal import Decimal

import pytest
import sqlalchemy as sa

from service import db, errors
from service.identity import units
from service.register import models, runs, villages
from service.seeds import tree_a
from tests.register import world as worlds


@pytest.fixture
def fengxi(app):
    """The eight villages of 枫溪乡 below the test township."""
    made = worlds.World(deployed=True)
    with db.transaction() as session:
        session.execute(sa.delete(models.Village))
    for village in tree_a.VILLAGES:
        unit = units.add(village.code, village.name, "village", units.get(made.township))
        with db.transaction():
            figures = {"households_total": Decimal(village.households), "persons_total": Decimal(village.persons)}
            villages.save(unit.id, figures).reported_poor = village.reported_poor
    return made


def test_the_quota_of_2053_is_split_as_the_plan_shows(fengxi):
    given = fengxi.do("scale-split", fengxi.township, {"total": "=quota_persons"}, quota_persons=Decimal(2053))
    assert {row["name"]: row["quota"] for row in given["quotas"]} == {
        village.name: village.quota for village in tree_a.VILLAGES
    }
    assert given["quotas_total"] == 2053
    assert given["quotas"][0] == {
        "unit": "FX01",
        "name": "枫溪村",
        "households": 612,
        "persons": 2480,
        "reported_poor": 232,
        "quota": 211,
    }


def test_nothing_is_fixed_before_the_township_says_so(fengxi):
    fengxi.do("scale-split", fengxi.township, {"into": "draft"}, total=Decimal(2053))
    assert db.sa.session.scalar(sa.select(sa.func.count()).select_from(models.Scale)) == 0


def test_fixed_quotas_are_stored_and_may_be_fixed_anew(fengxi):
    village = units.find("FX02").id
    for quota in (366, 360):
        fengxi.do("scale-fix", fengxi.township, quotas=[{"unit": "FX02", "quota": Decimal(quota)}])
    assert runs.scale(fengxi.instance, village).quota == 360


@pytest.mark.parametrize("row", [{"unit": "T99", "quota": Decimal(1)}, {"unit": "FX01", "quota": None}, {"quota": 1}])
def test_a_quota_of_a_foreign_unit_or_without_figure_is_refused(fengxi, row):
    with pytest.raises(errors.Invalid, match="quota of"):
        fengxi.do("scale-fix", fengxi.township, quotas=[row])


def test_villages_without_reported_poor_cannot_be_split(deployed):
    with pytest.raises(errors.Unprocessable, match="reported poor"):
        deployed.do("scale-split", deployed.township, total=Decimal(10))


def test_opening_a_run_again_changes_nothing(world):
    again = world.do("run-open", world.upper, {"kind": "village"}, campaign_year=Decimal(2020))
    assert again == {"run": {"key": str(world.instance), "kind": "household", "year": 2014}}


def test_a_run_takes_the_year_of_the_campaign_or_of_the_clock(world, at):
    at("2031-02-01T00:00+08:00")
    assert world.do("run-open", world.township, campaign_year=Decimal(2030), root_key="91")["run"]["year"] == 2030
    assert world.do("run-open", world.township, root_key="92")["run"]["year"] == 2031


def test_villages_are_listed_by_code(world):
    given = world.do("units-list", world.township, {"kind": "village", "into": "villages"})
    assert given["villages"] == [{"unit": "500299001001", "name": "上村"}, {"unit": "500299001002", "name": "下村"}]


def test_hamlets_are_those_of_the_cases_and_a_nameless_one_stands_for_its_village(world):
    units.add("500299001001-1", "上寨屯", "hamlet", units.get(world.upper))
    units.add("500299001001-2", "空屯", "hamlet", units.get(world.upper))
    world.household(world.upper)
    world.household(world.upper, hamlet="街尾")
    world.do("cases-open", world.township, {"state": "已公告"})
    given = world.do("hamlets-list", world.upper, {"where": '=case.state = "已公告"'})
    assert given["hamlets"] == [
        {"unit": "500299001001", "name": "街尾"},
        {"unit": "500299001001-1", "name": "上寨屯"},
    ]
    assert world.do("hamlets-list", world.upper, {"where": "=false", "into": "none"}) == {"none": []}
