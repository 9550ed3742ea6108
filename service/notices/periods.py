"""Counting the days of a publicity (公示期), DOMAIN A14, A15 and §9.1."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta

from service import clock, errors
from service.errors import _


def local_day(moment: datetime) -> date:
    """The day of an instant at Asia/Shanghai."""
    return moment.astimezone(clock.TZ).date()


def end_of(day: date) -> datetime:
    """24:00 of a local day as an instant in UTC."""
    midnight = datetime.combine(day + timedelta(days=1), time(0), tzinfo=clock.TZ)
    return midnight.astimezone(UTC)


def ends(posted: Iterable[datetime], days: int, lost_days: int = 0) -> datetime:
    """When the period ends: 24:00 of day ``days`` after the last site's posting day, which is not counted.

    ``lost_days`` on which a notice was not displayed are added.

    :raises errors.Invalid: no site posted, or a length below one day.
    """
    instants = list(posted)
    if not instants:
        raise errors.Invalid(_("The publicity period cannot begin: no site has a posting date; record them first"))
    if days < 1 or lost_days < 0:
        raise errors.Invalid(_("A publicity lasts one day or more, not %(days)s"), days=days + lost_days)
    return end_of(local_day(max(instants)) + timedelta(days=days + lost_days))


def extended(end: datetime, lost_days: int, closed: datetime) -> datetime:
    """The new end after display gaps: ``lost_days`` more, counted from the end or, if later, the day of closing."""
    if lost_days <= 0:
        return end
    begin = max(local_day(end - timedelta(microseconds=1)), local_day(closed) - timedelta(days=1))
    return end_of(begin + timedelta(days=lost_days))


def is_late(posted: Iterable[datetime], latest: date | None) -> bool:
    """Whether a site was posted after the day that the plan sets (DOMAIN A7, A14)."""
    return latest is not None and any(local_day(instant) > latest for instant in posted)
