"""`lika db`: the schema."""

import click
import flask_migrate

from service.cli._context import in_app
from service.db import schema
from service.identity import roles


@click.group("db")
def command() -> None:
    """Create and change the tables."""


@command.command()
@in_app
def upgrade() -> None:
    """Bring the database to the newest migration."""
    schema.upgrade()
    roles.write_catalogue()


@command.command()
@click.argument("message")
@click.option("--id", "revision_id", required=True, help="Number of the migration, such as 0003.")
@in_app
def revision(message: str, revision_id: str) -> None:
    """Write a migration from what the models have and the database has not."""
    flask_migrate.migrate(message=message, rev_id=revision_id)


@command.command()
@in_app
def check() -> None:
    """Exit with 1 if the models and the migrations differ."""
    flask_migrate.check()
