"""Working days (工作日) of the Chinese calendar with its make-up working days.

The public holidays of a year are published in the November before it. For years the library does not know yet,
Monday to Friday count as working days. A county may correct single days by a file (`LIKA_WORKDAYS`) of lines
``2027-02-05 rest`` or ``2027-02-07 work``.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path

import chinese_calendar

from service import errors
from service.errors import _

KINDS = {"work": True, "rest": False}

_corrections: dict[date, bool] = {}


def correct(path: str | Path | None) -> None:
    """Heed the corrections of a file from now on; none without one. Raises Invalid for what cannot be read."""
    _corrections.clear()
    if path:
        try:
            lines = Path(path).read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeError) as error:
            raise errors.Invalid(
                _("The working day file %(path)s cannot be read: %(error)s"), path=path, error=error
            ) from None
        _corrections.update(read_corrections(lines))


def is_workday(day: date) -> bool:
    """Whether offices work on that day."""
    if day in _corrections:
        return _corrections[day]
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < 5


def after(start: date, count: int) -> date:
    """The ``count``-th working day after ``start``, which is itself not counted; 0 gives ``start``."""
    if count < 0:
        raise errors.Invalid(_("A time limit of %(count)s working days is below zero"), count=count)
    day = start
    while count:
        day += timedelta(days=1)
        count -= is_workday(day)
    return day


def between(start: date, end: date) -> int:
    """Working days after ``start`` up to and including ``end``; negative when ``end`` lies before ``start``."""
    if end < start:
        return -between(end, start)
    span = (end - start).days
    return sum(is_workday(start + timedelta(days=offset)) for offset in range(1, span + 1))


def read_corrections(lines: Iterable[str]) -> dict[date, bool]:
    """Read corrections, a day and ``work`` or ``rest`` a line; blank lines and lines with ``#`` are comments."""
    corrections = {}
    for number, line in enumerate(lines, start=1):
        text = line.split("#")[0].strip()
        if text:
            day, kind = _correction(text, number)
            corrections[day] = kind
    return corrections


def _correction(text: str, number: int) -> tuple[date, bool]:
    try:
        day, kind = text.split()
        return date.fromisoformat(day), KINDS[kind]
    except (ValueError, KeyError):
        raise errors.Invalid(
            _("Working day file, line %(number)s: write a date and work or rest, as in 2027-02-07 work"), number=number
        ) from None
