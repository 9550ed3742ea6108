"""What several commands share."""

import functools
import os
from collections.abc import Callable
from typing import ParamSpec, TypeVar

import click
import psycopg

import service
from service import config, db, errors
from service.db import embedded, schema
from service.errors import _

Given = ParamSpec("Given")
Result = TypeVar("Result")

OLDEST_SERVER = 15
PATIENCE = 10
"""Seconds to wait for the database's first answer."""


def use_database() -> embedded.Server | None:
    """Without `DATABASE_URL` start or join the embedded server, also for our child processes, and return it.

    Raises errors.Unavailable with the remedy if the database does not answer or is too old.
    """
    if (url := config.database_url()) is not None:
        _ensure_answers(url)
        return None
    server = embedded.start(config.var() / "postgres")
    os.environ["DATABASE_URL"] = server.url()
    return server


def _ensure_answers(url: str) -> None:
    place = url.partition("://")[2].rpartition("@")[2]
    try:
        with psycopg.connect(url.replace("+psycopg", "", 1), connect_timeout=PATIENCE) as connection:
            version = connection.info.server_version // 10_000
    except psycopg.OperationalError as error:
        text = _("The database %(place)s (DATABASE_URL) does not answer: %(reason)s")
        raise errors.Unavailable(text, place=place, reason=str(error).strip()) from error
    if version < OLDEST_SERVER:
        text = _("The database %(place)s is PostgreSQL %(version)s; Lika needs %(oldest)s or newer.")
        raise errors.Unavailable(text, place=place, version=version, oldest=OLDEST_SERVER)


def in_app(function: Callable[Given, Result]) -> Callable[Given, Result]:
    """Run a command inside the application's context."""

    @functools.wraps(function)
    def run(*args: Given.args, **kwargs: Given.kwargs) -> Result:
        use_database()
        with service.create_app().app_context():
            try:
                return function(*args, **kwargs)
            finally:
                db.sa.session.remove()
                db.sa.engine.dispose()

    return run


def in_made_app(function: Callable[Given, Result]) -> Callable[Given, Result]:
    """Run a command inside the application's context, on a database that has the tables of this version."""

    @in_app
    @functools.wraps(function)
    def run(*args: Given.args, **kwargs: Given.kwargs) -> Result:
        if not schema.is_current():
            raise errors.Conflict(_("The database has not the tables of this version; run: lika db upgrade"))
        return function(*args, **kwargs)

    return run


def at_address(function: Callable[Given, Result]) -> Callable[Given, Result]:
    """Give a command the options --host and --port."""
    host = click.option(
        "--host",
        default="127.0.0.1",
        show_default=True,
        envvar="LIKA_HOST",
        help=_("Address to serve at; 0.0.0.0 for all."),
    )
    port = click.option("--port", default=8000, show_default=True, envvar="LIKA_PORT", help=_("Port to serve at."))
    return host(port(function))
