from datetime import date, datetime
from decimal import Decimal

import pytest
import sqlalchemy as sa

from service import clock, db, errors
from service.register import households, models, villages
from tests.register import world as worlds


@pytest.fixture
def listed(world, at):
    """A world on 2014-08-20 with three households of 2, 3 and 4 persons whose cases are open."""
    at("2014-08-20T10:00+08:00")
    world.codes = [world.household(world.upper, persons=size, income="1000").code for size in (2, 3)]
    world.codes.append(world.household(world.lower, persons=4).code)
    world.do("cases-open", world.township, {"state": "已审核", "flow": "新增"})
    return world


def registered(world):
    db.sa.session.expire_all()
    return {row.code: row for row in db.sa.session.scalars(sa.select(models.Household))}


def test_entering_households_stand_on_the_register_from_that_day(listed):
    counts = listed.do("register-confirm", listed.upper, {"state": "已登记"})
    assert (counts["register_households"], counts["register_persons"]) == (2, 5)
    first = registered(listed)[listed.codes[0]]
    assert (first.registered, first.status, first.entered_on) == (True, "未脱贫", date(2014, 8, 20))
    assert not registered(listed)[listed.codes[2]].registered
    assert listed.states()[listed.codes[0]] == "已登记"


def test_a_returned_household_is_marked_as_such(listed):
    listed.do("register-confirm", listed.upper, {"change": "返贫", "date": '=date("2014-12-01")'})
    first = registered(listed)[listed.codes[0]]
    assert (first.status, first.entered_on, first.left_on) == ("返贫", date(2014, 12, 1), None)


def test_an_exit_ends_the_policies_after_the_time_of_grace(listed):
    listed.do("register-confirm", listed.upper, {"change": "脱贫", "graceMonths": "=6"})
    first = registered(listed)[listed.codes[0]]
    assert (first.registered, first.left_on, first.policies_until) == (False, date(2014, 8, 20), date(2015, 2, 20))


def test_a_removal_ends_the_policies_at_once(listed):
    listed.do("register-confirm", listed.upper, {"change": "清退", "graceMonths": "=6"})
    first = registered(listed)[listed.codes[0]]
    assert (first.status, first.policies_until) == ("清退", date(2014, 8, 20))


def test_the_register_takes_over_what_the_run_found(listed):
    listed.do("cases-update", listed.upper, {"facts": "={income: 2100.5, gap_housing: true}"})
    listed.do("register-confirm", listed.upper)
    first = registered(listed)[listed.codes[0]]
    assert (first.per_capita_net_income, first.gap_housing) == (Decimal("2100.50"), True)


def base_list():
    """Every column of every household, but for when it was changed."""
    columns = [column for column in models.Household.__table__.columns if column.name != "updated_at"]
    return db.sa.session.execute(sa.select(*columns).order_by(models.Household.code)).all()


def test_what_is_withdrawn_stands_on_the_register_as_before_and_leaves_the_ledger(listed):
    listed.do("register-confirm", listed.lower, {"date": '=date("2013-12-01")'})
    before = base_list()
    found = "={income: 2100.5, gap_housing: true, gap_education: true, gap_health: true}"
    listed.do("cases-update", listed.township, {"facts": found})
    listed.do("cases-update", listed.lower, {"flow": "脱贫"})
    db.sa.session.execute(sa.update(models.Case).values(confirmed=None))
    db.sa.session.commit()
    listed.do("register-confirm", listed.lower)
    listed.do("register-confirm", listed.upper, {"where": f'=case.code = "{listed.codes[0]}"'})
    listed.do("ledger-write", listed.township, {"where": f'=case.code != "{listed.codes[1]}"'})
    counts = listed.do("register-withdraw", listed.township, {"state": "暂缓"})
    assert (counts["withdrawn_households"], counts["withdrawn_persons"]) == (2, 6)
    assert base_list() == before
    assert set(listed.states().values()) == {"暂缓"}
    assert db.sa.session.scalars(sa.select(models.LedgerRow)).all() == []
    statistics = listed.do("statistics-write", listed.township)["statistics"]
    assert (statistics["new_persons"], statistics["exit_persons"]) == (0, 0)


def test_what_was_confirmed_without_a_note_of_how_it_stood_is_not_withdrawn(listed):
    listed.do("register-confirm", listed.lower)
    db.sa.session.execute(sa.update(models.Case).values(flags={}))
    db.sa.session.commit()
    before = base_list()
    with pytest.raises(errors.Conflict, match=f"{listed.codes[2]} was confirmed before"):
        listed.do("register-withdraw", listed.township, {"state": "暂缓"})
    assert base_list() == before


