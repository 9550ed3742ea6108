"""What newly stands still is told to who supervises it: one message a look and person, each standstill once."""

from collections import Counter, defaultdict
from collections.abc import Sequence

import sqlalchemy as sqla

from service import db, notifications
from service.errors import _
from service.identity import people
from service.identity.models import Unit
from service.notifications import kinds
from service.supervision.models import Watch
from service.workflow import models

instance = models.ProcessInstance
SUBJECT = _("Stands still in your units: %(count)s")
TEXT = _("%(unit)s: %(count)s newly stand still.")


def tell(found: Sequence[Watch]) -> None:
    """Tell the supervisors nearest to each unit how much was found in it; what is suspended stands still on purpose."""
    if not found:
        return
    counts = _by_unit(found)
    named = sqla.select(Unit.id, Unit.name).where(Unit.id.in_(counts)).order_by(Unit.code)
    supervisors = people.supervisors_of(counts)
    told: dict[str, list[notifications.Item]] = defaultdict(list)
    for unit_id, name in db.sa.session.execute(named).all():
        item = notifications.Item(f"/board?kind=stalled&unit={unit_id}", {"unit": name, "count": counts[unit_id]})
        for username in next(iter(supervisors[unit_id]), []):
            told[username].append(item)
    for username, items in told.items():
        count = sum(item.arguments["count"] for item in items)
        notifications.notify_of([username], kinds.STALLED, SUBJECT, TEXT, items, count=count)


def _by_unit(found: Sequence[Watch]) -> Counter[int]:
    keys = {row.instance_key for row in found}
    held = set(db.sa.session.scalars(sqla.select(instance.key).where(instance.key.in_(keys), instance.suspended)))
    return Counter(row.unit_id for row in found if row.unit_id is not None and row.instance_key not in held)
