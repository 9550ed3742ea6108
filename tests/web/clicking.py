"""Plays a scenario by clicking: every office has a browser of its own and finds its tasks in the inbox."""

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

import sqlalchemy as sqla
from playwright.sync_api import Page, expect

from service import bootstrap, clock, db, identity
from service.identity.models import Unit
from service.register import households
from service.scenarios import Scenario, player
from service.seeds import staff
from service.workflow import deployments, live, models, releases
from tests.web import hands
from tests.web.conftest import Reader


def furnish(root: Unit, slugs: Mapping[str, str]) -> None:
    """Deploy the processes that come along, and put somebody into every office."""
    releases.forget()
    live.forget()
    deployments.deploy(bootstrap.bundled_files(), by=identity.SYSTEM)
    staff.appoint(root, slugs)


def application(household_key: int) -> dict[str, Any]:
    """What a household writes into its application, by the register; the session is as before."""
    household = households.load(household_key)
    answers = {
        "household": household.code,
        "head_name": household.head_name,
        "hamlet": household.hamlet or household.group_no,
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
    return answers


class Clicker(player.Player):
    """Plays a scenario in the browser; only the background work is done without one."""

    def __init__(self, as_: Callable[..., Reader], scenario: Scenario, root: Unit, slugs: Mapping[str, str]) -> None:
        super().__init__(scenario)
        self.as_ = as_
        self.readers: dict[str, Reader] = {}
        self.done: Counter[str] = Counter()
        self.posts = {(post.role, post.unit_id): post.username for post in staff.posts(root, slugs)}

    def complete(self, task: int, answers: Mapping[str, Any], person: identity.Person) -> None:
        """Find the task in the inbox, fill it in and press the button."""
        row = db.sa.session.get_one(models.UserTask, task)
        element, title = row.element_id, row.title
        member = person.memberships[0]
        db.sa.session.rollback()
        reader = self.reader(self.posts.get((member.role, member.unit_id), person.username))
        page = reader.page
        reader.open("/inbox")
        page.locator(f'a[href$="/tasks/{task}"]').first.click()
        page.locator("#task[data-ready=true]").wait_for()
        expect(page.locator(".task-head h1")).to_have_text(title)
        self._fill_rows(page, answers.get("rows") or [])
        form = page.locator("#form-data")
        if form.count():
            given = page.evaluate("JSON.parse(document.querySelector('#form-data').textContent)")
            hands.fill(page.locator("#form"), given["schema"], given["data"], answers)
        page.locator("#complete").click()
        done = page.get_by_role("heading", name="已办结").or_(page.locator("#faults:not([hidden])"))
        done.first.wait_for()
        assert page.locator("#faults:not([hidden])").count() == 0, (element, page.locator("#faults").inner_text())
        self.done[element] += 1

    def send(self, reader: Reader, name: str, answers: Mapping[str, Any]) -> None:
        """Hand in something under 发起与提交."""
        reader.open("/start")
        reader.page.get_by_role("main").get_by_role("link", name=name).first.click()
        reader.page.locator("#task[data-ready=true]").wait_for()
        given = reader.page.evaluate("JSON.parse(document.querySelector('#form-data').textContent)")
        hands.fill(reader.page.locator("#form"), given["schema"], given["data"], answers)
        reader.page.locator("#complete").click()
        expect(reader.page.get_by_text("已提交")).to_be_visible()

    def begun(self) -> int:
        """The key of the only process that somebody started."""
        self.work()
        return db.sa.session.scalars(sqla.select(models.ProcessInstance.key).filter_by(parent_key=None)).one()

    def reader(self, username: str) -> Reader:
        """The browser of somebody, signed in with the password of the demonstration."""
        if username not in self.readers:
            reader = self.as_(locale="zh-CN")
            reader.open("/login")
            reader.page.get_by_label("用户名").fill(username)
            reader.page.get_by_label("密码").fill(staff.PASSWORD)
            reader.page.get_by_role("main").get_by_role("button", name="登录").click()
            reader.page.wait_for_load_state()
            self.readers[username] = reader
        return self.readers[username]

    def _fill_rows(self, page: Page, rows: Any) -> None:
        if rows and page.locator("#review").count():
            self._fill_review(page, rows)
        elif rows:
            self._fill_roster(page, rows)

    def _fill_review(self, page: Page, rows: Any) -> None:
        page.locator("#review[data-ready=true]").wait_for()
        for row in rows:
            for field, value in row.items():
                if field != "case":
                    page.locator(f'tr[data-key="{row["case"]}"] [data-field="{field}"]').fill(str(value))
        page.locator("#review tbody input").last.blur()
        expect(page.locator("#review .standing .done")).to_have_count(len(rows))
        page.wait_for_load_state("networkidle")

    def _fill_roster(self, page: Page, rows: Any) -> None:
        page.locator("#roster[data-ready=true]").wait_for()
        schema = page.evaluate("JSON.parse(document.querySelector('#row-form').textContent)")
        for row in rows:
            with page.expect_response(f"**/rows/{row['case']}") as response:
                page.locator(f'tr[data-key="{row["case"]}"] .open').click()
            page.locator("#panel[data-ready=true]").wait_for()
            hands.fill(page.locator("#panel-form"), schema, response.value.json()["data"], row)
            page.locator("#panel-save").click()
            page.locator("#panel").wait_for(state="hidden")
