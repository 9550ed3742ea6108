"""Functions of dates (DMN 1.5 clauses 10.3.4.8 - 10.3.4.9) and the clock (10.3.4.14)."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from service.feel.builtins.registry import builtin
from service.feel.runtime import Runtime
from service.feel.temporal.calendar import days_from, iso_week, weekday
from service.feel.temporal.values import Date, DateTime, civil, days_of

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_SECTION = "10.3.4.8"


@builtin("day of year", "date: date|date and time", _SECTION)
def day_of_year(runtime: Runtime, day: Date | DateTime) -> Decimal:
    """The number of the day in its year.

    >>> day of year(date(2019, 9, 17))
    260
    """
    return Decimal(days_of(day) - days_from(civil(day)[0], 1, 1) + 1)


@builtin("day of week", "date: date|date and time", _SECTION)
def day_of_week(runtime: Runtime, day: Date | DateTime) -> str:
    """The English name of the weekday.

    >>> day of week(date(2019, 9, 17))
    "Tuesday"
    """
    return _DAYS[weekday(days_of(day)) - 1]


@builtin("month of year", "date: date|date and time", _SECTION)
def month_of_year(runtime: Runtime, day: Date | DateTime) -> str:
    """The English name of the month.

    >>> month of year(date(2019, 9, 17))
    "September"
    """
    return _MONTHS[civil(day)[1] - 1]


@builtin("week of year", "date: date|date and time", _SECTION)
def week_of_year(runtime: Runtime, day: Date | DateTime) -> Decimal:
    """The number of the week by ISO 8601.

    >>> week of year(date(2019, 9, 17))
    38
    >>> week of year(date(2003, 12, 29))
    1
    """
    return Decimal(iso_week(days_of(day)))


@builtin("now", "", "10.3.4.14")
def now(runtime: Runtime) -> datetime:
    """The present date and time.

    >>> now() instance of date and time
    true
    """
    return runtime.now()


@builtin("today", "", "10.3.4.14")
def today(runtime: Runtime) -> date:
    """The present date.

    >>> today() = date(now())
    true
    """
    return runtime.now().date()
