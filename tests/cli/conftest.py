"""`lika` as people run it: processes, a database that has the tables, a folder of files of one's own."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import flask
import pytest

from service import cli, identity
from service.db import embedded
from service.workflow import live, releases

ROOT = Path(__file__).parents[2]
PASSWORD = "correct horse battery"


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """A folder with a process and its form."""
    folder = tmp_path / "my files"
    folder.mkdir()
    (folder / "visit.bpmn").write_text(VISIT)
    (folder / "visit.form").write_text(FORM)
    (folder / "notes.txt").write_text("not to be deployed")
    return folder


@dataclass(frozen=True)
class Done:
    """How a command ended and what it said."""

    returncode: int
    stdout: str
    stderr: str


Lika = Callable[..., Done]


@pytest.fixture
def environment(app: flask.Flask, server: embedded.Server, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Variables that lead a command to the test's database and let it speak English."""
    releases.forget()
    live.forget()
    place = {"DATABASE_URL": server.url(), "LIKA_VAR": str(tmp_path_factory.mktemp("var"))}
    return place | {"LANG": "en_US.UTF-8", "LC_ALL": "", "LC_MESSAGES": "", "PYTHONUTF8": "1"}


@pytest.fixture
def lika(
    environment: dict[str, str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Lika]:
    """Run a command line as `lika` does, in this process, which saves the seconds of its start."""

    def run(*arguments: object, **more: str) -> Done:
        with monkeypatch.context() as patch:
            for name, value in (environment | more).items():
                patch.setenv(name, value)
            patch.setattr("sys.argv", ["lika", *map(str, arguments)])
            with pytest.raises(SystemExit) as ended:
                cli.main()
        said = capsys.readouterr()
        return Done(int(ended.value.code or 0), said.out, said.err)

    yield run
    releases.forget()


@pytest.fixture
def process(environment: dict[str, str]) -> Lika:
    """Run a command as a process of its own."""

    def run(*arguments: object, **more: str) -> Done:
        command = [sys.executable, "-m", "service.cli", *map(str, arguments)]
        done = subprocess.run(command, env=os.environ | environment | more, capture_output=True, text=True, check=False)
        return Done(done.returncode, done.stdout, done.stderr)

    return run


def person(name: str, role: str) -> None:
    """Add somebody with a role in a county."""
    county = identity.units.add("4502", "县", "county")
    identity.people.add(name, name.title(), PASSWORD)
    identity.people.join(name, role, county)


FORM = """{
  "type": "default", "id": "f_visited", "schemaVersion": 19,
  "executionPlatform": "Camunda Cloud", "executionPlatformVersion": "8.8.0",
  "components": [
    {"type": "textfield", "id": "Field_Words", "key": "words", "label": "情况", "validate": {"required": true}}
  ]
}
"""
VISIT = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
    xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" xmlns:modeler="http://camunda.org/schema/modeler/1.0"
    id="Definitions_visit" targetNamespace="http://bpmn.io/schema/bpmn"
    modeler:executionPlatform="Camunda Cloud" modeler:executionPlatformVersion="8.8.0">
  <bpmn:process id="visit" name="走访" isExecutable="true">
    <bpmn:startEvent id="Event_Start"><bpmn:outgoing>Flow_1</bpmn:outgoing></bpmn:startEvent>
    <bpmn:sequenceFlow id="Flow_1" sourceRef="Event_Start" targetRef="Task_Visit"/>
    <bpmn:userTask id="Task_Visit" name="走访农户">
      <bpmn:extensionElements>
        <zeebe:userTask/>
        <zeebe:formDefinition formId="f_visited"/>
        <zeebe:assignmentDefinition candidateGroups="village_clerk"/>
      </bpmn:extensionElements>
      <bpmn:incoming>Flow_1</bpmn:incoming><bpmn:outgoing>Flow_2</bpmn:outgoing>
    </bpmn:userTask>
    <bpmn:sequenceFlow id="Flow_2" sourceRef="Task_Visit" targetRef="End_Visited"/>
    <bpmn:endEvent id="End_Visited"><bpmn:incoming>Flow_2</bpmn:incoming></bpmn:endEvent>
  </bpmn:process>
</bpmn:definitions>
"""
