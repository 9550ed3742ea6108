"""What our endpoints declare is what the published SDK's models expect: fields, filters, sorts, enumerations."""

import enum
import importlib
import inspect
import re

import pytest

from service.api import (
    audit_logs,
    authentication,
    cluster,
    decision_definitions,
    deployments,
    element_instances,
    expressions,
    forms,
    incidents,
    jobs,
    messages,
    process_definitions,
    process_instances,
    resources,
    signals,
    trails,
    user_tasks,
    variables,
)
from service.api.search import described

LISTINGS = {
    "audit_log": (audit_logs.LISTING, "audit_log_result", "audit_log_search_query_request_filter"),
    "decision_definition": (decision_definitions.LISTING, "decision_definition_result", None),
    "element_instance": (element_instances.LISTING, "element_instance_result", None),
    "incident": (incidents.LISTING, "incident_result", None),
    "job": (jobs.LISTING, "job_search_result", None),
    "process_definition": (process_definitions.LISTING, "process_definition_result", None),
    "process_instance": (process_instances.LISTING, "process_instance_result", None),
    "resource": (resources.LISTING, "resource_result", None),
    "user_task": (user_tasks.LISTING, "user_task_result", None),
    "variable": (variables.LISTING, "variable_search_result", None),
}

MISSING_FILTERS = {"element_instance": {"elementName"}}
MISSING_SORTS = {"element_instance": {"elementName"}}
"""Known gaps: names of elements stand in the diagram, not in the database."""

ADDED = {"audit_log": {"reason", "before", "after"}}


def model(name):
    return importlib.import_module(f"camunda_orchestration_sdk.models.{name}")


def keys(name, required):
    source = inspect.getsource(model(name))
    pattern = r'pop_required\(\s*"([^"]+)"' if required else r'd\.pop\(\s*"([^"]+)", UNSET'
    return set(re.findall(pattern, source))


def enumeration(name):
    here = [v for v in vars(model(name)).values() if inspect.isclass(v) and v.__module__ == model(name).__name__]
    (found,) = [each for each in here if issubclass(each, enum.Enum)]
    return {each.value for each in found}


@pytest.mark.parametrize("noun", LISTINGS)
def test_results_have_the_fields_of_the_sdk(noun):
    listing, result, _filter = LISTINGS[noun]
    assert {field.name for field in listing.shown} - ADDED.get(noun, set()) == keys(result, required=True)


@pytest.mark.parametrize("noun", LISTINGS)
def test_one_can_filter_by_what_the_sdk_filters_by(noun):
    listing, _result, name = LISTINGS[noun]
    wanted = keys(name or f"{noun}_search_query_filter", required=False) - {"$or"}
    assert wanted - set(listing.filters) == MISSING_FILTERS.get(noun, set())


@pytest.mark.parametrize("noun", LISTINGS)
def test_one_can_sort_by_what_the_sdk_sorts_by(noun):
    listing, _result, _filter = LISTINGS[noun]
    wanted = enumeration(f"{noun}_search_query_sort_request_field")
    assert wanted - set(listing.sorts) == MISSING_SORTS.get(noun, set())


@pytest.mark.parametrize("noun", ["user_task", "process_instance", "element_instance"])
def test_where_the_sdk_has_alternatives_we_have_them(noun):
    assert "$or" in keys(f"{noun}_search_query_filter", required=False)
    assert LISTINGS[noun][0].alternatives


@pytest.mark.parametrize(
    ("values", "name"),
    [
        (user_tasks.STATES, "user_task_state_enum"),
        (process_instances.STATES, "process_instance_state_enum"),
        (element_instances.TYPES, "element_instance_result_type"),
        (jobs.STATES, "job_state_enum"),
        (jobs.KINDS, "job_kind_enum"),
        (jobs.LISTENER_EVENTS, "job_listener_event_type_enum"),
        (audit_logs.ENTITIES, "audit_log_entity_type_enum"),
        (audit_logs.OPERATIONS, "audit_log_operation_type_enum"),
    ],
)
def test_enumerations_are_those_of_the_sdk(values, name):
    assert set(values) == enumeration(name)


