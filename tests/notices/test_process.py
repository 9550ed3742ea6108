"""The drawn publicity, played: the files that are shipped, the shell, the handlers and the database."""

from datetime import date
from decimal import Decimal

import pytest
import sqlalchemy as sa

from service import bootstrap, clock, db, errors, identity, jobs
from service.identity import units
from service.notices import models
from service.privacy import vault
from service.workflow import messages, tasks, timers
from service.workflow import models as workflow
from tests.notices.conftest import local
from tests.privacy.traces import tables_with
from tests.register import world as worlds

START = {
    "subject": "贫困户初选名单",
    "round": Decimal(1),
    "mode": "公示",
    "list_state": "拟纳入",
    "published_state": "一轮公示",
    "days": Decimal(7),
    "post_by": date(2014, 7, 20),
    "issuer": "上村村民委员会",
    "issuer_role": "village_committee",
    "poster_role": "village_clerk",
    "handler_role": "village_committee",
    "recused_role": "village_work_group",
    "appeal_role": "township_reviewer",
}
TWO = [{"name": "石清", "no_kinship": True}, {"name": "梁山", "no_kinship": True}]


class Publicity(worlds.World):
    """A list of three households of the upper village, put on the board by the drawn process."""

    def __init__(self, **changed):
        """``changed`` are texts to be put in place of others, by the stem of a file: {old: new}."""
        files = {name: data for name, data in bootstrap.bundled_files().items() if _of_publicity(name)}
        for name in files:
            for old, new in changed.get(name.partition(".")[0], {}).items():
                assert old.encode() in files[name], f"{name} has no {old}"
                files[name] = files[name].replace(old.encode(), new.encode())
        super().__init__(deployed=True, then="public_notice", files=files, at="500299001001")
        units.add("500299001001-1", "上寨屯", "hamlet", units.get(self.upper))
        self.codes = [self.household(self.upper, persons=size).code for size in (2, 3, 4)]
        self.do("cases-open", self.upper, {"state": "拟纳入"})
        self.answer("Task_Rows", START)

    def answer(self, element, *answers):
        """Complete the open tasks of an element, each with its answers (the last ones are used again)."""
        jobs.run_pending()
        query = sa.select(workflow.UserTask).filter_by(element_id=element, state="CREATED")
        found = db.sa.session.scalars(query.order_by(workflow.UserTask.key)).all()
        assert found, f"{element} is not open, but {self.open()}"
        for number, key in enumerate([task.key for task in found]):
            tasks.complete(key, answers[min(number, len(answers) - 1)], by=identity.SYSTEM)
        jobs.run_pending()

    def open(self):
        """Elements of the open tasks."""
        db.sa.session.expire_all()
        return sorted(db.sa.session.scalars(sa.select(workflow.UserTask.element_id).filter_by(state="CREATED")))

    def publicity(self):
        """The publicity's instance."""
        db.sa.session.expire_all()
        return db.sa.session.scalars(sa.select(workflow.ProcessInstance).filter_by(process_id="public_notice")).one()

    def variable(self, name):
        """A variable of the publicity."""
        held = sa.select(workflow.Variable.value).filter_by(scope_key=self.publicity().key, name=name)
        return db.sa.session.scalar(held)

    def publish(self, *days):
        """Issue, then post each site on a day of July."""
        self.answer(
            "Task_IssueNotice", {"decision": "签发", "seal_date": "2014-07-19", "sealed": True, "issued_by": "吴"}
        )
        clock.stand_at(local(max(days)))
        photos = {"photo_close": "files::1", "photo_far": "files::2", "posted_by": "石", "witness": "龙"}
        self.answer("Task_PostNotice", *({"posted_at": local(day).isoformat(), **photos} for day in days))

    def take_down(self, *lost):
        """Take the notice down with days lost at each site."""
        paper = {"removed_at": clock.now().isoformat(), "removed_by": "石", "witness": "龙", "photo_end": "files::3"}
        rows = [{**paper, "lost_days": days, **({"lost_reason": "大风"} if days else {})} for days in lost]
        self.answer("Task_TakeDownNotice", *rows)

    def object(self, household, kind="不应纳入"):
        """File an objection and register it."""
        notice = db.sa.session.scalars(sa.select(models.Notice)).one()
        filed = {"household": household, "type": kind, "facts": "家中有小汽车一辆", "channel": "来访"}
        filed |= {"objector": "韦秀"}
        messages.publish("objection_received", str(notice.key), {"objection": filed}, by=identity.SYSTEM)
        form = {**filed, "raised_on": clock.today().isoformat(), "receiver": "吴"}
        self.answer("Task_RegisterObjection", {"objection": form})

    def objection(self):
        """The only objection."""
        db.sa.session.expire_all()
        return db.sa.session.scalars(sa.select(models.Objection)).one()

    def settle(self, decision, *, investigators=TWO, **more):
        """Investigate, decide and serve."""
        today = clock.today().isoformat()
        found = {
            "investigators": investigators,
            "facts_sufficient": True,
            "findings": "属实",
            "investigators_signed": True,
        }
        self.answer("Task_InvestigateObjection", {**found, "investigated_on": today})
        reply = {"decision": decision, "reply": "已核查，答复如上", "decided_by": "吴", "reply_channel": "当面送达"}
        self.answer("Task_DecideObjection", {**reply, "decided_on": today, "appeal_told": True, **more})
        self.answer("Task_ServeReply", {"served_on": today, "appealed": False, "receipt_signed": True})

    def sign(self):
        """Sign the statement."""
        self.answer("Task_SignCertificate", {"signed_by": "吴", "signed_on": clock.today().isoformat(), "sealed": True})


