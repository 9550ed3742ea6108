"""Process instances: start, find and read. The interventions stand in `interventions`."""

import time
from datetime import timedelta
from typing import Any

import flask
import sqlalchemy as sqla
from marshmallow import fields
from sqlalchemy.dialects import postgresql

from service import db, errors, identity
from service.api import idempotency, replies, schemas, search, sight, variables
from service.api.routes import REPEATABLE, Routes
from service.api.search.fields import constant
from service.api.search.kinds import Condition
from service.errors import _
from service.workflow import instances, models

routes = Routes("Process instances", "Running and ended instances of processes.")
instance, definition, incident = models.ProcessInstance, models.Definition, models.Incident

STATES = ("ACTIVE", "SUSPENDED", "COMPLETED", "TERMINATED")
STATE = sqla.case((instance.suspended & (instance.state == "ACTIVE"), "SUSPENDED"), else_=instance.state)
NO_TAGS = sqla.cast(postgresql.array([], type_=sqla.Text), sqla.ARRAY(sqla.Text))
LONGEST_WAIT = timedelta(seconds=25)
USUAL_WAIT = timedelta(seconds=10)


def _among(model: Any, column: Any, kind: search.Kind, *also: Condition) -> search.Matcher:
    """Build the matcher for a row of `model` that belongs to the instance."""

    def match(given: Any, place: str) -> Condition:
        asked = given if isinstance(given, dict) else {"$eq": given}
        conditions = [
            kind.condition(column, operator, value, f"{place}.{operator}") for operator, value in asked.items()
        ]
        found = sqla.select(1).where(model.instance_key == instance.key, *conditions, *also)
        return found.correlate(instance).exists()

    return search.Matcher(match, kind.criterion)


def _has(model: Any, *which: Condition) -> Any:
    return sqla.select(1).where(model.instance_key == instance.key, *which).correlate(instance).exists()


def _no_tags(given: Any, place: str) -> Condition:
    if not isinstance(given, list):
        raise search.refuse(place, _("This must be a list of texts."))
    return sqla.literal(not given)


NO_TAG = search.Matcher(_no_tags, {"type": "array", "items": {"type": "string"}})
"""A filter by tags: nothing has tags here."""


_element, _job = models.ElementInstance, models.Job
HAS_INCIDENT = _has(incident, incident.state == "ACTIVE")
BASIC = [
    search.Field("processInstanceKey", search.KEY, instance.key, filter=True, sort=True),
    search.Field("startDate", search.INSTANT, instance.start_date, filter=True, sort=True),
    search.Field("endDate", search.INSTANT, instance.end_date, filter=True, sort=True, nullable=True),
    search.Field("state", search.Choice(*STATES), STATE, filter=True, sort=True),
    search.Field("hasIncident", search.FLAG, HAS_INCIDENT, filter=True, sort=True),
    search.Field(
        "suspendedDate",
        search.INSTANT,
        sqla.cast(sqla.null(), sqla.DateTime(timezone=True)),
        filter=True,
        sort=True,
        nullable=True,
    ),
    search.Field("tenantId", search.TEXT, constant(schemas.TENANT), filter=True, sort=True),
    search.Field("parentProcessInstanceKey", search.KEY, instance.parent_key, filter=True, sort=True, nullable=True),
    search.Field(
        "parentElementInstanceKey", search.KEY, instance.parent_element_key, filter=True, sort=True, nullable=True
    ),
    search.Field("businessId", search.TEXT, constant(None), filter=True, sort=True, nullable=True),
    search.Field("tags", search.LIST, NO_TAGS, filter=True, matches=NO_TAG),
    search.Field("batchOperationId", search.TEXT, constant(None), filter=True, shown=False),
    search.Field("batchOperationKey", search.TEXT, constant(None), filter=True, shown=False),
    search.Field(
        "variables", search.TEXT, instance.key, filter=True, shown=False, matches=variables.held_by(instance.key)
    ),
    search.Field(
        "errorMessage",
        search.TEXT,
        instance.key,
        filter=True,
        shown=False,
        matches=_among(incident, incident.message, search.TEXT, incident.state == "ACTIVE"),
    ),
    search.Field(
        "incidentErrorHashCode",
        search.NUMBER,
        instance.key,
        filter=True,
        shown=False,
        matches=_among(incident, sqla.func.hashtext(incident.message), search.NUMBER, incident.state == "ACTIVE"),
    ),
    search.Field(
        "hasRetriesLeft", search.FLAG, _has(_job, _job.state == "FAILED", _job.retries > 0), filter=True, shown=False
    ),
    search.Field(
        "elementInstanceState",
        search.TEXT,
        instance.key,
        filter=True,
        shown=False,
        matches=_among(_element, _element.state, search.Choice("ACTIVE", "COMPLETED", "TERMINATED")),
    ),
    search.Field(
        "elementId",
        search.TEXT,
        instance.key,
        filter=True,
        shown=False,
        matches=_among(_element, _element.element_id, search.TEXT),
    ),
    search.Field("hasElementInstanceIncident", search.FLAG, HAS_INCIDENT, filter=True, shown=False),
]
"""What both the search for instances and the statistics of a definition can filter by."""

