"""Proleptic Gregorian calendar arithmetic on plain integers, for years from -999 999 999 to 999 999 999."""

from __future__ import annotations

MAX_YEAR = 999_999_999
_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
EPOCH_ORDINAL = 719_163
"""``date(1970, 1, 1).toordinal()``."""


def is_leap(year: int) -> bool:
    """Whether ``year`` has 29 February."""
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def month_length(year: int, month: int) -> int:
    """Days of a month."""
    return 29 if month == 2 and is_leap(year) else _DAYS[month - 1]


def days_from(year: int, month: int, day: int) -> int:
    """Days from 1 January 1970 to the given day, negative before it."""
    shifted = year - 1 if month <= 2 else year
    era, year_of_era = divmod(shifted, 400)
    day_of_year = (153 * ((month + 9) % 12) + 2) // 5 + day - 1
    return era * 146_097 + year_of_era * 365 + year_of_era // 4 - year_of_era // 100 + day_of_year - 719_468


def civil_from(days: int) -> tuple[int, int, int]:
    """Year, month and day of the day ``days`` after 1 January 1970."""
    era, day_of_era = divmod(days + 719_468, 146_097)
    year_of_era = (day_of_era - day_of_era // 1460 + day_of_era // 36_524 - day_of_era // 146_096) // 365
    day_of_year = day_of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    shifted = (5 * day_of_year + 2) // 153
    month = shifted + 3 if shifted < 10 else shifted - 9
    return era * 400 + year_of_era + (1 if month <= 2 else 0), month, day_of_year - (153 * shifted + 2) // 5 + 1


def add_months(year: int, month: int, day: int, months: int) -> tuple[int, int, int]:
    """The day ``months`` later, moved to the month's last day where the month is too short."""
    total = year * 12 + month - 1 + months
    year, month = total // 12, total % 12 + 1
    return year, month, min(day, month_length(year, month))


def weekday(days: int) -> int:
    """Monday is 1, Sunday is 7."""
    return (days + 3) % 7 + 1


def iso_week(days: int) -> int:
    """Week of the year by ISO 8601: weeks begin on Monday, week 1 holds the year's first Thursday."""
    thursday = days - weekday(days) + 4
    year = civil_from(thursday)[0]
    return (thursday - days_from(year, 1, 1)) // 7 + 1
