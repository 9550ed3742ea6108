"""Jobs for external workers: take, complete, fail, report an error, change, find."""

import time
from datetime import timedelta
from typing import Any

import sqlalchemy as sqla
from marshmallow import fields, validate

from service import db, identity
from service.api import schemas, search, sight
from service.api.routes import Routes
from service.api.search.fields import constant
from service.workflow import external_jobs, models

routes = Routes("Jobs", "Service tasks that workers outside of Lika do.")
job, instance, definition = models.Job, models.ProcessInstance, models.Definition

STATES = (
    "CANCELED",
    "COMPLETED",
    "CREATED",
    "ERROR_THROWN",
    "FAILED",
    "MIGRATED",
    "PRIORITY_UPDATED",
    "RETRIES_UPDATED",
    "TIMED_OUT",
    "TIMEOUT_UPDATED",
)
KINDS = ("AD_HOC_SUB_PROCESS", "BPMN_ELEMENT", "EXECUTION_LISTENER", "TASK_LISTENER")
LISTENER_EVENTS = (
    "ASSIGNING",
    "BEFORE_ALL",
    "CANCEL",
    "CANCELING",
    "COMPLETING",
    "CREATING",
    "END",
    "START",
    "UNSPECIFIED",
    "UPDATING",
)
STATE = sqla.case((job.state == "ACTIVATED", "CREATED"), else_=job.state)
"""The Camunda API tells a job that a worker has by its worker and deadline, not by its state."""
LONGEST_POLL = timedelta(seconds=20)
POLL_SECONDS = 0.2

_NO_INSTANT = sqla.cast(sqla.null(), sqla.DateTime(timezone=True))
LISTING = search.Listing(
    "Job",
    [
        search.Field("jobKey", search.KEY, job.key, filter=True, sort=True),
        search.Field("customHeaders", search.MAP, job.headers),
        search.Field("deadline", search.INSTANT, job.deadline, filter=True, sort=True, nullable=True),
        search.Field("deniedReason", search.TEXT, constant(None), filter=True, sort=True, nullable=True),
        search.Field("elementId", search.TEXT, job.element_id, filter=True, sort=True),
        search.Field("elementInstanceKey", search.KEY, job.key, filter=True, sort=True),
        search.Field("endTime", search.INSTANT, job.ended_at, filter=True, sort=True, nullable=True),
        search.Field("errorCode", search.TEXT, job.error_code, filter=True, sort=True, nullable=True),
        search.Field("errorMessage", search.TEXT, job.error_message, filter=True, sort=True, nullable=True),
        search.Field(
            "hasFailedWithRetriesLeft",
            search.FLAG,
            sqla.and_(job.state == "FAILED", job.retries > 0),
            filter=True,
            sort=True,
        ),
        search.Field(
            "isDenied", search.FLAG, sqla.cast(sqla.null(), sqla.Boolean), filter=True, sort=True, nullable=True
        ),
        search.Field("kind", search.Choice(*KINDS), job.kind, filter=True, sort=True),
        search.Field(
            "listenerEventType", search.Choice(*LISTENER_EVENTS), constant("UNSPECIFIED"), filter=True, sort=True
        ),
        search.Field("processDefinitionId", search.TEXT, job.process_id, filter=True, sort=True),
        search.Field("processDefinitionKey", search.KEY, job.definition_key, filter=True, sort=True),
        search.Field("processInstanceKey", search.KEY, job.instance_key, filter=True, sort=True),
        search.Field("rootProcessInstanceKey", search.KEY, instance.root_key),
        search.Field("businessId", search.TEXT, constant(None), nullable=True),
        search.Field("retries", search.NUMBER, job.retries, filter=True, sort=True),
        search.Field("state", search.Choice(*STATES), STATE, filter=True, sort=True),
        search.Field("tenantId", search.TEXT, constant(schemas.TENANT), filter=True, sort=True),
        search.Field("type", search.TEXT, job.type, filter=True, sort=True),
        search.Field("worker", search.TEXT, job.worker, filter=True, sort=True),
        search.Field("creationTime", search.INSTANT, job.created_at, filter=True, sort=True),
        search.Field("lastUpdateTime", search.INSTANT, _NO_INSTANT, filter=True, nullable=True),
        search.Field("priority", search.NUMBER, sqla.cast(sqla.literal(0), sqla.Integer), filter=True, sort=True),
    ],
    join=lambda query: query.select_from(job).join(instance, instance.key == job.instance_key),
    visible=sight.by_instance,
)


