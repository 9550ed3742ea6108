"""Time zones: fixed offsets and IANA regions, at any year."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

MAX_OFFSET = 18 * 3600
_EPOCH = datetime.fromtimestamp(0, UTC).replace(tzinfo=None)
_CYCLE = 146_097 * 86_400
"""Seconds of 400 Gregorian years, after which the calendar repeats."""
_LOW, _HIGH = -62_000_000_000, 253_000_000_000


def fixed(seconds: int) -> tzinfo | None:
    """The zone ``seconds`` east of UTC; None beyond 18 hours."""
    if abs(seconds) > MAX_OFFSET:
        return None
    return UTC if seconds == 0 else timezone(timedelta(seconds=seconds))


@lru_cache(maxsize=1024)
def region(name: str) -> tzinfo | None:
    """The IANA zone of that name; None if there is none."""
    if not name or name.startswith(("/", ".")) or ".." in name or "\0" in name:
        return None
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return None


def region_name(zone: tzinfo | None) -> str | None:
    """The IANA name, or None for a fixed offset."""
    return zone.key if isinstance(zone, ZoneInfo) else None


def offset_at(zone: tzinfo, seconds: int, utc: bool = False) -> int:
    """Seconds east of UTC in ``zone`` at ``seconds`` since 1970 on its wall clock (or in UTC)."""
    if seconds < _LOW:
        seconds = _LOW
    elif seconds > _HIGH:
        seconds = _HIGH - _CYCLE * 2 + (seconds - _HIGH) % _CYCLE
    moment = _EPOCH + timedelta(seconds=seconds)
    if utc:
        offset = moment.replace(tzinfo=UTC).astimezone(zone).utcoffset()
    else:
        offset = zone.utcoffset(moment.replace(tzinfo=zone))
    return round(offset.total_seconds()) if offset is not None else 0


def time_offset(zone: tzinfo | None) -> int | None:
    """Seconds east of UTC of a bare time's zone; a region counts with its offset at the start of 1970."""
    return None if zone is None else offset_at(zone, 0)
