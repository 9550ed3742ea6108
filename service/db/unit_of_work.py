"""One command, one transaction: the only place that commits."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sqla
from sqlalchemy import event, orm

from service.db.schema import sa

log = logging.getLogger(__name__)
Hook = Callable[[], object]

DEPTH, HOOKS, DOOMED = "lika.depth", "lika.hooks", "lika.doomed"


@contextmanager
def transaction() -> Iterator[orm.Session]:
    """Commit what happens inside, or roll it back if an exception passes.

    A transaction inside another joins it: the outermost commits. If an inner one fails and the caller goes on, the
    outer refuses to commit half of the work (RuntimeError), unless a savepoint (`session.begin_nested()`) around the
    inner one undoes its part.
    """
    session = sa.session()
    if session.info.get(DEPTH):
        yield from _joined(session)
        return
    session.info.update({DEPTH: 1, HOOKS: [], DOOMED: None})
    try:
        yield session
        if failure := session.info[DOOMED]:
            raise RuntimeError("an inner transaction failed; put a savepoint around it to go on") from failure
        session.commit()
        hooks = [hook for hook, _ in session.info[HOOKS]]
    except BaseException:
        session.rollback()
        raise
    finally:
        for name in (DEPTH, HOOKS, DOOMED):
            session.info.pop(name, None)
    for hook in hooks:
        _run(hook)


def _joined(session: orm.Session) -> Iterator[orm.Session]:
    savepoint = session.get_nested_transaction()
    try:
        yield session
    except BaseException as error:
        if savepoint is None:
            session.info[DOOMED] = session.info[DOOMED] or error
        raise


def in_transaction() -> bool:
    """Tell whether a `transaction()` is open in this context."""
    return bool(sa.session().info.get(DEPTH))


def after_commit(hook: Hook) -> None:
    """Run `hook` once the outermost transaction has committed; a rollback, of a savepoint too, drops it.

    Outside a transaction it runs at once. A hook's failure is logged: what is committed stays.
    """
    session = sa.session()
    if session.info.get(DEPTH):
        session.info[HOOKS].append((hook, session.get_nested_transaction()))
    else:
        _run(hook)


def _run(hook: Hook) -> None:
    try:
        hook()
    except Exception:
        log.exception("a step after the commit failed")


@event.listens_for(orm.Session, "after_soft_rollback")
def _drop_hooks(session: orm.Session, undone: orm.SessionTransaction) -> None:
    """Drop the hooks registered inside a savepoint that is rolled back, or inside a savepoint of it."""
    if undone.nested and session.info.get(HOOKS):
        session.info[HOOKS] = [(hook, since) for hook, since in session.info[HOOKS] if not _within(since, undone)]


def _within(since: orm.SessionTransaction | None, undone: orm.SessionTransaction) -> bool:
    while since is not None:
        if since is undone:
            return True
        since = since.parent
    return False


def connection() -> Any:
    """Return the psycopg connection of the open transaction, for those who speak SQL to PostgreSQL directly."""
    driver = sa.session().connection().connection.driver_connection
    assert driver is not None
    return driver


def lock_name(name: str) -> None:
    """Wait until no other transaction holds this name, and hold it until the commit."""
    sa.session().execute(sqla.text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))"), {"name": name})
