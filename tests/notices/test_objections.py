from decimal import Decimal

import pytest
import sqlalchemy as sa

from service import db, errors
from service.jobs import handlers
from service.notices import models
from service.privacy import vault
from service.register import models as register
from tests.notices.conftest import local
from tests.privacy.traces import tables_with


@pytest.fixture
def posted(board, at):
    """The notice posted on 20 July; it is the 22nd, a Tuesday."""
    board.draft()
    board.post(20, 20)
    at("2014-07-22T15:00+08:00")
    return board


def stored():
    db.sa.session.expire_all()
    return db.sa.session.scalars(sa.select(models.Objection).order_by(models.Objection.key)).all()


def test_an_objection_gets_a_number_and_five_working_days(posted):
    objection = posted.object(posted.codes[0])
    assert objection["no"] == "500299001001-2014-001-01"
    assert objection["due"] == local(30, 0)
    assert posted.object(posted.codes[1])["no"].endswith("-02")


def test_the_days_for_a_reply_are_a_parameter(posted):
    posted.known["objection"] = {"household": posted.codes[0]}
    assert posted.step("objection-register", {"days": "=2"})["objection"]["due"] == local(25, 0)


def test_who_objected_stays_sealed_and_his_number_findable(posted):
    sealed = {"objector": vault.sealed_text("韦秀"), "objector_phone": vault.sealed_text("19900000042")}
    posted.object(posted.codes[0], **sealed)
    assert tables_with("韦秀") == tables_with("19900000042") == []
    assert vault.current().open(stored()[0].objector_sealed) == "韦秀"
    assert stored()[0].phone_index == vault.current().index("19900000042", purpose="phone")


def test_an_objection_on_day_seven_still_counts(posted, at):
    at("2014-07-27T23:59+08:00")
    assert posted.object(posted.codes[0])["key"]


def test_the_days_for_a_reply_count_from_the_filing(posted):
    assert posted.object(posted.codes[0], filed_at=local(21, 10))["due"] == local(29, 0)
    [objection] = stored()
    assert objection.received_at == local(21, 10)


def test_nobody_files_in_the_future(posted):
    posted.object(posted.codes[0], filed_at=local(26, 10))
    assert stored()[0].received_at == local(22, 15)


def test_after_the_end_it_is_a_complaint(posted, at):
    at("2014-07-28T00:00+08:00")
    with pytest.raises(handlers.BpmnError) as refused:
        posted.object(posted.codes[0])
    assert refused.value.code == "CLOSED"
    assert stored() == []


def test_an_upheld_objection_removes_the_household(posted):
    done = posted.decide(posted.object(posted.codes[1]), "成立-剔除", {"removeState": "已剔除"})
    assert done["objection_case"] == posted.codes[1]
    assert posted.states()[posted.codes[1]] == "已剔除"
    assert posted.cases()[posted.codes[1]].flags["objection"] == done["objection"]["no"]


def test_a_rejected_one_changes_nothing(posted):
    done = posted.decide(posted.object(posted.codes[1]), "不成立")
    assert done["objection_case"] is None
    assert set(posted.states().values()) == {"拟纳入"}


def test_a_correction_is_noted_and_the_household_stays(posted):
    posted.decide(posted.object(posted.codes[1], "信息错误"), "成立-更正", correction="人口应为4人")
    case = posted.cases()[posted.codes[1]]
    assert (case.state, case.flags["correction"]) == ("拟纳入", "人口应为4人")


def test_an_omitted_household_without_a_case_is_taken_in(posted):
    omitted = posted.household(posted.upper, persons=5).code
    done = posted.decide(posted.object(omitted, "应纳未纳"), "成立-补录", {"addState": "已受理"})
    assert done["objection_case"] == omitted
    assert posted.states()[omitted] == "已受理"


def test_an_omitted_household_that_had_been_refused_comes_back(posted):
    first = posted.codes[0]
    posted.do("cases-update", posted.upper, {"where": f'=case.code = "{first}"', "state": "不符合"})
    posted.decide(posted.object(first, "应纳未纳"), "成立-补录")
    assert posted.states()[first] == "申请"
    count = db.sa.session.scalar(sa.select(sa.func.count()).select_from(register.Case))
    assert count == len(posted.codes)


def test_a_household_may_be_named_by_its_head_if_that_is_clear(posted):
    head = posted.cases()[posted.codes[2]].household.head_name
    posted.decide(posted.object(head), "成立-剔除")
    assert posted.states()[posted.codes[2]] == "已剔除"


