"""Temporal values from and to text (DMN 1.5 clause 10.3.4.1; XML Schema lexical forms with ``@Zone`` added)."""

from __future__ import annotations

import re
from datetime import tzinfo

from service.feel.errors import Failure
from service.feel.temporal import zones
from service.feel.temporal.calendar import MAX_YEAR, days_from, month_length
from service.feel.temporal.values import (
    DATES,
    DATETIMES,
    DURATIONS,
    SECOND,
    TIMES,
    Date,
    DateTime,
    Duration,
    Time,
    YearsMonths,
    civil,
    duration_nanos,
    make_date,
    make_datetime,
    make_duration,
    make_months,
    make_time,
    nanos_of_day,
)

_DATE = r"(-?(?:[1-9][0-9]{4,8}|[0-9]{4}))-([0-9]{2})-([0-9]{2})"
_TIME = (
    r"([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]{1,9}))?"
    r"(?:([Zz])|([+-])([0-9]{2}):([0-9]{2})(?::([0-9]{2}))?|@([A-Za-z][A-Za-z0-9_+\-/]*))?"
)
_DATE_ONLY = re.compile(_DATE, re.ASCII)
_TIME_ONLY = re.compile(_TIME, re.ASCII)
_DATETIME = re.compile(f"{_DATE}T{_TIME}", re.ASCII)
_MONTHS = re.compile(r"(-)?P(?:([0-9]{1,12})Y)?(?:([0-9]{1,12})M)?", re.ASCII)
_DURATION = re.compile(
    r"(-)?P(?:([0-9]{1,20})D)?(?:(T)(?:([0-9]{1,20})H)?(?:([0-9]{1,20})M)?(?:([0-9]{1,20})(?:\.([0-9]{1,20}))?S)?)?",
    re.ASCII,
)


def _bad(text: str) -> Failure:
    return Failure("bad_literal", text=repr(text))


def parse_date(text: str) -> Date:
    """``2017-12-31``; years have four digits, or five to nine without leading zeros, and may be negative."""
    match = _DATE_ONLY.fullmatch(text)
    if not match:
        raise _bad(text)
    try:
        return make_date(int(match[1]), int(match[2]), int(match[3]))
    except Failure:
        raise _bad(text) from None


def parse_time(text: str) -> Time:
    """``23:59:00``, with fraction, ``Z``, ``+08:00`` or ``@Asia/Shanghai`` after it."""
    match = _TIME_ONLY.fullmatch(text)
    if not match:
        raise _bad(text)
    nanos, zone = _clock_parts(match, 1, text)
    return make_time(nanos % (86_400 * SECOND), zone)


def parse_datetime(text: str) -> DateTime:
    """``2017-12-31T23:59:00``; a date alone is midnight of that day; ``24:00:00`` is midnight of the next."""
    match = _DATETIME.fullmatch(text)
    if not match:
        day = parse_date(text)
        return make_datetime(days_from(*civil(day)), 0, None)
    year, month, day_number = int(match[1]), int(match[2]), int(match[3])
    if not 1 <= month <= 12 or not 1 <= day_number <= month_length(year, month) or abs(year) > MAX_YEAR:
        raise _bad(text)
    nanos, zone = _clock_parts(match, 4, text)
    return make_datetime(days_from(year, month, day_number), nanos, zone)


def _clock_parts(match: re.Match[str], first: int, text: str) -> tuple[int, tzinfo | None]:
    hour, minute, second = (int(match[first + i]) for i in range(3))
    fraction = int((match[first + 3] or "").ljust(9, "0"))
    nanos = ((hour * 60 + minute) * 60 + second) * SECOND + fraction
    if hour > 24 or minute > 59 or second > 59 or (hour == 24 and nanos > 86_400 * SECOND):
        raise _bad(text)
    return nanos, _zone(match, first + 4, text)


def _zone(match: re.Match[str], first: int, text: str) -> tzinfo | None:
    utc, sign, hours, minutes, seconds, name = (match[first + i] for i in range(6))
    if utc:
        return zones.fixed(0)
    if sign:
        zone = None
        if int(minutes) < 60 and int(seconds or 0) < 60:
            east = int(hours) * 3600 + int(minutes) * 60 + int(seconds or 0)
            zone = zones.fixed(-east if sign == "-" else east)
    elif name:
        zone = zones.region(name)
    else:
        return None
    if zone is None:
        raise _bad(text)
    return zone