LISTING = search.Listing(
    "ProcessInstance",
    [
        *BASIC,
        search.Field("processDefinitionId", search.TEXT, instance.process_id, filter=True, sort=True),
        search.Field("processDefinitionName", search.TEXT, definition.name, filter=True, sort=True, nullable=True),
        search.Field("processDefinitionVersion", search.NUMBER, definition.version, filter=True, sort=True),
        search.Field(
            "processDefinitionVersionTag", search.TEXT, definition.version_tag, filter=True, sort=True, nullable=True
        ),
        search.Field("processDefinitionKey", search.KEY, instance.definition_key, filter=True, sort=True),
        search.Field("rootProcessInstanceKey", search.KEY, instance.root_key),
    ],
    join=lambda query: query.select_from(instance).join(definition, definition.key == instance.definition_key),
    visible=sight.by_instance,
    alternatives=True,
)


class ProcessInstanceCreationRequest(schemas.Schema):
    """Which process to start: by key, or by id with a version, a version tag or neither (the newest)."""

    process_definition_id = schemas.Text()
    process_definition_key = schemas.Key()
    process_definition_version = schemas.Whole(minimum=-1)
    process_definition_version_tag = schemas.Text()
    variables = schemas.Variables()
    tenant_id = schemas.Tenant()
    operation_reference = fields.Integer()
    start_instructions = schemas.Unsupported()
    runtime_instructions = schemas.Unsupported()
    await_completion = schemas.Flag()
    fetch_variables = fields.List(schemas.Text(), allow_none=True)
    request_timeout = fields.Integer(strict=True)
    tags = schemas.Unsupported()
    business_id = schemas.Unsupported()


class CreateProcessInstanceResult(schemas.Schema):
    """The instance that was started; variables only after awaitCompletion."""

    process_definition_id = schemas.Text(required=True)
    process_definition_version = schemas.Whole(required=True)
    tenant_id = schemas.Text(required=True)
    variables = schemas.Variables(required=True)
    process_definition_key = schemas.Key(required=True)
    process_instance_key = schemas.Key(required=True)
    tags = fields.List(schemas.Text(), required=True)
    business_id = schemas.Text(required=True, allow_none=True)


