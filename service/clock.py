"""The only clock: UTC instants, moved by tests, by the simulation and, where the setting allows it, by the API.

The clock either flows beside real time with an offset, or stands still at an instant. Both belong to the process.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

TZ = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True)
class _Setting:
    offset: timedelta = timedelta()
    standing_at: datetime | None = None


_setting = _Setting()


def now() -> datetime:
    """Return the present instant, UTC aware."""
    setting = _setting
    return setting.standing_at or datetime.now(UTC) + setting.offset


def local() -> datetime:
    """Return the present instant as the clock on a wall in Asia/Shanghai shows it."""
    return now().astimezone(TZ)


def today() -> date:
    """Return the present calendar day in Asia/Shanghai."""
    return local().date()


def offset() -> timedelta:
    """Return how far the clock is ahead of real time."""
    return now() - datetime.now(UTC) if moved() else timedelta()


def moved() -> bool:
    """Tell whether the clock differs from real time."""
    return _setting != _Setting()


def set_offset(ahead: timedelta) -> None:
    """Let the clock flow, `ahead` of real time; a standing clock flows again."""
    global _setting
    _setting = _Setting(offset=ahead)


def travel_to(instant: datetime | None) -> None:
    """Set the clock to an aware instant; None returns to real time.

    A standing clock stands still at the new instant, a flowing one flows on from it.
    """
    global _setting
    if instant is None:
        _setting = _Setting()
        return
    instant = _utc(instant)
    if _setting.standing_at:
        _setting = _Setting(standing_at=instant)
    else:
        _setting = _Setting(offset=instant - datetime.now(UTC))


def stand_at(instant: datetime) -> None:
    """Let the clock stand still at an aware instant."""
    global _setting
    _setting = _Setting(standing_at=_utc(instant))


def advance(by: timedelta) -> None:
    """Move the clock forward."""
    travel_to(now() + by)


@contextmanager
def frozen(instant: datetime) -> Iterator[None]:
    """Hold the clock at an aware instant; `travel_to` and `advance` move it inside; afterwards it is as before."""
    global _setting
    before = _setting
    stand_at(instant)
    try:
        yield
    finally:
        _setting = before


def _utc(instant: datetime) -> datetime:
    if instant.tzinfo is None:
        raise ValueError(f"the instant {instant.isoformat()} has no time zone; give one, such as +08:00")
    return instant.astimezone(UTC)
