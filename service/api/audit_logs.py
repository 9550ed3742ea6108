"""The audit log: who did what to what, when and why."""

import dataclasses
from typing import Any

import sqlalchemy as sqla

from service import identity
from service.api import schemas, search, sight
from service.api.routes import Routes
from service.api.search.fields import constant
from service.db import values
from service.workflow import models

routes = Routes("Audit logs", "Who did what to what, when and why.")
log, instance = models.AuditLog, models.ProcessInstance

ENTITIES = (
    "AUTHORIZATION",
    "BATCH",
    "CLIENT",
    "DECISION",
    "GROUP",
    "INCIDENT",
    "JOB",
    "MAPPING_RULE",
    "PROCESS_INSTANCE",
    "RESOURCE",
    "ROLE",
    "TENANT",
    "USER",
    "USER_TASK",
    "VARIABLE",
)
OPERATIONS = (
    "ASSIGN",
    "CANCEL",
    "COMPLETE",
    "CREATE",
    "DELETE",
    "EVALUATE",
    "MIGRATE",
    "MODIFY",
    "RESOLVE",
    "RESUME",
    "SUSPEND",
    "UNASSIGN",
    "UNKNOWN",
    "UPDATE",
)
ENTITY = sqla.case((log.entity_type.in_(ENTITIES), log.entity_type), else_="RESOURCE")
OPERATION = sqla.case(
    (log.operation.in_(OPERATIONS), log.operation), (log.operation == "SET_VARIABLES", "UPDATE"), else_="UNKNOWN"
)
CATEGORY = sqla.case(
    (log.entity_type == "USER_TASK", "USER_TASKS"),
    (log.entity_type.in_(("USER", "ROLE", "GROUP", "AUTHORIZATION", "TENANT")), "ADMIN"),
    else_="DEPLOYED_RESOURCES",
)
ENTITY_KEY = sqla.func.coalesce(log.entity_key, log.key)


VALUES = dataclasses.replace(search.MAP, show=lambda told: values.plain(values.untagged(told)))


def _key_of(*entities: str) -> Any:
    """The entity's key where it is of one of these types, else null."""
    return sqla.case((log.entity_type.in_(entities), log.entity_key), else_=sqla.null())


def _none(name: str, *, sort: bool = False) -> search.Field:
    """A field that is always null here."""
    return search.Field(name, search.TEXT, constant(None), filter=True, sort=sort, nullable=True)


LISTING = search.Listing(
    "AuditLog",
    [
        search.Field("auditLogKey", search.KEY, log.key, filter=True, sort=True),
        search.Field("entityKey", search.KEY, ENTITY_KEY, filter=True, sort=True),
        search.Field("entityType", search.Choice(*ENTITIES), ENTITY, filter=True, sort=True),
        search.Field("operationType", search.Choice(*OPERATIONS), OPERATION, filter=True, sort=True),
        search.Field("batchOperationKey", search.TEXT, constant(None), sort=True, nullable=True),
        _none("batchOperationType", sort=True),
        search.Field("timestamp", search.INSTANT, log.at, filter=True, sort=True),
        search.Field("actorId", search.TEXT, log.by, filter=True, sort=True, nullable=True),
        search.Field(
            "actorType",
            search.Choice("ANONYMOUS", "CLIENT", "UNKNOWN", "USER"),
            constant("USER"),
            filter=True,
            sort=True,
            nullable=True,
        ),
        _none("agentElementId"),
        search.Field("tenantId", search.TEXT, constant(schemas.TENANT), filter=True, sort=True, nullable=True),
        search.Field("result", search.Choice("FAIL", "SUCCESS"), constant("SUCCESS"), filter=True, sort=True),
        search.Field(
            "category", search.Choice("ADMIN", "DEPLOYED_RESOURCES", "USER_TASKS"), CATEGORY, filter=True, sort=True
        ),
        search.Field("processDefinitionId", search.TEXT, instance.process_id, filter=True, sort=True, nullable=True),
        search.Field(
            "processDefinitionKey", search.KEY, instance.definition_key, filter=True, sort=True, nullable=True
        ),
        search.Field("processInstanceKey", search.KEY, log.instance_key, filter=True, sort=True, nullable=True),
        search.Field("rootProcessInstanceKey", search.KEY, instance.root_key, nullable=True),
        search.Field(
            "elementInstanceKey",
            search.KEY,
            _key_of("USER_TASK", "JOB", "VARIABLE"),
            filter=True,
            sort=True,
            nullable=True,
        ),
        search.Field("jobKey", search.KEY, _key_of("JOB"), filter=True, sort=True, nullable=True),
        search.Field("userTaskKey", search.KEY, _key_of("USER_TASK"), filter=True, sort=True, nullable=True),
        _none("decisionRequirementsId", sort=True),
        _none("decisionRequirementsKey", sort=True),
        _none("decisionDefinitionId", sort=True),
        _none("decisionDefinitionKey", sort=True),
        _none("decisionEvaluationKey", sort=True),
        search.Field("deploymentKey", search.KEY, _key_of("DEPLOYMENT"), filter=True, nullable=True),
        _none("formKey"),
        _none("resourceKey"),
        _none("relatedEntityKey"),
        _none("relatedEntityType"),
        search.Field("entityDescription", search.TEXT, log.reason, filter=True, nullable=True),
        _none("inboundChannelType", sort=True),
        _none("inboundChannelToolName", sort=True),
        search.Field("reason", search.TEXT, log.reason, filter=True, nullable=True),
        search.Field("before", VALUES, log.before, nullable=True),
        search.Field("after", VALUES, log.after, nullable=True),
    ],
    join=lambda query: query.select_from(log).outerjoin(instance, instance.key == log.instance_key),
    visible=sight.by_instance,
)
"""`reason`, `before` and `after` are additions to the Camunda API."""


@routes.ask("/audit-logs/search", body=LISTING.query, raw=True, returns=LISTING.results)
def search_audit_logs(by: identity.Person, body: dict[str, Any]) -> dict[str, Any]:
    """Search audit logs

    Supervisors find what was done in their unit's subtree.
    """
    return LISTING.search(body, by)


@routes.get("/audit-logs/<auditLogKey>", returns=LISTING.result)
def get_audit_log(by: identity.Person, audit_log_key: int) -> dict[str, Any]:
    """Get audit log."""
    return LISTING.get(audit_log_key, by)
