"""What templates say in words: days left, instants, units, roles."""

import secrets
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

import flask
import flask_babel
from flask_babel import gettext as _
from flask_babel import ngettext

from service import clock, identity, workdays
from service.supervision import measures

LATE, SOON, LATER = "late", "soon", "later"
SOON_DAYS = 3


def init_app(app: flask.Flask) -> None:
    """Make the words known to templates."""
    app.jinja_env.filters.update(day=day, moment=moment, due=due, urgency=urgency, workdays=workdays_left)
    app.jinja_env.globals.update(
        role_title=identity.roles.title, lang=lang, look=look, looks_after_others=identity.access.looks_after_others
    )
    app.jinja_env.globals.update(once=lambda: secrets.token_hex(16))
    app.jinja_env.globals.update(offered=offered, measures=measures.ASKED)
    app.context_processor(lambda: {"me": flask.g.get("person")})


def lang() -> str:
    """The language of the page as HTML names it."""
    return "en" if str(flask_babel.get_locale()) == "en" else "zh-CN"


def offered(candidates: Iterable[str]) -> str:
    """To whom a task is offered: the titles of roles, and people by their user names."""
    texts = (text.removeprefix("user:") if text.startswith("user:") else _role(text) for text in candidates)
    return "、".join(dict.fromkeys(texts))


def _role(candidate: str) -> str:
    return identity.roles.title(candidate.partition("@")[0])


def look() -> str:
    """The look the reader chose: auto, light or dark."""
    chosen = flask.request.cookies.get("look", "auto")
    return chosen if chosen in ("light", "dark") else "auto"


def day(instant: datetime | date | None) -> str:
    """The calendar day of an instant in Asia/Shanghai, such as 2026-07-20."""
    return _local_day(instant).isoformat() if instant else ""


def moment(instant: datetime | None) -> str:
    """The local time of an instant to the minute."""
    return instant.astimezone(clock.TZ).strftime("%Y-%m-%d %H:%M") if instant else ""


def due(instant: datetime | None) -> str:
    """How long until an instant, in words: 还有 3 天, 今天到期, 逾期 2 天."""
    if instant is None:
        return ""
    days = _days(instant)
    if days < 0 or instant <= clock.now():
        late = max(-days, 0)
        return str(ngettext("%(num)s day overdue", "%(num)s days overdue", late)) if late else _("overdue since today")
    if days == 0:
        return str(_("due today"))
    return str(ngettext("%(num)s day left", "%(num)s days left", days))


def urgency(instant: datetime | None) -> str:
    """Whether it is late, due soon or later, for the colour; empty without a due date."""
    if instant is None:
        return ""
    if instant <= clock.now():
        return LATE
    return SOON if _days(instant) <= SOON_DAYS else LATER


def workdays_left(instant: datetime | None) -> str:
    """The working days until an instant or since it, in words."""
    if instant is None:
        return ""
    count = abs(workdays.between(clock.today(), _local_day(instant)))
    return str(ngettext("%(num)s working day", "%(num)s working days", count))


def _days(instant: datetime) -> int:
    return (_local_day(instant) - clock.today()).days


def _local_day(instant: Any) -> date:
    """The day an instant belongs to; 24:00 of a day belongs to that day."""
    if not isinstance(instant, datetime):
        return instant  # type: ignore[no-any-return]
    local = instant.astimezone(clock.TZ)
    return (local - timedelta(microseconds=1)).date()
