from datetime import UTC, date
from decimal import Decimal

import pytest
import sqlalchemy as sa

from service import clock, db, errors
from service.identity import units
from service.notices import board as boards
from service.notices import models
from service.register import households
from tests.notices.conftest import local
from tests.register import world as worlds


def stored():
    db.sa.session.expire_all()
    return db.sa.session.scalars(sa.select(models.Notice)).one()


def test_the_draft_lists_groups_heads_and_persons_with_totals(board):
    notice = board.draft()
    assert notice["title"] == "上村贫困户初选名单公示"
    assert (notice["households"], notice["persons"]) == (3, 9)
    assert [column["key"] for column in notice["columns"]] == ["no", "group", "head_name", "persons"]
    assert notice["rows"][1] == {"no": 2, "group": "上寨屯", "head_name": "吴3", "persons": 3}
    assert notice["issuer"] in notice["text"]


def test_a_list_of_villages_is_counted_in_villages(app):
    world = worlds.World()
    world.do("cases-open", world.township, {"from": "villages", "state": "初选"})
    given = {"subject": "贫困村初选名单", "mode": "公示", "round": "1", "issuer": "枫溪乡人民政府", "days": Decimal(7)}
    notice = world.do("notice-draft", world.township, {"where": '=case.state = "初选"'}, **given)["notice"]
    assert [column["key"] for column in notice["columns"]] == ["no", "village", "households", "persons"]
    assert "2 villages with 800 persons" in notice["text"]


def test_no_number_telephone_or_illness_reaches_the_notice(board):
    private = []
    for case in board.cases().values():
        with db.transaction():
            household = households.load(case.household_key)
            household.phone, household.main_cause = "19900000007", "01"
            household.members[0].health = ["03"]
            numbers = [row["cert_no"] for row in households.form(household, reveal=True)["members"]]
        private += numbers
    notice = board.draft(columns='=["no", "head_name", "persons", "cause"]')
    shown = str(notice) + str(stored().rows)
    for text in (*private, "19900000007", "因病", "'01'", "1000"):
        assert text not in shown
    assert notice["rows"][0]["cause"] == "99"


@pytest.mark.parametrize("column", ["cert_no", "health", "income", "phone"])
def test_a_diagram_cannot_ask_for_a_private_column(board, column):
    with pytest.raises(errors.Invalid, match=column):
        board.draft(columns=f'=["no", "{column}"]')


def test_a_number_in_a_name_stops_the_draft(board):
    with db.transaction():
        board.cases()[board.codes[0]].household.head_name = "吴安450299197001010015"
    with pytest.raises(errors.Invalid, match="long number"):
        board.draft()


def test_a_refused_draft_is_written_anew_instead_of_a_second_one(board):
    board.draft()
    board.do("cases-update", board.upper, {"where": f'=case.code = "{board.codes[0]}"', "state": "已剔除"})
    assert board.draft()["households"] == 2
    assert stored().households == 2


def test_a_list_given_by_codes_is_published_as_such(board):
    notice = board.step("notice-draft", {"list": "=added"}, added=board.codes[1:2])["notice"]
    assert [row["persons"] for row in notice["rows"]] == [3]


def test_villages_are_listed_without_private_figures(board):
    board.do("cases-open", board.township, {"from": "villages", "state": "初选"})
    notice = board.step("notice-draft", {"where": '=case.state = "初选"'})["notice"]
    assert notice["rows"] == [{"no": 1, "village": "上村", "households": Decimal(100), "persons": Decimal(400)}]


def test_without_sites_the_board_and_each_hamlet_are_named(board):
    units.add("500299001001-1", "上寨屯", "hamlet", units.get(board.upper))
    board.known.pop("sites")
    given = board.step("notice-draft")
    assert given["sites"] == ["上村村务公开栏", "上寨屯"]
    assert "sites" not in board.step("notice-draft")


def test_a_township_posts_in_every_village(board):
    assert boards.usual_sites(board.township) == ["上村村务公开栏", "下村村务公开栏"]


