"""User tasks: find, read, assign, change, complete."""

import dataclasses
from typing import Any

import sqlalchemy as sqla
from marshmallow import fields, validate
from sqlalchemy.dialects import postgresql

from service import identity
from service.api import audit_logs, forms, process_instances, schemas, scopes, search, sight, variables
from service.api.routes import Routes
from service.api.search.fields import constant
from service.api.search.kinds import Condition, refuse
from service.errors import _
from service.workflow import models, passing, tasks

routes = Routes("User tasks", "What people have to do.")
task, definition = models.UserTask, models.Definition

STATES = ("CREATING", "CREATED", "ASSIGNING", "UPDATING", "COMPLETING", "COMPLETED", "CANCELING", "CANCELED", "FAILED")

_candidate = sqla.func.unnest(task.candidates).column_valued("candidate")
_role = sqla.func.split_part(_candidate, "@", 1)
_roles = sqla.select(sqla.func.array_agg(sqla.distinct(_role))).where(_candidate.not_like("user:%"))
NONE = sqla.cast(postgresql.array([], type_=sqla.Text), sqla.ARRAY(sqla.Text))
GROUPS = sqla.case(
    (sqla.func.cardinality(task.candidate_groups) > 0, task.candidate_groups),
    else_=sqla.func.coalesce(_roles.correlate(task).scalar_subquery(), NONE),
)
"""The roles that may do a task: as the diagram names them, else the lane's."""


def _among(column: Any) -> search.Matcher:
    """Build the matcher for a list of names: one of them must fulfil the filter."""

    def match(given: Any, place: str) -> Condition:
        each = sqla.func.unnest(column).table_valued("name", name="each").render_derived()
        asked = given if isinstance(given, dict) else {"$eq": given}
        if not asked:
            raise refuse(place, _("An object of operators needs at least one."))
        conditions = [search.TEXT.condition(each.c.name, operator, value, place) for operator, value in asked.items()]
        return sqla.select(1).select_from(each).where(*conditions).correlate(task).exists()

    return search.Matcher(match, search.TEXT.criterion)


LISTING = search.Listing(
    "UserTask",
    [
        search.Field("userTaskKey", search.KEY, task.key, filter=True, exact=True),
        search.Field("name", search.TEXT, task.name, filter=True, sort=True),
        search.Field("state", search.Choice(*STATES), task.state, filter=True),
        search.Field("assignee", search.TEXT, task.assignee, filter=True, nullable=True),
        search.Field("elementId", search.TEXT, task.element_id, filter=True, exact=True),
        search.Field("candidateGroups", search.LIST, GROUPS),
        search.Field("candidateUsers", search.LIST, task.candidate_users),
        search.Field("candidateGroup", search.TEXT, GROUPS, filter=True, shown=False, matches=_among(GROUPS)),
        search.Field(
            "candidateUser", search.TEXT, GROUPS, filter=True, shown=False, matches=_among(task.candidate_users)
        ),
        search.Field("processDefinitionId", search.TEXT, task.process_id, filter=True),
        search.Field("creationDate", search.INSTANT, task.created_at, filter=True, sort=True),
        search.Field("completionDate", search.INSTANT, task.completed_at, filter=True, sort=True, nullable=True),
        search.Field("followUpDate", search.INSTANT, task.follow_up, filter=True, sort=True, nullable=True),
        search.Field("dueDate", search.INSTANT, task.due, filter=True, sort=True, nullable=True),
        search.Field("tenantId", search.TEXT, constant(schemas.TENANT), filter=True),
        search.Field("externalFormReference", search.TEXT, task.external_form, nullable=True),
        search.Field("processDefinitionVersion", search.NUMBER, definition.version),
        search.Field("customHeaders", search.MAP, task.headers),
        search.Field("priority", search.NUMBER, task.priority, filter=True, sort=True),
        search.Field("elementInstanceKey", search.KEY, task.key, filter=True, exact=True),
        search.Field("processName", search.TEXT, definition.name, nullable=True),
        search.Field("processDefinitionKey", search.KEY, task.definition_key, filter=True),
        search.Field("processInstanceKey", search.KEY, task.instance_key, filter=True),
        search.Field("rootProcessInstanceKey", search.KEY, task.root_key),
        search.Field("businessId", search.TEXT, constant(None), filter=True, sort=True, nullable=True),
        search.Field("formKey", search.KEY, task.form_key, nullable=True),
        search.Field("tags", search.LIST, NONE, filter=True, matches=process_instances.NO_TAG),
        search.Field(
            "processInstanceVariables",
            search.TEXT,
            task.instance_key,
            filter=True,
            shown=False,
            matches=variables.held_by(task.instance_key),
        ),
        search.Field(
            "localVariables", search.TEXT, task.key, filter=True, shown=False, matches=variables.held_by(task.key)
        ),
    ],
    join=lambda query: query.select_from(task).join(definition, definition.key == task.definition_key),
    visible=sight.tasks,
    alternatives=True,
)


class UserTaskCompletionRequest(schemas.Schema):
    """The answers of the task's form by their keys."""

    variables = schemas.Variables(allow_none=True)
    action = schemas.Text(allow_none=True)


class UserTaskAssignmentRequest(schemas.Schema):
    """Who gets the task."""

    assignee = schemas.Text(required=True, validate=validate.Length(1, 255))
    allow_override = schemas.Flag(allow_none=True)
    action = schemas.Text(allow_none=True)


