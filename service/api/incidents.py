"""Incidents: what stopped, and trying it again."""

import dataclasses
from typing import Any

from service import identity
from service.api import schemas, search, sight
from service.api.routes import Routes
from service.api.search.fields import constant
from service.workflow import incidents, models

routes = Routes("Incidents", "What stopped and waits for help.")
incident, instance = models.Incident, models.ProcessInstance

TYPES = (
    "AD_HOC_SUB_PROCESS_NO_RETRIES",
    "CALLED_DECISION_ERROR",
    "CALLED_ELEMENT_ERROR",
    "CONDITION_ERROR",
    "DECISION_EVALUATION_ERROR",
    "EXECUTION_LISTENER_NO_RETRIES",
    "EXTRACT_VALUE_ERROR",
    "FORM_NOT_FOUND",
    "IO_MAPPING_ERROR",
    "JOB_NO_RETRIES",
    "MESSAGE_SIZE_EXCEEDED",
    "RESOURCE_NOT_FOUND",
    "TASK_LISTENER_NO_RETRIES",
    "UNHANDLED_ERROR_EVENT",
    "UNKNOWN",
    "UNSPECIFIED",
)
"""The SDK's enumeration; a type beyond it is shown as UNKNOWN."""

_CHOICE = search.Choice(*TYPES)
TYPE = dataclasses.replace(_CHOICE, show=lambda type_: type_ if type_ in TYPES else "UNKNOWN")

LISTING = search.Listing(
    "Incident",
    [
        search.Field("incidentKey", search.KEY, incident.key, filter=True, sort=True),
        search.Field("processDefinitionId", search.TEXT, instance.process_id, filter=True, sort=True),
        search.Field("errorType", TYPE, incident.type, filter=True, sort=True),
        search.Field("errorMessage", search.TEXT, incident.message, filter=True),
        search.Field("elementId", search.TEXT, incident.element_id, filter=True, sort=True),
        search.Field("creationTime", search.INSTANT, incident.created_at, filter=True, sort=True),
        search.Field(
            "state",
            search.Choice("ACTIVE", "MIGRATED", "PENDING", "RESOLVED", "UNKNOWN"),
            incident.state,
            filter=True,
            sort=True,
        ),
        search.Field("tenantId", search.TEXT, constant(schemas.TENANT), filter=True, sort=True),
        search.Field("processDefinitionKey", search.KEY, instance.definition_key, filter=True, sort=True),
        search.Field("processInstanceKey", search.KEY, incident.instance_key, filter=True, sort=True),
        search.Field("rootProcessInstanceKey", search.KEY, instance.root_key),
        search.Field("elementInstanceKey", search.KEY, incident.element_key, filter=True, sort=True),
        search.Field("jobKey", search.KEY, incident.job_key, filter=True, sort=True, nullable=True),
    ],
    join=lambda query: query.select_from(incident).join(instance, instance.key == incident.instance_key),
    visible=sight.by_instance,
)


class IncidentResolutionRequest(schemas.Schema):
    """Why it may go on now, for the audit log."""

    reason = schemas.Text()
    operation_reference = schemas.Whole()


@routes.ask("/incidents/search", body=LISTING.query, raw=True, returns=LISTING.results)
def search_incidents(by: identity.Person, body: dict[str, Any]) -> dict[str, Any]:
    """Search incidents."""
    return LISTING.search(body, by)


@routes.get("/incidents/<incidentKey>", returns=LISTING.result)
def get_incident(by: identity.Person, incident_key: int) -> dict[str, Any]:
    """Get incident."""
    return LISTING.get(incident_key, by)


@routes.post("/incidents/<incidentKey>/resolution", body=IncidentResolutionRequest)
def resolve_incident(by: identity.Person, incident_key: int, body: dict[str, Any]) -> None:
    """Resolve incident

    What stopped is tried again; if it fails again there is a new incident.
    """
    LISTING.get(incident_key, by)
    incidents.resolve(incident_key, by=by, reason=body.get("reason"))
