"""The ways out of the house: e-mail by SMTP, and by Apprise whatever else a county uses.

They stand in a YAML file, named by `LIKA_CHANNELS`::

    address: https://lika.example.cn        # what links in messages begin with; LIKA_PUBLIC_URL if left out
    channels:
      - name: 邮件
        url: smtp://user:password@mail.example.cn:587
        from: 立卡 <lika@example.cn>
      - name: 短信
        url: form://sms.example.cn/send?:to={phone}
        kinds: [overdue, urged]
      - name: 三江工作群
        url: wecombot://BOT-KEY
        unit: "450226"
        kinds: [overdue, escalated]

A URL that names `{phone}`, `{email}` or `{username}`, as `smtp` and `smtps` do by nature, reaches each person for
himself. Any other is a group: it gets once what is told to people of its unit or below.
"""

import string
from collections.abc import Iterable
from dataclasses import dataclass, field
from email.utils import parseaddr
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import yaml

from service import errors
from service.errors import _
from service.notifications import models
from service.notifications.kinds import KINDS

MAIL = ("smtp", "smtps")
PERSONAL = ("phone", "email", "username")


@dataclass(frozen=True)
class Channel:
    """A way out; `unit` is the code of the unit whose people a group is told about."""

    name: str
    url: str
    kinds: frozenset[str] = frozenset(KINDS)
    unit: str | None = None
    sender: str = ""

    @property
    def is_mail(self) -> bool:
        """Tell whether it is a mail server."""
        return urlsplit(self.url).scheme in MAIL

    @property
    def places(self) -> set[str]:
        """What must be known of a person to reach him; nothing for a group."""
        return {"email"} if self.is_mail else _places(self.url)

    def address_of(self, username: str, contact: models.Contact | None) -> str | None:
        """Where this channel reaches a person, None if it does not."""
        email, phone = (contact.email, contact.phone) if contact else (None, None)
        known = {"username": username, "email": email, "phone": phone}
        if not all(known[place] for place in self.places):
            return None
        if self.is_mail:
            return known["email"]
        return self.url.format(**{place: quote(known[place] or "", safe="") for place in self.places})


@dataclass(frozen=True)
class Channels:
    """All ways out, and what links in messages begin with."""

    address: str = ""
    channels: tuple[Channel, ...] = field(default=())

    def named(self, name: str) -> Channel | None:
        """Return a channel, None if it was taken out of the file."""
        return next((each for each in self.channels if each.name == name), None)


def read(path: str | Path | None, public: str = "") -> Channels:
    """Read the file; without one nothing goes out. Raises Invalid that names the entry and the remedy.

    `public` is what links begin with where the file names no address.
    """
    if not path:
        return Channels()
    try:
        given = yaml.safe_load(Path(path).read_text(encoding="utf-8")) or {}
    except (OSError, UnicodeError, yaml.YAMLError) as error:
        raise _invalid(path, str(error)) from None
    if not isinstance(given, dict) or not isinstance(given.get("channels", []), list):
        raise _invalid(path, errors.localize(_("it needs an entry channels with a list")))
    address = str(given.get("address") or public).rstrip("/")
    if not address.startswith(("http://", "https://")):
        raise _invalid(path, errors.localize(_("address must be the http or https address at which people open Lika")))
    found: list[Channel] = []
    for number, entry in enumerate(given.get("channels", []), start=1):
        try:
            found.append(_channel(entry, {each.name for each in found}))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            place = errors.localize(_("channel %(number)s: %(error)s"), number=number, error=error)
            raise _invalid(path, place) from None
    return Channels(address, tuple(found))


def _channel(entry: dict[str, Any], taken: Iterable[str]) -> Channel:
    if unknown := set(entry) - {"name", "url", "kinds", "unit", "from"}:
        raise ValueError(errors.localize(_("there is no setting %(name)s"), name=sorted(unknown)[0]))
    for name in ("name", "url"):
        if not isinstance(entry.get(name), str):
            raise ValueError(errors.localize(_("%(name)s is missing"), name=name))
    if entry["name"] in taken:
        raise ValueError(errors.localize(_("the name %(name)s stands twice"), name=entry["name"]))
    if unknown := set(entry.get("kinds", ())) - set(KINDS):
        known = ", ".join(KINDS)
        raise ValueError(
            errors.localize(_("there is no kind %(name)s, only %(known)s"), name=sorted(unknown)[0], known=known)
        )
    channel = Channel(
        entry["name"],
        entry["url"],
        frozenset(entry.get("kinds", KINDS)),
        str(entry["unit"]) if entry.get("unit") else None,
        entry.get("from", ""),
    )
    _check(channel)
    return channel


def _check(channel: Channel) -> None:
    if channel.is_mail:
        if not urlsplit(channel.url).hostname:
            raise ValueError(errors.localize(_("the URL names no mail server")))
        if "@" not in parseaddr(channel.sender)[1]:
            raise ValueError(errors.localize(_("from must be the sender's e-mail address")))
        return
    if unknown := channel.places - set(PERSONAL):
        known = ", ".join(f"{{{place}}}" for place in PERSONAL)
        raise ValueError(
            errors.localize(_("the URL may name %(known)s, not {%(name)s}"), name=sorted(unknown)[0], known=known)
        )
    import apprise  # half a second, which only those pay who use it

    if not apprise.Apprise().add(channel.url.format(**dict.fromkeys(channel.places, "13800000000"))):
        raise ValueError(errors.localize(_("Apprise does not know this URL")))


def _places(url: str) -> set[str]:
    return {name for _text, name, _form, _change in string.Formatter().parse(url) if name is not None}


def _invalid(path: str | Path, reason: str) -> errors.Invalid:
    return errors.Invalid(_("The file of channels %(path)s is wrong: %(reason)s"), path=path, reason=reason)