def _of_publicity(name):
    return name.endswith(".form") or name in ("public_notice.bpmn", "publicity_rules.dmn")


@pytest.fixture
def publicity(app, at):
    """The publicity with its draft made, on 2014-07-19."""
    at("2014-07-19T09:00+08:00")
    return Publicity()


def test_a_list_without_objections_is_published_for_seven_days(publicity, at):
    publicity.publish(20, 20)
    assert publicity.open() == []
    at("2014-07-27T23:59+08:00")
    jobs.run_pending()
    assert publicity.open() == []
    at("2014-07-28T00:01+08:00")
    publicity.take_down(0, 0)
    publicity.sign()
    assert publicity.publicity().end_events == ["End_Published"]
    assert publicity.variable("outcome") == "clear"
    assert set(publicity.states().values()) == {"一轮公示"}
    assert publicity.publicity().unit_id == publicity.upper


def test_a_refused_draft_is_drafted_again(publicity):
    publicity.answer("Task_IssueNotice", {"decision": "退回", "reason": "名单有误", "issued_by": "吴"})
    assert publicity.open() == ["Task_IssueNotice"]
    assert db.sa.session.scalars(sa.select(models.Notice)).one().issued_at is None


@pytest.mark.parametrize(("minute", "counts"), [("23:59", True), ("24:00", False)])
def test_what_was_filed_on_the_last_day_counts_however_late_it_is_delivered(publicity, at, minute, counts):
    publicity.publish(20, 20)
    at("2014-07-27T23:59+08:00" if counts else "2014-07-28T00:00+08:00")
    notice = db.sa.session.scalars(sa.select(models.Notice)).one()
    filed = {"household": publicity.codes[0], "type": "不应纳入", "facts": "家中有小汽车一辆", "channel": "网上"}
    messages.publish("objection_received", str(notice.key), {"objection": filed}, by=identity.SYSTEM)
    at("2014-07-28T08:00+08:00")  # the worker was down for a night
    timers.fire_due()
    jobs.run_pending()
    found = db.sa.session.scalars(sa.select(models.Objection)).all()
    assert [objection.received_at for objection in found] == ([local(27, 23, 59)] if counts else [])
    assert publicity.open() == (["Task_RegisterObjection"] if counts else ["Task_TakeDownNotice"] * 2)


def test_nobody_reads_who_objected_and_the_register_keeps_it(publicity, at):
    publicity.publish(20, 20)
    at("2014-07-22T15:00+08:00")
    publicity.object(publicity.codes[0])
    assert tables_with("韦秀") == []
    publicity.settle("不成立")
    assert tables_with("韦秀") == []
    [objection] = db.sa.session.scalars(sa.select(models.Objection))
    assert vault.current().open(objection.objector_sealed) == "韦秀"


def test_one_hamlet_posted_a_day_late_moves_the_end_for_all(publicity, at):
    publicity.publish(20, 21)
    assert publicity.variable("notice_ends") == local(29, 0)
    at("2014-07-28T00:01+08:00")
    jobs.run_pending()
    assert publicity.open() == []


def test_an_objection_on_day_seven_keeps_the_notice_open_until_answered(publicity, at):
    publicity.publish(20, 20)
    at("2014-07-27T22:00+08:00")
    publicity.object(publicity.codes[0])
    at("2014-07-30T09:00+08:00")
    jobs.run_pending()
    assert publicity.open() == ["Task_InvestigateObjection"]
    publicity.settle("不成立")
    assert publicity.open() == ["Task_TakeDownNotice", "Task_TakeDownNotice"]


