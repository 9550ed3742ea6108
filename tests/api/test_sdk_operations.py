"""Every operation of the published SDK that Lika serves, each driven once against a listening server."""

import inspect
import json
import pkgutil
import re
from pathlib import Path

import camunda_orchestration_sdk as sdk
import pytest
from camunda_orchestration_sdk import api, errors, models
from camunda_orchestration_sdk.client import ExtendedDeploymentResult
from camunda_orchestration_sdk.types import File

from tests.api.conftest import ONE_TASK
from tests.api.sdk import SERVICE, WAITING, activate, deploy, eventually, start, state
from tests.engine import bpmn

FORM = {
    "id": "visit",
    "type": "default",
    "schemaVersion": 18,
    "executionPlatform": "Camunda Cloud",
    "components": [{"type": "number", "key": "income", "id": "i", "label": "Income"}],
}
VISIT = """<bpmn:startEvent id="s"/><bpmn:userTask id="ask" name="Visit"><bpmn:extensionElements><zeebe:userTask/>
<zeebe:assignmentDefinition candidateGroups="township_clerk"/><zeebe:formDefinition formId="visit"/>
</bpmn:extensionElements></bpmn:userTask><bpmn:endEvent id="e"/>
flow: s -> ask -> e
"""
DECISION = """<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="rules" name="Rules" namespace="x">
<decision id="poor" name="Poor"><decisionTable hitPolicy="UNIQUE"><input id="i" label="income"><inputExpression>
<text>income</text></inputExpression></input><output id="o" name="poor"/>
<rule id="below"><inputEntry><text>&lt; 2800</text></inputEntry><outputEntry><text>true</text></outputEntry></rule>
<rule id="above"><inputEntry><text>&gt;= 2800</text></inputEntry><outputEntry><text>false</text></outputEntry></rule>
</decisionTable></decision></definitions>"""
SIGNALLED = """<bpmn:startEvent id="s"/><bpmn:userTask id="work"><bpmn:extensionElements><zeebe:userTask/>
<zeebe:assignmentDefinition candidateGroups="township_clerk"/></bpmn:extensionElements></bpmn:userTask>
<bpmn:boundaryEvent id="closed" attachedToRef="work"><bpmn:signalEventDefinition signalRef="S"/></bpmn:boundaryEvent>
<bpmn:endEvent id="e"/><bpmn:endEvent id="stopped"/>
flow: s -> work -> e
flow: closed -> stopped
"""
CALLING = """<bpmn:startEvent id="s"/><bpmn:callActivity id="call"><bpmn:extensionElements>
<zeebe:calledElement processId="one" propagateAllChildVariables="false"/></bpmn:extensionElements></bpmn:callActivity>
<bpmn:endEvent id="e"/>
flow: s -> call -> e
"""
TWO = ONE_TASK.replace("flow: s -> work -> e", "").replace(
    '<bpmn:endEvent id="e"/>', '<bpmn:manualTask id="note"/><bpmn:endEvent id="e"/>\nflow: s -> work -> note -> e'
)


def only(found):
    """The one item of a search."""
    (item,) = found.items
    return item


def the_task(client, instance):
    query = {"filter": {"processInstanceKey": instance.process_instance_key}}
    return only(client.search_user_tasks(data=models.UserTaskSearchQuery.from_dict(query)))


@pytest.fixture
def visit(camunda):
    """A process with a form, and a decision, deployed by the plain operation."""
    files = {
        "visit.bpmn": bpmn.xml(VISIT, process_id="visit"),
        "visit.form": json.dumps(FORM).encode(),
        "rules.dmn": DECISION.encode(),
    }
    given = [File(payload=content, file_name=name) for name, content in files.items()]
    return ExtendedDeploymentResult(camunda.create_deployment(data=models.CreateDeploymentData(resources=given)))


def test_deployed_files_are_found_and_read(camunda, visit):
    assert visit.forms[0].form_id == "visit"
    assert visit.decision_requirements[0].decision_requirements_id == "rules"
    query = models.ResourceSearchQuery.from_dict({"filter": {"resourceName": {"$like": "*.form"}}})
    resource = only(camunda.search_resources(data=query))
    assert camunda.get_resource(resource_key=resource.resource_key).resource_name == "visit.form"
    assert camunda.get_resource_content(resource_key=resource.resource_key).to_dict() == FORM
    binary = camunda.get_resource_content_binary(resource_key=resource.resource_key)
    assert json.loads(binary.payload.read()) == FORM


