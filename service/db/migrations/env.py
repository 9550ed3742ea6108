"""Alembic's way into the application's database (run through Flask-Migrate)."""

from typing import Any, Literal

import flask
from alembic import context
from sqlalchemy import types

from service import db

FOREIGN = "procrastinate_"
"""Tables of the job queue: their own package describes them."""


def include_name(name: str | None, kind: str, parents: Any) -> bool:
    return not (kind == "table" and str(name).startswith(FOREIGN))


def render_item(kind: str, item: Any, autogen_context: Any) -> str | Literal[False]:
    """Write decorated types as what the database sees."""
    if kind == "type" and isinstance(item, types.TypeDecorator):
        autogen_context.imports.add("from sqlalchemy.dialects import postgresql")
        return f"postgresql.{type(item.impl_instance).__name__}()"
    return False


with db.sa.engine.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=db.sa.metadata,
        include_name=include_name,
        render_item=render_item,
        **flask.current_app.extensions["migrate"].configure_args,
    )
    with context.begin_transaction():
        context.run_migrations()
