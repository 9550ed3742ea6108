"""Household identification of a tiny township by hand: from the quota to the archive, each role at its own browser."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import flask
import pytest
import sqlalchemy as sqla
from playwright.sync_api import expect

from service import db, identity, scenarios
from service.identity import models as units
from service.register import models as register
from service.scenarios import ending
from service.seeds import tree_a, worlds
from service.workflow import models
from tests.web import clicking
from tests.web.conftest import Reader

SMALL = scenarios.read(Path(__file__).parents[1] / "processes" / "small_township.yaml")
KEPT_HAMLET = "岜上屯"


@pytest.fixture
def county(app: flask.Flask, built: None) -> dict[str, int]:
    """One village with one hamlet and two households, and somebody in every office."""
    worlds.sow(SMALL.seed)
    poor = [{**row, "hamlet": KEPT_HAMLET} for row in SMALL.households[:2]]
    worlds.describe(SMALL.villages, poor)
    with db.transaction() as session:
        unit = units.Unit
        others = unit.parent_id == sqla.select(unit.id).where(unit.code == "FX02").scalar_subquery()
        session.execute(sqla.delete(unit).where(others, unit.name != KEPT_HAMLET))
    clicking.furnish(tree_a.plant(), tree_a.SLUGS)
    return {}


@pytest.fixture
def worker() -> None:
    """None: the player does the background work."""


class Hands(clicking.Clicker):
    """Plays the scenario by clicking, with applications and an objection between the tasks."""

    def __init__(self, as_: Callable[..., Reader]) -> None:
        given = {**SMALL.given, "quota": 8}
        super().__init__(as_, replace(SMALL, messages=(), given=given), tree_a.plant(), tree_a.SLUGS)

    def start(self) -> int:
        """The county's office hands the quota to the township."""
        clerk = self.reader("county_office_clerk.sanjiang")
        self.send(clerk, "贫困户识别", {"township": "枫溪乡", "quota_persons": 8, "campaign_year": 2014})
        return self.begun()

    def complete(self, task: int, answers: Mapping[str, Any], person: identity.Person) -> None:
        """As a clicker does; who objects stays anonymous, so that the form asks for no name."""
        element = db.sa.session.get_one(models.UserTask, task).element_id
        if "objection" in answers:
            answers = {**answers, "objection": {n: v for n, v in answers["objection"].items() if n != "objector"}}
        super().complete(task, answers, person)
        if element == "Task_MobiliseVillagers":
            self._apply()
        if element == "Task_PostNotice" and self.done[element] == 2:
            self._object()

    def _apply(self) -> None:
        """Every household applies at its village's office."""
        self.work()
        reader = self.reader("village_clerk.gaoba")
        for key in db.sa.session.scalars(sqla.select(register.Household.key).order_by(register.Household.code)).all():
            answers = clicking.application(key)
            self.send(reader, "农户提出申请", answers)
            self.work()

    def _object(self) -> None:
        """A villager objects on the public board, without signing in."""
        self.work()
        page = self.as_(locale="zh-CN", viewport={"width": 390, "height": 800}).page
        page.goto(f"{self.reader('village_clerk.gaoba').address}/notices")
        page.locator(".notices .title").first.click()
        page.get_by_role("link", name="对本公示提出异议").click()
        page.get_by_label("不应纳入的户列入了名单").check()
        page.locator("#household").fill("H1")
        page.locator("#facts").fill("家中有小汽车一辆")
        page.locator("#anonymous").check()
        page.get_by_role("button").filter(has_text="提交异议").click()
        page.locator("#receipt").wait_for()
        self.work()

    def print_papers(self) -> None:
        """The village's committee finds minutes, the answer to the objection and a handbook."""
        reader = self.reader("village_committee.gaoba")
        for link, text in (("会议记录", "逐户表决结果"), ("扶贫手册", "六、帮扶成效"), ("登记表", "贫困户登记表")):
            reader.open("/archive")
            reader.page.get_by_role("main").get_by_role("link", name=link).first.click()
            expect(reader.page.get_by_text(text).first).to_be_visible()
        reader.open("/publicity")
        reader.page.get_by_role("link", name="第一次公示").click()
        reader.page.get_by_role("main").get_by_role("link", name="-01").click()
        expect(reader.page.get_by_text("不成立").first).to_be_visible()


@pytest.mark.timeout(600)
def test_a_tiny_township_identifies_its_households_by_hand(as_: Callable[..., Reader]) -> None:
    playing = Hands(as_)
    result = playing.play()
    assert result.failures == []
    playing.print_papers()
    cases = ending.of_run(result.acts[0].instance_key)["cases"]
    assert [case["state"] for case in cases] == ["已登记", "已登记"]
    people = {act.who for act in result.acts if act.what == "completed"}
    assert len({name.partition("@")[0] for name in people}) >= 8
