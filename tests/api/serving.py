"""A server that really listens, with a worker beside it, in threads of the test's process."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import flask
from werkzeug import serving

from service import jobs


@contextmanager
def listening(app: flask.Flask) -> Iterator[str]:
    """Serve the application on a free port of this machine and give its address."""
    server = serving.make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


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
