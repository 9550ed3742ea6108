"""Household identification of a tiny township by hand: from the quota to the archive, each role at its own browser."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import flask
import pytest
import sqlalchemy as sqla
from playwright.sync_api import expect

from service import bootstrap, clock, db, identity, scenarios
from service.identity import models as units
from service.register import households
from service.register import models as register
from service.scenarios import ending, player
from service.seeds import staff, tree_a, worlds
from service.workflow import deployments, live, models, releases
from tests.web import hands
from tests.web.conftest import Reader

SMALL = scenarios.read(Path(__file__).parents[1] / "processes" / "small_township.yaml")
KEPT_HAMLET = "岜上屯"


@pytest.fixture
def county(app: flask.Flask, built: None) -> dict[str, int]:
    """One village with one hamlet and two households, and somebody in every office."""
    releases.forget()
    live.forget()
    worlds.sow(SMALL.seed)
    poor = [{**row, "hamlet": KEPT_HAMLET} for row in SMALL.households[:2]]
    worlds.describe(SMALL.villages, poor)
    with db.transaction() as session:
        unit = units.Unit
        others = unit.parent_id == sqla.select(unit.id).where(unit.code == "FX02").scalar_subquery()
        session.execute(sqla.delete(unit).where(others, unit.name != KEPT_HAMLET))
    deployments.deploy(bootstrap.bundled_files(), by=identity.SYSTEM)
    staff.appoint(tree_a.plant(), tree_a.SLUGS)
    return {}


@pytest.fixture
def worker() -> None:
    """None: the player does the background work."""


class Hands(player.Player):
    """Plays the scenario by clicking."""

    def __init__(self, as_: Callable[..., Reader]) -> None:
        super().__init__(replace(SMALL, messages=(), given={**SMALL.given, "quota": 8}))
        self.as_ = as_
        self.readers: dict[str, Reader] = {}
        self.done: Counter[str] = Counter()
        self.posts = {(post.role, post.unit_id): post.username for post in staff.posts(tree_a.plant(), tree_a.SLUGS)}

    def start(self) -> int:
        """The county's office hands the quota to the township."""
        reader = self._reader("county_office_clerk.sanjiang")
        self._send(reader, "贫困户识别", {"township": "枫溪乡", "quota_persons": 8, "campaign_year": 2014})
        self.work()
        return db.sa.session.scalars(sqla.select(models.ProcessInstance.key).filter_by(parent_key=None)).one()

    def complete(self, task: int, answers: Mapping[str, Any], person: identity.Person) -> None:
        """Find the task in the inbox, fill it in and press the button."""
        row = db.sa.session.get_one(models.UserTask, task)
        element, name = row.element_id, row.name
        member = person.memberships[0]
        db.sa.session.rollback()
        reader = self._reader(self.posts.get((member.role, member.unit_id), person.username))
        page = reader.page
        reader.open("/inbox")
        page.locator(f'a[href$="/tasks/{task}"]').first.click()
        page.locator("#task[data-ready=true]").wait_for()
        expect(page.locator(".task-head h1")).to_have_text(name)
        self._fill_rows(page, answers.get("rows") or [])
        if "objection" in answers:  # it is anonymous: the form asks for no name
            answers = {**answers, "objection": {n: v for n, v in answers["objection"].items() if n != "objector"}}
        form = page.locator("#form-data")
        if form.count():
            given = page.evaluate("JSON.parse(document.querySelector('#form-data').textContent)")
            hands.fill(page.locator("#form"), given["schema"], given["data"], answers)
        page.locator("#complete").click()
        done = page.get_by_role("heading", name="已办结").or_(page.locator("#faults:not([hidden])"))
        done.first.wait_for()
        assert page.locator("#faults:not([hidden])").count() == 0, (element, page.locator("#faults").inner_text())
        self.done[element] += 1
        if element == "Task_MobiliseVillagers":
            self._apply()
        if element == "Task_PostNotice" and self.done[element] == 2:
            self._object()

    def _fill_rows(self, page: Any, rows: Any) -> None:
        if not rows:
            return
        if page.locator("#review").count():
            page.locator("#review[data-ready=true]").wait_for()
            for row in rows:
                for field, value in row.items():
                    if field != "case":
                        page.locator(f'tr[data-key="{row["case"]}"] [data-field="{field}"]').fill(str(value))
            page.locator("#review tbody input").last.blur()
            expect(page.locator("#review .standing .done")).to_have_count(len(rows))
            page.wait_for_load_state("networkidle")
            return
        page.locator("#roster[data-ready=true]").wait_for()
        schema = page.evaluate("JSON.parse(document.querySelector('#row-form').textContent)")
        for row in rows:
            with page.expect_response(f"**/rows/{row['case']}") as response:
                page.locator(f'tr[data-key="{row["case"]}"] .open').click()
            page.locator("#panel[data-ready=true]").wait_for()
            hands.fill(page.locator("#panel-form"), schema, response.value.json()["data"], row)
            page.locator("#panel-save").click()
            page.locator("#panel").wait_for(state="hidden")

    def _apply(self) -> None:
        """Every household applies at its village's office."""
        self.work()
        reader = self._reader("village_clerk.gaoba")
        for key in db.sa.session.scalars(sqla.select(register.Household.key).order_by(register.Household.code)).all():
            household = households.load(key)
            answers = {
                "household": household.code,
                "head_name": household.head_name,
                "hamlet": household.hamlet,
                "cert_no": households.form(household, reveal=True)["members"][0]["cert_no"],
                "cadre_relative": False,
                "persons": household.persons,
                "labourers": household.labourers,
                "income_estimate": household.per_capita_net_income,
                "local_hukou": True,
                "application_kind": "新申请",
                "application_reason": "收入低",
                "truth_promised": True,
                "consent_to_checks": True,
                "household_signed": True,
                "applied_on": clock.today(),
            }
            db.sa.session.rollback()
            self._send(reader, "农户提出申请", answers)
            self.work()

    def _object(self) -> None:
        """A villager objects on the public board, without signing in."""
        self.work()
        page = self.as_(locale="zh-CN", viewport={"width": 390, "height": 800}).page
        page.goto(f"{self._reader('village_clerk.gaoba').address}/notices")
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
        reader = self._reader("village_committee.gaoba")
        for link, text in (("会议记录", "逐户表决结果"), ("扶贫手册", "六、帮扶成效"), ("登记表", "贫困户登记表")):
            reader.open("/archive")
            reader.page.get_by_role("main").get_by_role("link", name=link).first.click()
            expect(reader.page.get_by_text(text).first).to_be_visible()
        reader.open("/publicity")
        reader.page.get_by_role("link", name="第一次公示").click()
        reader.page.get_by_role("main").get_by_role("link", name="-01").click()
        expect(reader.page.get_by_text("不成立").first).to_be_visible()

    def _send(self, reader: Reader, name: str, answers: Mapping[str, Any]) -> None:
        reader.open("/start")
        reader.page.get_by_role("link", name=name).first.click()
        reader.page.locator("#task[data-ready=true]").wait_for()
        given = reader.page.evaluate("JSON.parse(document.querySelector('#form-data').textContent)")
        hands.fill(reader.page.locator("#form"), given["schema"], given["data"], answers)
        reader.page.locator("#complete").click()
        expect(reader.page.get_by_text("已提交")).to_be_visible()

    def _reader(self, username: str) -> Reader:
        if username not in self.readers:
            reader = self.as_(locale="zh-CN")
            reader.open("/login")
            reader.page.get_by_label("用户名").fill(username)
            reader.page.get_by_label("密码").fill(staff.PASSWORD)
            reader.page.get_by_role("main").get_by_role("button", name="登录").click()
            reader.page.wait_for_load_state()
            self.readers[username] = reader
        return self.readers[username]


@pytest.mark.timeout(600)
def test_a_tiny_township_identifies_its_households_by_hand(as_: Callable[..., Reader]) -> None:
    clicking = Hands(as_)
    result = clicking.play()
    assert result.failures == []
    clicking.print_papers()
    cases = ending.of_run(result.acts[0].instance_key)["cases"]
    assert [case["state"] for case in cases] == ["已登记", "已登记"]
    people = {act.who for act in result.acts if act.what == "completed"}
    assert len({name.partition("@")[0] for name in people}) >= 8
