"""Components read with a dot: ``birthday.year`` (DMN 1.5 clause 10.3.2.6, table 65)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from service.feel.temporal import zones
from service.feel.temporal.calendar import weekday
from service.feel.temporal.values import (
    SECOND,
    WideDate,
    WideDateTime,
    WideDuration,
    WideTime,
    YearsMonths,
    civil,
    days_of,
    duration_nanos,
    local_nanos,
    make_duration,
    nanos_of_day,
)

Reader = Callable[[Any], Any]

_DATE: dict[str, Reader] = {
    "year": lambda v: Decimal(civil(v)[0]),
    "month": lambda v: Decimal(civil(v)[1]),
    "day": lambda v: Decimal(civil(v)[2]),
    "weekday": lambda v: Decimal(weekday(days_of(v))),
}


def _second(value: Any) -> Decimal:
    whole, fraction = divmod(nanos_of_day(value), SECOND)
    return Decimal(whole % 60) + Decimal(fraction).scaleb(-9).normalize() if fraction else Decimal(whole % 60)


def _offset(value: Any) -> Any:
    zone = value.tzinfo
    if zone is None:
        return None
    moment = type(value) in (datetime, WideDateTime)
    east = zones.offset_at(zone, local_nanos(value) // SECOND) if moment else zones.time_offset(zone)
    return make_duration((east or 0) * SECOND)


_CLOCK: dict[str, Reader] = {
    "hour": lambda v: Decimal(nanos_of_day(v) // (3600 * SECOND)),
    "minute": lambda v: Decimal(nanos_of_day(v) // (60 * SECOND) % 60),
    "second": _second,
    "time offset": _offset,
    "timezone": lambda v: zones.region_name(v.tzinfo),
}


def _part(unit: int, modulus: int | None) -> Reader:
    def read(value: Any) -> Decimal:
        nanos = duration_nanos(value)
        size = abs(nanos) // unit if modulus is None else abs(nanos) // unit % modulus
        return Decimal(-size if nanos < 0 else size)

    return read


def _seconds(value: Any) -> Decimal:
    nanos = duration_nanos(value)
    size = Decimal(abs(nanos) % (60 * SECOND)).scaleb(-9)
    size = size.quantize(Decimal(1)) if size == size.to_integral_value() else size.normalize()
    return -size if nanos < 0 else size


_DURATION: dict[str, Reader] = {
    "days": _part(86_400 * SECOND, None),
    "hours": _part(3600 * SECOND, 24),
    "minutes": _part(60 * SECOND, 60),
    "seconds": _seconds,
}
_MONTHS: dict[str, Reader] = {
    "years": lambda v: Decimal(v.years_part),
    "months": lambda v: Decimal(v.months_part),
}

READERS: dict[type, dict[str, Reader]] = {
    date: _DATE,
    WideDate: _DATE,
    datetime: {**_DATE, **_CLOCK},
    WideDateTime: {**_DATE, **_CLOCK},
    time: _CLOCK,
    WideTime: _CLOCK,
    timedelta: _DURATION,
    WideDuration: _DURATION,
    YearsMonths: _MONTHS,
}