@pytest.mark.parametrize("decision", ["成立-剔除", "成立-更正", "成立-补录"])
def test_an_unclear_household_asks_for_its_code(posted, decision):
    objection = posted.object("某户")
    with pytest.raises(handlers.BpmnError, match=r"UNKNOWN_PARTY: 0 .*某户"):
        posted.decide(objection, decision)


def test_two_heads_of_one_name_ask_for_the_code(posted):
    with db.transaction():
        for case in posted.cases().values():
            case.household.head_name = "吴安"
    with pytest.raises(handlers.BpmnError, match="UNKNOWN_PARTY: 3 entries"):
        posted.decide(posted.object("吴安"), "成立-剔除")


@pytest.mark.parametrize("decision", ["成立", None, ""])
def test_a_decision_that_the_table_does_not_know_is_refused(posted, decision):
    with pytest.raises(errors.Unprocessable, match="no decision"):
        posted.decide(posted.object(posted.codes[0]), decision)


def test_no_answer_before_a_decision(posted):
    posted.object(posted.codes[0])
    with pytest.raises(errors.Conflict, match="Decide"):
        posted.step("objection-reply", reply="好")


def test_a_step_without_a_registered_objection_says_what_is_missing(posted):
    with pytest.raises(errors.Conflict, match="objection-register"):
        posted.step("objection-reply", objection={"key": "12"}, reply="好")


def test_counts_tell_what_the_result_table_asks(posted):
    first, second, third = posted.codes
    posted.decide(posted.object(first), "成立-剔除")
    posted.decide(posted.object(second), "不成立")
    posted.decide(posted.object(second), "成立-程序重做")
    posted.object(third)
    assert posted.step("objections-count") == {
        "objections_total": 4,
        "objections_open": 1,
        "objections_upheld": 2,
        "objections_removed": 1,
        "objections_added": 0,
        "objections_corrected": 0,
        "objections_fault": 1,
    }
    counted = posted.do("statistics-write", posted.upper)["statistics"]
    assert (counted["objections"], counted["objections_upheld"]) == (4, 2)


def test_the_statement_has_period_sites_objections_and_final_numbers(posted):
    first, second, third = posted.codes
    posted.decide(posted.object(first), "成立-剔除")
    omitted = posted.household(posted.upper).code
    posted.decide(posted.object(omitted, "应纳未纳"), "成立-补录")
    given = posted.step("notice-certificate", {"state": "=published"}, published="一轮公示")
    assert (given["final_list"], given["removed"], given["added"]) == ([second, third], [first], [omitted])
    assert (given["final_households"], given["final_persons"]) == (2, 7)
    assert given["certificate"]["sites"] == ["村务公开栏", "上寨屯"]
    assert given["certificate"]["objections_total"] == 2
    assert {code: posted.states()[code] for code in posted.codes} == {
        first: "已剔除",
        second: "一轮公示",
        third: "一轮公示",
    }
    assert len(given["objections"]) == 2
    assert db.sa.session.scalars(sa.select(register.ArchiveEntry.kind)).all() == ["公告公示类"]


def test_the_statement_is_rewritten_rather_than_doubled(posted):
    for _ in range(2):
        posted.step("notice-certificate")
    assert len(db.sa.session.scalars(sa.select(models.Certificate)).all()) == 1


CUT = {"listState": "拟纳入", "publishedState": "村公示无异议", "deferState": "暂缓"}


def test_at_the_cut_off_undisputed_households_pass_and_disputed_ones_wait(posted, at):
    first, second, third = posted.codes
    posted.object(first)
    posted.decide(posted.object(second), "不成立")
    at("2014-07-28T00:00+08:00")
    given = posted.step("notice-cutoff", CUT)
    assert (given["published_households"], given["deferred_households"]) == (2, 1)
    assert posted.states() == {first: "暂缓", second: "村公示无异议", third: "村公示无异议"}
    assert stored()[0].decision == "暂缓"
    assert posted.step("objections-count")["objections_open"] == 0


def test_a_period_that_is_not_over_defers_everybody(posted, at):
    at("2014-07-27T23:59+08:00")
    assert posted.step("notice-cutoff", CUT)["deferred_persons"] == 9


def test_a_list_never_published_waits_too(board):
    assert board.step("notice-cutoff", CUT)["deferred_households"] == Decimal(3)
