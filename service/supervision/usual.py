"""How long a step usually takes, from the history of its element, and when one stands longer than that."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import sqlalchemy as sqla

from service import clock, db, workdays
from service.workflow import models

LEAST = 5
"""So many times a step must have been done before its usual time means anything."""
SHARE = 0.9
"""The usual time is the one within which nine of ten were done."""
FACTOR = 2
TYPES = ("USER_TASK", "RECEIVE_TASK", "INTERMEDIATE_CATCH_EVENT", "EVENT_BASED_GATEWAY")

Place = tuple[str, str]
"""A process id and the id of an element in it; what is known of one version holds for the next."""


@dataclass(frozen=True, slots=True)
class Usual:
    """Nine of ten of `count` observations took at most `time`."""

    time: timedelta
    count: int

    def late_at(self, since: datetime, due: datetime | None = None) -> datetime:
        """The instant from which something that waits since `since` waits longer than usual.

        It is twice the usual time, days of rest not counted, and the end of the next working day at the earliest.
        While a due date lies ahead there is no hurry before only the usual time is left.
        """
        day, at = _day(since), since + FACTOR * self.time
        at += timedelta(days=(_day(at) - day).days - workdays.between(day, _day(at)))
        while not workdays.is_workday(_day(at)):
            at += timedelta(days=1)
        next_day = datetime.combine(workdays.after(day, 1) + timedelta(days=1), time(), clock.TZ)
        return max(at, next_day, due - self.time if due else at)


def times() -> Mapping[Place, Usual]:
    """The usual times of all steps that people or messages end and that were done often enough."""
    element, instance = models.ElementInstance, models.ProcessInstance
    took = sqla.func.percentile_cont(SHARE).within_group((element.end_date - element.start_date).asc())
    query = (
        sqla.select(instance.process_id, element.element_id, took, sqla.func.count())
        .join(instance, instance.key == element.instance_key)
        .where(element.type.in_(TYPES), element.state == "COMPLETED", element.start_date.is_not(None))
        .group_by(instance.process_id, element.element_id)
        .having(sqla.func.count() >= LEAST)
    )
    rows = db.sa.session.execute(query)
    return {(process_id, element_id): Usual(took, count) for process_id, element_id, took, count in rows}


def _day(instant: datetime) -> date:
    return instant.astimezone(clock.TZ).date()
