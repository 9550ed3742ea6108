"""Every field of every endpoint, as our own OpenAPI document names them, filled with what does not belong there."""

import copy
import functools
import itertools
import json
from collections.abc import Iterator
from typing import Any

import hypothesis
import pytest
from hypothesis import strategies as st

from tests.engine import bpmn
from tests.hostile.conftest import refusal

WRONG: list[Any] = [
    None,
    True,
    -1,
    0,
    2**63,
    1.5,
    10**33,
    "",
    " ",
    "17",
    "x" * 3_000,
    "2026-02-30",
    "'; DROP TABLE user_task; --",
    "\U0001f600\u202e",
    [],
    [None, [1]],
    {},
    {"$eq": {}},
    {"": None},
]
PROCESS = """<bpmn:startEvent id="s"/><bpmn:parallelGateway id="fork"/>
<bpmn:userTask id="work"><bpmn:extensionElements><zeebe:userTask/>
<zeebe:assignmentDefinition candidateGroups="township_clerk"/></bpmn:extensionElements></bpmn:userTask>
<bpmn:serviceTask id="pay"><bpmn:extensionElements><zeebe:taskDefinition type="pay"/>
</bpmn:extensionElements></bpmn:serviceTask><bpmn:serviceTask id="stop"><bpmn:extensionElements>
<zeebe:taskDefinition type="stop"/></bpmn:extensionElements></bpmn:serviceTask>
<bpmn:endEvent id="e1"/><bpmn:endEvent id="e2"/><bpmn:endEvent id="e3"/>
flow: s -> fork -> work -> e1
flow: fork -> pay -> e2
flow: fork -> stop -> e3
"""
DECISION = (
    '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="x"><decision id="dec"'
    ' name="dec"><literalExpression><text>sum + 1</text></literalExpression></decision></definitions>'
)
FORM = (
    '{"id": "f", "type": "default", "schemaVersion": 18, "components": [{"type": "textfield", "key": "k", "id": "i"}]}'
)


@functools.cache
def operations(application: Any) -> dict[str, Any]:
    """All operations of the document: "POST /v2/..." -> (operation, all schemas)."""
    document = application.test_client().get("/v2/openapi.json").json
    return {
        f"{method.upper()} {path}": (operation, document["components"]["schemas"])
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if method in ("get", "post", "put", "patch", "delete")
    }


@pytest.fixture
def world(admin):
    """A key for each name of a path argument."""
    answer = admin.deploy({"odd.bpmn": bpmn.xml(PROCESS, process_id="odd"), "d.dmn": DECISION, "f.form": FORM})
    assert answer.status_code == 200, answer.text
    instance = admin.start("odd", unit="4502-e", n=1)
    taken = admin.post("/jobs/activation", {"type": "stop", "timeout": 60000, "maxJobsToActivate": 1}).json["jobs"]
    admin.post(f"/jobs/{taken[0]['jobKey']}/failure", {"retries": 0})

    def first(noun: str, key: str, **filter: Any) -> str:
        found: str = admin.search(noun, filter)[0][key]
        return found

    task = first("user-tasks", "userTaskKey")
    admin.post(f"/user-tasks/{task}/assignment", {"assignee": "bob"})
    return {
        "processInstanceKey": instance,
        "userTaskKey": task,
        "elementInstanceKey": task,
        "jobKey": first("jobs", "jobKey", type="pay"),
        "incidentKey": first("incidents", "incidentKey"),
        "variableKey": first("variables", "variableKey"),
        "auditLogKey": first("audit-logs", "auditLogKey"),
        "resourceKey": first("resources", "resourceKey"),
        "processDefinitionKey": first("process-definitions", "processDefinitionKey"),
        "decisionDefinitionKey": first("decision-definitions", "decisionDefinitionKey"),
        "formKey": next(d["form"]["formKey"] for d in answer.json["deployments"] if d["form"]),
    }