def parse_duration(text: str) -> Duration | YearsMonths:
    """``P1Y2M`` is a years and months duration, ``P1DT2H3M4.5S`` a days and time duration."""
    match = _MONTHS.fullmatch(text)
    if match and (match[2] or match[3]):
        months = int(match[2] or 0) * 12 + int(match[3] or 0)
        return make_months(-months if match[1] else months)
    match = _DURATION.fullmatch(text)
    if not match or not any(match[i] for i in (2, 4, 5, 6)) or (match[3] and not any(match[i] for i in (4, 5, 6))):
        raise _bad(text)
    seconds = ((int(match[2] or 0) * 24 + int(match[4] or 0)) * 60 + int(match[5] or 0)) * 60 + int(match[6] or 0)
    nanos = seconds * SECOND + int((match[7] or "")[:9].ljust(9, "0"))
    return make_duration(-nanos if match[1] else nanos)


def parse_literal(text: str) -> Date | Time | DateTime | Duration | YearsMonths:
    """The value of ``@"text"``, recognised by its form (clause 10.3.2.3.9)."""
    if text.startswith(("P", "-P")):
        return parse_duration(text)
    if "T" in text.partition("@")[0]:
        return parse_datetime(text)
    return parse_time(text) if text[2:3] == ":" else parse_date(text)


def to_text(value: Date | Time | DateTime | Duration | YearsMonths) -> str:
    """The text that reads back as the value (clause 10.3.4.1, ``string``)."""
    kind = type(value)
    if kind in DATETIMES:
        return f"{_date_text(value)}T{_time_text(value)}"  # type: ignore[arg-type]
    if kind in DATES:
        return _date_text(value)  # type: ignore[arg-type]
    if kind in TIMES:
        return _time_text(value)  # type: ignore[arg-type]
    if kind in DURATIONS:
        return duration_text(value)  # type: ignore[arg-type]
    return months_text(value)  # type: ignore[arg-type]


def _date_text(value: Date | DateTime) -> str:
    year, month, day = civil(value)
    return f"{'-' if year < 0 else ''}{abs(year):04d}-{month:02d}-{day:02d}"


def _time_text(value: Time | DateTime) -> str:
    seconds, fraction = divmod(nanos_of_day(value), SECOND)
    text = f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    if fraction:
        text += f".{fraction:09d}".rstrip("0")
    return text + _zone_text(value.tzinfo)


def _zone_text(zone: tzinfo | None) -> str:
    if zone is None:
        return ""
    name = zones.region_name(zone)
    if name:
        return f"@{name}"
    east = zones.offset_at(zone, 0)
    if east == 0:
        return "Z"
    size = abs(east)
    seconds = f":{size % 60:02d}" if size % 60 else ""
    return f"{'-' if east < 0 else '+'}{size // 3600:02d}:{size // 60 % 60:02d}{seconds}"


def duration_text(value: Duration) -> str:
    """``P1DT2H3M4.5S``; nothing at all is ``PT0S``."""
    nanos = duration_nanos(value)
    seconds, fraction = divmod(abs(nanos), SECOND)
    days, seconds = divmod(seconds, 86_400)
    clock = "".join(f"{amount}{unit}" for amount, unit in ((seconds // 3600, "H"), (seconds // 60 % 60, "M")) if amount)
    if seconds % 60 or fraction:
        clock += f"{seconds % 60}" + (f".{fraction:09d}".rstrip("0") if fraction else "") + "S"
    text = (f"{days}D" if days else "") + (f"T{clock}" if clock else "")
    return ("-" if nanos < 0 else "") + "P" + (text or "T0S")


def months_text(value: YearsMonths) -> str:
    """``P1Y2M``; nothing at all is ``P0M``."""
    years, months = divmod(abs(value.months), 12)
    text = (f"{years}Y" if years else "") + (f"{months}M" if months else "")
    return ("-" if value.months < 0 else "") + "P" + (text or "0M")
