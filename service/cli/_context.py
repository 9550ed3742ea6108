"""What several commands share."""

import functools
import os
from collections.abc import Callable
from typing import Any

import service
from service import config, db
from service.db import embedded


def use_database() -> str:
    """Return the database's URL; without one start or join the embedded server, also for our child processes."""
    if config.database_url() is None:
        os.environ["DATABASE_URL"] = embedded.start(config.var() / "postgres").url()
    return config.database_url() or ""


def in_app(function: Callable[..., Any]) -> Callable[..., Any]:
    """Run a command inside the application's context."""

    @functools.wraps(function)
    def run(*args: Any, **kwargs: Any) -> Any:
        use_database()
        with service.create_app().app_context():
            try:
                return function(*args, **kwargs)
            finally:
                db.sa.session.remove()
                db.sa.engine.dispose()

    return run
