"""What is told, and its way out: a row for each person, and a delivery for each channel, tried until it works."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import flask
import sqlalchemy as sqla

from service import clock, db, errors, identity, jobs
from service.errors import _
from service.identity.models import Membership, Unit, User
from service.notifications import models, sending
from service.notifications.channels import Channel, Channels
from service.notifications.kinds import KINDS

FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=2)
MOST_ATTEMPTS = 12
"""After one minute, two, four … then every two hours: about twelve hours in all."""
SHOWN_ITEMS = 20
"""A message lists so many items and counts the rest."""


@dataclass(frozen=True)
class Item:
    """One thing that is told: where it is, and what fills the text."""

    link: str
    arguments: dict[str, Any] = field(default_factory=dict)


def notify(usernames: Iterable[str], kind: str, subject: str, text: str, link: str, **arguments: Any) -> None:
    """Tell people one thing. `subject` and `text` are texts marked by `errors._`, both filled by `arguments`."""
    notify_of(usernames, kind, subject, text, [Item(link, arguments)], **arguments)


def notify_of(
    usernames: Iterable[str], kind: str, subject: str, text: str, items: Sequence[Item], **arguments: Any
) -> None:
    """Tell people several things at once, on the open transaction; who does not exist is passed over.

    `arguments` (JSON values) fill the subject, those of each item the text. `link` is a path of this server.
    """
    if kind not in KINDS:
        raise LookupError(f"no kind {kind!r} of notifications; add it to service.notifications.kinds")
    with db.transaction() as session:
        named = sqla.select(User.username).where(User.username.in_(set(usernames)), User.active)
        rows = [
            models.Notification(
                username=username,
                kind=kind,
                subject=subject,
                arguments=arguments,
                text=text,
                items=[{**item.arguments, "link": item.link} for item in items],
            )
            for username in session.scalars(named.order_by(User.username))
        ]
        session.add_all(rows)
        session.flush()
        deliveries = _deliveries(rows, kind) if rows else []
        session.add_all(deliveries)
        session.flush()
        for delivery in deliveries:
            jobs.defer("notifications.deliver", key=delivery.key)


def subject_of(notification: models.Notification) -> str:
    """Return the subject in the reader's language."""
    return errors.localize(notification.subject, **notification.arguments)


def texts_of(notification: models.Notification) -> list[tuple[str, str]]:
    """Return a line and a link for each item, in the reader's language."""
    return [(errors.localize(notification.text, **item), str(item["link"])) for item in notification.items]


def all_channels() -> Channels:
    """Return the channels of this installation."""
    found: Channels = flask.current_app.extensions["channels"]
    return found


def _deliveries(rows: Sequence[models.Notification], kind: str) -> list[models.Delivery]:
    fitting = [channel for channel in all_channels().channels if kind in channel.kinds]
    if not fitting:
        return []
    names = [row.username for row in rows]
    found = db.sa.session.scalars(sqla.select(models.Contact).where(models.Contact.username.in_(names)))
    contacts = {contact.username: contact for contact in found}
    made = []
    for channel in fitting:
        if not channel.places:
            if told := _of_group(channel, rows):
                made.append(models.Delivery(notification_key=told.key, channel=channel.name, address=channel.name))
            continue
        for row in rows:
            contact = contacts.get(row.username)
            address = channel.address_of(row.username, contact)
            if address and not (contact and kind in contact.declined):
                shown = address if channel.is_mail else row.username
                made.append(models.Delivery(notification_key=row.key, channel=channel.name, address=shown))
    return made


def _of_group(channel: Channel, rows: Sequence[models.Notification]) -> models.Notification | None:
    """Return the first that is told to somebody of the group's unit or below."""
    if channel.unit is None:
        return rows[0]
    place = sqla.select(Unit.path).where(Unit.code == channel.unit).scalar_subquery()
    inside = (
        sqla.select(User.username)
        .join(Membership, Membership.user_id == User.id)
        .join(Unit, Unit.id == Membership.unit_id)
        .where(User.username.in_([row.username for row in rows]), Unit.path.startswith(place))
    )
    members = set(db.sa.session.scalars(inside))
    return next((row for row in rows if row.username in members), None)


@jobs.task("notifications.deliver")
def deliver(key: int) -> None:
    """Try to send one delivery; what may work later is queued for later."""
    with db.transaction() as session:
        delivery = session.get(models.Delivery, key)
        if delivery is None or delivery.state != "WAITING":
            return
        told = session.get_one(models.Notification, delivery.notification_key)
        contact = session.get(models.Contact, told.username)
        name, username = delivery.channel, told.username
        subject, text = errors.localize(told.subject, **told.arguments), _body(told)
    try:
        channel = all_channels().named(name)
        if channel is None:
            raise sending.Permanent("there is no such channel any more")
        address = channel.address_of(username, contact) if channel.places else channel.url
        if address is None:
            raise sending.Permanent("the person has no address any more")
        sending.send(channel, address, subject, text, key)
    except sending.Temporary as error:
        _note(key, error=str(error), final=False)
    except sending.Permanent as error:
        _note(key, error=str(error), final=True)
    else:
        _note(key)


def send_again(key: int, *, by: identity.Person) -> None:
    """Queue a delivery that failed once more."""
    identity.access.ensure(by, "outbox.manage")
    with db.transaction() as session:
        delivery = session.get(models.Delivery, key, with_for_update=True)
        if delivery is None:
            raise errors.NotFound(_("There is no such delivery."))
        if delivery.state != "FAILED":
            raise errors.Conflict(_("Only what failed can be sent again."))
        delivery.state, delivery.attempts, delivery.ended_at = "WAITING", 0, None
        jobs.defer("notifications.deliver", key=key)


def _note(key: int, *, error: str | None = None, final: bool = True) -> None:
    with db.transaction() as session:
        delivery = session.get_one(models.Delivery, key, with_for_update=True)
        delivery.attempts += 1
        delivery.error = error
        if not final and delivery.attempts < MOST_ATTEMPTS:
            pause = min(FIRST_PAUSE * 2 ** (delivery.attempts - 1), LONGEST_PAUSE)
            jobs.defer("notifications.deliver", schedule_at=clock.now() + pause, key=key)
            return
        delivery.state = "FAILED" if error else "SENT"
        delivery.ended_at = clock.now()


def _body(told: models.Notification) -> str:
    """What a message says: its items with their addresses, the first of many."""
    start = all_channels().address
    lines = [f"{line}\n{start}{link}" for line, link in texts_of(told)[:SHOWN_ITEMS]]
    if (more := len(told.items) - SHOWN_ITEMS) > 0:
        lines.append(errors.localize(_("… and %(count)s more"), count=more))
    return "\n\n".join(lines)
