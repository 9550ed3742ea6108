"""A scratch installation to measure: an own embedded PostgreSQL, people, the bench's web server and workers.

Everything lies in a temporary folder and is gone afterwards, the processes with it.
"""

from __future__ import annotations

import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import flask
import sqlalchemy as sqla

import service
from service import bootstrap, config, db, identity, lifeline
from service.db import embedded
from service.identity import credentials, people, units
from service.workflow import deployments, live, releases

PROCESSES = Path(__file__).parent / "processes"
ANSWERS = {"variables": {"name": "韦建国", "income": 2410.5, "agreed": True}}
"""What the form of the bench's tasks asks."""
COUNTY, VILLAGES = "450200", 278
CLERKS = 8
PATIENCE = 60.0


class Installation:
    """The application over the scratch database, and what it takes to call it as somebody."""

    def __init__(self, app: flask.Flask, port: int) -> None:
        self.app = app
        self.port = port
        self.villages = [unit.code for unit in units.subtree(units.find(COUNTY), "village")]
        self._tokens: dict[str, str] = {}
        self._callers: list[Caller] = []

    def caller(self, username: str = "clerk.1") -> Caller:
        """Return a connection of somebody's own, signed in by a bearer token."""
        if username not in self._tokens:
            self._tokens[username] = credentials.create_token(username, "bench")
        self._callers.append(Caller(self.port, self._tokens[username]))
        return self._callers[-1]

    def close(self) -> None:
        """Close all connections."""
        for caller in self._callers:
            caller.close()

    def deploy(self, *names: str) -> None:
        """Deploy files of `bench/processes`."""
        files = {name: (PROCESSES / name).read_bytes() for name in names}
        deployments.deploy(files, by=identity.SYSTEM)

    def tasks(self, instance: str) -> list[str]:
        """Return the keys of an instance's open tasks, oldest first."""
        query = "SELECT key FROM user_tasks WHERE instance_key = :key AND state = 'CREATED' ORDER BY key"
        return [str(row.key) for row in self.execute(query, key=int(instance))]

    def execute(self, statement: str, **values: Any) -> Sequence[sqla.Row[Any]]:
        """Execute SQL in a transaction of its own and return the rows, if it gives any."""
        with db.transaction() as session:
            result = session.execute(sqla.text(statement), values)
            return result.all() if result.returns_rows else ()

    def tidy(self) -> None:
        """Do what PostgreSQL does by itself some time after rows were written: statistics, and what all may see."""
        with db.sa.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(sqla.text("VACUUM ANALYZE"))

    def wait_for(self, count: str, number: int) -> None:
        """Wait until a query counts so many."""
        deadline = time.monotonic() + PATIENCE
        while self.execute(count)[0][0] < number:
            if time.monotonic() > deadline:
                raise TimeoutError(f"{count}: not {number} within {PATIENCE} s")
            time.sleep(0.01)


class Caller:
    """One kept-alive HTTP connection, as a client's program has it. `last` is the JSON of the last answer."""

    def __init__(self, port: int, token: str) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        self.last: Any = None

    def post(self, path: str, body: Any = None) -> Any:
        """POST JSON and return the JSON of the answer. Raises RuntimeError for an answer that is no success."""
        self.timed(path, body)
        return self.last

    def timed(self, path: str, body: Any = None) -> float:
        """As `post`, but return the milliseconds until the answer was there."""
        text = json.dumps(body or {})
        begun = time.perf_counter()
        self._connection.request("POST", path, text, self._headers)
        answer = self._connection.getresponse()
        data = answer.read()
        spent = (time.perf_counter() - begun) * 1000
        if answer.status >= 300:
            raise RuntimeError(f"{path}: {answer.status} {data.decode()}")
        self.last = json.loads(data) if data else None
        return spent

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def start(self, process_id: str, **variables: Any) -> str:
        """Start an instance and return its key."""
        body = {"processDefinitionId": process_id, "variables": variables}
        return str(self.post("/v2/process-instances", body)["processInstanceKey"])

    def complete(self, task: str) -> float:
        """Complete a task and return the milliseconds."""
        return self.timed(f"/v2/user-tasks/{task}/completion", ANSWERS)


@contextmanager
def installed() -> Iterator[Installation]:
    """Make a scratch installation with a listening web server; without DATABASE_URL, whatever the environment says."""
    folder = Path(tempfile.mkdtemp(prefix="lika-bench-"))
    folder.chmod(0o711)
    before = dict(os.environ)
    os.environ.pop("DATABASE_URL", None)
    os.environ["LIKA_VAR"] = str(folder)
    server = embedded.start(config.var() / "postgres", die_with_parent=True)
    try:
        app = service.create_app({"SQLALCHEMY_DATABASE_URI": server.url()})
        with app.app_context():
            for cache in (releases, live):
                cache.forget()  # an earlier installation of this process had other versions under the same keys
            bootstrap.prepare(demo=False)
            _populate()
            port = free_port()
            with running("-m", "bench.web", str(port)):
                _await(port)
                with closing(Installation(app, port)) as place:
                    yield place
            db.sa.session.remove()
            db.sa.engine.dispose()
    finally:
        os.environ.clear()
        os.environ.update(before)
        server.release()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def working(place: Installation) -> Iterator[None]:
    """Let a `lika worker` process work; it is ready when the block begins."""
    with running("-m", "service.cli", "worker"):
        place.wait_for("SELECT count(*) FROM procrastinate_workers", 1)
        yield


@contextmanager
def running(*arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run Python as a process of its own, which ends with the block, and with us."""
    process = subprocess.Popen(
        [sys.executable, *arguments], cwd=config.root(), start_new_session=True, preexec_fn=lifeline.tied(os.getpid())
    )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _populate() -> None:
    """A county with a township and 278 villages; clerks in the township, a committee in each village."""
    with db.transaction():
        county = units.add(COUNTY, "县", "county")
        township = units.add(f"{COUNTY}-t", "乡", "township", county)
        for number in range(1, CLERKS + 1):
            people.add(f"clerk.{number}", f"经办 {number}")
            people.join(f"clerk.{number}", "township_clerk", township)
        for number in range(1, VILLAGES + 1):
            village = units.add(f"{COUNTY}-{number:03}", f"村 {number}", "village", township)
            if number <= CLERKS:
                people.add(f"village.{number}", f"村委会 {number}")
                people.join(f"village.{number}", "village_committee", village)


def free_port() -> int:
    """Return a port that nobody listens at."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _await(port: int) -> None:
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