def test_a_change_confirmed_twice_is_withdrawn_to_where_it_began(listed):
    for change in ("新增", "清退"):
        listed.do("register-confirm", listed.upper, {"change": change})
    listed.do("register-withdraw", listed.upper)
    first = registered(listed)[listed.codes[0]]
    assert (first.registered, first.entered_on, first.left_on) == (False, None, None)


def test_an_unknown_change_is_refused_and_nothing_is_written(listed):
    with pytest.raises(errors.Invalid, match="搬迁"):
        listed.do("register-confirm", listed.upper, {"change": "搬迁"})
    assert not any(row.registered for row in registered(listed).values())


def test_a_village_is_not_written_into_the_register_of_persons(listed):
    listed.do("cases-open", listed.township, {"from": "villages"})
    with pytest.raises(errors.Invalid, match="Only households"):
        listed.do("register-confirm", listed.township, {"where": '=case.kind = "village"', "change": "新增"})


def test_the_figures_of_its_form_stand_in_the_profile_of_a_poor_village(app):
    world = worlds.World(deployed=True, forms=["f_village"])
    world.do("cases-open", world.upper, {"from": "villages"})
    figures = {"leader": "杨村长", "persons_total": Decimal(405), "groups": [{"name": "第一组"}], "unit_name": "上村"}
    world.do("villages-confirm", world.upper, {"state": "已登记"}, **figures)
    profile = villages.get(world.upper)
    assert profile.is_poor_village
    assert (profile.persons, profile.figures["leader"]) == (405, "杨村长")
    assert profile.figures["groups"] == [{"name": "第一组"}]
    assert "unit_name" not in profile.figures
    assert not villages.get(world.lower).is_poor_village
    assert world.states() == {"500299001001": "已登记"}


def test_a_household_has_no_village_form(app):
    world = worlds.World(deployed=True, forms=["f_village"])
    world.household(world.upper)
    world.do("cases-open", world.upper)
    with pytest.raises(errors.Invalid, match="no village"):
        world.do("villages-confirm", world.upper)


def test_a_handbook_has_causes_helper_needs_and_plan(listed):
    headers = {
        "where": f'=case.code = "{listed.codes[0]}"',
        "helper": '={helper_name: "李四", helper_unit: "县农业局", start_date: date("2014-09-01")}',
        "plan": '={needs: "养牛", projects: [{year: 2015, content: "养牛两头", amount: 8000}]}',
    }
    given = listed.do("handbooks-write", listed.upper, headers)
    book = db.sa.session.scalars(sa.select(models.Handbook)).one()
    assert given == {"handbooks": 1, "handbook_hamlets": [{"unit": "500299001001", "name": "上寨屯"}]}
    assert book.no == f"2014{listed.codes[0]}"
    assert book.parts["helpers"][0]["helper_name"] == "李四"
    assert book.parts["plan"][0]["amount"] == Decimal(8000)
    assert (book.parts["needs"], book.parts["results"]) == ("养牛", [])


def test_a_new_helper_adds_a_line_and_the_same_one_does_not(listed):
    for name in ("李四", "李四", "王五"):
        listed.do("handbooks-write", listed.upper, {"helper": "={helper_name: name}"}, name=name)
    books = db.sa.session.scalars(sa.select(models.Handbook)).all()
    assert len(books) == 2
    assert [helper["helper_name"] for helper in books[0].parts["helpers"]] == ["李四", "王五"]


def test_pairing_and_plan_are_found_among_the_answers_of_the_case(listed):
    for case in listed.cases(listed.upper).values():
        case.answers = {"Task_Pair": {"helper_name": "李四"}, "Task_Plan": {"projects": [{"year": Decimal(2015)}]}}
    db.sa.session.commit()
    listed.do("handbooks-write", listed.upper, {"into": "books"})
    book = db.sa.session.scalars(sa.select(models.Handbook)).first()
    assert book.parts["helpers"] == [{"helper_name": "李四"}]
    assert book.parts["plan"] == [{"year": Decimal(2015)}]


