"""Working days (工作日) of the Chinese calendar with its make-up working days.

The public holidays of a year are published in the November before it. For years the library does not know yet,
Monday to Friday count as working days. A county may correct single days by a file of lines ``2027-02-05 rest`` or
``2027-02-07 work``.
"""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta

import chinese_calendar

from service import errors
from service.errors import _

KINDS = {"work": True, "rest": False}
Overrides = Mapping[date, bool]


def is_workday(day: date, overrides: Overrides | None = None) -> bool:
    """Whether offices work on that day."""
    if overrides and day in overrides:
        return overrides[day]
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < 5


def after(start: date, count: int, overrides: Overrides | None = None) -> date:
    """The ``count``-th working day after ``start``, which is itself not counted; 0 gives ``start``."""
    if count < 0:
        raise errors.Invalid(_("A time limit of %(count)s working days is below zero"), count=count)
    day = start
    while count:
        day += timedelta(days=1)
        count -= is_workday(day, overrides)
    return day


def between(start: date, end: date, overrides: Overrides | None = None) -> int:
    """Working days after ``start`` up to and including ``end``; negative when ``end`` lies before ``start``."""
    if end < start:
        return -between(end, start, overrides)
    span = (end - start).days
    return sum(is_workday(start + timedelta(days=offset), overrides) for offset in range(1, span + 1))


def read_overrides(lines: Iterable[str]) -> dict[date, bool]:
    """Read corrections, a day and ``work`` or ``rest`` a line; blank lines and lines with ``#`` are comments."""
    overrides = {}
    for number, line in enumerate(lines, start=1):
        text = line.split("#")[0].strip()
        if text:
            day, kind = _override(text, number)
            overrides[day] = kind
    return overrides


def _override(text: str, number: int) -> tuple[date, bool]:
    try:
        day, kind = text.split()
        return date.fromisoformat(day), KINDS[kind]
    except (ValueError, KeyError):
        raise errors.Invalid(
            _("Working day file, line %(number)s: write a date and work or rest, as in 2027-02-07 work"), number=number
        ) from None
