"""Scratch databases for scenarios, on a server of their own that forgets everything."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import service
from service import bootstrap, db
from service.db import embedded, schema
from service.identity import SYSTEM, roles
from service.scenarios import player, view
from service.scenarios.scenario import Scenario
from service.seeds import worlds
from service.workflow import deployments, live, releases


@dataclass
class Scratch:
    """A server that plays scenarios, each on a fresh copy of a database with its data set and the bundled files."""

    server: embedded.Server
    templates: dict[str | None, str] = field(default_factory=dict)
    copies: int = 0

    def play(
        self,
        scenario: Scenario,
        progress: player.Progress = lambda result: None,
        people: type[player.Player] = player.Player,
    ) -> player.Result:
        """Play a scenario, by people who do what it says or by others.

        Raises Invalid for an unknown data set and Unprocessable for files that lint refuses.
        """
        template = self.templates.get(scenario.seed) or self._template(scenario.seed)
        self.copies += 1
        name = f"copy_{self.copies}"
        self.server.create_database(name, template)
        try:
            with application(self.server.url(name)):
                furnish(scenario)
                return people(scenario, progress).play()
        finally:
            self.server.drop_database(name)

    def _template(self, seed: str | None) -> str:
        name = f"seed_{len(self.templates)}"
        self.server.create_database(name)
        with application(self.server.url(name)):
            schema.create_all()
            roles.write_catalogue()
            if seed:
                worlds.sow(seed)
            deployments.deploy(bootstrap.bundled_files(), by=SYSTEM, name="lika")
        self.templates[seed] = name
        return name


@contextmanager
def scratch() -> Iterator[Scratch]:
    """Start a server in a folder that is removed afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="lika-scratch-"))
    server = embedded.start(folder / "postgres", forgetful=True, die_with_parent=True)
    try:
        yield Scratch(server)
    finally:
        server.release()
        shutil.rmtree(folder, ignore_errors=True)


def furnish(scenario: Scenario) -> None:
    """Add what a scenario brings itself, files and households, to a database that holds its data set."""
    if scenario.files:
        own = {name: (scenario.file.parent / path).read_bytes() for name, path in scenario.files.items()}
        deployments.deploy({**bootstrap.bundled_files(), **own}, by=SYSTEM, name="scenario")
    if scenario.villages or scenario.households:
        worlds.describe(*(view.evaluate(rows, scenario.given) for rows in (scenario.villages, scenario.households)))


@contextmanager
def application(url: str) -> Iterator[None]:
    """The application on a database, inside its context; before and after, others are forgotten."""
    parts = [part for part in service.PARTS if part not in ("api", "web")]
    app = service.create_app({"SQLALCHEMY_DATABASE_URI": url, "CLOCK_MAY_MOVE": True, "PARTS": parts})
    _forget()
    with app.app_context():
        try:
            yield
        finally:
            db.sa.session.remove()
            db.sa.engine.dispose()
            _forget()


def _forget() -> None:
    """Keys are unique within a database only, so what is remembered by key must go with the database."""
    live.forget()
    releases.forget()