def test_a_process_definition_is_read_and_counted(camunda, visit):
    key = visit.processes[0].process_definition_key
    found = camunda.get_process_definition(process_definition_key=key)
    assert (found.process_definition_id, found.version, found.has_start_form) == ("visit", 1, False)
    assert 'id="visit"' in camunda.get_process_definition_xml(process_definition_key=key)
    with pytest.raises(AssertionError):  # 204: the SDK knows no answer without a form
        camunda.get_start_process_form(process_definition_key=key)
    start(camunda, "visit")
    counted = {each.element_id: each for each in camunda.get_process_definition_statistics(key).items}
    assert (counted["ask"].active, counted["s"].completed) == (1, 1)


def test_a_task_shows_its_form_and_takes_changes(camunda, bob, visit):
    instance = start(camunda, "visit", income=1200)
    task = the_task(camunda, instance)
    form = bob.get_user_task_form(user_task_key=task.user_task_key)
    assert json.loads(form.schema) == FORM
    assert bob.get_form_by_key(form_key=form.form_key).version == 1
    change = {"changeset": {"priority": 80, "dueDate": "2026-07-01T00:00:00Z", "candidateGroups": ["township_clerk"]}}
    camunda.update_user_task(task.user_task_key, data=models.UserTaskUpdateRequest.from_dict(change))
    bob.assign_user_task(task.user_task_key, data=models.UserTaskAssignmentRequest.from_dict({"assignee": "bob"}))
    bob.unassign_user_task(user_task_key=task.user_task_key)
    found = bob.get_user_task(user_task_key=task.user_task_key)
    assert (found.priority, found.assignee, found.due_date.isoformat()) == (80, None, "2026-07-01T00:00:00+00:00")
    seen = {each.name: each.value for each in bob.search_user_task_variables(user_task_key=task.user_task_key).items}
    assert seen["income"] == "1200"
    with pytest.raises(errors.BadRequestError):
        wrong = {"variables": {"income": "much"}}
        bob.complete_user_task(task.user_task_key, data=models.UserTaskCompletionRequest.from_dict(wrong))


def test_variables_are_set_and_read(camunda, visit):
    instance = start(camunda, "visit", income=1200)
    body = models.SetVariableRequest.from_dict({"variables": {"income": 900.5}})
    camunda.create_element_instance_variables(instance.process_instance_key, data=body)
    query = {"filter": {"processInstanceKey": instance.process_instance_key, "name": "income"}}
    found = only(camunda.search_variables(data=models.VariableSearchQuery.from_dict(query)))
    assert camunda.get_variable(variable_key=found.variable_key).value == "900.5"


def test_a_decision_is_found_read_and_made(camunda, visit):
    query = models.DecisionDefinitionSearchQuery.from_dict({"filter": {"decisionDefinitionId": "poor"}})
    decision = only(camunda.search_decision_definitions(data=query))
    key = decision.decision_definition_key
    assert camunda.get_decision_definition(decision_definition_key=key).name == "Poor"
    assert "decisionTable" in camunda.get_decision_definition_xml(decision_definition_key=key)
    body = sdk.DecisionEvaluationByID.from_dict({"decisionDefinitionId": "poor", "variables": {"income": 2000}})
    made = camunda.evaluate_decision(data=body)
    assert made.output == "true"
    assert made.evaluated_decisions[0].matched_rules[0].rule_id == "below"


def test_an_expression_is_evaluated(camunda):
    given = models.ExpressionEvaluationRequestVariables.from_dict({"a": 1})
    body = models.ExpressionEvaluationRequest(expression="=a + b", variables=given)
    answer = camunda.evaluate_expression(data=body)
    assert answer.result is None
    assert "b" in answer.warnings[0].message


