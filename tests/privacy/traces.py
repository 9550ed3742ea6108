"""Where in the database a text can be read."""

import sqlalchemy as sqla

from service import db

TABLES = "SELECT format('%I', tablename) FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"


def tables_with(text: str) -> list[str]:
    """The tables in some row of which a text stands: those of processes, audit, jobs and all others."""
    session = db.sa.session()
    session.flush()
    names = session.scalars(sqla.text(TABLES)).all()
    held = "SELECT EXISTS (SELECT FROM {name} AS row WHERE position(:text in row::text) > 0)"
    return [name for name in names if session.scalar(sqla.text(held.format(name=name)), {"text": text})]
