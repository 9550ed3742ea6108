"""Deployments: files that become the new release together, or not at all."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import sqlalchemy as sqla
from sqlalchemy import delete, func, select

from service import clock, db, engine, errors, forms, identity
from service.engine import decisions
from service.errors import _
from service.workflow import audit, linting, models, releases

MAX_FILES = 200
LONGEST_ID = LONGEST_FILE_NAME = 255


@dataclass(frozen=True)
class Item:
    """A process, decision or form found in a file."""

    kind: str
    id: str
    name: str
    version_tag: str | None = None
    detail: dict[str, Any] = field(default_factory=dict)


class Brought(NamedTuple):
    """A definition that a deployment's files hold, the file it came from first, and whether its version is new."""

    definition: models.Definition
    file: str
    is_new: bool


def deploy(files: Mapping[str, bytes], *, by: identity.Person, name: str | None = None) -> models.Deployment:
    """Make a release of the newest definitions and these files (name -> content).

    A definition whose file did not change keeps its version. Raises linting.Refused with what lint found
    ("file:line" -> messages) and changes nothing then.
    """
    identity.access.ensure(by, "deployment.create", None)
    if not files:
        raise errors.Invalid(_("A deployment needs at least one file."))
    if len(files) > MAX_FILES:
        raise errors.TooLarge(_("A deployment has at most %(max)s files."), max=MAX_FILES)
    for file in files:
        _check_name(file)
    with db.transaction():
        db.lock_name("deployment")
        before = current()
        linting.ensure_deployable(files, known(before))
        deployment = models.Deployment(
            key=db.next_key(), name=name or min(files), deployed_at=clock.now(), deployed_by=by.username
        )
        db.sa.session.add(deployment)
        contents = dict(before.contents) if before else {}
        for file, data in files.items():
            contents.update(_store(deployment, file, data, contents))
        db.sa.session.flush()
        _write_contents(deployment.key, contents)
        _arm_starts(deployment.key, before.contents if before else {}, contents)
        audit.record("CREATE", "DEPLOYMENT", deployment.key, by=by, after={"files": sorted(files)})
    return deployment


def _check_name(file: str) -> None:
    """A file is known by its bare name, on whatever machine it is saved again."""
    if not file.isprintable() or file != file.strip() or any(mark in file for mark in "/\\") or file.startswith("."):
        raise errors.Invalid(
            _("%(name)s cannot be a file's name: no folders, no control characters, no dot or space at its start."),
            name=ascii(file[:80]),
        )
    if len(file) > LONGEST_FILE_NAME:
        raise errors.Invalid(
            _("The file name %(name)s… has more than %(longest)s characters."),
            name=file[:40],
            longest=LONGEST_FILE_NAME,
        )


def known(release: releases.Release | None) -> engine.Known:
    """What a drawing may refer to without bringing it along."""
    return linting.knowing(release.contents if release else (), identity.roles.names())


def brought(deployment: models.Deployment, files: Mapping[str, bytes]) -> list[Brought]:
    """What the files of a deployment hold, in their order: new versions, and those that were there before."""
    content, definition, resource = models.Content, models.Definition, models.Resource
    query = sqla.select(definition, resource.name).join(content, content.definition_key == definition.key)
    query = query.join(resource, resource.key == definition.resource_key)
    found: list[Brought] = []
    for file, data in files.items():
        ids = [(item.kind, item.id) for item in items(file, data)]
        held = sqla.tuple_(content.kind, content.id).in_(ids)
        rows = db.sa.session.execute(query.where(content.deployment_key == deployment.key, held))
        found += [Brought(row, name, row.deployment_key == deployment.key) for row, name in rows]
    return found


def items(file: str, data: bytes) -> list[Item]:
    """The definitions in a file, by its ending."""
    if file.endswith(".bpmn"):
        return [
            Item("process", p.id, p.name, p.version_tag, {"documentation": p.documentation})
            for p in engine.read(file, data)
        ]
    if file.endswith(".dmn"):
        model = decisions.load(data)
        return [
            Item("decision", d.id, d.name, None, {"drg_id": model.id, "drg_name": model.name}) for d in model.decisions
        ]
    form = forms.parse(data)
    return [Item("form", form.id, form.id, form.version_tag)]