class JobActivationRequest(schemas.Schema):
    """Which jobs a worker takes, and for how long (ms)."""

    type = schemas.Text(required=True, validate=validate.Length(1, 500))
    timeout = fields.Integer(required=True, strict=True, validate=validate.Range(1, 30 * 86_400_000))
    max_jobs_to_activate = schemas.Whole(required=True, minimum=1, maximum=1000)
    worker = schemas.Text()
    fetch_variable = fields.List(schemas.Text(), allow_none=True)
    request_timeout = fields.Integer(strict=True, metadata={"description": "Wait so long (ms) for the first job."})
    tenant_ids = fields.List(schemas.Tenant())
    tenant_filter = schemas.Text()
    with_lease = schemas.Unsupported(allow_none=True)


class ActivatedJobResult(schemas.Schema):
    """A job that a worker has until the deadline (ms since 1970)."""

    type = schemas.Text(required=True)
    process_definition_id = schemas.Text(required=True)
    process_definition_version = schemas.Whole(required=True)
    element_id = schemas.Text(required=True)
    custom_headers = fields.Dict(required=True)
    worker = schemas.Text(required=True)
    retries = schemas.Whole(required=True)
    deadline = fields.Integer(required=True)
    variables = schemas.Variables(required=True)
    tenant_id = schemas.Text(required=True)
    physical_tenant_id = schemas.Text(required=True)
    job_key = schemas.Key(required=True)
    process_instance_key = schemas.Key(required=True)
    process_definition_key = schemas.Key(required=True)
    element_instance_key = schemas.Key(required=True)
    kind = schemas.Text(required=True)
    listener_event_type = schemas.Text(required=True)
    user_task = fields.Raw(required=True, allow_none=True)
    tags = fields.List(schemas.Text(), required=True)
    root_process_instance_key = schemas.Key(required=True, allow_none=True)
    business_id = schemas.Text(required=True, allow_none=True)
    priority = schemas.Whole(required=True)


class JobActivationResult(schemas.Schema):
    """The jobs that the worker got."""

    jobs = fields.List(fields.Nested(ActivatedJobResult), required=True)


class JobCompletionRequest(schemas.Schema):
    """What the job found out."""

    variables = schemas.Variables(allow_none=True)
    result = schemas.Unsupported(allow_none=True)
    job_lease_token = schemas.Unsupported(allow_none=True)
    business_id = schemas.Unsupported(allow_none=True)


class JobFailRequest(schemas.Schema):
    """How often it may be tried again, and after how long (ms)."""

    retries = schemas.Whole(minimum=0)
    error_message = schemas.Text(allow_none=True, validate=validate.Length(max=10_000))
    retry_back_off = fields.Integer(strict=True, validate=validate.Range(0, 365 * 86_400_000))
    variables = schemas.Variables(allow_none=True)
    job_lease_token = schemas.Unsupported(allow_none=True)


class JobErrorRequest(schemas.Schema):
    """A BPMN error."""

    error_code = schemas.Text(required=True, validate=validate.Length(1, 500))
    error_message = schemas.Text(allow_none=True, validate=validate.Length(max=10_000))
    variables = schemas.Variables(allow_none=True)
    job_lease_token = schemas.Unsupported(allow_none=True)


class JobChangeset(schemas.Schema):
    """More retries, or more time (ms from now)."""

    retries = schemas.Whole(minimum=1, allow_none=True)
    timeout = fields.Integer(strict=True, allow_none=True, validate=validate.Range(0, 30 * 86_400_000))
    priority = schemas.Unsupported(allow_none=True)


class JobUpdateRequest(schemas.Schema):
    """A change of a job."""

    changeset = fields.Nested(JobChangeset, required=True)
    operation_reference = fields.Integer(strict=True)
    job_lease_token = schemas.Unsupported(allow_none=True)


