"""A clock that stands for all processes of an installation, where the setting CLOCK_MAY_MOVE allows it.

The API sets it; web and worker processes read it before each request, each job and at each tick.
"""

from datetime import datetime

import flask
import sqlalchemy as sqla
from sqlalchemy.orm import Mapped, mapped_column

from service import clock, errors
from service.db.schema import Model, sa
from service.db.unit_of_work import transaction
from service.errors import _


class ClockSetting(Model):
    """The one row, if the clock has been set: the instant at which it stands."""

    __tablename__ = "clock_setting"

    id: Mapped[bool] = mapped_column(sqla.Boolean, primary_key=True)
    standing_at: Mapped[datetime]

    __table_args__ = (sqla.CheckConstraint("id", name="one_row"),)


def put(instant: datetime | None) -> None:
    """Let the clock stand at an instant for everybody; None lets it show real time again. Raises Forbidden."""
    if not flask.current_app.config.get("CLOCK_MAY_MOVE"):
        raise errors.Forbidden(_("The clock of this installation may not be moved (setting LIKA_CLOCK_MAY_MOVE)."))
    with transaction() as session:
        session.execute(sqla.delete(ClockSetting))
        if instant is not None:
            session.add(ClockSetting(id=True, standing_at=instant))
    follow()


def follow() -> None:
    """Take over what another process has set."""
    global _followed
    instant = sa.session.scalar(sqla.select(ClockSetting.standing_at))
    if instant != _followed:
        clock.stand_at(instant) if instant else clock.travel_to(None)
        _followed = instant


def forget() -> None:
    """Forget what was followed, when the clock of this process has been set by other means (tests)."""
    global _followed
    _followed = None


_followed: datetime | None = None
