"""A county, people in a real Chromium, and a server that listens.

Alice supervises the east, Bob and Bea are its clerks, Charlie is a clerk in the west.
"""

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import flask
import pytest
import sqlalchemy as sqla
from playwright import sync_api

from service import db, identity
from service.identity import people, units
from service.notices import models as board
from service.workflow import deployments, instances, live, models, releases
from tests.api import serving
from tests.forms import browser as browsers
from tests.notices.test_process import Publicity

ROOT = Path(__file__).parents[2]
PASSWORD = "correct horse battery"
TODAY = "2014-07-20T09:00+08:00"
AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"


@pytest.fixture(scope="session")
def built() -> None:
    """What the browser loads, built again if its sources are newer."""
    subprocess.run(["make", "--no-print-directory", "pages"], cwd=ROOT, check=True, timeout=110)


@pytest.fixture(scope="module")
def chromium() -> Iterator[sync_api.Browser]:
    """One Chromium for the tests of a file; its event loop must be gone before tests that run one of their own."""
    root = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_api.sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=browsers.chromium(), args=[*root, *browsers.QUIET])
        yield started
        started.close()


@pytest.fixture
def county(app: flask.Flask, built: None) -> dict[str, int]:
    """Units by name, and people."""
    releases.forget()
    live.forget()
    top = units.add("4502", "某县", "county")
    east = units.add("4502-e", "东乡", "township", top)
    west = units.add("4502-w", "西乡", "township", top)
    village = units.add("4502-e-u", "上村", "village", east)
    hashed = (
        ("alice", "supervisor", east),
        ("bob", "township_clerk", east),
        ("bea", "township_clerk", east),
        ("charlie", "township_clerk", west),
    )
    for name, role, unit in hashed:
        people.add(name, name.title(), PASSWORD)
        people.join(name, role, unit)
    return {"top": top.id, "east": east.id, "west": west.id, "village": village.id}


@pytest.fixture
def worker(app: flask.Flask, county: dict[str, int]) -> Iterator[None]:
    """Background work is done as it comes; a file whose tests do it themselves has a fixture of this name."""
    with serving.working(app):
        yield


@pytest.fixture
def address(app: flask.Flask, county: dict[str, int], worker: None) -> Iterator[str]:
    """The address of a listening server."""
    with serving.listening(app) as found:
        yield found


@pytest.fixture
def publicity(county: dict[str, int], at: Callable[[str], None]) -> Publicity:
    """A list of three households on display in the upper village, from 20 to 27 July 2014."""
    at("2014-07-19T09:00+08:00")
    made = Publicity()
    at(TODAY)
    made.publish(20, 20)
    return made


@pytest.fixture
def notice(publicity: Publicity) -> int:
    """The notice's key."""
    return db.sa.session.scalars(sqla.select(board.Notice.key)).one()


class Reader:
    """Somebody at a browser of his own; what the page complains of is a failure at the end."""

    def __init__(self, context: sync_api.BrowserContext, address: str) -> None:
        self.context = context
        self.address = address
        self.complaints: list[str] = []
        self.page = context.new_page()
        self.page.set_default_timeout(10_000)
        self.page.on("console", lambda message: self._listen(message))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def open(self, path: str) -> sync_api.Response:
        """Go to an address of the server."""
        response = self.page.goto(self.address + path)
        assert response is not None
        return response

    def sign_in(self, name: str, password: str = PASSWORD) -> "Reader":
        """Sign in by the page."""
        self.open("/login")
        self.page.get_by_label("User name").fill(name)
        self.page.get_by_label("Password").fill(password)
        self.page.get_by_role("main").get_by_role("button", name="Sign in").click()
        self.page.wait_for_load_state()
        return self

    def faults(self) -> list[str]:
        """What axe finds wrong in the page by WCAG 2.1, levels A and AA."""
        self.page.evaluate(AXE.read_text(encoding="utf-8"))
        found = self.page.evaluate(
            "axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa']}).then(r => r.violations.map("
            "v => v.id + ': ' + v.nodes.map(n => n.html.slice(0, 160) + ' ' + n.failureSummary).join(' | ')))"
        )
        assert isinstance(found, list)
        return found

    def _listen(self, message: sync_api.ConsoleMessage) -> None:
        refused = "Failed to load resource" in message.text  # an answer of 4xx that the test asks for
        if message.type in ("error", "warning") and not refused:
            self.complaints.append(message.text)


@pytest.fixture
def as_(chromium: sync_api.Browser, address: str) -> Iterator[Callable[..., Reader]]:
    """Open a browser as somebody: `as_("bob")`; as nobody: `as_()`. The pages are in English unless `locale` says."""
    readers: list[Reader] = []

    def reader(name: str | None = None, *, locale: str = "en-GB", **more: Any) -> Reader:
        context = chromium.new_context(locale=locale, timezone_id="Asia/Shanghai", **more)
        found = Reader(context, address)
        readers.append(found)
        return found.sign_in(name) if name else found

    yield reader
    complaints = [complaint for found in readers for complaint in found.complaints]
    for found in readers:
        found.context.close()
    assert complaints == []


def deploy(files: dict[str, bytes]) -> None:
    """Deploy files as the system."""
    deployments.deploy(files, by=identity.SYSTEM)


def start(process_id: str, unit: str = "4502-e", **variables: Any) -> models.ProcessInstance:
    """Start a process as the system."""
    return instances.create(process_id, variables, by=identity.SYSTEM, unit=unit)
