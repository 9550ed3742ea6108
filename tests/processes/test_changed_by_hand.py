"""Officials change diagrams, tables and forms as the desktop modeler writes them; no Python changes (DESIGN §1).

Each change is deployed while a run is under way. That one stays on what it began with; the next follows the change.
docs/diagrams/README.md tells officials how to make these changes.
"""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa

from service import bootstrap, clock, db, engine, errors, identity, scenarios
from service.scenarios import ending, player
from service.scenarios.scratch import scratch
from service.seeds import worlds
from service.workflow import deployments, models, tasks
from tests.processes.changing import Drawing, Table

VILLAGES = Path(__file__).parents[1] / "scenarios/village_identification/full.yaml"
SMALL = scenarios.read(Path(__file__).parent / "small_township.yaml")
TOWNSHIP, SETTINGS, RULES = "household_identification.bpmn", "household_settings.dmn", "household_rules.dmn"


class Run:
    """A run that people carry on by the rules of the small township, up to a task that waits for the test."""

    def __init__(self, stop: str | None) -> None:
        answers = tuple(a for a in SMALL.answers if stop is None or not a.names(stop))
        self.player = player.Player(replace(SMALL, answers=answers), lambda result: None)
        before = set(db.sa.session.scalars(sa.select(models.ProcessInstance.root_key)))
        self.player.start()
        (self.key,) = set(db.sa.session.scalars(sa.select(models.ProcessInstance.root_key))) - before

    def go(self) -> None:
        """Go on as far as it goes."""
        self.player.run(self.key)
        assert self.player.result.failures == []

    def task(self, element: str) -> models.UserTask:
        """The last task of an element."""
        db.sa.session.expire_all()
        query = sa.select(models.UserTask).filter_by(root_key=self.key, element_id=element)
        found = db.sa.session.scalars(query.order_by(models.UserTask.key.desc())).first()
        assert found is not None, f"{element} was never open"
        return found

    def end(self) -> dict:
        """What can be said at its end."""
        return ending.of_run(self.key)


class Office:
    """A township with the bundled files deployed."""

    def __init__(self) -> None:
        worlds.sow(SMALL.seed)
        worlds.describe(SMALL.villages, SMALL.households)
        deployments.deploy(bootstrap.bundled_files(), by=identity.SYSTEM)

    def before_and_after(self, change: Callable[[dict[str, bytes]], None], stop: str | None = None) -> tuple[Run, Run]:
        """Deploy a change while a run is under way; carry that one on, then another that began after the change."""
        with clock.frozen(SMALL.clock):
            old = Run(stop)
            bundled, files = bootstrap.bundled_files(), bootstrap.bundled_files()
            change(files)
            assert [str(problem) for problem in engine.lint(files, deployments.known(None))] == []
            changed = {name: data for name, data in files.items() if data != bundled[name]}
            deployments.deploy(changed, by=identity.SYSTEM)
            old.go()
        with clock.frozen(SMALL.clock):
            new = Run(stop)
            new.go()
        return old, new


@pytest.fixture
def office(app):
    return Office()


def draw(files, change, name=TOWNSHIP):
    """Change a diagram."""
    drawing = Drawing(files[name])
    change(drawing)
    files[name] = drawing.bytes()


def test_a_third_publicity_round(office):
    def change(files):
        def third(drawing):
            node = drawing.copied("Activity_SecondPublicity", "Activity_ThirdPublicity", "第三次公示")
            drawing.drop(node, "Flow_ListChangedNo")
            texts = {"subject": "贫困户名单第三次公示", "list_state": "二轮公示", "published_state": "三轮公示"}
            for name, text in texts.items():
                drawing.entry("Activity_ThirdPublicity", "input", "target", name).set("source", f'="{text}"')
            drawing.entry("Task_Reexamine", "property", "name", "roster").set("value", '=case.state = "三轮公示"')

        draw(files, third)
        table = Table(files[SETTINGS])
        table.add_rule("household_places", '"二轮公示"', '"三轮公示"')
        files[SETTINGS] = table.bytes()

    old, new = (run.end() for run in office.before_and_after(change))
    for end, rounds in ((old, 2), (new, 3)):
        assert [c["state"] for c in end["cases"]] == ["已登记"] * 4
        public = [n for n in end["notices"] if n["mode"] == "公示"]
        assert len(public) == rounds
        assert {(n["households"], n["days"]) for n in public} == {(4, 7)}
    assert new["passed"]["Activity_ThirdPublicity"] == 1


def test_a_new_county_check_by_another_department(office):
    def change(files):
        def check(drawing):
            node = drawing.task("Task_CheckFinances", "核查财政供养人员", "finance_bureau", "f_list_done")
            drawing.drop(node, "Flow_ReexaminedYes")

        draw(files, check)

    old, new = office.before_and_after(change)
    assert "Task_CheckFinances" not in old.end()["passed"]
    end = new.end()
    assert end["passed"]["Task_CheckFinances"] == 1
    assert [c["state"] for c in end["cases"]] == ["已登记"] * 4
    assert all(candidate.startswith("finance_bureau@") for candidate in new.task("Task_CheckFinances").candidates)


