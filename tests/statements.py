"""How often something asks the database."""

import contextlib
from collections.abc import Iterator

from sqlalchemy import event

from service import db


@contextlib.contextmanager
def counted() -> Iterator[list[str]]:
    """The statements that the block sends, by all of its threads."""
    seen: list[str] = []
    listener = lambda _c, _cursor, statement, *_rest: seen.append(statement)  # noqa: E731 - one function to remove
    event.listen(db.sa.engine, "before_cursor_execute", listener)
    try:
        yield seen
    finally:
        event.remove(db.sa.engine, "before_cursor_execute", listener)
