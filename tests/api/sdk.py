"""What tests of the published SDK share: a client of the listening server, deploying and starting."""

import time
from pathlib import Path

import camunda_orchestration_sdk as sdk
from camunda_orchestration_sdk import models

from tests.engine import bpmn

PASSWORD = "correct horse battery"
NO_MONEY = '<bpmn:error id="NoMoney" errorCode="NO_MONEY"/>'
PAID = """<bpmn:message id="M" name="paid"><bpmn:extensionElements><zeebe:subscription correlationKey="=household"/>
</bpmn:extensionElements></bpmn:message>"""
SERVICE = """<bpmn:startEvent id="s"/><bpmn:serviceTask id="pay"><bpmn:extensionElements>
<zeebe:taskDefinition type="pay" retries="2"/>
<zeebe:taskHeaders><zeebe:header key="bank" value="RCC"/></zeebe:taskHeaders>
</bpmn:extensionElements></bpmn:serviceTask><bpmn:endEvent id="e"/><bpmn:endEvent id="refused"/>
<bpmn:boundaryEvent id="no" attachedToRef="pay"><bpmn:errorEventDefinition errorRef="NoMoney"/></bpmn:boundaryEvent>
flow: s -> pay -> e
flow: no -> refused
"""
WAITING = """<bpmn:startEvent id="s"/><bpmn:intermediateCatchEvent id="wait">
<bpmn:messageEventDefinition messageRef="M"/></bpmn:intermediateCatchEvent><bpmn:endEvent id="e"/>
flow: s -> wait -> e
"""


def client_for(address, name):
    """A client that signs in with HTTP Basic."""
    return sdk.CamundaClient(
        configuration={
            "CAMUNDA_REST_ADDRESS": address,
            "CAMUNDA_AUTH_STRATEGY": "BASIC",
            "CAMUNDA_BASIC_AUTH_USERNAME": name,
            "CAMUNDA_BASIC_AUTH_PASSWORD": PASSWORD,
        }
    )


def deploy(client, folder: Path, **bodies):
    """Deploy processes by their bodies in the tests' short notation."""
    paths = []
    for name, body in bodies.items():
        path = folder / f"{name}.bpmn"
        path.write_bytes(bpmn.xml(body, process_id=name, shared=PAID + NO_MONEY))
        paths.append(path)
    return client.deploy_resources_from_files(paths)


def start(client, process_id, **variables):
    """Start a process in the eastern township."""
    given = models.ProcessInstanceCreationInstructionBaseVariables.from_dict({"unit": "4502-e"} | variables)
    body = sdk.ProcessCreationById(process_definition_id=sdk.ProcessDefinitionId(process_id), variables=given)
    return client.create_process_instance(data=body)


def activate(client):
    """Take the jobs of type `pay`."""
    body = {"type": "pay", "timeout": 60000, "maxJobsToActivate": 5, "worker": "w"}
    return client.activate_jobs(data=models.JobActivationRequest.from_dict(body)).jobs


def eventually(question, seconds=10):
    """Ask until the answer is true, and return it."""
    end = time.monotonic() + seconds
    while not (answer := question()):
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.03)
    return answer


def state(client, key):
    """The state of an instance."""
    return client.get_process_instance(process_instance_key=key).state.value
