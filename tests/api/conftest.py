"""A county and callers of the API: Alice supervises, Bob does the work, Charlie is a stranger."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import flask
import flask.testing
import pytest
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from service.identity import Unit, credentials, people, roles, units
from service.workflow import live, releases
from tests.api import serving
from tests.api.sdk import PASSWORD, client_for
from tests.engine import bpmn


@dataclass(frozen=True)
class County:
    """A county with two townships and a village in the first."""

    county: Unit
    east: Unit
    west: Unit
    village: Unit


@pytest.fixture
def county(app: flask.Flask) -> County:
    """Units and people: admin, alice (supervisor of the east), bob (clerk in the east), charlie (clerk in the west)."""
    roles.write_catalogue()
    releases.forget()
    live.forget()
    top = units.add("4502", "县", "county")
    east = units.add("4502-e", "东乡", "township", top)
    west = units.add("4502-w", "西乡", "township", top)
    village = units.add("4502-e-u", "上村", "village", east)
    for name, role, unit in (
        ("admin", "admin", top),
        ("dora", "designer", top),
        ("alice", "supervisor", east),
        ("bob", "township_clerk", east),
        ("charlie", "township_clerk", west),
    ):
        people.add(name, name.title(), PASSWORD)
        people.join(name, role, unit)
    return County(top, east, west, village)


class Caller:
    """Somebody who calls the API; every JSON answer is checked against the schema its endpoint documents."""

    def __init__(self, app: flask.Flask, token: str | None) -> None:
        self.app = app
        self.client = app.test_client()
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}

    def send(self, method: str, path: str, body: Any = None, *, headers: Any = None, **more: Any) -> Any:
        """Send a request and return the response; `body` is JSON."""
        if body is not None:
            more["json"] = body
        response = self.client.open("/v2" + path, method=method, headers={**self.headers, **(headers or {})}, **more)
        self._check(method, "/v2" + path, response)
        return response

    def get(self, path: str, **more: Any) -> Any:
        """GET."""
        return self.send("GET", path, **more)

    def post(self, path: str, body: Any = None, **more: Any) -> Any:
        """POST."""
        return self.send("POST", path, {} if body is None and "data" not in more else body, **more)

    def patch(self, path: str, body: Any, **more: Any) -> Any:
        """PATCH."""
        return self.send("PATCH", path, body, **more)

    def put(self, path: str, body: Any, **more: Any) -> Any:
        """PUT."""
        return self.send("PUT", path, body, **more)

    def delete(self, path: str, **more: Any) -> Any:
        """DELETE."""
        return self.send("DELETE", path, **more)

    def search(self, noun: str, filter: Any = None, **more: Any) -> list[Any]:
        """The items of a search."""
        response = self.post(f"/{noun}/search", ({"filter": filter} if filter else {}) | more)
        assert response.status_code == 200, response.text
        items: list[Any] = response.json["items"]
        return items

    def deploy(self, files: dict[str, bytes | str], **more: Any) -> Any:
        """Deploy files."""
        contents = {name: data.encode() if isinstance(data, str) else data for name, data in files.items()}
        parts = [FileStorage(io.BytesIO(data), filename=name) for name, data in contents.items()]
        boundary, body = encode_multipart({"resources": parts})
        return self.post("/deployments", data=body, content_type=f"multipart/form-data; boundary={boundary}", **more)

    def start(self, process_id: str, /, **variables: Any) -> str:
        """Start a process and return the instance's key."""
        response = self.post("/process-instances", {"processDefinitionId": process_id, "variables": variables})
        assert response.status_code == 200, response.text
        key: str = response.json["processInstanceKey"]
        return key

    def _check(self, method: str, path: str, response: Any) -> None:
        if response.status_code >= 400:
            body = response.get_json(force=True)
            assert response.mimetype == "application/problem+json"
            assert {"type", "title", "status", "detail", "instance"} <= set(body)
            assert body["status"] == response.status_code
            return
        endpoint, _arguments = self.app.url_map.bind("").match(path.partition("?")[0], method=method)
        code, schema = getattr(self.app.view_functions[endpoint], "returns", (response.status_code, None))
        assert response.status_code in (code, 204)
        if schema is not None and response.status_code != 204:
            given = response.get_json()
            faults = (schema() if isinstance(schema, type) else schema).validate(given)
            assert not faults, (path, faults)
        elif response.status_code == 204:
            assert response.data == b""


@pytest.fixture
def as_(app: flask.Flask, county: County) -> Any:
    """Call as somebody: `as_("bob").get(...)`."""
    callers: dict[str, Caller] = {}

    def caller(name: str) -> Caller:
        if name not in callers:
            callers[name] = Caller(app, credentials.create_token(name, "test"))
        return callers[name]

    return caller


@pytest.fixture
def admin(as_: Any) -> Caller:
    """Who may do everything."""
    found: Caller = as_("admin")
    return found


@pytest.fixture
def nobody(app: flask.Flask, county: County) -> Caller:
    """Who is not signed in."""
    return Caller(app, None)


TASK = (
    '<bpmn:userTask id="work"><bpmn:extensionElements><zeebe:userTask/>'
    '<zeebe:assignmentDefinition candidateGroups="township_clerk"/></bpmn:extensionElements></bpmn:userTask>'
)
ONE_TASK = f'<bpmn:startEvent id="s"/>{TASK}<bpmn:endEvent id="e"/>\nflow: s -> work -> e\n'


@pytest.fixture
def one_task(admin: Caller) -> bytes:
    """A deployed process `one` with one task for the township's clerks."""
    data = bpmn.xml(ONE_TASK, process_id="one")
    response = admin.deploy({"one.bpmn": data})
    assert response.status_code == 200, response.text
    return data


@pytest.fixture
def address(app: flask.Flask, county: County) -> Iterator[str]:
    """The address of a listening server with a worker."""
    with serving.listening(app) as found, serving.working(app):
        yield found


@pytest.fixture
def camunda(address: str) -> Iterator[Any]:
    """The published SDK as the administrator."""
    with client_for(address, "admin") as client:
        yield client


@pytest.fixture
def bob(address: str) -> Iterator[Any]:
    """The published SDK as Bob."""
    with client_for(address, "bob") as client:
        yield client
