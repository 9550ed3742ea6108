"""How often something may be tried: counted in the database, so that it holds for all processes together."""

import math
from datetime import timedelta

import sqlalchemy as sqla
from sqlalchemy.dialects import postgresql

from service import clock, db
from service.identity.models import Attempt


def hit(name: str, *, limit: int, window: timedelta) -> int:
    """Count one attempt under a name; tell for how many seconds there were too many: 0 up to `limit` in a window."""
    now = clock.now()
    over = Attempt.since < now - window
    counted = {
        "count": sqla.case((over, 1), else_=Attempt.count + 1),
        "since": sqla.case((over, now), else_=Attempt.since),
    }
    insert = postgresql.insert(Attempt).values(name=name, count=1, since=now)
    once_more = insert.on_conflict_do_update(index_elements=["name"], set_=counted)
    with db.transaction() as session:
        count, since = session.execute(once_more.returning(Attempt.count, Attempt.since)).one()
    return max(1, math.ceil((since + window - now).total_seconds())) if count > limit else 0


def take_back(name: str) -> None:
    """Let the last attempt not count: it succeeded, but says nothing of the others under the name."""
    with db.transaction() as session:
        session.execute(sqla.update(Attempt).where(Attempt.name == name).values(count=Attempt.count - 1))


def forget(name: str) -> None:
    """Begin again, the attempt succeeded; counters that nobody touched for a day go too."""
    old = Attempt.since < clock.now() - timedelta(days=1)
    with db.transaction() as session:
        session.execute(sqla.delete(Attempt).where((Attempt.name == name) | old))
