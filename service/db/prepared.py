"""Selects of the busiest paths: built and compiled once, and run by psycopg alone."""

from functools import cached_property
from typing import Any

import sqlalchemy as sqla
from sqlalchemy.dialects.postgresql import psycopg

from service.db.schema import sa
from service.db.unit_of_work import connection


class Prepared:
    """A select of plain columns with named parameters (`bindparam`).

    Through SQLAlchemy's session a small query takes four times as long as PostgreSQL needs for it. Columns whose type
    converts values (TypedJSON) and `in_` with a list are not for this class.
    """

    def __init__(self, statement: sqla.Select[*tuple[Any, ...]]) -> None:
        self.statement = statement

    def all(self, **values: Any) -> list[tuple[Any, ...]]:
        """Return the rows; pending objects of the session go first."""
        sa.session.flush()
        text, fixed = self._compiled
        rows: list[tuple[Any, ...]] = connection().execute(text, {**fixed, **values}).fetchall()
        return rows

    def scalar(self, **values: Any) -> Any:
        """Return the first column of the first row, None if there is no row."""
        rows = self.all(**values)
        return rows[0][0] if rows else None

    @cached_property
    def _compiled(self) -> tuple[str, dict[str, Any]]:
        """The SQL text, and the parameters that the statement itself gives."""
        compiled = self.statement.compile(dialect=psycopg.dialect())  # type: ignore[no-untyped-call]
        return str(compiled), {name: value for name, value in compiled.params.items() if value is not None}
