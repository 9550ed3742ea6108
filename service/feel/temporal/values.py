"""The temporal values: what the standard library cannot hold, and one way to make and read both kinds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from service.feel.errors import Failure
from service.feel.temporal import calendar
from service.feel.temporal.zones import offset_at

SECOND = 1_000_000_000
DAY = 86_400 * SECOND
MAX_MONTHS = 12 * 2_147_483_647
MAX_NANOS = 2**63 * SECOND


@dataclass(frozen=True, slots=True, order=True)
class YearsMonths:
    """A years and months duration, counted in months (clause 10.3.2.3.8)."""

    months: int

    @property
    def years_part(self) -> int:
        """Whole years, with the duration's sign."""
        return abs(self.months) // 12 * (1 if self.months >= 0 else -1)

    @property
    def months_part(self) -> int:
        """Months beyond the whole years, with the duration's sign."""
        return abs(self.months) % 12 * (1 if self.months >= 0 else -1)

    def __str__(self) -> str:
        from service.feel.temporal.text import months_text

        return months_text(self)


@dataclass(frozen=True, slots=True)
class WideDate:
    """A date in a year that ``datetime.date`` cannot hold."""

    year: int
    month: int
    day: int


@dataclass(frozen=True, slots=True)
class WideTime:
    """A time of day finer than a microsecond: nanoseconds since midnight and zone."""

    nanos: int
    tzinfo: tzinfo | None


@dataclass(frozen=True, slots=True)
class WideDateTime:
    """A local date and time that ``datetime.datetime`` cannot hold: days since 1970, nanoseconds of day, zone."""

    days: int
    nanos: int
    tzinfo: tzinfo | None


@dataclass(frozen=True, slots=True)
class WideDuration:
    """A days and time duration that ``timedelta`` cannot hold, in nanoseconds."""

    nanos: int


Date = date | WideDate
Time = time | WideTime
DateTime = datetime | WideDateTime
Duration = timedelta | WideDuration

DATES = frozenset({date, WideDate})
TIMES = frozenset({time, WideTime})
DATETIMES = frozenset({datetime, WideDateTime})
DURATIONS = frozenset({timedelta, WideDuration})


def make_date(year: int, month: int, day: int) -> Date:
    """A date; raises :class:`Failure` if there is no such day."""
    if not (
        1 <= month <= 12
        and -calendar.MAX_YEAR <= year <= calendar.MAX_YEAR
        and 1 <= day <= calendar.month_length(year, month)
    ):
        raise Failure("argument_value", name="date", reason=f"{year}-{month}-{day}")
    return date(year, month, day) if 1 <= year <= 9999 else WideDate(year, month, day)


def date_from_days(days: int) -> Date:
    """The date ``days`` after 1 January 1970."""
    return make_date(*calendar.civil_from(days))


def civil(value: Date | DateTime) -> tuple[int, int, int]:
    """Year, month and day."""
    if isinstance(value, WideDateTime):
        return calendar.civil_from(value.days)
    return value.year, value.month, value.day


def days_of(value: Date | DateTime) -> int:
    """Days since 1 January 1970 of the local date."""
    if isinstance(value, WideDateTime):
        return value.days
    if isinstance(value, WideDate):
        return calendar.days_from(value.year, value.month, value.day)
    return value.toordinal() - calendar.EPOCH_ORDINAL


def make_time(nanos: int, zone: tzinfo | None) -> Time:
    """A time of day from nanoseconds since midnight."""
    if nanos % 1000:
        return WideTime(nanos, zone)
    seconds, micros = divmod(nanos // 1000, 1_000_000)
    return time(seconds // 3600, seconds // 60 % 60, seconds % 60, micros, zone)


def nanos_of_day(value: Time | DateTime) -> int:
    """Nanoseconds since local midnight."""
    if isinstance(value, (WideTime, WideDateTime)):
        return value.nanos
    return ((value.hour * 60 + value.minute) * 60 + value.second) * SECOND + value.microsecond * 1000


def make_datetime(days: int, nanos: int, zone: tzinfo | None) -> DateTime:
    """A date and time from local days since 1970 and nanoseconds of the day (which may overflow into days)."""
    carried, nanos = divmod(nanos, DAY)
    days += carried
    year, month, day = calendar.civil_from(days)
    if not -calendar.MAX_YEAR <= year <= calendar.MAX_YEAR:
        raise Failure("out_of_range")
    if nanos % 1000 or not 1 <= year <= 9999:
        return WideDateTime(days, nanos, zone)
    seconds, micros = divmod(nanos // 1000, 1_000_000)
    return datetime(year, month, day, seconds // 3600, seconds // 60 % 60, seconds % 60, micros, zone)


def local_nanos(value: DateTime) -> int:
    """Nanoseconds since 1 January 1970, 00:00, on the value's own wall clock."""
    return days_of(value) * DAY + nanos_of_day(value)


def instant(value: DateTime, other: tzinfo | None = None) -> int:
    """Nanoseconds since 1970-01-01T00:00:00Z; a value without a zone is read in zone ``other``, else UTC."""
    local = local_nanos(value)
    zone = value.tzinfo or other
    return local - offset_at(zone, local // SECOND) * SECOND if zone else local


def at_instant(nanos: int, zone: tzinfo) -> DateTime:
    """The wall clock of ``zone`` at the given instant."""
    guess = offset_at(zone, nanos // SECOND, utc=True)
    return make_datetime(0, nanos + guess * SECOND, zone)


def make_duration(nanos: int) -> Duration:
    """A days and time duration from nanoseconds."""
    if abs(nanos) > MAX_NANOS:
        raise Failure("out_of_range")
    if nanos % 1000 or abs(nanos) >= 999_999_999 * DAY:
        return WideDuration(nanos)
    return timedelta(microseconds=nanos // 1000)


def duration_nanos(value: Duration) -> int:
    """A days and time duration in nanoseconds."""
    if isinstance(value, WideDuration):
        return value.nanos
    return ((value.days * 86_400 + value.seconds) * 1_000_000 + value.microseconds) * 1000


def make_months(months: int) -> YearsMonths:
    """A years and months duration; raises :class:`Failure` if it is out of range."""
    if abs(months) > MAX_MONTHS:
        raise Failure("out_of_range")
    return YearsMonths(months)
