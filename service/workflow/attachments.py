"""Attachments: files given with a task's answers, stored once by the hash of their content."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert

from service import clock, db, errors, identity
from service.errors import _
from service.workflow import models, tasks

LARGEST = 10 * 1024 * 1024
LARGEST_IN_ALL = 60 * 1024 * 1024
"""All files of one task together."""
MOST = 20
TYPES = {
    ".jpg": ("image/jpeg", b"\xff\xd8\xff"),
    ".jpeg": ("image/jpeg", b"\xff\xd8\xff"),
    ".png": ("image/png", b"\x89PNG\r\n\x1a\n"),
    ".pdf": ("application/pdf", b"%PDF-"),
    ".docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", b"PK\x03\x04"),
    ".xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", b"PK\x03\x04"),
}
"""Endings that are accepted, with the type and how such a file begins."""
_UNFIT = re.compile(r"[\x00-\x1f\x7f/\\:*?\"<>|]")
_ID = re.compile(r"files::[\w-]{1,100}")


@dataclass(frozen=True)
class Upload:
    """A file as it arrives."""

    name: str
    content: bytes


def save(key: int, id: str, uploads: Sequence[Upload], *, by: identity.Person) -> None:
    """Keep the files that a task's answers call `id`, in place of earlier ones of that id.

    All files of a task together may have `LARGEST_IN_ALL` bytes.
    Raises NotFound, Forbidden and Conflict as a completion does, Unprocessable for a file that is not accepted.
    """
    if not _ID.fullmatch(id) or len(uploads) > MOST:
        raise errors.Invalid(_("At most %(most)s files are accepted at once."), most=MOST)
    rows = [_checked(upload) for upload in uploads]
    with tasks.opened(key, by, "task.complete"):
        session, attachment = db.sa.session, models.Attachment
        session.execute(delete(attachment).where(attachment.task_key == key, attachment.id == id))
        if _size(key) + sum(len(upload.content) for upload in uploads) > LARGEST_IN_ALL:
            mb = LARGEST_IN_ALL // 1024 // 1024
            raise errors.Unprocessable(_("The files of a task may have %(mb)s MB together; send smaller ones."), mb=mb)
        for position, (upload, name, kind) in enumerate(rows):
            digest = hashlib.sha256(upload.content).digest()
            blob = insert(models.Blob).values(digest=digest, content=upload.content)
            session.execute(blob.on_conflict_do_nothing())
            row = {"task_key": key, "id": id, "position": position, "name": name, "type": kind, "digest": digest}
            session.execute(insert(attachment).values(**row, person=by.username, at=clock.now()))


def of(key: int, *, by: identity.Person) -> Sequence[models.Attachment]:
    """The files given with a task that the person may see."""
    tasks.get(key, by=by)
    query = select(models.Attachment).where(models.Attachment.task_key == key)
    return db.sa.session.scalars(query.order_by(models.Attachment.id, models.Attachment.position)).all()


def content(key: int, id: str, position: int, *, by: identity.Person) -> tuple[models.Attachment, bytes]:
    """One file with its content. Raises NotFound."""
    tasks.get(key, by=by)
    found = db.sa.session.get(models.Attachment, (key, id, position))
    if found is None:
        raise errors.NotFound(_("There is no such file."))
    return found, db.sa.session.get_one(models.Blob, found.digest).content


def _size(key: int) -> int:
    """The bytes of all files of a task."""
    sizes = select(func.sum(func.octet_length(models.Blob.content)))
    found = db.sa.session.scalar(
        sizes.join(models.Attachment, models.Attachment.digest == models.Blob.digest).where(
            models.Attachment.task_key == key
        )
    )
    return found or 0


def _checked(upload: Upload) -> tuple[Upload, str, str]:
    """The upload with a safe name and its type; what it is called must fit how it begins."""
    name = _UNFIT.sub("_", upload.name.strip().lstrip("."))[-120:] or "file"
    ending = "." + name.rpartition(".")[2].lower()
    if ending not in TYPES:
        raise errors.Unprocessable(
            _("%(name)s is not accepted; files end in %(endings)s."), name=name, endings=", ".join(TYPES)
        )
    if len(upload.content) > LARGEST:
        raise errors.Unprocessable(_("%(name)s is larger than %(mb)s MB."), name=name, mb=LARGEST // 1024 // 1024)
    kind, beginning = TYPES[ending]
    if not upload.content.startswith(beginning):
        raise errors.Unprocessable(_("%(name)s is not what its ending says."), name=name)
    return upload, name, kind
