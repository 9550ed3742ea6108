"""How long a wait may last: what the diagram says by the property `stallAfter`, else the step's usual time."""

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sqla

from service import db, engine
from service.engine import model
from service.supervision.usual import Place, Usual
from service.workflow import external_jobs, models, releases

log = logging.getLogger(__name__)
PROPERTY = "stallAfter"
WAITS = ("userTask", "receiveTask", "intermediateCatchEvent", "eventBasedGateway")
"""What the property of a whole process holds for."""


@dataclass(frozen=True)
class Limits:
    """The limits of the diagrams in use: `drawn` by definition key and element id, `usual` by process and element."""

    drawn: Mapping[tuple[int, str], str] = field(default_factory=dict)
    usual: Mapping[Place, Usual] = field(default_factory=dict)

    def detail(self, definition_key: int, process_id: str, element_id: str) -> dict[str, Any] | None:
        """What limits a wait, as plain JSON; None if nothing does."""
        if text := self.drawn.get((definition_key, element_id)):
            return {"after": text}
        usual = self.usual.get((process_id, element_id))
        return {"usual": usual.time.total_seconds(), "count": usual.count} if usual else None

    def late_at(self, wait: Any, since: datetime, due: datetime | None = None) -> datetime | None:
        """The instant from which `wait` (with definition, process, element and subject) lasts too long, or None."""
        if text := self.drawn.get((wait.definition_key, wait.element_id)):
            return _after(text, wait.subject_key, since)
        usual = self.usual.get((wait.process_id, wait.element_id))
        return usual.late_at(since, due) if usual else None


def of(definition_keys: Iterable[int], usual: Mapping[Place, Usual]) -> Limits:
    """The limits of these definitions."""
    drawn = {
        (key, node.id): text
        for key in definition_keys
        for process in (releases.process(key).process,)
        for node in process.nodes.values()
        if (text := _drawn(process, node))
    }
    return Limits(drawn, usual)


def in_use() -> dict[int, int]:
    """The process definitions that have active instances, each with a release that holds it."""
    instance = models.ProcessInstance
    query = sqla.select(instance.definition_key, sqla.func.max(instance.deployment_key))
    query = query.where(instance.state == "ACTIVE").group_by(instance.definition_key)
    return dict(db.sa.session.execute(query).all())


def _drawn(process: model.Process, node: model.Node) -> str | None:
    whole = process.properties.get(PROPERTY) if node.kind in WAITS else None
    return node.properties.get(PROPERTY) or whole


def _after(text: str, key: int, since: datetime) -> datetime | None:
    """The instant that a duration, literal or FEEL over the element's variables, sets. What cannot be read limits
    nothing.
    """
    try:
        value = engine.evaluate(text, external_jobs.variables_of(key) if text.startswith("=") else {})
        return since + engine.duration(value, since)
    except engine.Failure:
        log.warning("%s of element instance %s gives no duration: %s", PROPERTY, key, text)
        return None
