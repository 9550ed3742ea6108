"""Conversion functions (DMN 1.5 clause 10.3.4.1)."""

from __future__ import annotations

import re
from datetime import tzinfo
from decimal import Decimal
from typing import Any

from service.feel.builtins.registry import bad_value, builtin
from service.feel.numbers import LITERAL
from service.feel.runtime import Runtime
from service.feel.temporal import text as temporal_text
from service.feel.temporal import zones
from service.feel.temporal.arithmetic import months_between
from service.feel.temporal.calendar import days_from
from service.feel.temporal.values import (
    DATES,
    SECOND,
    Date,
    DateTime,
    Duration,
    Time,
    YearsMonths,
    at_instant,
    civil,
    days_of,
    duration_nanos,
    instant,
    make_date,
    make_datetime,
    make_time,
    nanos_of_day,
)
from service.feel.text import to_text
from service.feel.values import Value

_SECTION = "10.3.4.1"


def _whole(name: str, value: Decimal, low: int, high: int) -> int:
    if not low <= value <= high:
        raise bad_value(name, str(value))
    return int(value)


@builtin("date", "from: string", _SECTION)
def date_from_text(runtime: Runtime, source: str) -> Date:
    """A date from text, from a date and time, or from year, month and day.

    >>> date("2012-12-25").year
    2012
    >>> date(date and time("2012-12-25T11:00:00Z"))
    @"2012-12-25"
    >>> date(2012, 12, 25)
    @"2012-12-25"
    """
    return temporal_text.parse_date(source)


@builtin("date", "from: date|date and time", _SECTION)
def date_of(runtime: Runtime, source: Date | DateTime) -> Date:
    """The date of a date and time."""
    return make_date(*civil(source))


@builtin("date", "year: number, month: number, day: number", _SECTION)
def date_from_parts(runtime: Runtime, year: Decimal, month: Decimal, day: Decimal) -> Date:
    """A date from its parts."""
    return make_date(
        _whole("date", year, -999_999_999, 999_999_999), _whole("date", month, 1, 12), _whole("date", day, 1, 31)
    )


@builtin("time", "from: string", _SECTION)
def time_from_text(runtime: Runtime, source: str) -> Time:
    """A time from text, from a date and time, or from hour, minute, second and offset from UTC.

    >>> time("23:59:00").hour
    23
    >>> time(date and time("2012-12-25T11:00:00Z"))
    @"11:00:00Z"
    >>> time(14, 20, 0, duration("PT1H"))
    @"14:20:00+01:00"
    """
    return temporal_text.parse_time(source)


@builtin("time", "from: time|date|date and time", _SECTION)
def time_of(runtime: Runtime, source: Any) -> Time:
    """The time of a date and time; of a date, midnight in UTC."""
    if type(source) in DATES:
        return make_time(0, zones.fixed(0))
    return make_time(nanos_of_day(source), source.tzinfo)


@builtin("time", "hour: number, minute: number, second: number, offset: days and time duration|null?", _SECTION)
def time_from_parts(
    runtime: Runtime, hour: Decimal, minute: Decimal, second: Decimal, offset: Duration | None = None
) -> Time:
    """A time from its parts."""
    return make_time(_clock("time", hour, minute, second), _zone("time", offset))


def _clock(name: str, hour: Decimal, minute: Decimal, second: Decimal) -> int:
    if not 0 <= second < 60:
        raise bad_value(name, str(second))
    minutes = _whole(name, hour, 0, 23) * 60 + _whole(name, minute, 0, 59)
    return minutes * 60 * SECOND + int(second * SECOND)