@routes.endpoint(
    "POST",
    "/process-instances",
    body=ProcessInstanceCreationRequest,
    returns=CreateProcessInstanceResult,
    parameters=[REPEATABLE],
)
def create_process_instance(by: identity.Person, body: dict[str, Any]) -> Any:
    """Create process instance

    The instance belongs to the unit whose code the variable `unit` names, unless the process says otherwise. With
    `awaitCompletion` the answer waits for the end and carries the instance's variables; 504 if it does not end in
    `requestTimeout` milliseconds.
    """
    created = idempotency.once(by, _repeatable(body), lambda: _create(by, body))
    if not body.get("await_completion"):
        return created
    return _awaited(created, timedelta(milliseconds=body.get("request_timeout") or 0), body.get("fetch_variables"))


def _repeatable(body: dict[str, Any]) -> dict[str, Any]:
    return {name: str(value) if isinstance(value, int) else value for name, value in body.items()}


def _create(by: identity.Person, body: dict[str, Any]) -> dict[str, Any]:
    given, key = body.get("variables") or {}, body.get("process_definition_key")
    process_id, tag = body.get("process_definition_id"), body.get("process_definition_version_tag")
    if (key is None) == (process_id is None):
        raise errors.Invalid(_("Give either processDefinitionId or processDefinitionKey."))
    if tag is not None and process_id is not None:
        key = _tagged(process_id, tag)
    if key is not None:
        row = instances.create_by_key(key, given, by=by)
    else:
        row = instances.create(str(process_id), given, by=by, version=body.get("process_definition_version"))
    version = db.sa.session.scalar(sqla.select(definition.version).where(definition.key == row.definition_key))
    return {
        "processDefinitionId": row.process_id,
        "processDefinitionVersion": version,
        "tenantId": schemas.TENANT,
        "variables": {},
        "processDefinitionKey": str(row.definition_key),
        "processInstanceKey": str(row.key),
        "tags": [],
        "businessId": None,
    }


def _tagged(process_id: str, tag: str) -> int:
    """The newest version of a process with a version tag."""
    query = sqla.select(definition.key).where(
        definition.kind == "process", definition.id == process_id, definition.version_tag == tag
    )
    key = db.sa.session.scalar(query.order_by(definition.version.desc()).limit(1))
    if key is None:
        raise errors.NotFound(_("Process %(id)s has no version with the tag %(tag)s."), id=process_id, tag=tag)
    return key


def _awaited(created: dict[str, Any], timeout: timedelta, names: list[str] | None) -> Any:
    key = int(created["processInstanceKey"])
    end = time.monotonic() + min(timeout if timeout > timedelta() else USUAL_WAIT, LONGEST_WAIT).total_seconds()
    while _state(key) == "ACTIVE":
        if time.monotonic() >= end:
            title, text = _("Gateway timeout"), _("Process instance %(key)s goes on, but it did not end in time.")
            return replies.problem(504, errors.localize(title), errors.localize(text, key=key))
        time.sleep(0.05)
    return flask.Response(replies.dumps(created | {"variables": _variables(key, names)}), mimetype="application/json")


def _state(key: int) -> str:
    """Read the state in a transaction of its own, so that no connection is held while waiting."""
    with db.transaction() as session:
        return session.scalar(sqla.select(instance.state).where(instance.key == key)) or "TERMINATED"


def _variables(key: int, names: list[str] | None) -> dict[str, Any]:
    variable = models.Variable
    query = sqla.select(variable.name, variable.value).where(variable.scope_key == key).order_by(variable.name)
    rows = db.sa.session.execute(query.where(variable.name.in_(names)) if names else query)
    return {row.name: row.value for row in rows}


@routes.ask("/process-instances/search", body=LISTING.query, raw=True, returns=LISTING.results)
def search_process_instances(by: identity.Person, body: dict[str, Any]) -> dict[str, Any]:
    """Search process instances

    Supervisors find the instances of their unit's subtree.
    """
    return LISTING.search(body, by)


@routes.get("/process-instances/<processInstanceKey>", returns=LISTING.result)
def get_process_instance(by: identity.Person, process_instance_key: int) -> dict[str, Any]:
    """Get process instance."""
    return LISTING.get(process_instance_key, by)