class EmptyOrInstant(schemas.Instant):
    """An instant, or an empty text for none."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        return None if value == "" else super()._deserialize(value, attr, data, **kwargs)


class UserTaskChangeset(schemas.Schema):
    """What changes; an empty text clears a date, an empty list the candidates."""

    due_date = EmptyOrInstant(allow_none=True)
    follow_up_date = EmptyOrInstant(allow_none=True)
    candidate_users = fields.List(schemas.Text(), allow_none=True)
    candidate_groups = fields.List(schemas.Text(), allow_none=True)
    priority = schemas.Whole(minimum=0, maximum=100, allow_none=True)


class UserTaskUpdateRequest(schemas.Schema):
    """A change of a task's dates, candidates and priority."""

    changeset = fields.Nested(UserTaskChangeset, allow_none=True)
    action = schemas.Text(allow_none=True)


@routes.ask("/user-tasks/search", body=LISTING.query, raw=True, returns=LISTING.results)
def search_user_tasks(by: identity.Person, body: dict[str, Any]) -> dict[str, Any]:
    """Search user tasks

    Everybody finds the tasks of his memberships; supervisors all of their unit's subtree.
    """
    return LISTING.search(body, by)


@routes.get("/user-tasks/<userTaskKey>", returns=LISTING.result)
def get_user_task(by: identity.Person, user_task_key: int) -> dict[str, Any]:
    """Get a user task."""
    return LISTING.get(user_task_key, by)


@routes.post("/user-tasks/<userTaskKey>/completion", body=UserTaskCompletionRequest)
def complete_user_task(by: identity.Person, user_task_key: int, body: dict[str, Any]) -> None:
    """Complete a user task

    The variables are checked with the task's form; 400 names each wrong answer by its path. A task that somebody
    completed before gives 409.
    """
    passing.complete(user_task_key, body.get("variables") or {}, by=by)


@routes.post("/user-tasks/<userTaskKey>/assignment", body=UserTaskAssignmentRequest)
def assign_user_task(by: identity.Person, user_task_key: int, body: dict[str, Any]) -> None:
    """Assign a user task

    Candidates may claim a task for themselves, supervisors give it to anybody. With `allowOverride=false` a task that
    is somebody's stays his (409).
    """
    override = body.get("allow_override")
    tasks.assign(user_task_key, body["assignee"], by=by, allow_override=override is None or override)


@routes.endpoint("DELETE", "/user-tasks/<userTaskKey>/assignee")
def unassign_user_task(by: identity.Person, user_task_key: int) -> None:
    """Give a user task back to its candidates."""
    tasks.unassign(user_task_key, by=by)


@routes.endpoint("PATCH", "/user-tasks/<userTaskKey>", body=UserTaskUpdateRequest)
def update_user_task(by: identity.Person, user_task_key: int, body: dict[str, Any]) -> None:
    """Update a user task."""
    given = body.get("changeset") or {}
    names = {"due_date": "due", "follow_up_date": "follow_up"}
    changes = {names.get(name, name): _cleared(name, value) for name, value in given.items()}
    tasks.update(user_task_key, by=by, **changes)


def _cleared(name: str, value: Any) -> Any:
    """What null means for each field: no date, no candidates, the usual priority."""
    if value is not None:
        return value
    return {"candidate_users": [], "candidate_groups": [], "priority": 50}.get(name)


@routes.get("/user-tasks/<userTaskKey>/form", returns=forms.FormResult)
def get_user_task_form(by: identity.Person, user_task_key: int) -> dict[str, Any] | None:
    """Get the form of a user task

    204 if the task has none.
    """
    key = tasks.get(user_task_key, by=by).form_key
    return None if key is None else forms.show(key)


@routes.ask(
    "/user-tasks/<userTaskKey>/variables/search",
    body=variables.LISTING.query,
    raw=True,
    returns=variables.LISTING.results,
    parameters=[variables.TRUNCATE],
)
def search_user_task_variables(by: identity.Person, user_task_key: int, body: dict[str, Any]) -> dict[str, Any]:
    """Search the variables that a user task sees, its own and those of all scopes around it."""
    return _variables(by, user_task_key, body, effective=False)


@routes.ask(
    "/user-tasks/<userTaskKey>/effective-variables/search",
    body=variables.LISTING.query,
    raw=True,
    returns=variables.LISTING.results,
    parameters=[variables.TRUNCATE],
)
def search_user_task_effective_variables(
    by: identity.Person, user_task_key: int, body: dict[str, Any]
) -> dict[str, Any]:
    """Search the variables that a user task sees; of several with one name only the innermost."""
    return _variables(by, user_task_key, body, effective=True)


def _variables(by: identity.Person, key: int, body: dict[str, Any], *, effective: bool) -> dict[str, Any]:
    found = tasks.get(key, by=by)
    inner = scopes.around(found.key)
    among = [models.Variable.instance_key == found.instance_key, models.Variable.scope_key.in_(inner)]
    if effective:
        among.append(models.Variable.key.in_(scopes.innermost(found.instance_key, inner)))
    return variables.cut(variables.OF_TASK.search(body, by, *among))


AUDIT = dataclasses.replace(audit_logs.LISTING, visible=sight.everybody)
"""What was done to a task that was found to be visible before."""


@routes.ask(
    "/user-tasks/<userTaskKey>/audit-logs/search",
    body=audit_logs.LISTING.query,
    raw=True,
    returns=audit_logs.LISTING.results,
)
def search_user_task_audit_logs(by: identity.Person, user_task_key: int, body: dict[str, Any]) -> dict[str, Any]:
    """Search what was done to a user task."""
    found = tasks.get(user_task_key, by=by)
    log = models.AuditLog
    return AUDIT.search(body, by, log.entity_type == "USER_TASK", log.entity_key == found.key)