def test_an_instance_is_suspended_resumed_and_cancelled(camunda, bob, tmp_path):
    deploy(camunda, tmp_path, one=ONE_TASK)
    instance = start(camunda, "one")
    key = instance.process_instance_key
    camunda.suspend_process_instance(key, data=models.SuspendProcessInstanceRequest())
    assert state(camunda, key) == "SUSPENDED"
    with pytest.raises(errors.ConflictError):
        bob.complete_user_task(user_task_key=the_task(camunda, instance).user_task_key)
    camunda.resume_process_instance(key, data=models.ResumeProcessInstanceRequest())
    assert state(camunda, key) == "ACTIVE"
    camunda.cancel_process_instance(key, data=None)
    assert state(camunda, key) == "TERMINATED"
    query = models.ProcessInstanceSearchQuery.from_dict({"filter": {"state": {"$eq": "TERMINATED"}}})
    assert only(camunda.search_process_instances(data=query)).process_instance_key == key
    query = {"filter": {"processInstanceKey": key}, "sort": [{"field": "timestamp"}]}
    log = camunda.search_audit_logs(data=models.AuditLogSearchQueryRequest.from_dict(query)).items
    assert [each.operation_type.value for each in log] == ["CREATE", "SUSPEND", "RESUME", "CANCEL"]
    assert camunda.get_audit_log(audit_log_key=log[0].audit_log_key).actor_id == "admin"


def test_tokens_are_moved_and_the_way_is_shown(camunda, tmp_path):
    deploy(camunda, tmp_path, one=ONE_TASK)
    key = start(camunda, "one").process_instance_key
    move = {
        "sourceElementInstruction": {"sourceType": "byId", "sourceElementId": "work"},
        "targetElementId": "e",
    }
    body = models.ProcessInstanceModificationInstruction.from_dict({"moveInstructions": [move]})
    camunda.modify_process_instance(key, data=body)
    assert state(camunda, key) == "COMPLETED"
    flows = camunda.get_process_instance_sequence_flows(process_instance_key=key).items
    assert len(flows) == 1
    counted = {
        each.element_id: each for each in camunda.get_process_instance_statistics(process_instance_key=key).items
    }
    assert (counted["work"].canceled, counted["e"].completed) == (1, 1)
    query = models.ElementInstanceSearchQuery.from_dict({"filter": {"processInstanceKey": key, "elementId": "work"}})
    element = only(camunda.search_element_instances(data=query))
    assert camunda.get_element_instance(element.element_instance_key).state.value == "TERMINATED"


def test_an_instance_goes_on_with_a_newer_version(camunda, bob, tmp_path):
    deploy(camunda, tmp_path, one=ONE_TASK)
    instance = start(camunda, "one")
    newer = deploy(camunda, tmp_path, one=TWO).processes[0]
    assert newer.process_definition_version == 2
    body = {
        "targetProcessDefinitionKey": newer.process_definition_key,
        "mappingInstructions": [{"sourceElementId": "work", "targetElementId": "work"}],
    }
    key = instance.process_instance_key
    camunda.migrate_process_instance(key, data=models.ProcessInstanceMigrationInstruction.from_dict(body))
    bob.complete_user_task(user_task_key=the_task(camunda, instance).user_task_key)
    query = models.ElementInstanceSearchQuery.from_dict({"filter": {"processInstanceKey": key, "elementId": "note"}})
    assert only(camunda.search_element_instances(data=query)).type_.value == "MANUAL_TASK"


def test_calls_are_shown_from_the_root(camunda, tmp_path):
    deploy(camunda, tmp_path, one=ONE_TASK, calling=CALLING)
    parent = start(camunda, "calling").process_instance_key
    query = models.ProcessInstanceSearchQuery.from_dict({"filter": {"parentProcessInstanceKey": parent}})
    child = eventually(lambda: camunda.search_process_instances(data=query).items)[0]
    way = camunda.get_process_instance_call_hierarchy(process_instance_key=child.process_instance_key)
    assert [each.process_instance_key for each in way] == [parent, child.process_instance_key]


