"""`lika web`: the web server."""

import gc
import socket
import struct
from pathlib import Path
from typing import Any

import click
from gunicorn.app.base import BaseApplication

import service
from service.cli._context import at_address, use_database
from service.errors import _

SECONDS_OF_SILENCE = 10
SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 - gunicorn's own heartbeat file, opened by it safely


class Web(BaseApplication):
    """gunicorn with threads, configured here."""

    def __init__(self, **options: Any) -> None:
        self.options = options
        super().__init__()

    def load_config(self) -> None:
        """Hand the options to gunicorn."""
        for name, value in self.options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """Make the application, in each worker process."""
        return service.create_app()


@click.command("web", help=_("Serve pages and API until stopped."))
@at_address
@click.option("--workers", default=1, show_default=True, help=_("Processes."))
@click.option("--threads", default=8, show_default=True, help=_("Threads of each process."))
def command(host: str, port: int, workers: int, threads: int) -> None:
    """Serve pages and API until stopped."""
    use_database()
    Web(**options(host, port, workers, threads)).run()


def options(host: str, port: int, workers: int, threads: int) -> dict[str, Any]:
    """Return gunicorn's settings."""
    return {
        "bind": f"[{host}]:{port}" if ":" in host else f"{host}:{port}",
        "workers": workers,
        "threads": threads,
        "worker_class": "gthread",
        "timeout": 60,
        "graceful_timeout": 10,
        "keepalive": 30,
        "when_ready": _hurry,
        "post_worker_init": _settle,
        "loglevel": "warning",
        "worker_tmp_dir": str(SHARED_MEMORY) if SHARED_MEMORY.is_dir() else None,
    }


def _settle(worker: Any) -> None:
    """Leave what is loaded for good out of each later garbage collection, which would pause requests by 0.1 s."""
    gc.collect()
    gc.freeze()


def _hurry(server: Any) -> None:
    """Give up on a caller who falls silent amid a request; connections inherit this from the listening socket."""
    for listener in server.LISTENERS:
        limit = struct.pack("@ll", SECONDS_OF_SILENCE, 0)
        listener.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, limit)
