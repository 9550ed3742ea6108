"""The fixtures all tests share: a real PostgreSQL, one application, a clock that tests move.

Commits are real, since jobs, threads and HTTP need them; before each test that asks for `app` the tables that hold
rows are emptied.
"""

import contextvars
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import flask
import flask.testing
import pytest
import sqlalchemy as sqla

import service
from service import clock, db, i18n, identity, jobs
from service.db import embedded, schema

KEPT = ("alembic_version",)
QUICK_HASHES = {"argon2__rounds": 1, "argon2__memory_cost": 8, "argon2__parallelism": 1}
"""The same algorithm at its lowest cost: people are made anew for each test."""
EMPTY_TABLES = """
DO $$
DECLARE name text; filled boolean;
BEGIN
  SET LOCAL session_replication_role = replica;
  FOR name IN
    SELECT format('%I', tablename) FROM pg_tables WHERE schemaname = 'public' AND tablename <> ALL ({kept})
  LOOP
    EXECUTE 'SELECT EXISTS (SELECT FROM ' || name || ')' INTO filled;
    IF filled THEN EXECUTE 'DELETE FROM ' || name; END IF;
  END LOOP;
END $$
"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest tests, which click through a whole procedure, come first: last, one process would wait for them."""
    items.sort(key=lambda item: not item.path.name.startswith("test_whole_"))


@pytest.fixture(scope="session")
def server() -> Iterator[embedded.Server]:
    """A PostgreSQL server of its own for this run, without care for its data."""
    folder = Path(tempfile.mkdtemp(prefix="lika-test-"))
    started = embedded.start(folder / "postgres", forgetful=True, die_with_parent=True)
    yield started
    started.release()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def application(server: embedded.Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[flask.Flask]:
    """The application on an empty database with all tables. Ask for `app` instead: it is clean."""
    os.environ["LIKA_VAR"] = str(tmp_path_factory.mktemp("var"))
    made = service.create_app(
        {
            "TESTING": True,
            "SQLALCHEMY_DATABASE_URI": server.url(),
            "CLOCK_MAY_MOVE": True,
            "SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS": QUICK_HASHES,
        }
    )
    made.test_client_class = FreshClient
    with made.app_context():
        schema.create_all()
    yield made
    with made.app_context():
        db.sa.engine.dispose()


@pytest.fixture
def app(application: flask.Flask) -> Iterator[flask.Flask]:
    """The application with an empty database, inside an application context: `db.sa.session` works."""
    with application.app_context():
        empty_database()
        identity.roles.write_catalogue()
        yield application


@pytest.fixture
def client(app: flask.Flask) -> flask.testing.FlaskClient:
    """A browser. Each request has its own context and session, as on a server."""
    return app.test_client()


@pytest.fixture
def at() -> Callable[[str | datetime], None]:
    """Set the clock: `at("2026-07-20T08:00+08:00")`. The clock stands still there until it is set again."""
    return lambda instant: clock.stand_at(datetime.fromisoformat(instant) if isinstance(instant, str) else instant)


@pytest.fixture(autouse=True)
def _english() -> None:
    """Tests read the msgids, whatever becomes of the translations; what is about Chinese asks for it."""
    i18n.speak("en")


@pytest.fixture(autouse=True)
def _real_time() -> Iterator[None]:
    yield
    clock.travel_to(None)
    db.shared_clock.forget()


@pytest.fixture
def run_jobs(app: flask.Flask) -> Callable[[], int]:
    """Do all background work that is due by the clock."""
    return jobs.run_pending


def empty_database() -> None:
    """Delete all rows but the fixed ones; what a test left open is given up first."""
    db.sa.session.remove()
    kept = "ARRAY[" + ",".join(f"'{name}'" for name in KEPT) + "]"
    with db.sa.engine.begin() as connection:
        connection.execute(sqla.text(EMPTY_TABLES.format(kept=kept)))


class FreshClient(flask.testing.FlaskClient):
    """A test client that asks for English and whose requests do not see the test's own context, session and user."""

    language = "en"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.environ_base["HTTP_ACCEPT_LANGUAGE"] = self.language

    def open(self, *args: Any, **kwargs: Any) -> Any:
        """Send one request in an empty context."""
        return contextvars.Context().run(super().open, *args, **kwargs)
