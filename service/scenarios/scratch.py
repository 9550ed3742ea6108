"""A scratch database for scenarios: a server of its own that forgets everything, emptied before each scenario."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import service
from service import bootstrap, db
from service.db import embedded, schema
from service.identity import SYSTEM, roles
from service.scenarios.scenario import Scenario
from service.seeds import worlds
from service.workflow import deployments, live, releases


@contextmanager
def database() -> Iterator[embedded.Server]:
    """Start a server in a folder that is removed afterwards; its database `blank` has all tables and no rows."""
    folder = Path(tempfile.mkdtemp(prefix="lika-scratch-"))
    server = embedded.start(folder / "postgres", forgetful=True, die_with_parent=True)
    try:
        with application(server.url()):
            schema.create_all()
        yield server
    finally:
        server.release()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def application(url: str) -> Iterator[None]:
    """The application on a database, inside its context."""
    parts = [part for part in service.PARTS if part not in ("api", "web")]
    app = service.create_app({"SQLALCHEMY_DATABASE_URI": url, "CLOCK_MAY_MOVE": True, "PARTS": parts})
    with app.app_context():
        try:
            yield
        finally:
            db.sa.session.remove()
            db.sa.engine.dispose()


def prepare(scenario: Scenario) -> None:
    """Sow the scenario's data set into the empty database and deploy the bundled files, changed as it says."""
    live.forget()
    releases.forget()
    roles.write_catalogue()
    if scenario.seed:
        worlds.sow(scenario.seed)
    deployments.deploy(files_of(scenario), by=SYSTEM, name="lika")


def files_of(scenario: Scenario) -> dict[str, bytes]:
    """The bundled files; a scenario may replace some by files beside it (`files: {name: path}`)."""
    changed = {name: (scenario.file.parent / path).read_bytes() for name, path in scenario.files.items()}
    return {**bootstrap.bundled_files(), **changed}