def _items(file: str, data: bytes) -> list[Item]:
    """The definitions in a file, with ids that the database's indexes hold."""
    found = items(file, data)
    for item in found:
        if len(item.id) > LONGEST_ID:
            text = _("The id %(id)s… has more than %(longest)s characters.")
            about = {"id": item.id[:40], "longest": LONGEST_ID}
            raise errors.Unprocessable(text, fields={file: [errors.localize(text, **about)]}, **about)
    return found


def current() -> releases.Release | None:
    """The newest release, None before the first deployment."""
    try:
        return releases.latest()
    except errors.NotFound:
        return None


def _store(
    deployment: models.Deployment, file: str, data: bytes, current: Mapping[tuple[str, str], int]
) -> dict[tuple[str, str], int]:
    digest = hashlib.sha256(data).hexdigest()
    found = {(item.kind, item.id): item for item in _items(file, data)}
    keys = [current[key] for key in found if key in current]
    same = db.sa.session.scalars(select(models.Definition).where(models.Definition.key.in_(keys))).all()
    kept = {(d.kind, d.id): d.key for d in same if d.digest == digest}
    resource: models.Resource | None = None
    for key, item in found.items():
        if key in kept:
            continue
        if resource is None:
            resource = models.Resource(
                key=db.next_key(), deployment_key=deployment.key, name=file, digest=digest, content=data
            )
            db.sa.session.add(resource)
            db.sa.session.flush()
        kept[key] = _new_version(deployment, resource, item)
    return kept


def _new_version(deployment: models.Deployment, resource: models.Resource, item: Item) -> int:
    definition = models.Definition
    newest = db.sa.session.scalar(
        select(func.max(definition.version)).where(definition.kind == item.kind, definition.id == item.id)
    )
    row = definition(
        key=db.next_key(),
        kind=item.kind,
        id=item.id,
        version=(newest or 0) + 1,
        name=item.name,
        version_tag=item.version_tag,
        digest=resource.digest,
        resource_key=resource.key,
        deployment_key=deployment.key,
        detail=item.detail,
    )
    db.sa.session.add(row)
    db.sa.session.flush()
    return row.key


def _write_contents(deployment_key: int, contents: Mapping[tuple[str, str], int]) -> None:
    rows = [
        {"deployment_key": deployment_key, "kind": kind, "id": id, "definition_key": key}
        for (kind, id), key in contents.items()
    ]
    db.sa.session.execute(models.Content.__table__.insert(), rows)


def _arm_starts(
    deployment_key: int, before: Mapping[tuple[str, str], int], after: Mapping[tuple[str, str], int]
) -> None:
    """Let the start events of new process versions take the place of the older versions'."""
    now, session = clock.now(), db.sa.session
    for key, definition_key in after.items():
        old = before.get(key)
        if key[0] != "process" or old == definition_key:
            continue
        for model in (models.MessageSubscription, models.SignalSubscription, models.Timer):
            session.execute(delete(model).where(model.owner_key == old, model.instance_key.is_(None)))
        for start in engine.starts(releases.process(definition_key), now):
            session.add(_start_row(definition_key, key[1], start))


def _start_row(definition_key: int, process_id: str, start: engine.Start) -> Any:
    where = {"owner_key": definition_key, "element_id": start.element_id}
    if start.kind == "message":
        return models.MessageSubscription(
            key=db.next_key(),
            process_id=process_id,
            name=start.name,
            correlation_key="",
            created_at=clock.now(),
            **where,
        )
    if start.kind == "signal":
        return models.SignalSubscription(process_id=process_id, name=start.name, **where)
    assert start.due is not None
    return models.Timer(due_at=start.due.at, repeats=start.due.repeats, cycle=start.due.cycle, **where)
