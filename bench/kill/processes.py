"""A real installation under `lika up`, with a web server and two workers, whose processes are killed."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

from service import config, lifeline
from service.db import embedded

WORKERS = 2
PATIENCE = 120.0


class Lika:
    """`lika up` on an embedded PostgreSQL in a folder, started again whenever it has ended."""

    def __init__(self, folder: Path, port: int, *options: str, **environment: str) -> None:
        self.folder, self.port, self.options, self.environment = folder, port, options, environment
        self._up: subprocess.Popen[bytes] | None = None
        self._server: embedded.Server | None = None

    def start(self) -> None:
        """Start it unless it runs."""
        if self._up is not None and self._up.poll() is None:
            return
        inherited = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
        own = {"LIKA_VAR": str(self.folder), "LIKA_PORT": str(self.port), "PYTHONWARNINGS": "default"}
        if self._up is not None:
            self._up.wait()
        with (self.folder / "lika.log").open("ab") as log:
            self._up = subprocess.Popen(
                [sys.executable, "-m", "service.cli", "up", *self.options, "--workers", str(WORKERS)],
                cwd=config.root(),
                env=inherited | own | self.environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=lifeline.tied(os.getpid()),
            )

    @contextmanager
    def kept_running(self) -> Iterator[None]:
        """Start it, and again whenever it has ended."""
        ended = threading.Event()

        def keep() -> None:
            while not ended.wait(0.2):
                self.start()

        self.start()
        thread = threading.Thread(target=keep, daemon=True)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()

    @property
    def server(self) -> embedded.Server:
        """The database's server, which goes on while we use it."""
        if self._server is None:
            self._server = embedded.start(self.folder / "postgres")
        return self._server

    def stop(self) -> None:
        """Stop everything."""
        if self._up is not None:
            self._up.terminate()
            with suppress(subprocess.TimeoutExpired):
                self._up.wait(60)
            self._up.kill()
            self._up.wait()
        if self._server is not None:
            self._server.release()

    def kill(self, victim: str) -> bool:
        """Kill one of VICTIMS with SIGKILL. False if there is no such process at this moment."""
        with suppress(psutil.NoSuchProcess):
            found = VICTIMS[victim](self)
            if found:
                random.choice(found).send_signal(signal.SIGKILL)
                return True
        return False

    def log(self) -> str:
        """The end of what the processes wrote."""
        written = self.folder / "lika.log"
        return "\n".join(written.read_text(errors="replace").splitlines()[-60:]) if written.exists() else ""

    def _children(self, command: str) -> list[psutil.Process]:
        assert self._up is not None
        found = []
        for each in psutil.Process(self._up.pid).children():
            with suppress(psutil.ZombieProcess, psutil.NoSuchProcess):
                if command in each.cmdline():
                    found.append(each)
        return found

    def _postmaster(self) -> psutil.Process:
        return psutil.Process(int((self.folder / "postgres" / "postmaster.pid").read_text().split()[0]))


VICTIMS: dict[str, Callable[[Lika], list[psutil.Process]]] = {
    "web": lambda lika: lika._children("web"),
    "web's process": lambda lika: [inner for each in lika._children("web") for inner in each.children()],
    "worker": lambda lika: lika._children("worker"),
    "database connection": lambda lika: [
        each
        for each in lika._postmaster().children()
        if "idle" in " ".join(each.cmdline()) or "lika lika" in " ".join(each.cmdline())
    ],
    "database": lambda lika: [lika._postmaster()],
    "everything": lambda lika: [psutil.Process(lika._up.pid)] if lika._up else [],
}


def wait_for(condition: Callable[[], bool], what: str, seconds: float = PATIENCE) -> None:
    """Wait until a condition holds. Raises TimeoutError."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what}: not within {seconds:.0f} s")
        time.sleep(0.1)