def test_incident_types_are_known_to_the_sdk():
    assert set(incidents.TYPES) <= enumeration("incident_error_type_enum")


@pytest.mark.parametrize(
    ("schema", "name"),
    [
        (cluster.Topology, "topology_response"),
        (cluster.Broker, "broker_info"),
        (cluster.Partition, "partition"),
        (deployments.DeploymentResult, "deployment_result"),
        (deployments.ProcessItem, "deployment_process_result"),
        (deployments.DecisionItem, "deployment_decision_result"),
        (deployments.RequirementsItem, "deployment_decision_requirements_result"),
        (deployments.FormItem, "deployment_form_result"),
        (process_instances.CreateProcessInstanceResult, "create_process_instance_result"),
        (trails.HierarchyEntry, "process_instance_call_hierarchy_entry"),
        (trails.FlowEntry, "process_instance_sequence_flow_result"),
        (process_definitions.ElementStatistics, "process_element_statistics_result"),
        (forms.FormResult, "form_result"),
        (messages.MessagePublicationResult, "message_publication_result"),
        (messages.MessageCorrelationResult, "message_correlation_result"),
        (signals.SignalBroadcastResult, "signal_broadcast_result"),
        (jobs.ActivatedJobResult, "activated_job_result"),
        (decision_definitions.EvaluateDecisionResult, "evaluate_decision_result"),
        (decision_definitions.EvaluatedDecisionResult, "evaluated_decision_result"),
        (expressions.ExpressionEvaluationResult, "expression_evaluation_result"),
        (described.PageResponse, "search_query_page_response"),
    ],
)
def test_answers_have_the_fields_of_the_sdk(schema, name):
    ours = {field.data_key for field in schema().fields.values() if field.required}
    assert ours == keys(name, required=True)


def test_who_one_is_has_the_fields_of_the_sdk_and_the_memberships():
    ours = {field.data_key for field in authentication.CurrentUser().fields.values()}
    assert ours == keys("camunda_user_result", required=True) | {"memberships"}


@pytest.mark.parametrize(
    ("schema", "names"),
    [
        (
            process_instances.ProcessInstanceCreationRequest,
            ["process_creation_by_id", "process_creation_by_key", "process_creation_by_version_tag"],
        ),
        (user_tasks.UserTaskCompletionRequest, ["user_task_completion_request"]),
        (user_tasks.UserTaskAssignmentRequest, ["user_task_assignment_request"]),
        (user_tasks.UserTaskUpdateRequest, ["user_task_update_request"]),
        (user_tasks.UserTaskChangeset, ["changeset"]),
        (messages.MessagePublicationRequest, ["message_publication_request"]),
        (messages.MessageCorrelationRequest, ["message_correlation_request"]),
        (signals.SignalBroadcastRequest, ["signal_broadcast_request"]),
        (jobs.JobActivationRequest, ["job_activation_request"]),
        (jobs.JobCompletionRequest, ["job_completion_request"]),
        (jobs.JobFailRequest, ["job_fail_request"]),
        (jobs.JobErrorRequest, ["job_error_request"]),
        (jobs.JobUpdateRequest, ["job_update_request"]),
        (jobs.JobChangeset, ["job_changeset"]),
        (element_instances.SetVariableRequest, ["set_variable_request"]),
        (decision_definitions.DecisionEvaluationRequest, ["decision_evaluation_by_id", "decision_evaluation_by_key"]),
        (expressions.ExpressionEvaluationRequest, ["expression_evaluation_request"]),
    ],
)
def test_requests_take_the_fields_of_the_sdk(schema, names):
    theirs = set().union(*(keys(name, required=flag) for name in names for flag in (True, False)))
    ours = {field.data_key for field in schema().fields.values()}
    assert theirs <= ours
    assert ours - theirs <= {"reason"}


def test_every_schema_in_the_document_has_one_name(application):
    document = application.test_client().get("/v2/openapi.json").json
    assert len(document["paths"]) > 60
    assert not [name for name in document["components"]["schemas"] if re.search(r"\d$", name)]
