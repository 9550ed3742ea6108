"""A release: the versions of processes, decisions and forms that belong together, parsed once in each process.

Each deployment makes a release of everything current at that moment. An instance keeps the release it was started with,
and so do the instances it calls, until somebody migrates it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property, lru_cache
from pathlib import PurePosixPath
from typing import Any

from sqlalchemy import select

from service import db, engine, errors, forms
from service.engine import decisions
from service.errors import _
from service.privacy import vault
from service.workflow.models import Content, Definition, Deployment, Resource


class Release:
    """The contents of deployment `key`: definition keys by kind and id. Immutable, safe to share."""

    def __init__(self, key: int, contents: Mapping[tuple[str, str], int]) -> None:
        self.key = key
        self.contents = contents

    @cached_property
    def private(self) -> Mapping[str, Callable[[str], str]]:
        """How what stands under a confidential name is kept: masked or sealed, as its forms say."""
        masked = {name: mask for each in self._forms() for name, mask in forms.masked(each).items()}
        return masked | dict.fromkeys(self.sealed, vault.sealed_text)

    @cached_property
    def sealed(self) -> frozenset[str]:
        """The names under which its forms seal answers."""
        return frozenset().union(*map(forms.sealed, self._forms()))

    def _forms(self) -> list[forms.Form]:
        return [form(key) for (kind, _id), key in self.contents.items() if kind == "form"]

    def find(self, kind: str, id: str) -> int | None:
        """The definition key of a process, decision or form, or None."""
        return self.contents.get((kind, id))

    def process(self, process_id: str) -> tuple[int, engine.Definition]:
        """The key and the executable form of a process. Raises NotFound."""
        key = self.find("process", process_id)
        if key is None:
            raise errors.NotFound(_("There is no process %(id)s."), id=process_id)
        return key, process(key)

    def decide(self, decision_id: str, variables: Mapping[str, Any]) -> Any:
        """Evaluate a decision for the engine."""
        key = self.find("decision", decision_id)
        if key is None:
            raise engine.Failure("CALLED_DECISION_ERROR", _("There is no decision %(id)s."), id=decision_id)
        try:
            return decision_model(key).evaluate(decision_id, dict(variables))
        except (decisions.ModelError, decisions.UnknownDecision) as error:
            text = _("Decision %(id)s: %(reason)s")
            raise engine.Failure("DECISION_EVALUATION_ERROR", text, id=decision_id, reason=error) from error

    def form(self, form_id: str) -> tuple[int, forms.Form] | None:
        """The key and parsed value of a form, or None when there is no such form."""
        key = self.find("form", form_id)
        return None if key is None else (key, form(key))


NOTHING = Release(0, {})
"""What there is before the first deployment."""


def latest() -> Release:
    """The newest release. Raises NotFound when nothing was deployed yet."""
    key = db.sa.session.scalar(
        select(Deployment.key).order_by(Deployment.deployed_at.desc(), Deployment.key.desc()).limit(1)
    )
    if key is None:
        raise errors.NotFound(_("Nothing has been deployed yet."))
    return get(key)


@lru_cache(maxsize=64)
def get(key: int) -> Release:
    """The release of deployment `key`."""
    rows = db.sa.session.execute(
        select(Content.kind, Content.id, Content.definition_key).where(Content.deployment_key == key)
    )
    return Release(key, {(kind, id): definition for kind, id, definition in rows})


def content(definition_key: int) -> tuple[str, bytes]:
    """The file name and bytes from which a definition came. Raises NotFound."""
    row = db.sa.session.execute(
        select(Resource.name, Resource.content)
        .join(Definition, Definition.resource_key == Resource.key)
        .where(Definition.key == definition_key)
    ).one_or_none()
    if row is None:
        raise errors.NotFound(_("There is no definition %(key)s."), key=definition_key)
    return row[0], row[1]


@lru_cache(maxsize=256)
def process(key: int) -> engine.Definition:
    """The executable form of process definition `key`."""
    name, data = content(key)
    process_id = db.sa.session.scalar(select(Definition.id).where(Definition.key == key))
    return next(d for d in engine.load(name, data) if d.id == process_id)


@lru_cache(maxsize=256)
def decision_model(key: int) -> decisions.Model:
    """The decision model that holds decision definition `key`."""
    return decisions.load(content(key)[1])


@lru_cache(maxsize=512)
def form(key: int) -> forms.Form:
    """The parsed form of form definition `key`."""
    return forms.parse(content(key)[1])


def version(id: str, number: int | None = None) -> int:
    """The key of a version of a process, decision or form, by default the newest. Raises NotFound."""
    query = select(Definition.key).where(Definition.id == id)
    if number is not None:
        query = query.where(Definition.version == number)
    key = db.sa.session.scalar(query.order_by(Definition.version.desc(), Definition.key.desc()).limit(1))
    if key is None:
        raise errors.NotFound(_("There is no version %(version)s of %(id)s."), id=id, version=number or "")
    return key


def files(definition_keys: Iterable[int]) -> dict[str, bytes]:
    """The files that hold these definitions, by name.

    Where two versions of a file are in use at once (what the newer one no longer holds is still current), the older
    has its key in its name.
    """
    held = select(Definition.resource_key).where(Definition.key.in_(list(definition_keys)))
    resources = db.sa.session.scalars(select(Resource).where(Resource.key.in_(held)).order_by(Resource.key.desc()))
    found: dict[str, bytes] = {}
    for resource in resources:
        path = PurePosixPath(resource.name)
        name = f"{path.stem}.{resource.key}{path.suffix}" if path.name in found else path.name
        found[name] = resource.content
    return found


def newest_with(definition_key: int) -> Release:
    """The newest release that contains this version of a definition. Raises NotFound."""
    key = db.sa.session.scalar(
        select(Content.deployment_key)
        .where(Content.definition_key == definition_key)
        .order_by(Content.deployment_key.desc())
        .limit(1)
    )
    if key is None:
        raise errors.NotFound(_("There is no definition %(key)s."), key=definition_key)
    return get(key)


def forget() -> None:
    """Drop everything parsed (tests that empty the database)."""
    for cache in (get, process, decision_model, form):
        cache.cache_clear()
