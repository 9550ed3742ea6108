"""How long tokens stay in the steps of a process version, and where they stand now: what the heat map shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sqla

from service import clock, db, errors, identity
from service.engine import model
from service.errors import _
from service.workflow import models, releases

STEPS = (
    "userTask",
    "serviceTask",
    "receiveTask",
    "sendTask",
    "manualTask",
    "callActivity",
    "intermediateCatchEvent",
    "eventBasedGateway",
)
"""Elements in which a token can stay; what is over at once is not compared."""

element, instance, definition = models.ElementInstance, models.ProcessInstance, models.Definition


@dataclass(frozen=True)
class Stay:
    """One step: how many tokens are in it now and were in it, and how long they stayed; what is there now counts."""

    id: str
    name: str
    here: int
    failed: int
    done: int
    average: timedelta | None
    longest: timedelta | None


def versions(by: identity.Person) -> Sequence[Any]:
    """The process versions of which the person supervises instances: key, name, version, running, all."""
    number = sqla.func.count()
    query = (
        sqla.select(
            definition.key,
            definition.name,
            definition.version,
            number.filter(instance.state == "ACTIVE").label("running"),
            number.label("all"),
        )
        .join(instance, instance.definition_key == definition.key)
        .where(identity.access.visible_units(by, instance.unit_id))
        .group_by(definition.key)
        .order_by(definition.name, definition.version.desc())
    )
    return db.sa.session.execute(query).all()


def of(definition_key: int, by: identity.Person, root_key: int | None = None) -> tuple[model.Process, list[Stay]]:
    """The steps of a process version over the instances that the person supervises, in the order of the drawing.

    With `root_key`, over the instances of one campaign. Raises NotFound if there are none.
    """
    among = [instance.definition_key == definition_key, identity.access.visible_units(by, instance.unit_id)]
    if root_key is not None:
        among.append(instance.root_key == root_key)
    if not db.sa.session.scalar(sqla.select(sqla.exists().where(*among))):
        raise errors.NotFound(_("There are no process instances of this version in your units."))
    process = releases.process(definition_key).process
    found = {row.element_id: row for row in db.sa.session.execute(_measured(among))}
    return process, [
        _stay(node, found.get(node.id)) for node in process.nodes.values() if node.kind in STEPS and node.name
    ]


def _measured(among: list[Any]) -> sqla.Select[Any]:
    active = element.state == "ACTIVE"
    stayed = sqla.func.coalesce(element.end_date, clock.now()) - element.start_date
    stopped = (
        sqla.select(1)
        .where(models.Incident.element_key == element.key, models.Incident.state == "ACTIVE")
        .correlate(element)
        .exists()
    )
    return (
        sqla.select(
            element.element_id,
            sqla.func.count().filter(active).label("here"),
            sqla.func.count().filter(active, stopped).label("failed"),
            sqla.func.count().filter(element.state == "COMPLETED").label("done"),
            sqla.func.avg(stayed).label("average"),
            sqla.func.max(stayed).label("longest"),
        )
        .join(instance, instance.key == element.instance_key)
        .where(element.start_date.is_not(None), element.type != "MULTI_INSTANCE_BODY", *among)
        .group_by(element.element_id)
    )


def _stay(node: model.Node, row: Any) -> Stay:
    if row is None:
        return Stay(node.id, node.name, 0, 0, 0, None, None)
    return Stay(node.id, node.name, row.here, row.failed, row.done, row.average, row.longest)
