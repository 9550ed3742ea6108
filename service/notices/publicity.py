"""A publicity as officials follow it: whose they may see, its days counted, its sites with their photos (DOMAIN §4)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.sql.elements import ColumnElement

from service import clock, db, errors, identity
from service.db import values
from service.errors import _
from service.identity import models as units
from service.identity import roles
from service.identity.units import DEPARTMENTS
from service.notices import board, models, periods
from service.workflow import models as workflow

READ = "notice.read"
PHOTOS = ("photo_close", "photo_far", "photo_end")
MOST = 100


@dataclass(frozen=True)
class Day:
    """A day of the period: the day of posting has number 0 and does not count; ``added`` makes up for days lost."""

    date: date
    number: int
    added: bool
    past: bool
    today: bool


@dataclass(frozen=True)
class Photo:
    """A photo of a site, as an attachment of the task in which it was handed in."""

    name: str
    task_key: int
    id: str
    position: int


@dataclass(frozen=True)
class Site:
    """A place where the notice is to hang or hangs; without a posting it was not posted yet."""

    name: str
    posting: models.Posting | None
    photos: Sequence[Photo] = ()


def get(key: int, *, by: identity.Person) -> models.Notice:
    """A notice that the person may follow, drafts too. Raises NotFound for all others."""
    notice = db.sa.session.get(models.Notice, key)
    if notice is None or not identity.access.allowed(by, READ, notice):
        raise errors.NotFound(_("There is no notice %(key)s"), key=key)
    return notice


def may_read(person: identity.Person, notice: Any) -> bool:
    """Officials of the notice's unit and of those above it, and the offices that work for one of these."""
    return any(notice.unit.path.startswith(path) for path in _homes(person))


def of(by: identity.Person, *, before: int | None = None) -> Sequence[tuple[models.Notice, int]]:
    """The notices a person may follow with the number of their open objections, the newest first, ``MOST`` a page."""
    open_ = sa.select(sa.func.count()).where(
        models.Objection.notice_key == models.Notice.key, models.Objection.replied_at.is_(None)
    )
    query = sa.select(models.Notice, open_.scalar_subquery()).join(models.Notice.unit).where(_visible(by))
    query = query.options(orm.contains_eager(models.Notice.unit)).order_by(models.Notice.key.desc())
    if before is not None:
        query = query.where(models.Notice.key < before)
    return [(notice, count) for notice, count in db.sa.session.execute(query.limit(MOST))]


def find(text: str, *, by: identity.Person, most: int) -> Sequence[models.Notice]:
    """The publicities that the person may follow, drafts too, of such a title, number or document number."""
    query = sa.select(models.Notice).join(models.Notice.unit).where(_visible(by), board.called(text))
    query = query.options(orm.contains_eager(models.Notice.unit))
    return db.sa.session.scalars(query.order_by(models.Notice.key.desc()).limit(most)).all()


def of_run(
    run_key: int, unit: units.Unit, village: str = "", *, before: int | None = None, most: int
) -> Sequence[models.Notice]:
    """At most so many notices of a run in a unit's subtree, the latest first.

    `village` is part of a unit's name, `before` the key of the notice after which to go on.
    """
    query = sa.select(models.Notice).join(models.Notice.unit).options(orm.contains_eager(models.Notice.unit))
    query = query.where(models.Notice.run_key == run_key, units.Unit.path.startswith(unit.path, autoescape=True))
    query = query.where(units.Unit.name.contains(village, autoescape=True))
    query = query.where(sa.true() if before is None else models.Notice.key < before)
    return db.sa.session.scalars(query.order_by(models.Notice.key.desc()).limit(most)).all()


def days(notice: models.Notice) -> list[Day]:
    """All days of the period, that of the last site's posting first; none while it is not posted."""
    if notice.starts_at is None or notice.ends_at is None:
        return []
    first, last = periods.local_day(notice.starts_at), periods.local_day(notice.ends_at - timedelta(microseconds=1))
    today = clock.today()
    dates = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    return [Day(each, no, no > notice.days, each < today, each == today) for no, each in enumerate(dates)]


def sites(notice: models.Notice) -> list[Site]:
    """The sites: as posted, else as planned by the process."""
    posted = board.postings(notice)
    photos = _photos(notice, [name for each in posted for name in each.photos.values()])
    if posted:
        return [Site(each.site, each, list(_of(each, photos))) for each in posted]
    query = sa.select(workflow.Variable.value).filter_by(scope_key=notice.instance_key, name="sites")
    planned = values.plain(db.sa.session.scalar(query) or [])
    return [Site(name, None) for name in board.site_names(planned if isinstance(planned, list) else [])]


def photo(notice: models.Notice, task_key: int, id: str, position: int) -> tuple[workflow.Attachment, bytes]:
    """A photo of the notice with its content. Raises NotFound."""
    asked = (task_key, id, position)
    found = next((each for each in _photos(notice, [id]) if (each.task_key, each.id, each.position) == asked), None)
    if found is None:
        raise errors.NotFound(_("There is no such file."))
    blob = db.sa.session.get_one(workflow.Blob, found.digest)
    return found, blob.content


def _photos(notice: models.Notice, ids: Sequence[Any]) -> Sequence[workflow.Attachment]:
    attachment, task = workflow.Attachment, workflow.UserTask
    names = {str(id) for id in ids if id}
    query = sa.select(attachment).join(task, task.key == attachment.task_key)
    query = query.where(task.instance_key == notice.instance_key, attachment.id.in_(names))
    return db.sa.session.scalars(query.order_by(attachment.task_key, attachment.position)).all() if names else []


def _of(posting: models.Posting, found: Sequence[workflow.Attachment]) -> Iterator[Photo]:
    for name in PHOTOS:
        for each in found:
            if each.id == posting.photos.get(name):
                yield Photo(name, each.task_key, each.id, each.position)


def _visible(person: identity.Person) -> ColumnElement[bool]:
    if identity.access.EVERYWHERE in identity.access.official_paths(person):
        return sa.true()
    paths = [units.Unit.path.startswith(path, autoescape=True) for path in _homes(person)]
    return sa.or_(*paths) if paths else sa.false()


def _homes(person: identity.Person) -> list[str]:
    """The paths of the units whose notices the person may follow; an office works for the unit above it."""
    return [
        member.unit_path.removesuffix(f"{member.unit_id}/") if member.unit_kind in DEPARTMENTS else member.unit_path
        for member in person.memberships
        if member.role not in roles.VILLAGERS
    ]


def labels() -> Mapping[str, str]:
    """What the photos show, by their names in a posting."""
    texts = {"photo_close": _("close"), "photo_far": _("from afar"), "photo_end": _("when taken down")}
    return {name: errors.localize(text) for name, text in texts.items()}
