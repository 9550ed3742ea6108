"""Village identification by hand: from the county's quota to the network, each office at its own browser."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import flask
import pytest
import sqlalchemy as sqla

from service import db, scenarios
from service.identity import models as units
from service.scenarios import ending
from service.scenarios.scenario import Expectation
from service.seeds import tree_a, worlds
from tests.web import clicking
from tests.web.conftest import Reader

FOLDER = Path(__file__).parents[1] / "scenarios" / "village_identification"
FULL = scenarios.read(FOLDER / "full.yaml")
POOR, RICH = "FX04", "FX01"


@pytest.fixture
def county(app: flask.Flask, built: None) -> dict[str, int]:
    """A township of one village that qualifies and one that does not, without hamlets, and all offices."""
    worlds.sow("tree-a-units")
    villages = [{"unit": code, "households": 1, "persons": 4, "reported_poor": 4} for code in (POOR, RICH)]
    worlds.describe(villages, [])
    with db.transaction() as session:
        unit = units.Unit
        others = unit.code.like("FX0%") & unit.code.not_in([POOR, RICH])
        session.execute(sqla.delete(unit).where(others, unit.kind == "hamlet"))
        session.execute(sqla.delete(unit).where(others))
    clicking.furnish(tree_a.plant(), tree_a.SLUGS)
    return {}


@pytest.fixture
def worker() -> None:
    """None: the player does the background work."""


class Hands(clicking.Clicker):
    """Plays the scenario by clicking."""

    def __init__(self, as_: Callable[..., Reader]) -> None:
        super().__init__(
            as_,
            replace(FULL, expect=Expectation(), given={**FULL.given, "quota": 1}),
            tree_a.plant(),
            tree_a.SLUGS,
        )

    def start(self) -> int:
        """The county's office hands the number of places to the township."""
        clerk = self.reader("county_office_clerk.sanjiang")
        self.send(clerk, "贫困村识别", {"township": "枫溪乡", "village_quota": 1, "campaign_year": 2014})
        return self.begun()


@pytest.mark.timeout(300)
def test_a_township_identifies_its_poor_village_by_hand(as_: Callable[..., Reader]) -> None:
    playing = Hands(as_)
    result = playing.play()
    assert result.failures == []
    cases = ending.of_run(result.acts[0].instance_key)["cases"]
    assert {case["unit"]: case["state"] for case in cases} == {POOR: "已登记", RICH: "审核未通过"}
