"""What anybody may see and do without signing in: current notices, and objections to them (DOMAIN §4).

Only what stands in a notice's own rows is given; they were copied from whitelisted columns when it was drafted.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from service import clock, db, errors, identity
from service.errors import _
from service.identity import models as units
from service.notices import board, models
from service.privacy import vault
from service.workflow import messages

PUBLICITY = "公示"
MESSAGE = "objection_received"
CHANNEL = "网上"
IN_PERSON = ("来访", "电话", "书面", "信箱")
"""The ways of an objection that an official enters for who made it (DOMAIN §4)."""
KINDS = ("不应纳入", "应纳未纳", "信息错误", "程序问题")
ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
LONGEST = {"objector": 50, "objector_phone": 20, "household": 50, "facts": 2000, "evidence": 2000}
KEPT = timedelta(days=1)
MOST = 100
"""Notices on a page of the board."""
MODES = (PUBLICITY, "公告")


@dataclass(frozen=True)
class Standing:
    """How far an objection is: its state (received, handled, answered), when an answer is due, and the answer."""

    title: str
    state: str
    due: Any = None
    reply: str | None = None


def current(
    unit_id: int | None = None, *, mode: str | None = None, after: int | None = None
) -> Sequence[models.Notice]:
    """The notices on display, those that end first at the top, ``MOST`` at once; `after` is the last one seen.

    With a unit, those of its subtree; with a mode (公示, 公告), those of that kind.
    """
    query = sa.select(models.Notice).where(*_displayed()).join(models.Notice.unit)
    if mode in MODES:
        query = query.where(models.Notice.mode == mode)
    if after is not None:
        place = sa.tuple_(models.Notice.ends_at, models.Notice.key)
        seen = orm.aliased(models.Notice)
        query = query.where(place > sa.select(seen.ends_at, seen.key).where(seen.key == after).scalar_subquery())
    if unit_id is not None:
        path = sa.select(units.Unit.path).where(units.Unit.id == unit_id).scalar_subquery()
        query = query.where(units.Unit.path.like(path + "%"))
    query = query.options(orm.contains_eager(models.Notice.unit))
    return db.sa.session.scalars(query.order_by(models.Notice.ends_at, models.Notice.key).limit(MOST)).all()


def find(text: str, *, most: int) -> Sequence[models.Notice]:
    """The notices on display of such a title, number or document number."""
    query = sa.select(models.Notice).where(*_displayed(), board.called(text))
    return db.sa.session.scalars(query.order_by(models.Notice.key.desc()).limit(most)).all()


def posting_units() -> Sequence[units.Unit]:
    """The units that have a notice on display, and those above them, the root first."""
    shown = sa.select(units.Unit.path).join(models.Notice, models.Notice.unit_id == units.Unit.id).where(*_displayed())
    ids = {int(part) for path in db.sa.session.scalars(shown) for part in path.split("/") if part}
    return db.sa.session.scalars(sa.select(units.Unit).where(units.Unit.id.in_(ids)).order_by(units.Unit.path)).all()


def get(key: int) -> models.Notice:
    """A notice on display. Raises NotFound for drafts and for what has ended, too."""
    found = db.sa.session.scalar(sa.select(models.Notice).where(models.Notice.key == key, *_displayed()))
    if found is None:
        raise errors.NotFound(_("This notice is not on display."))
    return found


def open_to_objection(notice: models.Notice) -> bool:
    """Whether one may still object: it is a publicity (公示), not an announcement, and its time is not over."""
    return notice.mode == PUBLICITY and notice.ends_at is not None and clock.now() < notice.ends_at


def object_to(notice: models.Notice, given: Mapping[str, str], *, channel: str = CHANNEL, receiver: str = "") -> str:
    """File an objection and return its receipt number, with which one may ask for the answer.

    An anonymous one needs facts like any other, and can be followed by its number alone. `receiver` is the official who
    enters it for somebody.

    :raises errors.Unprocessable: what is missing or too long, by field; errors.Conflict: the time is over.
    """
    if not open_to_objection(notice):
        raise errors.Conflict(_("The publicity ended; what comes later is handled as a complaint"))
    anonymous = given.get("anonymous") == "yes"
    filed: dict[str, Any] = {name: given.get(name, "").replace("\r\n", "\n").strip() for name in LONGEST}
    filed["objector_phone"] = _number(filed["objector_phone"])
    if anonymous:
        del filed["objector"], filed["objector_phone"]
    _check(filed, given.get("type", ""), channel)
    receipt = "".join(secrets.choice(ALPHABET) for _each in range(10))
    filed |= {"type": given["type"], "anonymous": anonymous, "channel": channel, "receipt": receipt}
    filed |= {"raised_on": clock.today().isoformat(), "receiver": receiver}
    content = {"objection": {name: text for name, text in filed.items() if text != ""}}
    messages.publish(MESSAGE, str(notice.key), content, by=identity.SYSTEM, ttl=KEPT, message_id=receipt)
    return receipt


def standing(receipt: str, phone: str) -> Standing:
    """How far an objection is, for him who has its receipt and gave this telephone number (none when anonymous).

    :raises errors.NotFound: no such objection, or another number.
    """
    objection = models.Objection
    query = sa.select(objection).where(objection.receipt == receipt.strip().upper())
    found = db.sa.session.scalar(query.options(orm.joinedload(objection.notice)))
    number = _number(phone)
    index = vault.current().index(number, purpose="phone") if number else None
    if found is None or found.phone_index != index:
        raise errors.NotFound(_("There is no objection with this receipt and telephone number."))
    state = "answered" if found.replied_at else "handled" if found.decided_at or found.findings else "received"
    return Standing(found.notice.title, state, found.due_at, found.reply)


def _displayed() -> tuple[Any, ...]:
    notice = models.Notice
    return notice.issued_at.is_not(None), notice.starts_at <= clock.now(), notice.ends_at > clock.now()


def _number(phone: str) -> str:
    """A telephone number without the signs people put between its digits."""
    return phone.replace("-", "").replace(" ", "")


def _check(filed: Mapping[str, Any], kind: str, channel: str) -> None:
    wrong = {name: _("This is needed.") for name in ("objector", "household", "facts") if filed.get(name) == ""}
    wrong |= {name: _("This is too long.") for name, text in filed.items() if len(text) > LONGEST[name]}
    phone = filed.get("objector_phone", "")
    if phone and not phone.isdigit():
        wrong["objector_phone"] = _("A telephone number has only digits.")
    if channel not in (CHANNEL, *IN_PERSON):
        wrong["channel"] = _("This is needed.")
    if kind not in KINDS:
        wrong["type"] = _("This is needed.")
    if wrong:
        fields = {name: errors.localize(text) for name, text in wrong.items()}
        raise errors.Unprocessable(_("Some fields are not right."), fields=fields)
