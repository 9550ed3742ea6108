"""What everyone writes first, to compare with: SpiffWorkflow's own state as one JSON column, read and written whole.

The row is locked while a step runs, the specification is kept in the JSON as the serialiser's documentation shows, and
nothing else is kept: no task list, no history, no audit log, no forms, no permissions, no sign-in. It draws the same
diagrams, in SpiffWorkflow's dialect.
"""

import io
from functools import cache
from typing import Any

import flask
import sqlalchemy as sqla
from lxml import etree
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from bench.installation import PROCESSES
from service import db

TABLE = "CREATE TABLE IF NOT EXISTS bench_naive (id bigserial PRIMARY KEY, process text NOT NULL, state text NOT NULL)"
READ = sqla.text("SELECT state FROM bench_naive WHERE id = :id FOR UPDATE")
WRITE = sqla.text("UPDATE bench_naive SET state = :state WHERE id = :id")
ADD = sqla.text("INSERT INTO bench_naive (process, state) VALUES (:process, :state) RETURNING id")
ALL = sqla.text("SELECT id FROM bench_naive WHERE process = :process")

DIALECT = (
    ("=agreed = false", "agreed == False"),
    (">P7D<", '>"PT1S"<'),
    ('<bpmn:callActivity id="Activity_Village"', '<bpmn:callActivity id="Activity_Village" calledElement="village"'),
)

serializer = BpmnWorkflowSerializer(BpmnWorkflowSerializer.configure())
routes = flask.Blueprint("naive", __name__, url_prefix="/bench/naive")


@routes.post("/start/<file>/<process>/<int:items>")
def start(file: str, process: str, items: int) -> dict[str, Any]:
    """Start an instance; its parallel part, if any, has so many items."""
    workflow = BpmnWorkflow(*_specification(file, process, items))
    workflow.do_engine_steps()
    with db.transaction() as session:
        row = {"process": process, "state": serializer.serialize_json(workflow)}
        return {"id": session.scalar(ADD, row), "tasks": _ready(workflow)}


@routes.post("/complete/<int:instance>/<task>")
def complete(instance: int, task: str) -> dict[str, Any]:
    """Complete a task and return the open ones."""
    with db.transaction() as session:
        workflow = _load(session, instance)
        done = next(each for each in workflow.get_tasks(state=TaskState.READY) if str(each.id) == task)
        done.data.update(flask.request.get_json()["variables"])
        done.run()
        workflow.do_engine_steps()
        session.execute(WRITE, {"id": instance, "state": serializer.serialize_json(workflow)})
        return {"tasks": _ready(workflow), "completed": workflow.is_completed()}


@routes.post("/sweep/<process>")
def sweep(process: str) -> dict[str, int]:
    """Look after the timers of all instances of a process; returns how many tasks are open afterwards."""
    with db.transaction() as session:
        instances = list(session.scalars(ALL, {"process": process}))
    found = 0
    for instance in instances:
        with db.transaction() as session:
            workflow = _load(session, instance)
            workflow.refresh_waiting_tasks()
            workflow.do_engine_steps()
            session.execute(WRITE, {"id": instance, "state": serializer.serialize_json(workflow)})
            found += len(_ready(workflow))
    return {"open": found}


def prepare() -> None:
    """Make the table."""
    with db.transaction() as session:
        session.execute(sqla.text(TABLE))


def _load(session: Any, instance: int) -> BpmnWorkflow:
    return serializer.deserialize_json(session.scalar(READ, {"id": instance}))


def _ready(workflow: BpmnWorkflow) -> list[str]:
    tasks: list[Task] = workflow.get_tasks(state=TaskState.READY, manual=True)
    return [str(task.id) for task in tasks]


@cache
def _specification(file: str, process: str, items: int) -> tuple[Any, Any]:
    text = (PROCESSES / file).read_text(encoding="utf-8")
    for ours, theirs in DIALECT:
        text = text.replace(ours, theirs)
    document = etree.parse(io.BytesIO(text.encode()))
    for loop in document.iter("{*}multiInstanceLoopCharacteristics"):
        loop[:] = [etree.Element(etree.QName(loop, "loopCardinality"))]
        loop[0].text = str(items)
    parser = BpmnParser()
    parser.add_bpmn_xml(document.getroot())
    return parser.get_spec(process), parser.get_subprocess_specs(process)
