"""Unique keys of 53 bits at most, so that a browser's numbers hold them.

A process takes a block of numbers from a PostgreSQL sequence and hands them out from memory (hi/lo): one round trip
for a thousand keys. Keys of one process grow; keys of several processes interleave in blocks.
"""

import os
import threading

import sqlalchemy as sqla

from service.db.schema import sa

BLOCK = 1000

sequence = sqla.Sequence("keys", metadata=sa.metadata)

_lock = threading.Lock()
_blocks: dict[str, tuple[int, int]] = {}


def next_key() -> int:
    """Return a key that nobody has had, also if the transaction is rolled back."""
    database = sa.engine.url.render_as_string()
    with _lock:
        key, end = _blocks.get(database, (0, 0))
        if key == end:
            key = BLOCK * sa.session.connection().scalar(sequence.next_value())
            end = key + BLOCK
        _blocks[database] = (key + 1, end)
    return key


def _forget() -> None:
    """In a forked child: its parent goes on with the old blocks. The lock is new too: the parent's may be held."""
    global _lock
    _lock = threading.Lock()
    _blocks.clear()


os.register_at_fork(after_in_child=_forget)
