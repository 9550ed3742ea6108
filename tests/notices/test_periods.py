from datetime import UTC, date, datetime, timedelta

import pytest

from service import clock, errors
from service.notices import periods


def local(day, hour=9, minute=0):
    return datetime(2014, 7, day, hour, minute, tzinfo=clock.TZ)


def test_seven_days_begin_after_the_posting_day_and_end_at_midnight():
    end = periods.ends([local(20)], 7)
    assert end == local(28, 0)
    assert end.utcoffset() == timedelta(0)


def test_one_hamlet_posted_a_day_late_moves_the_end_for_all():
    assert periods.ends([local(20), local(20), local(21)], 7) == local(29, 0)


@pytest.mark.parametrize(("hour", "minute"), [(0, 0), (7, 59), (8, 0), (23, 59)])
def test_the_posting_day_is_the_local_one_at_any_hour(hour, minute):
    posted = local(20, hour, minute).astimezone(UTC)
    assert periods.ends([posted], 7) == local(28, 0)


def test_a_minute_past_midnight_is_the_next_posting_day():
    assert periods.ends([local(20, 23, 59) + timedelta(minutes=2)], 7) == local(29, 0)


def test_lost_days_are_added():
    assert periods.ends([local(20)], 7, lost_days=2) == local(30, 0)


def test_a_period_without_a_posting_is_refused():
    with pytest.raises(errors.Invalid, match="no site"):
        periods.ends([], 7)


@pytest.mark.parametrize(("days", "lost"), [(0, 0), (-1, 0), (7, -1)])
def test_a_period_below_one_day_is_refused(days, lost):
    with pytest.raises(errors.Invalid):
        periods.ends([local(20)], days, lost)


def test_a_gap_found_at_the_closing_moves_the_end_by_the_days_lost():
    end = periods.ends([local(20)], 7)
    assert periods.extended(end, 2, closed=local(28, 8)) == local(30, 0)
    assert periods.extended(end, 0, closed=local(28, 8)) == end


def test_a_gap_found_days_later_is_made_up_from_the_day_it_was_found():
    end = periods.ends([local(20)], 7)
    assert periods.extended(end, 2, closed=local(30, 8)) == datetime(2014, 8, 1, tzinfo=clock.TZ)


def test_a_gap_found_before_the_end_is_added_to_the_end():
    end = periods.ends([local(20)], 7)
    assert periods.extended(end, 1, closed=local(25)) == local(29, 0)


def test_posting_after_the_planned_day_is_late():
    assert not periods.is_late([local(20, 23, 59)], date(2014, 7, 20))
    assert periods.is_late([local(20), local(21, 0, 1)], date(2014, 7, 20))
    assert not periods.is_late([local(31)], None)
