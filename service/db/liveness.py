"""Replace pooled connections that the server has closed, when they are taken from the pool.

A closed connection's socket has something to read: the server's farewell or the end of the stream. Looking costs a few
microseconds; SQLAlchemy's `pool_pre_ping` asks the server, which costs more than a small query.
"""

import select
from typing import Any

import sqlalchemy as sqla
from sqlalchemy import event, exc


@event.listens_for(sqla.Pool, "checkout")
def _refuse_closed(driver: Any, _record: Any, _proxy: Any) -> None:
    """Let the pool open new connections in place of this one and of those as old as it."""
    if driver.closed or _has_news(driver.fileno()):
        raise exc.InvalidatePoolError


def _has_news(descriptor: int) -> bool:
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    return bool(poll.poll(0))
