"""Keep child processes running until we are told to stop: a dead one is started again, none is left behind."""

import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from service import errors, lifeline
from service.errors import _

log = logging.getLogger(__name__)

POLL = 0.1
SHORT_LIFE = 30.0
"""A child that gives up by itself in less than so many seconds has failed to start; one that is killed has not."""
FAILED_STARTS = 3
"""After so many failed starts in a row there is no point in going on."""
PATIENCE = 25.0
"""Seconds a child gets to end by itself."""


@dataclass
class Child:
    """A `lika` command as a process."""

    name: str
    arguments: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    failed_starts: int = field(default=0)

    def start(self) -> None:
        """Start it, in a session of its own so that Ctrl-C reaches us first, and tied to our life."""
        self.started_at = time.monotonic()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "service.cli", *self.arguments],
            start_new_session=True,
            preexec_fn=lifeline.tied(os.getpid()),
        )

    def is_dead(self) -> bool:
        """Tell whether it has ended."""
        return self.process is not None and self.process.poll() is not None

    def stop(self) -> None:
        """Ask it to end."""
        if self.process and not self.is_dead():
            self.process.terminate()

    def wait(self, until: float) -> None:
        """Wait for its end, and end it by force after `until`."""
        if self.process is None:
            return
        try:
            self.process.wait(max(0.0, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            log.warning("%s did not end by itself", self.name)
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


def run(
    children: Sequence[Child],
    *,
    when_started: Callable[[], None] = lambda: None,
    look_after: Callable[[], None] = lambda: None,
) -> None:
    """Run children until SIGINT or SIGTERM. Raises errors.Unavailable if one cannot be started.

    `look_after` is called again and again, to bring back what they need.
    """
    stop = threading.Event()
    for sig in (signal.SIGINT, signal.SIGTERM):
        signal.signal(sig, lambda _signum, _frame: stop.set())
    for child in children:
        child.start()
    threading.Thread(target=when_started, daemon=True).start()
    try:
        while not stop.wait(POLL):
            look_after()
            for child in children:
                if child.is_dead():
                    _start_again(child)
    finally:
        _stop_all(children)


def _start_again(child: Child) -> None:
    assert child.process is not None
    quick = child.process.returncode >= 0 and time.monotonic() - child.started_at < SHORT_LIFE
    child.failed_starts = child.failed_starts + 1 if quick else 0
    if child.failed_starts >= FAILED_STARTS:
        text = _("%(name)s ended %(count)s times right after its start; see above")
        raise errors.Unavailable(text, name=child.name, count=FAILED_STARTS)
    log.warning("%s ended with %s; starting it again", child.name, child.process.returncode)
    child.start()


def _stop_all(children: Sequence[Child]) -> None:
    for child in children:
        child.stop()
    until = time.monotonic() + PATIENCE
    for child in children:
        child.wait(until)
