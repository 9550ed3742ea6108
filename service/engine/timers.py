"""When a timer is due: ISO 8601 dates, durations and repeating intervals, cron lines, or the FEEL values of the
same.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from croniter import croniter

from service import clock, feel
from service.engine.failures import Failure
from service.errors import _

VALUE = "EXTRACT_VALUE_ERROR"
"""Camunda's type of an incident whose value is not what it must be."""

_CYCLE = re.compile(r"R(\d*)/(?:([^/P][^/]*)/)?(P.+)$")


@dataclass(frozen=True, slots=True)
class Due:
    """A timer's next instant (UTC), how often it fires after that (None = for ever), and its cycle as text."""

    at: datetime
    repeats: int | None = 0
    cycle: str | None = None


def first(kind: str, value: Any, now: datetime) -> Due:
    """The first firing of a timer definition of `kind` (timeDate, timeDuration, timeCycle), counted from `now`."""
    if kind == "timeDate":
        return Due(instant(value))
    if kind == "timeDuration":
        return Due(add(now, value))
    return _first_of_cycle(str(value).strip(), now)


def following(cycle: str, repeats: int | None, now: datetime) -> Due | None:
    """The firing after one at `now`, or None when the cycle is used up. Missed ones are not made up for."""
    if repeats == 0:
        return None
    rest = None if repeats is None else repeats - 1
    match = _CYCLE.match(cycle)
    at = add(now, match[3]) if match else _cron(cycle, now)
    return Due(at, rest, cycle)


def local(moment: datetime) -> datetime:
    """An instant on the county's clock."""
    return moment.astimezone(clock.TZ)


def instant(value: Any) -> datetime:
    """A point in time as UTC. A date without a time means the end (24:00) of that day, local time."""
    if isinstance(value, str):
        value = _parse(value)
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=clock.TZ)).astimezone(UTC)
    if isinstance(value, date):
        return datetime.combine(value + timedelta(days=1), time(), clock.TZ).astimezone(UTC)
    raise Failure(VALUE, _("%(value)r is neither a date nor a date and time"), value=value)


def add(start: datetime, duration: Any) -> datetime:
    """`start` plus a FEEL duration or ISO 8601 duration text, in local calendar terms, as UTC."""
    if isinstance(duration, str):
        text = duration
        duration = feel.evaluate("duration(text)", {"text": text})
        if duration is None:
            raise Failure(VALUE, _("%(text)r is not an ISO 8601 duration such as P7D or PT2H"), text=text)
    end = feel.evaluate("start + duration", {"start": start.astimezone(clock.TZ), "duration": duration})
    if not isinstance(end, datetime):
        raise Failure(VALUE, _("%(value)r is not a duration"), value=duration)
    return end.astimezone(UTC)


def _first_of_cycle(text: str, now: datetime) -> Due:
    match = _CYCLE.match(text)
    if not match:
        return Due(_cron(text, now), None, text)
    count, start, duration = match.groups()
    repeats = int(count) - 1 if count else None
    if repeats is not None and repeats < 0:
        raise Failure(VALUE, _("%(text)r repeats no times"), text=text)
    return Due(instant(start) if start else add(now, duration), repeats, text)


def _cron(text: str, now: datetime) -> datetime:
    if not croniter.is_valid(text, second_at_beginning=True):
        raise Failure(VALUE, _("%(text)r is neither a repeating interval (R3/PT10M) nor a cron line"), text=text)
    local: datetime = croniter(text, now.astimezone(clock.TZ), second_at_beginning=True).get_next(datetime)
    return local.astimezone(UTC)


def _parse(text: str) -> date:
    value = feel.evaluate('if contains(t, "T") then date and time(t) else date(t)', {"t": text.strip()})
    if not isinstance(value, date):
        raise Failure(VALUE, _("%(text)r is not an ISO 8601 date or date and time"), text=text)
    return value
