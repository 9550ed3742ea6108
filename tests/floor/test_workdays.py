from datetime import date

import pytest

from service import errors, workdays


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2024, 10, 1), False),
        (date(2024, 10, 8), True),
        (date(2024, 10, 12), True),
        (date(2024, 10, 13), False),
        (date(2024, 9, 29), True),
    ],
)
def test_holidays_rest_and_make_up_days_work(day, works):
    assert workdays.is_workday(day) is works


def test_years_not_yet_published_follow_the_week():
    assert workdays.is_workday(date(2091, 1, 5))
    assert not workdays.is_workday(date(2091, 1, 6))


def test_five_working_days_run_over_the_national_holiday():
    assert workdays.after(date(2024, 9, 30), 5) == date(2024, 10, 12)


def test_a_limit_starts_on_the_day_after():
    assert workdays.after(date(2024, 7, 1), 5) == date(2024, 7, 8)
    assert workdays.after(date(2024, 7, 6), 1) == date(2024, 7, 8)
    assert workdays.after(date(2024, 7, 6), 0) == date(2024, 7, 6)


def test_a_limit_below_zero_is_refused():
    with pytest.raises(errors.Invalid, match="below zero"):
        workdays.after(date(2024, 7, 1), -1)


def test_days_between_are_counted_both_ways():
    assert workdays.between(date(2024, 7, 1), date(2024, 7, 8)) == 5
    assert workdays.between(date(2024, 7, 8), date(2024, 7, 1)) == -5
    assert workdays.between(date(2024, 7, 6), date(2024, 7, 7)) == 0


@pytest.fixture
def corrected(tmp_path):
    yield (
        lambda text: (
            (tmp_path / "days.txt").write_text(text, encoding="utf-8") and workdays.correct(tmp_path / "days.txt")
        )
    )
    workdays.correct(None)


def test_a_county_may_correct_single_days(corrected):
    corrected("# local festival\n\n2024-07-02 rest  # 坡会\n2024-07-06 work\n")
    assert workdays.after(date(2024, 7, 1), 5) == date(2024, 7, 8)
    assert not workdays.is_workday(date(2024, 7, 2))
    assert workdays.is_workday(date(2024, 7, 6))
    workdays.correct(None)
    assert workdays.is_workday(date(2024, 7, 2))


@pytest.mark.parametrize("line", ["2024-07-02", "2024-13-02 rest", "2024-07-02 holiday", "a b c"])
def test_a_wrong_line_is_named(line, corrected):
    with pytest.raises(errors.Invalid, match="line 2"):
        corrected(f"2024-07-01 rest\n{line}\n")


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(errors.Invalid, match=r"nowhere\.txt"):
        workdays.correct(tmp_path / "nowhere.txt")