def test_numbers_run_within_unit_and_year(board):
    board.draft()
    first = board.step("notice-issue", doc_no="枫扶〔2014〕3号", seal_date=date(2014, 7, 18))["notice"]
    assert (first["no"], first["doc_no"]) == ("500299001001-2014-001", "枫扶〔2014〕3号")
    assert stored().sealed_on == date(2014, 7, 18)
    board.draft()
    assert board.step("notice-issue")["notice"]["no"] == "500299001001-2014-002"


def test_a_notice_is_issued_once(board):
    board.draft()
    board.step("notice-issue")
    with pytest.raises(errors.Conflict, match="already"):
        board.step("notice-issue")


def test_the_period_runs_from_the_last_site_to_the_end_of_day_seven(board):
    board.draft()
    given = board.post(20, 20)
    assert given["notice_ends"] == local(28, 0)
    assert given["notice_starts"].astimezone(UTC) == local(20).astimezone(UTC)


def test_one_hamlet_posted_a_day_late_moves_the_end_for_all(board):
    board.draft()
    assert board.post(20, 21)["notice_ends"] == local(29, 0)


def test_another_length_in_the_header_wins_over_the_variable(board):
    board.draft()
    board.step("notice-issue")
    postings = [{"site": site, "posted_at": local(20)} for site in board.known["sites"]]
    given = board.step("notice-period", {"days": "=days + 3"}, postings=postings)
    assert given["notice_ends"] == local(31, 0)


@pytest.mark.parametrize(("day", "late"), [(20, False), (21, True)])
def test_posting_after_the_planned_day_is_marked(board, day, late):
    board.draft()
    board.step("notice-issue")
    postings = [{"site": site, "posted_at": local(day)} for site in board.known["sites"]]
    given = board.step("notice-period", {"latest": "=post_by"}, postings=postings, post_by=date(2014, 7, 20))
    assert given["notice_late"] is late


def test_every_site_must_have_been_posted(board):
    board.draft()
    board.step("notice-issue")
    with pytest.raises(errors.Unprocessable, match="上寨屯"):
        board.step("notice-period", postings=[{"site": "村务公开栏", "posted_at": local(20)}])


def test_a_posting_time_must_be_a_time(board):
    board.draft()
    board.step("notice-issue")
    postings = [{"site": site, "posted_at": Decimal(3)} for site in board.known["sites"]]
    with pytest.raises(errors.Unprocessable, match="no time"):
        board.step("notice-period", postings=postings)


def test_a_step_before_the_draft_says_what_is_missing(board):
    with pytest.raises(errors.Conflict, match="notice-draft"):
        board.step("notice-issue")


def test_the_period_is_noted_with_each_case_and_counted(board):
    board.draft()
    board.post(20, 20)
    noted = board.cases()[board.codes[0]].flags["notices"]["第一轮"]
    assert (noted["no"], noted["ends"]) == ("500299001001-2014-001", local(28, 0))
    assert board.do("statistics-write", board.upper)["statistics"]["notices"] == 1


def close(board, *lost):
    closings = [
        {"site": site, "removed_at": clock.now(), "lost_days": Decimal(days)}
        for site, days in zip(board.known["sites"], lost, strict=True)
    ]
    return board.step("notice-close", closings=closings)


def test_a_notice_displayed_throughout_is_closed(board, at):
    board.draft()
    board.post(20, 20)
    at("2014-07-28T08:00+08:00")
    given = close(board, 0, 0)
    assert (given["notice_extended"], given["lost_days"], given["notice_ends"]) == (False, 0, local(28, 0))
    assert stored().closed_at is not None


def test_lost_days_of_the_worst_site_are_added_and_the_next_closing_ends_it(board, at):
    board.draft()
    board.post(20, 20)
    at("2014-07-28T08:00+08:00")
    given = close(board, 2, 1)
    assert (given["notice_extended"], given["notice_ends"], given["lost_days"]) == (True, local(30, 0), 2)
    assert stored().closed_at is None
    at("2014-07-30T08:00+08:00")
    assert close(board, 0, 0)["notice_extended"] is False
    assert {posting.site: posting.lost_days for posting in boards.postings(stored())} == {"村务公开栏": 2, "上寨屯": 1}


def test_an_unknown_notice_is_said_to_be_unknown(board):
    for key in ("77", "x", None):
        with pytest.raises(errors.NotFound):
            boards.get(key)
