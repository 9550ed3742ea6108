"""The migrations make exactly the tables that the models describe."""

import pytest
import sqlalchemy as sqla
from alembic import autogenerate, migration

import service
from service import db
from service.db import schema


@pytest.fixture
def migrated(server):
    """An application on a database made by the migrations."""
    server.create_database("migrated")
    made = service.create_app({"SQLALCHEMY_DATABASE_URI": server.url("migrated")})
    with made.app_context():
        schema.upgrade()
        yield made
        db.sa.session.remove()
        db.sa.engine.dispose()
    server.drop_database("migrated")


def test_migrations_and_models_agree(migrated):
    with db.sa.engine.connect() as connection:
        context = migration.MigrationContext.configure(
            connection,
            opts={
                "compare_type": True,
                "include_name": lambda name, kind, parents: not (kind == "table" and name.startswith("procrastinate_")),
            },
        )
        assert autogenerate.compare_metadata(context, db.sa.metadata) == []


def test_upgrading_twice_changes_nothing(migrated):
    schema.upgrade()
    assert db.next_key() > 0
    assert db.sa.session.scalar(sqla.text("SELECT count(*) FROM procrastinate_jobs")) == 0