def _zone(name: str, offset: Duration | str | None) -> tzinfo | None:
    if offset is None:
        return None
    zone = zones.region(offset) if isinstance(offset, str) else zones.fixed(duration_nanos(offset) // SECOND)
    if zone is None:
        raise bad_value(name, "offset")
    return zone


@builtin("date and time", "from: string", _SECTION)
def datetime_from_text(runtime: Runtime, source: str) -> DateTime:
    """A date and time from text, from a date and a time, or from its parts.

    >>> date and time("2012-12-24T23:59:00").minute
    59
    >>> date and time(date("2012-12-24"), time("23:59:00"))
    @"2012-12-24T23:59:00"
    >>> date and time("2012-12-24")
    @"2012-12-24T00:00:00"
    """
    return temporal_text.parse_datetime(source)


@builtin("date and time", "date: date|date and time, time: time", _SECTION)
def datetime_from_date_and_time(runtime: Runtime, day: Date | DateTime, clock: Time) -> DateTime:
    """A date (that of a date and time too) with a time; the zone is the time's."""
    return make_datetime(days_of(day), nanos_of_day(clock), clock.tzinfo)


@builtin("date and time", "from: date|date and time", _SECTION)
def datetime_from_date(runtime: Runtime, source: Any) -> DateTime:
    """A date as its midnight in UTC; a date and time as it is."""
    return make_datetime(days_of(source), 0, zones.fixed(0)) if type(source) in DATES else source


@builtin("date and time", "date: date and time, timezone: string", _SECTION)
def datetime_in_zone(runtime: Runtime, source: DateTime, timezone: str) -> DateTime:
    """The same moment on the wall clock of another zone, as in Camunda; without a zone it is read in UTC."""
    zone = _zone("date and time", timezone)
    assert zone is not None
    return at_instant(instant(source), zone)


@builtin(
    "date and time",
    "year: number, month: number, day: number, hour: number, minute: number, "
    "second: number, offset: days and time duration|string|null?",
    _SECTION,
)
def datetime_from_parts(
    runtime: Runtime,
    year: Decimal,
    month: Decimal,
    day: Decimal,
    hour: Decimal,
    minute: Decimal,
    second: Decimal,
    offset: Duration | str | None = None,
) -> DateTime:
    """A date and time from its parts."""
    date = date_from_parts(runtime, year, month, day)
    return make_datetime(
        days_from(*civil(date)), _clock("date and time", hour, minute, second), _zone("date and time", offset)
    )


@builtin("duration", "from: string", _SECTION)
def duration(runtime: Runtime, source: str) -> Duration | YearsMonths:
    """A duration from text.

    >>> duration("P2Y2M").months
    2
    >>> duration("PT20H").hours
    20
    """
    return temporal_text.parse_duration(source)


@builtin("duration", "from: days and time duration|years and months duration", _SECTION)
def same_duration(runtime: Runtime, source: Duration | YearsMonths) -> Duration | YearsMonths:
    """A duration as it is."""
    return source


@builtin("years and months duration", "from: date|date and time, to: date|date and time", _SECTION)
def years_and_months_duration(runtime: Runtime, start: Date | DateTime, end: Date | DateTime) -> YearsMonths:
    """The whole months between two dates.

    >>> years and months duration(date("2011-12-22"), date("2013-08-24"))
    @"P1Y8M"
    """
    return months_between(start, end)


_GROUPINGS, _DECIMALS = (" ", ",", "."), (".", ",")
_NUMBER = re.compile(r"-?(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?", re.ASCII)


@builtin("number", "from: string, grouping separator: string|null?, decimal separator: string|null?", _SECTION)
def number(runtime: Runtime, source: str, grouping: str | None = None, point: str | None = None) -> Decimal:
    """A number from text; the grouping separator is a space, comma or point, the decimal separator a point or comma.

    >>> number("1 000,0", " ", ",")
    1000.0
    >>> number("1,000.5", ",", ".")
    1000.5
    """
    if (grouping is not None and grouping not in _GROUPINGS) or (point is not None and point not in _DECIMALS):
        raise bad_value("number", "separator")
    if grouping is not None and grouping == point:
        raise bad_value("number", "separator")
    digits = source.replace(grouping, "") if grouping else source
    digits = digits.replace(point, ".") if point else digits
    if not _NUMBER.fullmatch(digits) or (point == "," and "." in source and grouping != "."):
        raise bad_value("number", repr(source[:60]))
    value = LITERAL.create_decimal(digits)
    if not value.is_finite():
        raise bad_value("number", repr(source[:60]))
    return value


@builtin("string", "from: any", _SECTION)
def string(runtime: Runtime, source: Value) -> str | None:
    """Any value as text; null stays null.

    >>> string(1.1)
    "1.1"
    >>> string(date("2012-12-25"))
    "2012-12-25"
    >>> string([1, "a"])
    "[1, \\"a\\"]"
    >>> string(null)
    null
    """
    text = to_text(source, runtime.limits.string_size)
    if text is not None:
        runtime.check_string(len(text))
        if type(source) is not str:
            runtime.spend(len(text) >> 3)
    return text
