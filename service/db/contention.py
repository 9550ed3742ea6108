"""When another transaction or the server's state is in the way: nothing is wrong with what was asked, try it again."""

import psycopg
import sqlalchemy as sqla

BUSY = ("40", "53", "55", "57", "08")
"""SQLSTATE classes: rolled back (deadlock), no resources, locked, operator's intervention, connection lost."""


def is_busy(error: BaseException) -> bool:
    """Whether the same work may succeed when it is done again."""
    cause = error.orig if isinstance(error, sqla.exc.DBAPIError) else error
    if not isinstance(cause, psycopg.Error):
        return False
    state = cause.sqlstate or ""
    return state.startswith(BUSY) or (not state and isinstance(cause, psycopg.OperationalError))