def test_another_role_for_a_step(office):
    def change(files):
        def assign(drawing):
            drawing.extension("Task_ApproveScale", "assignmentDefinition").set("candidateGroups", "county_office_clerk")

        draw(files, assign)

    old, new = office.before_and_after(change, stop="Task_ApproveScale")
    assert [c.partition("@")[0] for c in old.task("Task_ApproveScale").candidates] == ["township_head"]
    assert [c.partition("@")[0] for c in new.task("Task_ApproveScale").candidates] == ["county_office_clerk"]


def test_another_deadline(office):
    def change(files):
        table = Table(files[SETTINGS])
        close = "date(household_campaign, 6, 30)"
        table.replace("household_dates", close, "date(household_campaign, 6, 20)", beside='"application_close"')
        files[SETTINGS] = table.bytes()

    old, new = office.before_and_after(change, stop="Task_CheckApplications")
    opened = [run.task("Task_CheckApplications").created_at.astimezone(clock.TZ).date() for run in (old, new)]
    assert opened == [date(2014, 7, 1), date(2014, 6, 21)]
    due = [run.task("Task_MobiliseVillagers").due.astimezone(clock.TZ).date() for run in (old, new)]
    assert due[0] - due[1] == date(2014, 6, 30) - date(2014, 6, 20)


def test_a_new_required_field_of_a_form(office):
    def change(files):
        form = json.loads(files["f_scale_review.form"])
        field = {"type": "number", "id": "Field_villages_heard", "key": "villages_heard", "label": "听取意见的村数"}
        form["components"].append({**field, "validate": {"required": True, "min": 1}})
        files["f_scale_review.form"] = json.dumps(form, ensure_ascii=False, indent=2).encode()

    old, new = office.before_and_after(change, stop="Task_ApproveScale")
    answers = {"decision": "同意", "approved_by": "杨建平", "approved_on": "2014-06-03"}
    with clock.frozen(SMALL.clock):
        tasks.complete(old.task("Task_ApproveScale").key, answers, by=identity.SYSTEM)
        with pytest.raises(errors.Unprocessable) as refused:
            tasks.complete(new.task("Task_ApproveScale").key, answers, by=identity.SYSTEM)
        assert list(refused.value.fields) == ["villages_heard"]
        assert new.task("Task_ApproveScale").state == "CREATED"
        tasks.complete(new.task("Task_ApproveScale").key, {**answers, "villages_heard": 8}, by=identity.SYSTEM)
    assert [run.task("Task_ApproveScale").state for run in (old, new)] == ["COMPLETED", "COMPLETED"]


def test_another_threshold_in_a_table(office):
    def change(files):
        table = Table(files[RULES])
        table.replace("poverty_parameters", "2736", "1300")
        files[RULES] = table.bytes()

    old, new = office.before_and_after(change, stop="Task_HoldMeeting")

    def judged(run):
        return {c["code"]: c["results"]["household_eligibility"]["result"] for c in run.end()["cases"]}

    assert set(judged(old).values()) == {"符合"}
    assert judged(new)["H1"] == judged(new)["H2"] == "符合"
    assert "符合" not in (judged(new)["H3"], judged(new)["H4"])


def test_another_round_and_another_check_in_village_identification(tmp_path):
    drawing = Drawing(bootstrap.bundled_files()["village_identification.bpmn"])
    drawing.drop(
        drawing.copied("Activity_PublishShortlist", "Activity_PublishAgain", "再次公示"), "Flow_ToCounty_CountyDecides"
    )
    drawing.entry("Activity_PublishAgain", "input", "target", "list_state").set("source", '="已公示"')
    check = drawing.task("Task_CheckFinances", "核对集体经济收入", "finance_bureau", "f_list_done")
    drawing.drop(check, "Flow_PackageCompleteYes")
    (tmp_path / "changed.bpmn").write_bytes(drawing.bytes())
    told = scenarios.read(VILLAGES)
    answers = (*told.answers, *(answer for answer in SMALL.answers if answer.names("Task_CheckFinances")))
    files = {"village_identification.bpmn": "changed.bpmn"}
    with scratch() as server:
        end = server.play(replace(told, file=tmp_path / "changed.yaml", files=files, answers=answers)).end
    assert sorted(notice["mode"] for notice in end["notices"]) == ["公告", "公示", "公示"]
    assert end["passed"]["Task_CheckFinances"] == 1
    assert [c["unit"] for c in end["cases"] if c["state"] == "已登记"] == ["FX02", "FX04"]
