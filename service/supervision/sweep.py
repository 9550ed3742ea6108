"""The worker's look at everything that waits, every few seconds: it finds what stands still and drops what moved on."""

import functools
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sqla

from service import clock, db
from service.supervision import alerts, limits, usual, watches
from service.supervision.models import Watch
from service.supervision.stalls import calls, jobs, messages, progress, timers, vacancies

log = logging.getLogger(__name__)
INTERVAL = 5.0
"""Seconds between two looks, at least."""
SHARE = 20
"""A look may take a twentieth of the time, and learning the usual times another one."""
LONGEST = 30.0
"""Whatever a look costs, the next comes after so many seconds: what stands still is on the board within a minute."""


@dataclass
class Pace:
    """When this process last looked, how long it took, and the usual times that it knows."""

    next_look: float = 0.0
    next_lesson: float = 0.0
    known: Mapping[usual.Place, usual.Usual] = field(default_factory=dict)


_pace = Pace()


def tick() -> int:
    """Look again if it is time; one worker at a time."""
    if time.monotonic() < _pace.next_look:
        return 0
    begun = time.monotonic()
    if begun >= _pace.next_lesson:
        _pace.known = usual.times()
        _pace.next_lesson = time.monotonic() + max(INTERVAL, SHARE * (time.monotonic() - begun))
        begun = time.monotonic()
    look(_pace.known)
    _pace.next_look = time.monotonic() + min(max(INTERVAL, SHARE * (time.monotonic() - begun)), LONGEST)
    return 0


def look(usual_times: Mapping[usual.Place, usual.Usual]) -> list[Watch]:
    """Look at everything now, tell supervisors of what stands still since the last look, and return it; nothing where
    another worker looks.

    Each kind has a transaction of its own, so that one that fails does not hide the others.
    """
    now = clock.now()
    with db.transaction():
        in_use = limits.in_use()
        known = limits.of(in_use, usual_times)
    kinds: list[Callable[[datetime], None]] = [
        functools.partial(progress.look, limits=known),
        functools.partial(messages.look, limits=known, in_use=in_use),
        calls.look,
        vacancies.look,
        timers.look,
        jobs.look,
    ]
    for kind in kinds:
        _alone(kind, now)
    with db.transaction():
        found = watches.find(now)
        alerts.tell(found)
        return found


def _alone(kind: Callable[[datetime], None], now: datetime) -> None:
    try:
        with db.transaction() as session:
            if session.scalar(sqla.text("SELECT pg_try_advisory_xact_lock(hashtext('lika.supervision'))")):
                kind(now)
    except Exception:
        log.exception("%s failed", kind)
