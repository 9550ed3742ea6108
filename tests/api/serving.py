"""A server that really listens, with a worker beside it, in threads of the test's process."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import flask
from gunicorn import glogging, sock
from gunicorn.workers import gthread

from service import jobs
from service.cli import web

PATIENCE = 10


class Served(web.Web):
    """`lika web` with an application that is there already."""

    def __init__(self, app: flask.Flask) -> None:
        self.app = app
        super().__init__(**web.options("127.0.0.1", 0, workers=1, threads=8))

    def load(self) -> flask.Flask:
        """Return the application."""
        return self.app


class Worker(gthread.ThreadWorker):
    """gunicorn's worker process as a thread."""

    def init_signals(self) -> None:
        """Signals go to the main thread, which is the tests'."""


@contextmanager
def listening(app: flask.Flask) -> Iterator[str]:
    """Serve the application as in production, on a free port of this machine, and give its address."""
    served = Served(app)
    log = glogging.Logger(served.cfg)
    sockets = sock.create_sockets(served.cfg, log)
    worker = Worker(0, os.getppid(), sockets, served, served.cfg.timeout, served.cfg, log)
    thread = threading.Thread(target=worker.init_process, daemon=True)
    thread.start()
    try:
        yield "http://{}:{}".format(*sockets[0].getsockname())
    finally:
        worker.handle_exit(None, None)
        thread.join(PATIENCE)
        worker.tmp.close()
        for end in worker.PIPE:
            os.close(end)
    assert not thread.is_alive()


@contextmanager
def working(app: flask.Flask) -> Iterator[None]:
    """Do background work as it comes."""
    stop = threading.Event()
    failures: list[BaseException] = []

    def work() -> None:
        while not stop.wait(0.02):
            try:
                with app.app_context():
                    jobs.run_pending()
            except Exception as error:
                failures.append(error)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(10)
    assert not failures, failures
