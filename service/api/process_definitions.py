"""Process definitions: the versions of processes."""

from typing import Any

import flask
import marshmallow as ma
import sqlalchemy as sqla
from sqlalchemy import orm

from service import db, identity
from service.api import process_instances, schemas, search, sight
from service.api.routes import Routes
from service.api.search.fields import constant
from service.api.search.kinds import Condition
from service.workflow import models, releases

routes = Routes("Process definitions", "The versions of processes.")
definition, resource = models.Definition, models.Resource
instance, element, incident = models.ProcessInstance, models.ElementInstance, models.Incident


def is_latest() -> Any:
    """Build the condition that a definition is the newest version of its id."""
    newer = orm.aliased(definition)
    found = sqla.select(1).where(
        newer.kind == definition.kind, newer.id == definition.id, newer.version > definition.version
    )
    return ~found.correlate(definition).exists()


STATE = search.Choice("ACTIVE", "DRAINING", "DELETED")
LISTING = search.Listing(
    "ProcessDefinition",
    [
        search.Field("processDefinitionKey", search.KEY, definition.key, filter=True, sort=True, exact=True),
        search.Field("name", search.TEXT, definition.name, filter=True, sort=True, nullable=True),
        search.Field("resourceName", search.TEXT, resource.name, filter=True, sort=True, exact=True),
        search.Field("version", search.NUMBER, definition.version, filter=True, sort=True, exact=True),
        search.Field(
            "versionTag", search.TEXT, definition.version_tag, filter=True, sort=True, nullable=True, exact=True
        ),
        search.Field("processDefinitionId", search.TEXT, definition.id, filter=True, sort=True),
        search.Field("tenantId", search.TEXT, constant(schemas.TENANT), filter=True, sort=True, exact=True),
        search.Field("hasStartForm", search.FLAG, sqla.false(), filter=True),
        search.Field("state", STATE, constant("ACTIVE"), filter=True, exact=True),
        search.Field("isLatestVersion", search.FLAG, is_latest(), filter=True, shown=False),
    ],
    join=lambda query: (
        query.select_from(definition)
        .join(resource, resource.key == definition.resource_key)
        .where(definition.kind == "process")
    ),
    visible=sight.everybody,
)

COUNTED = search.Listing(
    "ProcessDefinitionElementStatistics",
    process_instances.BASIC,
    join=lambda query: query.select_from(instance),
    visible=sight.by_instance,
    alternatives=True,
)
"""The instances that statistics count."""


class ElementStatistics(schemas.Schema):
    """How many element instances are where. `active` are those without an incident."""

    element_id = schemas.Text(required=True)
    active = schemas.Whole(required=True)
    canceled = schemas.Whole(required=True)
    incidents = schemas.Whole(required=True)
    completed = schemas.Whole(required=True)


class ElementStatisticsResult(schemas.Schema):
    """Statistics of all elements that any instance has entered."""

    items = ma.fields.List(ma.fields.Nested(ElementStatistics), required=True)


class StatisticsRequest(schemas.Schema):
    """Which instances count."""

    filter = ma.fields.Raw(metadata={"description": "As in the search for process instances."})


@routes.ask("/process-definitions/search", body=LISTING.query, raw=True, returns=LISTING.results)
def search_process_definitions(by: identity.Person, body: dict[str, Any]) -> dict[str, Any]:
    """Search process definitions."""
    return LISTING.search(body, by)


@routes.get("/process-definitions/<processDefinitionKey>", returns=LISTING.result)
def get_process_definition(by: identity.Person, process_definition_key: int) -> dict[str, Any]:
    """Get process definition."""
    return LISTING.get(process_definition_key, by)


@routes.get("/process-definitions/<processDefinitionKey>/xml", status=200)
def get_process_definition_xml(by: identity.Person, process_definition_key: int) -> flask.Response:
    """Get process definition XML

    The diagram as it was deployed.
    """
    LISTING.get(process_definition_key, by)
    return flask.Response(releases.content(process_definition_key)[1], mimetype="text/xml")


@routes.get("/process-definitions/<processDefinitionKey>/form", status=204)
def get_start_process_form(by: identity.Person, process_definition_key: int) -> None:
    """Get process start form

    Always 204: start forms are not in the dialect.
    """
    LISTING.get(process_definition_key, by)


@routes.ask(
    "/process-definitions/<processDefinitionKey>/statistics/element-instances",
    body=StatisticsRequest,
    returns=ElementStatisticsResult,
)
def get_process_definition_statistics(
    by: identity.Person, process_definition_key: int, body: dict[str, Any]
) -> dict[str, Any]:
    """Get process definition statistics

    How many element instances of the visible instances are active, completed, canceled or stopped by an incident.
    """
    LISTING.get(process_definition_key, by)
    among = [sight.by_instance(by), *COUNTED.conditions(body.get("filter"))]
    return {"items": statistics(instance.definition_key == process_definition_key, *among)}


def statistics(*where: Condition) -> list[dict[str, Any]]:
    """Count the element instances of process instances by element and state."""
    stopped = (
        sqla.select(1)
        .where(incident.element_key == element.key, incident.state == "ACTIVE")
        .correlate(element)
        .exists()
    )
    count, active = sqla.func.count(), element.state == "ACTIVE"
    query = (
        sqla.select(
            element.element_id.label("elementId"),
            count.filter(active, ~stopped).label("active"),
            count.filter(element.state == "TERMINATED").label("canceled"),
            count.filter(active, stopped).label("incidents"),
            count.filter(element.state == "COMPLETED").label("completed"),
        )
        .join(instance, instance.key == element.instance_key)
        .where(element.type != "PROCESS", element.start_date.is_not(None), *where)
        .group_by(element.element_id)
        .order_by(element.element_id)
    )
    return [dict(row) for row in db.sa.session.execute(query).mappings()]
