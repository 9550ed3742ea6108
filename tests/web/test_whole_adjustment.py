"""Dynamic adjustment of one township with one village by hand, through all four stages."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import flask
import pytest
import sqlalchemy as sqla

from service import db, identity, scenarios
from service.register import models as register
from service.scenarios import ending
from service.scenarios.scenario import Expectation
from service.seeds import tree_b, worlds
from tests.web import clicking
from tests.web.conftest import Reader

FOLDER = Path(__file__).parents[1] / "scenarios" / "dynamic_adjustment"
YEAR = scenarios.read(FOLDER / "small_county.yaml")
TOWNSHIP = tree_b.TOWNSHIPS[0]
ONE_VILLAGE = replace(TOWNSHIP, base_persons=15, villages=TOWNSHIP.villages[:1])


@pytest.fixture
def county(app: flask.Flask, built: None) -> dict[str, int]:
    """A county of one township with one village of 15 registered persons, and somebody in every office."""
    with db.transaction():
        worlds.county([ONE_VILLAGE])
    clicking.furnish(tree_b.plant([ONE_VILLAGE]), {})
    return {}


@pytest.fixture
def worker() -> None:
    """None: the player does the background work."""


class Hands(clicking.Clicker):
    """Plays the scenario by clicking, with the control figure and an application between the tasks."""

    def __init__(self, as_: Callable[..., Reader]) -> None:
        told = replace(YEAR, messages=(), expect=Expectation(ended=YEAR.expect.ended))
        super().__init__(as_, told, tree_b.plant([ONE_VILLAGE]), {})

    def start(self) -> int:
        """The county's group starts the year."""
        self.send(self.reader("county_adjust_group.500299"), "扶贫对象动态调整", {"campaign_year": 2026})
        return self.begun()

    def complete(self, task: int, answers: Mapping[str, Any], person: identity.Person) -> None:
        """As a clicker does; afterwards comes what people hand in at that point."""
        element = db.sa.session.get_one(clicking.models.UserTask, task).element_id
        super().complete(task, answers, person)
        if element == "Task_SetUpGroup":
            self.work()
            self.send(
                self.reader("county_adjust_group.500299"), "市下达控制指标", {"figure_given": True, "control_figure": 3}
            )
        if element == "Task_NominateExits":
            self._apply()

    def _apply(self) -> None:
        """A household that is not on the register applies at its village's office."""
        self.work()
        home = register.Household
        poor = sqla.select(home.key).where(
            home.status.not_in(register.ON_REGISTER), home.per_capita_net_income < 2736, home.persons <= 3
        )
        key = db.sa.session.scalars(poor.order_by(home.code)).first()
        answers = clicking.application(key)
        self.send(self.reader("village_clerk.t01v1"), "户主提出申请", answers)
        self.work()


@pytest.mark.timeout(300)
def test_a_township_adjusts_its_register_by_hand(as_: Callable[..., Reader]) -> None:
    playing = Hands(as_)
    result = playing.play()
    assert result.failures == []
    ends = ending.of_run(result.acts[0].instance_key)
    exits = [case["persons"] for case in ends["cases"] if (case["flow"], case["state"]) == ("脱贫", "已确认")]
    assert 0 < sum(exits) <= 3
    assert ends["archive"]
    assert all(paper["present"] for paper in ends["archive"])
