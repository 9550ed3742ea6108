"""The SQLAlchemy object, the base of all tables, and how the schema comes into a database."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import alembic.migration
import alembic.script
import flask
import flask_migrate
import procrastinate.schema
import psycopg
import sqlalchemy as sqla
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import orm

MIGRATIONS = Path(__file__).parent / "migrations"
NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(orm.DeclarativeBase):
    """Base of all tables: whole numbers are 64 bits, text has no length, instants know their zone."""

    registry = orm.registry(
        metadata=sqla.MetaData(naming_convention=NAMES),
        type_annotation_map={int: sqla.BigInteger, str: sqla.Text, datetime: sqla.DateTime(timezone=True)},
    )
    if TYPE_CHECKING:
        __table__: ClassVar[sqla.Table]  # nothing here is mapped to a join


sa = SQLAlchemy(model_class=Base)
if TYPE_CHECKING:
    Model = Base
else:
    Model = sa.Model
_migrate = flask_migrate.Migrate(directory=str(MIGRATIONS), render_as_batch=False)


def init_app(app: flask.Flask) -> None:
    """Join the database to an application."""
    sa.init_app(app)
    _migrate.init_app(app, sa)


def create_all() -> None:
    """Create every table of the loaded parts and Procrastinate's in an empty database, as the newest migration would.

    For tests and scenarios, which need it at once.
    """
    with sa.engine.begin() as connection:
        create_queue(connection)
        sa.metadata.create_all(connection)
        alembic.migration.MigrationContext.configure(connection).stamp(_migrations(), "head")


def create_queue(connection: sqla.Connection) -> None:
    """Create Procrastinate's tables and functions, on the connection's transaction."""
    driver: psycopg.Connection[Any] = connection.connection.driver_connection  # type: ignore[assignment]
    driver.execute(procrastinate.schema.SchemaManager.get_schema().encode())  # bytes: its % are no placeholders


def upgrade() -> None:
    """Bring the database to the newest migration. One process at a time: the others wait."""
    with sa.engine.begin() as guard:
        guard.execute(sqla.text("SET LOCAL lock_timeout = 0"))
        guard.execute(sqla.text("SELECT pg_advisory_xact_lock(hashtext('lika.upgrade'))"))
        flask_migrate.upgrade()


def is_current() -> bool:
    """Tell whether the database has the newest migration."""
    with sa.engine.connect() as connection:
        found = alembic.migration.MigrationContext.configure(connection).get_current_revision()
    return found == _migrations().get_current_head()


def _migrations() -> alembic.script.ScriptDirectory:
    return alembic.script.ScriptDirectory(str(MIGRATIONS))
