"""The published SDK against a listening server: from deployment to the end of a process."""

import asyncio
import datetime as dt

import camunda_orchestration_sdk as sdk
import pytest
from camunda_orchestration_sdk import errors, models

from tests.api.conftest import ONE_TASK
from tests.api.sdk import SERVICE, WAITING, activate, deploy, eventually, start, state


def test_the_server_tells_what_it_is_and_who_one_is(camunda, bob):
    topology = camunda.get_topology()
    assert topology.cluster_size == 1
    assert topology.brokers[0].partitions[0].health.value == "healthy"
    camunda.get_status()
    assert bob.get_authentication().username == "bob"
    assert bob.get_authentication().roles == ["township_clerk"]


def test_deploy_start_find_and_complete(camunda, bob, tmp_path):
    deployed = deploy(camunda, tmp_path, one=ONE_TASK)
    (process,) = deployed.processes
    assert (process.process_definition_id, process.process_definition_version) == ("one", 1)
    found = camunda.search_process_definitions(
        data=models.ProcessDefinitionSearchQuery.from_dict({"filter": {"processDefinitionId": {"$like": "o*"}}})
    )
    assert [each.process_definition_key for each in found.items] == [process.process_definition_key]
    assert "<bpmn:userTask" in camunda.get_process_definition_xml(process_definition_key=process.process_definition_key)
    created = start(camunda, "one", amount=12.5)
    (task,) = bob.search_user_tasks(
        data=models.UserTaskSearchQuery.from_dict(
            {"filter": {"state": "CREATED", "candidateGroup": "township_clerk"}, "sort": [{"field": "creationDate"}]}
        )
    ).items
    assert task.process_instance_key == created.process_instance_key
    assert isinstance(task.creation_date, dt.datetime)
    bob.assign_user_task(
        user_task_key=task.user_task_key, data=models.UserTaskAssignmentRequest.from_dict({"assignee": "bob"})
    )
    assert bob.get_user_task(user_task_key=task.user_task_key).assignee == "bob"
    seen = bob.search_user_task_effective_variables(user_task_key=task.user_task_key).items
    assert {each.name: each.value for each in seen}["amount"] == "12.5"
    bob.complete_user_task(
        user_task_key=task.user_task_key,
        data=models.UserTaskCompletionRequest.from_dict({"variables": {"agreed": True}}),
    )
    assert state(camunda, created.process_instance_key) == "COMPLETED"
    with pytest.raises(errors.ConflictError):
        bob.complete_user_task(user_task_key=task.user_task_key)
    log = camunda.search_user_task_audit_logs(user_task_key=task.user_task_key).items
    assert [each.operation_type.value for each in log] == ["ASSIGN", "COMPLETE"]


def test_what_the_sdk_refuses_is_told_as_a_problem(camunda, tmp_path):
    with pytest.raises(errors.NotFoundError):
        camunda.get_user_task(user_task_key=sdk.UserTaskKey("12345"))
    with pytest.raises(errors.BadRequestError):
        deploy(camunda, tmp_path)


def test_a_message_reaches_who_waits_for_it(camunda, tmp_path):
    deploy(camunda, tmp_path, waiting=WAITING)
    created = start(camunda, "waiting", household="H-7")
    answer = camunda.publish_message(
        data=models.MessagePublicationRequest.from_dict(
            {"name": "paid", "correlationKey": "H-7", "timeToLive": 60000, "variables": {"sum": 800}}
        )
    )
    assert answer.message_key
    eventually(lambda: state(camunda, created.process_instance_key) == "COMPLETED")
    variables = camunda.search_variables(
        data=models.VariableSearchQuery.from_dict(
            {"filter": {"processInstanceKey": created.process_instance_key, "name": "sum"}}
        )
    )
    assert [each.value for each in variables.items] == ["800"]


def test_a_process_that_a_message_starts_tells_which_message(camunda, tmp_path):
    begins = '<bpmn:startEvent id="s"><bpmn:messageEventDefinition messageRef="M"/></bpmn:startEvent>'
    deploy(camunda, tmp_path, begun=f'{begins}<bpmn:endEvent id="e"/>\nflow: s -> e\n')
    with pytest.raises(errors.ConflictError, match="请改为发布消息 paid"):
        start(camunda, "begun")


def test_a_message_is_correlated_at_once(camunda, tmp_path):
    deploy(camunda, tmp_path, waiting=WAITING)
    created = start(camunda, "waiting", household="H-8")
    body = models.MessageCorrelationRequest.from_dict({"name": "paid", "correlationKey": "H-8"})
    answer = camunda.correlate_message(data=body)
    assert answer.process_instance_key == created.process_instance_key
    assert state(camunda, created.process_instance_key) == "COMPLETED"
    with pytest.raises(errors.NotFoundError):
        camunda.correlate_message(data=body)


def test_an_incident_is_found_and_resolved(camunda, tmp_path):
    deploy(camunda, tmp_path, payment=SERVICE)
    created = start(camunda, "payment")
    (job,) = activate(camunda)
    camunda.fail_job(
        job_key=job.job_key, data=models.JobFailRequest.from_dict({"retries": 0, "errorMessage": "the bank is closed"})
    )
    (incident,) = camunda.search_incidents(
        data=models.IncidentSearchQuery.from_dict({"filter": {"state": "ACTIVE"}})
    ).items
    assert incident.error_message == "the bank is closed"
    assert camunda.get_process_instance(process_instance_key=created.process_instance_key).has_incident
    camunda.update_job(job_key=job.job_key, data=models.JobUpdateRequest.from_dict({"changeset": {"retries": 1}}))
    camunda.resolve_incident(incident_key=incident.incident_key)
    assert camunda.get_incident(incident_key=incident.incident_key).state.value == "RESOLVED"
    (again,) = activate(camunda)
    camunda.complete_job(job_key=again.job_key)
    assert state(camunda, created.process_instance_key) == "COMPLETED"


def test_a_worker_works(address, camunda, tmp_path):
    deploy(camunda, tmp_path, payment=SERVICE)
    good, bad = start(camunda, "payment", sum=100), start(camunda, "payment", sum=-1)

    async def pay(job):
        given = job.variables.to_dict()
        if given["sum"] < 0:
            raise sdk.runtime.job_worker.JobError("NO_MONEY", "nothing there")
        assert job.custom_headers.to_dict() == {"bank": "RCC"}
        return {"paid": given["sum"]}

    async def work():
        async with sdk.CamundaAsyncClient(configuration=dict(camunda.configuration.model_dump(exclude_none=True))) as c:
            worker = c.create_job_worker(
                sdk.WorkerConfig(job_type="pay", job_timeout_milliseconds=30_000), pay, execution_strategy="async"
            )
            running = asyncio.create_task(c.run_workers())
            for _round in range(200):
                states = [
                    (await c.get_process_instance(process_instance_key=each.process_instance_key)).state.value
                    for each in (good, bad)
                ]
                if states == ["COMPLETED", "COMPLETED"]:
                    break
                await asyncio.sleep(0.05)
            worker.stop()
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
            return states

    assert asyncio.run(work()) == ["COMPLETED", "COMPLETED"]
    found = camunda.search_element_instances(
        data=models.ElementInstanceSearchQuery.from_dict({"filter": {"elementId": "refused"}})
    )
    assert [each.process_instance_key for each in found.items] == [bad.process_instance_key]
