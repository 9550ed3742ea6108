"""The database: `db.sa` (tables and session), `db.transaction()` (the only commit), `db.next_key()`."""

from service.db import liveness, shared_clock  # noqa: F401 - liveness listens
from service.db.contention import is_busy
from service.db.keys import next_key
from service.db.prepared import Prepared
from service.db.schema import Model, init_app, sa
from service.db.unit_of_work import after_commit, connection, in_transaction, lock_name, transaction

__all__ = [
    "Model",
    "Prepared",
    "after_commit",
    "connection",
    "in_transaction",
    "init_app",
    "is_busy",
    "lock_name",
    "next_key",
    "sa",
    "shared_clock",
    "transaction",
]