def sample(schema: Any, schemas: Any) -> Any:
    """A value that fits a schema, with every property."""
    if "$ref" in schema:
        return sample(schemas[schema["$ref"].rpartition("/")[2]], schemas)
    for several in ("oneOf", "anyOf", "allOf"):
        if several in schema:
            return sample(schema[several][0], schemas)
    if "enum" in schema:
        return schema["enum"][0]
    kind = schema.get("type")
    kind = kind[0] if isinstance(kind, list) else kind
    if kind == "object":
        return {name: sample(each, schemas) for name, each in schema.get("properties", {}).items()}
    if kind == "array":
        return [sample(schema.get("items", {}), schemas)]
    text = "2026-01-01T00:00:00Z" if schema.get("format") == "date-time" else "17"
    return {"string": text, "integer": schema.get("minimum", 1), "number": 1, "boolean": True}.get(kind, "x")


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The paths to all values inside a value, and to itself."""
    yield path
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, inner in entries:
        yield from places(inner, (*path, name))


def put(value: Any, path: tuple[Any, ...], other: Any) -> Any:
    """A copy with another value at a path."""
    if not path:
        return other
    changed = copy.deepcopy(value)
    owner = functools.reduce(lambda inner, name: inner[name], path[:-1], changed)
    owner[path[-1]] = other
    return changed


def ask(caller: Any, name: str, world: Any, body: Any) -> None:
    """Send a body; whatever it is, the answer is a good one or a problem of the caller's."""
    method, _space, path = name.partition(" ")
    if path.endswith("/clock"):
        return  # a clock that stands in another millennium would harm the tests, not the server
    for key, value in world.items():
        path = path.replace(f"{{{key}}}", value)
    answer = caller.send(method, path.removeprefix("/v2"), body)
    assert answer.status_code < 500 or answer.status_code == 504, (name, body, answer.text)
    if answer.status_code >= 400:
        refusal(answer)


def bodied(application: Any) -> list[tuple[str, Any]]:
    """The operations with a JSON body, each with a body that fits."""
    found = []
    for name, (operation, schemas) in operations(application).items():
        content = operation.get("requestBody", {}).get("content", {}).get("application/json")
        if content:
            found.append((name, sample(content["schema"], schemas)))
    return found


@pytest.mark.timeout(300)
def test_no_wrong_value_in_any_field_breaks_the_server(application, admin, world):
    wrongs = itertools.cycle(WRONG)
    for name, body in bodied(application):
        body.pop("requestTimeout", None)
        for place in places(body):
            for wrong in itertools.islice(wrongs, 3):
                alone = {} if not place else {place[0]: body[place[0]]}
                ask(admin, name, world, put(alone if name.endswith("/search") else body, place, wrong))


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec="utf-8"), max_size=20)
    | st.sampled_from(["$eq", "$in", "$like", "17", "CREATED", "one", "4502-e"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@pytest.mark.timeout(300)
def test_no_body_whatever_it_says_breaks_the_server(application, admin, world):
    known = bodied(application)

    @hypothesis.settings(max_examples=200, deadline=None, derandomize=True, database=None)
    @hypothesis.given(st.data())
    def attack(data: Any) -> None:
        name, body = data.draw(st.sampled_from(known))
        for place in data.draw(st.lists(st.sampled_from(list(places(body))[1:] or [()]), max_size=3)):
            try:
                body = put(body, place, data.draw(JSON))
            except (KeyError, IndexError, TypeError):
                continue  # an earlier change took the place away
        json.dumps(body)
        ask(admin, name, world, body)

    attack()


def test_every_address_can_be_read_without_harm(application, admin, nobody, world):
    for name, (operation, _schemas) in operations(application).items():
        method, _space, path = name.partition(" ")
        for key, value in world.items():
            path = path.replace(f"{{{key}}}", value)
        if method == "GET":
            assert admin.get(path.removeprefix("/v2")).status_code in (200, 204), name
        if operation.get("security") != []:
            refusal(nobody.send(method, path.removeprefix("/v2")), 401)