def test_all_incidents_of_an_instance_are_resolved(camunda, tmp_path):
    deploy(camunda, tmp_path, payment=SERVICE)
    key = start(camunda, "payment").process_instance_key
    (job,) = activate(camunda)
    body = models.JobErrorRequest.from_dict({"errorCode": "UNKNOWN", "errorMessage": "nobody catches this"})
    camunda.throw_job_error(job.job_key, data=body)
    incident = only(camunda.search_process_instance_incidents(key))
    assert incident.error_type.value == "UNHANDLED_ERROR_EVENT"
    assert (
        only(
            camunda.search_element_instance_incidents(job.element_instance_key, data=models.IncidentSearchQuery())
        ).incident_key
        == incident.incident_key
    )
    query = models.JobSearchQuery.from_dict({"filter": {"type": "pay", "processInstanceKey": key}})
    assert only(camunda.search_jobs(data=query)).state.value == "ERROR_THROWN"
    batch = camunda.resolve_process_instance_incidents(process_instance_key=key)
    assert batch.batch_operation_type.value == "RESOLVE_INCIDENT"
    assert camunda.get_incident(incident_key=incident.incident_key).state.value == "RESOLVED"
    (again,) = activate(camunda)
    camunda.complete_job(job_key=again.job_key)
    assert state(camunda, key) == "COMPLETED"


def test_an_error_that_is_caught_takes_its_flow(camunda, tmp_path):
    deploy(camunda, tmp_path, payment=SERVICE)
    key = start(camunda, "payment").process_instance_key
    (job,) = activate(camunda)
    camunda.throw_job_error(job.job_key, data=models.JobErrorRequest.from_dict({"errorCode": "NO_MONEY"}))
    query = models.ElementInstanceSearchQuery.from_dict({"filter": {"processInstanceKey": key, "elementId": "refused"}})
    assert only(camunda.search_element_instances(data=query)).state.value == "COMPLETED"


def test_a_signal_reaches_all_who_wait(camunda, tmp_path):
    path = tmp_path / "signalled.bpmn"
    path.write_bytes(bpmn.xml(SIGNALLED, process_id="signalled", shared='<bpmn:signal id="S" name="close"/>'))
    camunda.deploy_resources_from_files([path])
    keys = [start(camunda, "signalled").process_instance_key for _number in range(2)]
    camunda.broadcast_signal(data=models.SignalBroadcastRequest.from_dict({"signalName": "close"}))
    assert eventually(lambda: {state(camunda, key) for key in keys} == {"COMPLETED"})


def test_the_clock_moves_where_the_setting_allows_it(camunda, tmp_path):
    camunda.pin_clock(data=models.ClockPinRequest.from_dict({"timestamp": 1_782_900_000_000}))
    deploy(camunda, tmp_path, waiting=WAITING)
    key = start(camunda, "waiting", household="H").process_instance_key
    begun = camunda.get_process_instance(process_instance_key=key).start_date
    assert begun.timestamp() == 1_782_900_000
    camunda.reset_clock()


NOT_SERVED = """ad_hoc_sub_process agent_definition agent_instance authorization backup batch_operation cluster_variable
conditional decision_instance decision_requirements document exporting global_listener group license_ mapping_rule
message_subscription recovery role secret setup system tenant user""".split()
"""Areas of the Camunda API beside Lika's subject: tenants, backups, agents, and what Lika has its own ways for."""


def served(application):
    """The SDK's operations, by name, whose address and method our document has."""
    document = application.test_client().get("/v2/openapi.json").json
    ours = {
        (method, re.sub(r"{\w+}", "{}", path.removeprefix("/v2")))
        for path, item in document["paths"].items()
        for method in item
    }
    found = {}
    for module in pkgutil.walk_packages(api.__path__, api.__name__ + "."):
        if module.ispkg or module.name.split(".")[-2] in NOT_SERVED:
            continue
        source = Path(module.module_finder.path, module.name.rpartition(".")[2] + ".py").read_text()
        if method := re.search(r'"method": "(\w+)"', source):
            url = re.sub(r"{\w+}", "{}", re.search(r'"url": "([^"]+)"', source)[1])
            found[module.name.rpartition(".")[2]] = (method[1], url) in ours
    return found


def test_every_operation_that_is_served_is_driven_here(application):
    here = Path(__file__).parent
    driven = "".join(each.read_text() for each in here.glob("*sdk*.py"))
    names = [name for name, is_served in served(application).items() if is_served]
    assert len(names) >= 64
    assert [name for name in names if f".{name}(" not in driven] == []
    assert all(inspect.isfunction(getattr(sdk.CamundaClient, name)) for name in names)
