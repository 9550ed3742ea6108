"""Adding, subtracting and comparing temporal values (DMN 1.5 clause 10.3.2.8, tables 54-57)."""

from __future__ import annotations

import decimal
from datetime import UTC, tzinfo
from decimal import Decimal

from service.feel.errors import Failure
from service.feel.numbers import DECIMAL
from service.feel.temporal import calendar
from service.feel.temporal.values import (
    DATES,
    DATETIMES,
    DAY,
    SECOND,
    Date,
    DateTime,
    Duration,
    Time,
    YearsMonths,
    at_instant,
    civil,
    date_from_days,
    days_of,
    duration_nanos,
    instant,
    local_nanos,
    make_date,
    make_datetime,
    make_duration,
    make_months,
    make_time,
    nanos_of_day,
)
from service.feel.temporal.zones import time_offset


def add_to_date(day: Date, amount: Duration | YearsMonths, sign: int = 1) -> Date:
    """A date moved by a duration; with hours it is taken as midnight and the resulting day is kept."""
    if isinstance(amount, YearsMonths):
        return make_date(*calendar.add_months(*civil(day), sign * amount.months))
    return date_from_days(days_of(day) + (sign * duration_nanos(amount)) // DAY)


def add_to_datetime(moment: DateTime, amount: Duration | YearsMonths, sign: int = 1) -> DateTime:
    """A date and time moved by a duration: months on the wall clock, days and hours on the time line."""
    zone = moment.tzinfo
    if isinstance(amount, YearsMonths):
        year, month, day = calendar.add_months(*civil(moment), sign * amount.months)
        return make_datetime(calendar.days_from(year, month, day), nanos_of_day(moment), zone)
    nanos = sign * duration_nanos(amount)
    if zone is None:
        return make_datetime(0, local_nanos(moment) + nanos, None)
    return at_instant(instant(moment) + nanos, zone)


def add_to_time(moment: Time, amount: Duration, sign: int = 1) -> Time:
    """A time of day moved by a duration, around midnight if need be."""
    return make_time((nanos_of_day(moment) + sign * duration_nanos(amount)) % DAY, moment.tzinfo)


def between_datetimes(left: Date | DateTime, right: Date | DateTime) -> Duration:
    """``left - right``; a date counts as midnight UTC; fails if only one of the two has a zone."""
    if type(left) in DATES and type(right) in DATES:
        return make_duration((days_of(left) - days_of(right)) * DAY)
    first, first_zone = _as_moment(left)
    second, second_zone = _as_moment(right)
    if (first_zone is None) != (second_zone is None):
        raise Failure("zone_mismatch")
    return make_duration(first - second)


def _as_moment(value: Date | DateTime) -> tuple[int, tzinfo | None]:
    if type(value) in DATETIMES:
        return instant(value), value.tzinfo  # type: ignore[arg-type, union-attr]
    return days_of(value) * DAY, UTC


def between_times(left: Time, right: Time) -> Duration:
    """``left - right``; fails if only one of the two has a zone."""
    if (left.tzinfo is None) != (right.tzinfo is None):
        raise Failure("zone_mismatch")
    return make_duration(time_instant(left) - time_instant(right))


def time_instant(value: Time, other: tzinfo | None = None) -> int:
    """Nanoseconds since midnight in UTC; a time without a zone is read in zone ``other``, else UTC."""
    return nanos_of_day(value) - (time_offset(value.tzinfo or other) or 0) * SECOND


def months_between(start: Date | DateTime, end: Date | DateTime) -> YearsMonths:
    """Whole months from ``start`` to ``end``; their days of the month decide (clause 10.3.4.1)."""
    year, month, day = civil(start)
    end_year, end_month, end_day = civil(end)
    months = (end_year - year) * 12 + end_month - month
    if months > 0 and end_day < day:
        months -= 1
    elif months < 0 and end_day > day:
        months += 1
    return make_months(months)


def scale_duration(amount: Duration, factor: Decimal) -> Duration:
    """A days and time duration times a number, to the nanosecond."""
    return make_duration(_product(Decimal(duration_nanos(amount)), factor))


def scale_months(amount: YearsMonths, factor: Decimal) -> YearsMonths:
    """A years and months duration times a number, cut to whole months."""
    return make_months(_product(Decimal(amount.months), factor))


def divide_duration(amount: Duration, divisor: Decimal) -> Duration:
    """A days and time duration divided by a number."""
    return make_duration(_whole(DECIMAL.divide(Decimal(duration_nanos(amount)), divisor)))


def divide_months(amount: YearsMonths, divisor: Decimal) -> YearsMonths:
    """A years and months duration divided by a number, cut to whole months."""
    return make_months(_whole(DECIMAL.divide(Decimal(amount.months), divisor)))


def _product(amount: Decimal, factor: Decimal) -> int:
    return _whole(DECIMAL.multiply(amount, factor))


def _whole(value: Decimal) -> int:
    if value.adjusted() > 40:
        raise Failure("out_of_range")
    return int(value.to_integral_value(decimal.ROUND_DOWN))
