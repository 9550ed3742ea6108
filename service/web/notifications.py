"""What one was told: the list with its badge, how one wants to be reached, and for administrators what goes out."""

from typing import Any

import flask
import sqlalchemy as sqla

from service import db, errors, identity
from service.errors import _
from service.notifications import KINDS, kinds, models, notify, outbox
from service.notifications import reading as received
from service.web import reading
from service.web.pages import Pages, person

pages = Pages("notifications")

MOST_DELIVERIES = 100


def init_app(app: flask.Flask) -> None:
    """Let the frame show how much is new."""
    app.jinja_env.globals.update(unread_notifications=unread)


def unread() -> int:
    """How much the reader has not read; nothing for who is not signed in."""
    return received.unread(flask.g.person) if flask.g.get("person") else 0


@pages.get("/notifications")
def index() -> Any:
    """List what one was told, newest first."""
    found = received.page(person(), reading.key(flask.request.args.get("before")))
    shown = [(told, outbox.subject_of(told), outbox.texts_of(told)) for told in found[: received.PAGE]]
    more = shown[-1][0].key if len(found) > received.PAGE else None
    return flask.render_template("notifications.html", shown=shown, more=more, kinds=KINDS)


@pages.get("/notifications/count")
def count() -> Any:
    """Show how much is new, for the frame to ask again."""
    return flask.render_template("notification_badge.html")


@pages.post("/notifications/<int:key>/read")
def read(key: int) -> Any:
    """Mark one as read and go on to what it tells of."""
    received.mark_read(person(), key)
    told = db.sa.session.get(models.Notification, key)
    if told is None or told.username != person().username:
        raise errors.NotFound(_("There is no such notification."))
    place = flask.request.form.get("item", type=int) or 0
    return flask.redirect(told.items[place]["link"] if 0 <= place < len(told.items) else _list())


@pages.post("/notifications/read")
def read_all() -> Any:
    """Mark all as read."""
    received.mark_read(person())
    return flask.redirect(_list())


@pages.get("/notifications/settings")
def settings() -> Any:
    """Show how one wants to be reached."""
    return _settings(received.contact(person()), {})


@pages.post("/notifications/settings")
def set_settings() -> Any:
    """Keep how one wants to be reached."""
    given = flask.request.form
    wanted = given.getlist("wanted")
    try:
        received.set_contact(person(), email=given.get("email", ""), phone_number=given.get("phone", ""), wanted=wanted)
    except errors.Unprocessable as refused:
        declined = [kind for kind in KINDS if kind not in wanted]
        typed = models.Contact(email=given.get("email"), phone=given.get("phone"), declined=declined)
        return _settings(typed, refused.fields), 422
    flask.flash(errors.localize(_("The settings were kept.")), "success")
    return flask.redirect(flask.url_for("web-notifications.settings"))


@pages.post("/notifications/trial")
def trial() -> Any:
    """Send oneself a trial message by all channels."""
    notify(
        [person().username],
        kinds.TRIAL,
        _("A trial message"),
        _("If you can read this, Lika reaches you here."),
        flask.url_for("web-notifications.settings"),
    )
    flask.flash(errors.localize(_("A trial message is on its way to you.")), "success")
    return flask.redirect(flask.url_for("web-notifications.settings"))


@pages.get("/notifications/outbox")
def show_outbox() -> Any:
    """Show administrators what waits to go out, what failed, and why."""
    identity.access.ensure(person(), "outbox.manage")
    delivery = models.Delivery
    query = sqla.select(delivery, models.Notification).join(models.Notification).order_by(delivery.key.desc())
    rows = db.sa.session.execute(query.where(delivery.state != "SENT").limit(MOST_DELIVERIES))
    shown = [(row, told, outbox.subject_of(told)) for row, told in rows]
    return flask.render_template("outbox.html", shown=shown, channels=outbox.all_channels().channels)


@pages.post("/notifications/outbox/<int:key>")
def send_again(key: int) -> Any:
    """Try what failed once more."""
    outbox.send_again(key, by=person())
    flask.flash(errors.localize(_("It is tried again.")), "success")
    return flask.redirect(flask.url_for("web-notifications.show_outbox"))


def _settings(contact: models.Contact, wrong: dict[str, Any]) -> str:
    channels = outbox.all_channels().channels
    return flask.render_template(
        "notification_settings.html",
        contact=contact,
        wrong=wrong,
        kinds=KINDS,
        places=set().union(*(channel.places for channel in channels)),
        manages=identity.access.allowed(person(), "outbox.manage"),
    )


def _list() -> str:
    return flask.url_for("web-notifications.index")