def test_the_ledger_is_numbered_within_each_village_and_holds_no_number(listed):
    listed.do("register-confirm", listed.township)
    listed.do("handbooks-write", listed.township)
    given = listed.do("ledger-write", listed.township, {"columns": '={doc_no: "扶办发〔2014〕5号"}'})
    rows = db.sa.session.scalars(sa.select(models.LedgerRow).order_by(models.LedgerRow.key)).all()
    assert given == {"ledger_rows": 3}
    assert [row.number for row in rows] == [1, 2, 1]
    assert rows[0].columns["handbook_no"] == f"2014{listed.codes[0]}"
    assert (rows[0].columns["change"], rows[0].columns["doc_no"]) == ("新增", "扶办发〔2014〕5号")
    assert rows[0].columns["changed_on"] == date(2014, 8, 20)
    number = households.form(households.load(rows[0].household_key), reveal=True)["members"][0]["cert_no"]
    assert number not in str([row.columns for row in rows])


def test_ledger_and_handbook_tell_when_the_household_got_the_book(listed):
    listed.do("handbooks-write", listed.township)
    handed = [{"name": "上寨屯", "on": date(2014, 9, 25)}]
    headers = {"delivered": "=handed_out[name = case.hamlet and case.persons > 2].on[1]"}
    listed.do("ledger-write", listed.upper, headers, handed_out=handed)
    rows = db.sa.session.scalars(sa.select(models.LedgerRow).order_by(models.LedgerRow.key)).all()
    assert [row.columns["handbook_on"] for row in rows] == [None, date(2014, 9, 25)]
    books = db.sa.session.scalars(sa.select(models.Handbook).order_by(models.Handbook.no)).all()
    assert [book.delivered_at for book in books][:2] == [None, datetime(2014, 9, 25, tzinfo=clock.TZ)]


def test_writing_the_ledger_again_replaces_its_rows(listed):
    for _ in range(2):
        listed.do("ledger-write", listed.township)
    assert db.sa.session.scalar(sa.select(sa.func.count()).select_from(models.LedgerRow)) == 3


def test_statistics_add_up_from_villages_to_the_township(listed):
    listed.do("register-confirm", listed.upper)
    listed.do("register-confirm", listed.lower, {"change": "脱贫"})
    village = listed.do("statistics-write", listed.upper)["statistics"]
    township = listed.do("statistics-write", listed.township)["statistics"]
    assert (village["new_households"], village["new_persons"], village["exit_persons"]) == (2, 5, 0)
    assert (township["new_persons"], township["exit_households"], township["exit_persons"]) == (5, 1, 4)
    assert (township["after_persons"], township["diff"], township["turnover_pct"]) == (1, 1, None)


def test_statistics_may_count_by_flow_before_anything_is_confirmed(listed):
    listed_ = '=case.state = "已审核"'
    where = {"where": listed_, "due": listed_, "entered": "=case.persons > 2"}
    counted = listed.do("statistics-write", listed.township, where)["statistics"]
    assert (counted["new_households"], counted["new_persons"]) == (3, 9)
    assert counted["entry_rate_pct"] == Decimal("66.67")


def test_the_archive_tells_what_is_missing(listed):
    papers = {
        "papers": '=[{kind: "记录类", title: "会议记录"}, {kind: "记录类", title: "签到册", present: signed}]',
        "required": '=["记录类", "公告公示类"]',
    }
    given = listed.do("archive-write", listed.upper, papers, signed=False)
    assert given == {"archive_missing": ["记录类：签到册", "公告公示类"], "archive_entries": 1}
    later = listed.do("archive-write", listed.upper, {"papers": papers["papers"]}, signed=True)
    assert later == {"archive_missing": [], "archive_entries": 2}


def test_the_township_sees_what_its_villages_lack(listed):
    listed.do("archive-write", listed.lower, {"papers": '={kind: "表格类", title: "登记表", present: false}'})
    assert listed.do("archive-write", listed.township)["archive_missing"] == ["表格类：登记表"]


def test_papers_without_kind_or_title_are_refused(listed):
    with pytest.raises(errors.Invalid, match="kind, title"):
        listed.do("archive-write", listed.upper, {"papers": '=["会议记录"]'})


def test_the_audit_names_what_is_wrong_in_each_record(app):
    world = worlds.World(deployed=True, forms=["f_household"])
    made = world.household(world.upper)
    world.do("cases-open", world.township, {"state": "已录入"})
    given = world.do("audit-rules", world.upper, {"where": '=case.state = "已录入"'})
    findings = world.cases()[made.code].flags["audit"]
    assert given == {"audit_errors": len(findings), "audit_faulty": 1}
    assert "house_area" in {finding["place"] for finding in findings}


def test_an_audit_needs_its_form_in_the_release(deployed):
    deployed.household(deployed.upper)
    deployed.do("cases-open", deployed.township)
    with pytest.raises(errors.NotFound, match="f_household"):
        deployed.do("audit-rules", deployed.upper)
