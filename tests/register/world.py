"""A small county for tests of the register: one township, two villages, a few households, a run."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from service import db, identity
from service.identity import units
from service.jobs import handlers
from service.register import cases, households, models, villages
from service.register.rules import identity_numbers
from service.workflow import deployments, instances

ROOT = Path(__file__).resolve().parents[2]
PROCESS = "world"
BORN = date(1970, 1, 1)


def bpmn(task: str = "", then: str = "") -> bytes:
    """A process of one user task; ``task`` is what its extension elements hold besides ``zeebe:userTask``.

    With ``then``, the id of another process, that one is called afterwards with all variables.
    """
    after = f"""<bpmn:callActivity id="Activity_Then" name="其后">
      <bpmn:extensionElements><zeebe:calledElement processId="{then}" /></bpmn:extensionElements>
      <bpmn:incoming>Flow_2</bpmn:incoming><bpmn:outgoing>Flow_3</bpmn:outgoing>
    </bpmn:callActivity>
    <bpmn:sequenceFlow id="Flow_3" sourceRef="Activity_Then" targetRef="End_Done" />"""
    target, last, middle = ("Activity_Then", "Flow_3", after) if then else ("End_Done", "Flow_2", "")
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d"
    xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" xmlns:modeler="http://camunda.org/schema/modeler/1.0"
    targetNamespace="http://bpmn.io/schema/bpmn" modeler:executionPlatform="Camunda Cloud"
    modeler:executionPlatformVersion="8.8.0">
  <bpmn:process id="{PROCESS}" name="试验" isExecutable="true">
    <bpmn:startEvent id="Event_Begun" name="已开始"><bpmn:outgoing>Flow_1</bpmn:outgoing></bpmn:startEvent>
    <bpmn:sequenceFlow id="Flow_1" sourceRef="Event_Begun" targetRef="Task_Rows" />
    <bpmn:userTask id="Task_Rows" name="逐户办理">
      <bpmn:extensionElements><zeebe:userTask />
        <zeebe:assignmentDefinition candidateGroups="village_committee" />{task}</bpmn:extensionElements>
      <bpmn:incoming>Flow_1</bpmn:incoming><bpmn:outgoing>Flow_2</bpmn:outgoing>
    </bpmn:userTask>
    <bpmn:sequenceFlow id="Flow_2" sourceRef="Task_Rows" targetRef="{target}" />{middle}
    <bpmn:endEvent id="End_Done" name="已结束"><bpmn:incoming>{last}</bpmn:incoming></bpmn:endEvent>
  </bpmn:process>
</bpmn:definitions>""".encode()


class Households:
    """Makes households whose people have numbers that nobody had."""

    def __init__(self) -> None:
        self.serial = 0

    def household(self, unit: int, persons: int = 1, income: str = "1000", **columns: Any) -> models.Household:
        """A household whose members are all adults, with the income per person given."""
        with db.transaction():
            answers = {
                "head_name": f"吴{self.serial + 1}",
                "hamlet": "上寨屯",
                "income_wage": Decimal(income) * persons,
                "members": [self.person() for _ in range(persons)],
            }
            made = households.create(unit, answers)
            for name, value in columns.items():
                setattr(made, name, value)
            return made

    def person(self) -> dict[str, Any]:
        """Answers of a member of the form, with a number nobody had."""
        self.serial += 1
        return {
            "name": f"吴{self.serial}",
            "cert_no": identity_numbers.compose("450299", BORN, self.serial),
            "relation_to_head": "01",
            "health": ["01"],
            "labour_ability": "01",
        }


class World(Households):
    """Units and an open run. With ``deployed``, an instance with all decision tables is the run."""

    def __init__(
        self,
        *,
        deployed: bool = False,
        task: str = "",
        then: str = "",
        forms: Sequence[str] = (),
        files: Mapping[str, bytes] | None = None,
        at: str = "500299001",
    ) -> None:
        super().__init__()
        county = units.add("500299", "某县", "county")
        self.county = county.id
        self.township = units.add("500299001", "枫溪乡", "township", county).id
        self.upper = self._village("500299001001", "上村")
        self.lower = self._village("500299001002", "下村")
        self.instance = self._deploy(bpmn(task, then), forms, files or {}, at) if deployed else db.next_key()
        self.do("run-open", self.township, {"kind": "household", "year": "=2014"})

    def do(
        self, job_type: str, unit: int, headers: Mapping[str, str] | None = None, **variables: Any
    ) -> dict[str, Any]:
        """Let a service task's handler work for the instance of a unit, in a transaction of its own."""
        handler = handlers.find(job_type)
        assert handler is not None, job_type
        with db.transaction():
            known = {"root_key": str(self.instance), "unit_name": units.get(unit).name, **variables}
            job = handlers.Job(1, job_type, self.instance, PROCESS, "Task_It", unit, headers or {}, known)
            return dict(handler(job) or {})

    def cases(self, unit: int | None = None) -> dict[str, models.Case]:
        """The run's cases by code, freshly read."""
        db.sa.session.expire_all()
        return {cases.code(case): case for case in cases.find(self.instance, unit or self.township)}

    def states(self, unit: int | None = None) -> dict[str, str]:
        """The states by code."""
        return {code: case.state for code, case in self.cases(unit).items()}

    def _deploy(self, drawing: bytes, forms: Sequence[str], more: Mapping[str, bytes], at: str) -> int:
        paths = [*(ROOT / "processes").glob("*.dmn"), *(ROOT / "forms" / f"{name}.form" for name in forms)]
        files = {path.name: path.read_bytes() for path in paths}
        deployments.deploy({"world.bpmn": drawing, **files, **more}, by=identity.SYSTEM)
        return instances.create(PROCESS, {}, by=identity.SYSTEM, unit=at).key

    def _village(self, code: str, name: str) -> int:
        unit = units.add(code, name, "village", units.get(self.township))
        with db.transaction():
            villages.save(unit.id, {"households_total": Decimal(100), "persons_total": Decimal(400)})
        return unit.id
