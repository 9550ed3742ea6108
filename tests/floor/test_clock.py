"""The only clock."""

from datetime import UTC, date, datetime, timedelta

import pytest

from service import clock

NOON = datetime(2026, 7, 20, 4, 0, tzinfo=UTC)


def test_real_time_is_utc_and_today_is_a_day_in_shanghai():
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=1)
    assert clock.now().tzinfo is UTC
    clock.travel_to(datetime(2026, 7, 20, 16, 30, tzinfo=UTC))
    assert clock.today() == date(2026, 7, 21)


def test_a_clock_that_travelled_flows_on():
    clock.travel_to(NOON)
    first = clock.now()
    assert first >= NOON
    assert clock.now() > first
    assert clock.moved()
    clock.travel_to(None)
    assert not clock.moved()


def test_a_frozen_clock_stands_and_can_be_moved_and_is_as_before_afterwards():
    clock.set_offset(timedelta(days=1))
    with clock.frozen(NOON):
        assert clock.now() == clock.now() == NOON
        clock.advance(timedelta(hours=1))
        assert clock.now() == NOON + timedelta(hours=1)
        clock.travel_to(datetime.fromisoformat("2026-01-01T08:00+08:00"))
        assert clock.now() == datetime(2026, 1, 1, tzinfo=UTC)
    assert timedelta(hours=23) < clock.offset() < timedelta(hours=25)


def test_an_instant_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="has no time zone"):
        clock.travel_to(datetime(2026, 1, 1))  # noqa: DTZ001 - the point of the test
