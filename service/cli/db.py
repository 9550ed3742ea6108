"""`lika db`: the schema."""

import tempfile
from pathlib import Path

import click
import flask
import flask_migrate

import service
from service import bootstrap, errors
from service.cli._context import in_app
from service.db import embedded, schema
from service.errors import _


@click.group("db", help=_("Create and change the tables."))
def command() -> None:
    """Hold the commands on the schema."""


@command.command(help=_("Bring the database to the newest migration; nothing is lost, twice is as good as once."))
@in_app
def upgrade() -> None:
    """Bring the database to the newest migration."""
    bootstrap.make_tables()
    click.echo(errors.localize(_("The tables are those of this version.")))


@command.command(
    help=_("Write a migration from what the models have and the migrations have not, with a scratch database.")
)
@click.argument("message")
@click.option("--id", "revision_id", required=True, help=_("Number of the migration, such as 0003."))
def revision(message: str, revision_id: str) -> None:
    """Write a migration from what the models have and the migrations have not, with a scratch database."""
    with _scratch_app().app_context():
        schema.upgrade()
        flask_migrate.migrate(message=message, rev_id=revision_id)


@command.command(help=_("Exit with 1 if the models and the migrations differ."))
def check() -> None:
    """Exit with 1 if the models and the migrations differ."""
    with _scratch_app().app_context():
        schema.upgrade()
        flask_migrate.check()


def _scratch_app() -> flask.Flask:
    folder = tempfile.TemporaryDirectory(prefix="lika-scratch-", ignore_cleanup_errors=True)
    server = embedded.start(Path(folder.name) / "postgres", forgetful=True, die_with_parent=True)
    click.get_current_context().call_on_close(folder.cleanup)
    click.get_current_context().call_on_close(server.release)
    return service.create_app({"SQLALCHEMY_DATABASE_URI": server.url()})
