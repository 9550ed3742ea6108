"""What a person was told: the list, the count of what is new, and how to be reached."""

import re
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sqla

from service import clock, db, errors, identity
from service.errors import _
from service.forms.validators import contact as numbers
from service.notifications import models
from service.notifications.kinds import KINDS

PAGE = 50
MOST = 99
"""What is new is counted so far."""
MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def page(person: identity.Person, before: int | None = None) -> list[models.Notification]:
    """Return what a person was told, newest first, below a key; one more than a page holds if there is more."""
    told = models.Notification
    query = sqla.select(told).where(told.username == person.username).order_by(told.key.desc()).limit(PAGE + 1)
    return list(db.sa.session.scalars(query.where(told.key < before) if before else query))


def unread(person: identity.Person) -> int:
    """Count what a person has not read, up to MOST + 1."""
    told = models.Notification
    some = sqla.select(told.key).where(told.username == person.username, told.read_at.is_(None)).limit(MOST + 1)
    return db.sa.session.scalar(sqla.select(sqla.func.count()).select_from(some.subquery())) or 0


def mark_read(person: identity.Person, key: int | None = None) -> None:
    """Mark one or all of a person's notifications as read."""
    told = models.Notification
    query = sqla.update(told).where(told.username == person.username, told.read_at.is_(None))
    with db.transaction() as session:
        session.execute((query.where(told.key == key) if key else query).values(read_at=clock.now()))


def contact(person: identity.Person) -> models.Contact:
    """Return how a person can be reached; an empty one if he never said."""
    return db.sa.session.get(models.Contact, person.username) or models.Contact(username=person.username, declined=[])


def set_contact(person: identity.Person, *, email: str, phone_number: str, wanted: Sequence[str]) -> None:
    """Keep how a person wants to be reached. Raises Unprocessable by field."""
    email, phone_number = email.strip(), phone_number.strip()
    fields: dict[str, Any] = {}
    if email and not MAIL.fullmatch(email):
        fields["email"] = errors.localize(_("An e-mail address looks like name@example.cn."))
    if phone_number and (fault := numbers.phone(phone_number, {})):
        fields["phone"] = fault.text(None)
    if fields:
        raise errors.Unprocessable(_("This cannot be kept; see the marked fields."), fields=fields)
    declined = [kind for kind in KINDS if kind not in wanted]
    with db.transaction() as session:
        session.merge(
            models.Contact(username=person.username, email=email or None, phone=phone_number or None, declined=declined)
        )