@routes.post("/jobs/activation", body=JobActivationRequest, returns=JobActivationResult)
def activate_jobs(by: identity.Person, body: dict[str, Any]) -> dict[str, Any]:
    """Activate jobs

    Without a job the answer comes at once, or after `requestTimeout` milliseconds (at most 20 seconds).
    """
    wait = min(timedelta(milliseconds=max(body.get("request_timeout") or 0, 0)), LONGEST_POLL)
    end = time.monotonic() + wait.total_seconds()
    while not (found := _activate(by, body)) and not db.in_transaction():
        if time.monotonic() >= end:
            break
        time.sleep(POLL_SECONDS)
    return {"jobs": found}


def _activate(by: identity.Person, body: dict[str, Any]) -> list[dict[str, Any]]:
    with db.transaction():
        taken = external_jobs.activate(
            body["type"],
            worker=body.get("worker", ""),
            timeout=timedelta(milliseconds=body["timeout"]),
            limit=body["max_jobs_to_activate"],
            by=by,
        )
        about = _about([row for row, _variables in taken])
        names = body.get("fetch_variable")
        return [_show(row, variables, names, *about[row.key]) for row, variables in taken]


def _about(rows: list[models.Job]) -> dict[int, tuple[int, int]]:
    """The version of the process and the root instance of each job."""
    query = (
        sqla.select(job.key, definition.version, instance.root_key)
        .join(definition, definition.key == job.definition_key)
        .join(instance, instance.key == job.instance_key)
        .where(job.key.in_([row.key for row in rows]))
    )
    return {key: (version, root) for key, version, root in db.sa.session.execute(query)} if rows else {}


def _show(
    row: models.Job, variables: dict[str, Any], names: list[str] | None, version: int, root: int
) -> dict[str, Any]:
    assert row.deadline is not None
    return {
        "type": row.type,
        "processDefinitionId": row.process_id,
        "processDefinitionVersion": version,
        "elementId": row.element_id,
        "customHeaders": row.headers,
        "worker": row.worker,
        "retries": row.retries,
        "deadline": int(row.deadline.timestamp() * 1000),
        "variables": {name: variables[name] for name in names if name in variables} if names else variables,
        "tenantId": schemas.TENANT,
        "physicalTenantId": "default",
        "jobKey": str(row.key),
        "processInstanceKey": str(row.instance_key),
        "processDefinitionKey": str(row.definition_key),
        "elementInstanceKey": str(row.key),
        "kind": row.kind,
        "listenerEventType": "UNSPECIFIED",
        "userTask": None,
        "tags": [],
        "rootProcessInstanceKey": str(root),
        "businessId": None,
        "priority": 0,
    }


@routes.post("/jobs/<jobKey>/completion", body=JobCompletionRequest)
def complete_job(by: identity.Person, job_key: int, body: dict[str, Any]) -> None:
    """Complete job."""
    external_jobs.complete(job_key, body.get("variables") or {}, by=by)


@routes.post("/jobs/<jobKey>/failure", body=JobFailRequest)
def fail_job(by: identity.Person, job_key: int, body: dict[str, Any]) -> None:
    """Fail job

    With no retries left it becomes an incident.
    """
    external_jobs.fail(
        job_key,
        retries=body.get("retries", 0),
        message=body.get("error_message"),
        back_off=timedelta(milliseconds=body.get("retry_back_off", 0)),
        variables=body.get("variables") or {},
        by=by,
    )


@routes.post("/jobs/<jobKey>/error", body=JobErrorRequest)
def throw_job_error(by: identity.Person, job_key: int, body: dict[str, Any]) -> None:
    """Throw error for job

    A BPMN error that the diagram catches; if nobody does it becomes an incident.
    """
    external_jobs.throw_error(
        job_key, body["error_code"], body.get("error_message"), body.get("variables") or {}, by=by
    )


@routes.endpoint("PATCH", "/jobs/<jobKey>", body=JobUpdateRequest)
def update_job(by: identity.Person, job_key: int, body: dict[str, Any]) -> None:
    """Update job."""
    changes, timeout = body["changeset"], body["changeset"].get("timeout")
    external_jobs.update(
        job_key,
        by=by,
        retries=changes.get("retries"),
        timeout=timedelta(milliseconds=timeout) if timeout is not None else None,
    )


@routes.ask("/jobs/search", body=LISTING.query, raw=True, returns=LISTING.results)
def search_jobs(by: identity.Person, body: dict[str, Any]) -> dict[str, Any]:
    """Search jobs."""
    return LISTING.search(body, by)
