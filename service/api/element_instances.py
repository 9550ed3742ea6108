"""Element instances: each stay of a token in an element."""

from collections.abc import Iterable
from typing import Any

import marshmallow as ma
import sqlalchemy as sqla

from service import identity
from service.api import incidents, schemas, search, sight
from service.api.routes import Routes
from service.api.search.fields import constant
from service.workflow import instances, models, releases

routes = Routes("Element instances", "Each stay of a token in an element.")
element, instance, incident = models.ElementInstance, models.ProcessInstance, models.Incident

TYPES = (
    "AD_HOC_SUB_PROCESS",
    "AD_HOC_SUB_PROCESS_INNER_INSTANCE",
    "BOUNDARY_EVENT",
    "BUSINESS_RULE_TASK",
    "CALL_ACTIVITY",
    "END_EVENT",
    "EVENT_BASED_GATEWAY",
    "EVENT_SUB_PROCESS",
    "EXCLUSIVE_GATEWAY",
    "INCLUSIVE_GATEWAY",
    "INTERMEDIATE_CATCH_EVENT",
    "INTERMEDIATE_THROW_EVENT",
    "MANUAL_TASK",
    "MULTI_INSTANCE_BODY",
    "PARALLEL_GATEWAY",
    "PROCESS",
    "RECEIVE_TASK",
    "SCRIPT_TASK",
    "SEND_TASK",
    "SEQUENCE_FLOW",
    "SERVICE_TASK",
    "START_EVENT",
    "SUB_PROCESS",
    "TASK",
    "UNKNOWN",
    "UNSPECIFIED",
    "USER_TASK",
)

INCIDENT = (
    sqla.select(sqla.func.min(incident.key))
    .where(incident.element_key == element.key, incident.state == "ACTIVE")
    .correlate(element)
    .scalar_subquery()
)

LISTING = search.Listing(
    "ElementInstance",
    [
        search.Field("elementInstanceKey", search.KEY, element.key, filter=True, sort=True, exact=True),
        search.Field("processDefinitionId", search.TEXT, instance.process_id, filter=True, sort=True, exact=True),
        search.Field("startDate", search.INSTANT, element.start_date, filter=True, sort=True),
        search.Field("endDate", search.INSTANT, element.end_date, filter=True, sort=True, nullable=True),
        search.Field("elementId", search.TEXT, element.element_id, filter=True, sort=True),
        search.Field("elementName", search.TEXT, element.element_id),
        search.Field("type", search.Choice(*TYPES), element.type, filter=True, sort=True, exact=True),
        search.Field(
            "state", search.Choice("ACTIVE", "COMPLETED", "TERMINATED"), element.state, filter=True, sort=True
        ),
        search.Field("hasIncident", search.FLAG, INCIDENT.is_not(None), filter=True),
        search.Field("tenantId", search.TEXT, constant(schemas.TENANT), filter=True, sort=True, exact=True),
        search.Field("processInstanceKey", search.KEY, element.instance_key, filter=True, sort=True, exact=True),
        search.Field("rootProcessInstanceKey", search.KEY, instance.root_key),
        search.Field("processDefinitionKey", search.KEY, instance.definition_key, filter=True, sort=True, exact=True),
        search.Field("incidentKey", search.KEY, INCIDENT, filter=True, sort=True, nullable=True, exact=True),
        search.Field("elementInstanceScopeKey", search.KEY, element.scope_key, filter=True, shown=False, exact=True),
    ],
    join=lambda query: (
        query.select_from(element)
        .join(instance, instance.key == element.instance_key)
        .where(element.start_date.is_not(None))  # a join that still waits for other flows has not begun
    ),
    visible=sight.by_instance,
    alternatives=True,
)


class SetVariableRequest(schemas.Schema):
    """Variables to set; `local` keeps them in this scope."""

    variables = schemas.Variables(required=True)
    local = schemas.Flag()
    reason = schemas.Text(validate=ma.validate.Length(max=2000))
    operation_reference = ma.fields.Integer(strict=True)


@routes.ask("/element-instances/search", body=LISTING.query, raw=True, returns=LISTING.results)
def search_element_instances(by: identity.Person, body: dict[str, Any]) -> dict[str, Any]:
    """Search element instances."""
    answer = LISTING.search(body, by)
    _name(answer["items"])
    return answer


@routes.get("/element-instances/<elementInstanceKey>", returns=LISTING.result)
def get_element_instance(by: identity.Person, element_instance_key: int) -> dict[str, Any]:
    """Get element instance."""
    found = LISTING.get(element_instance_key, by)
    _name([found])
    return found


@routes.endpoint("PUT", "/element-instances/<elementInstanceKey>/variables", body=SetVariableRequest)
def create_element_instance_variables(by: identity.Person, element_instance_key: int, body: dict[str, Any]) -> None:
    """Update element instance variables

    Also for the scope of a whole process instance, by its key. Unless `local`, a variable that exists in a scope
    around is set there.
    """
    sight.ensure_element(element_instance_key, by)
    local = bool(body.get("local"))
    instances.set_variables(element_instance_key, body["variables"], by=by, local=local, reason=body.get("reason"))


@routes.ask(
    "/element-instances/<elementInstanceKey>/incidents/search",
    body=incidents.LISTING.query,
    raw=True,
    returns=incidents.LISTING.results,
)
def search_element_instance_incidents(
    by: identity.Person, element_instance_key: int, body: dict[str, Any]
) -> dict[str, Any]:
    """Search incidents of an element instance."""
    sight.ensure_element(element_instance_key, by)
    return incidents.LISTING.search(body, by, incident.element_key == element_instance_key)


def _name(items: Iterable[dict[str, Any]]) -> None:
    """Put in the names that the diagram gives its elements; an element without a name keeps its id."""
    for item in items:
        process = releases.process(int(item["processDefinitionKey"])).process
        if item["elementId"] == process.id:
            item["elementName"] = process.name or process.id
        elif node := process.nodes.get(item["elementId"]):
            item["elementName"] = node.name or node.id