def test_an_upheld_objection_leaves_the_household_off_the_final_list(publicity, at):
    publicity.publish(20, 20)
    at("2014-07-22T09:00+08:00")
    publicity.object(publicity.codes[1])
    publicity.settle("成立-剔除")
    at("2014-07-28T00:01+08:00")
    publicity.take_down(0, 0)
    publicity.sign()
    assert publicity.variable("outcome") == "reduced"
    assert publicity.variable("removed") == [publicity.codes[1]]
    assert publicity.states()[publicity.codes[1]] == "已剔除"


def test_a_fault_of_procedure_sends_the_list_back(publicity, at):
    publicity.publish(20, 20)
    at("2014-07-22T09:00+08:00")
    publicity.object(publicity.codes[1], "程序问题")
    publicity.settle("成立-程序重做")
    at("2014-07-28T00:01+08:00")
    publicity.take_down(0, 0)
    assert publicity.publicity().end_events == ["End_RedoStep"]
    assert set(publicity.states().values()) == {"拟纳入"}


def test_officials_change_investigators_decisions_and_days_in_the_files_alone(app, at):
    at("2014-07-19T09:00+08:00")
    publicity = Publicity(
        f_investigation={'"minRows": "2"': '"minRows": "3"'},
        f_reply={"成立-剔除": "取消资格"},
        publicity_rules={"成立-剔除": "取消资格"},
        public_notice={
            'key="days" value="5"': 'key="days" value="3"',
            'key="days" value="=days"': 'key="days" value="2"',
        },
    )
    publicity.publish(20, 20)
    assert publicity.variable("notice_ends") == local(23, 0)
    at("2014-07-22T09:00+08:00")
    publicity.object(publicity.codes[1])
    assert publicity.objection().due_at == local(26, 0)
    with pytest.raises(errors.Unprocessable) as refused:
        publicity.settle("取消资格")
    assert list(refused.value.fields) == ["investigators"]
    publicity.settle("取消资格", investigators=[*TWO, {"name": "覃三", "no_kinship": True}])
    assert publicity.objection().decision == "取消资格"
    assert publicity.states()[publicity.codes[1]] == "已剔除"


def test_days_not_displayed_are_made_up(publicity, at):
    publicity.publish(20, 20)
    at("2014-07-28T00:01+08:00")
    publicity.take_down(1, 0)
    assert publicity.open() == []
    at("2014-07-29T00:01+08:00")
    publicity.take_down(0, 0)
    assert publicity.open() == ["Task_SignCertificate"]


def test_no_site_is_posted_before_the_seal_or_in_the_future(publicity):
    publicity.answer(
        "Task_IssueNotice", {"decision": "签发", "seal_date": "2014-07-19", "sealed": True, "issued_by": "吴"}
    )
    paper = {"photo_close": "files::1", "photo_far": "files::2", "posted_by": "石", "witness": "龙"}
    for wrong in (local(12), local(19, 10)):
        with pytest.raises(errors.Unprocessable) as refused:
            publicity.answer("Task_PostNotice", {**paper, "posted_at": wrong.isoformat()})
        assert list(refused.value.fields) == ["posted_at"]


def test_a_notice_taken_down_before_the_end_has_lost_days(publicity, at):
    publicity.publish(20, 20)
    at("2014-07-28T00:01+08:00")
    paper = {"removed_at": local(26).isoformat(), "removed_by": "石", "witness": "龙", "photo_end": "files::3"}
    with pytest.raises(errors.Unprocessable) as refused:
        publicity.answer("Task_TakeDownNotice", {**paper, "lost_days": 0})
    assert list(refused.value.fields) == ["removed_at"]
    publicity.answer("Task_TakeDownNotice", {**paper, "lost_days": 1, "lost_reason": "提前揭下"})
    assert publicity.variable("notice_extended") is True


def test_several_objections_are_handled_at_once(publicity, at):
    publicity.publish(20, 20)
    at("2014-07-22T09:00+08:00")
    publicity.object(publicity.codes[0])
    publicity.object(publicity.codes[1])
    assert publicity.open() == ["Task_InvestigateObjection", "Task_InvestigateObjection"]
    publicity.settle("成立-更正", correction="人口应为4人")
    at("2014-07-28T00:01+08:00")
    publicity.take_down(0, 0)
    assert publicity.variable("objections_corrected") == 2
    assert publicity.variable("outcome") == "corrected"
