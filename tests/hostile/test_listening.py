"""Broken HTTP and silent callers against `lika web` as people run it."""

import os
import socket
import subprocess
import sys
import time

import pytest

from service.identity import credentials

pytestmark = pytest.mark.timeout(120)
THREADS = 2


@pytest.fixture
def port(application, server, county):
    """The port of a `lika web` on the test's database, with two threads."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = server.url().replace("postgresql+psycopg", "postgresql")
    command = [sys.executable, "-m", "service.cli", "web", "--port", str(port), "--threads", str(THREADS)]
    web = subprocess.Popen(command, env={**os.environ, "DATABASE_URL": url}, stderr=subprocess.DEVNULL)
    try:
        while True:
            assert web.poll() is None
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                time.sleep(0.1)
        yield port
    finally:
        web.terminate()
        web.wait(30)


def converse(port, data, wait=60.0):
    """Send bytes; return the status of the answer, None if the connection just ends."""
    with socket.create_connection(("127.0.0.1", port), wait) as connection:
        connection.sendall(data)
        answer = connection.recv(65536)
        return int(answer.split(b" ", 2)[1]) if answer else None


STATUS = b"GET /v2/status HTTP/1.1\r\nHost: x\r\n\r\n"


def test_broken_http_is_refused_and_the_server_goes_on(port):
    token = credentials.create_token("admin", "test").encode()
    start = b"POST /v2/process-instances HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    start += b"Authorization: Bearer " + token + b"\r\n"
    chunk = b"100000\r\n" + b"x" * 0x100000 + b"\r\n"
    for data, status in {
        b"\x16\x03\x01\x00\xff hello\r\n\r\n": 400,
        b"GET /v2/status\r\n\r\n": 400,
        b"GET /v2/status HTTP/9.9\r\nHost: x\r\n\r\n": 400,
        b"GET /v2/\x00 HTTP/1.1\r\nHost: x\r\n\r\n": 400,
        b"GET /v2/status HTTP/1.1\r\nHost: x\r\nX: " + b"y" * 200_000 + b"\r\n\r\n": 431,
        b"GET /v2/" + b"y" * 100_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n": 414,
        start + b"Content-Length: -5\r\n\r\n{}": 400,
        start + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}": 400,
        start + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n": 400,
        start + b"Content-Length: 99999999999999\r\n\r\n{}": 413,
        start + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n": 400,
        start + b"Transfer-Encoding: chunked\r\n\r\n" + chunk * 9 + b"0\r\n\r\n": 413,
    }.items():
        assert converse(port, data) == status, data[:60]
        assert converse(port, STATUS) == 204


def test_callers_who_fall_silent_do_not_hold_the_server(port):
    silent = []
    for beginning in (b"GET /v2/sta", b"POST /v2/deployments HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n\r\n{"):
        for _thread in range(THREADS // 2):
            silent.append(socket.create_connection(("127.0.0.1", port)))
            silent[-1].sendall(beginning)
    assert converse(port, STATUS) == 204
    for connection in silent:
        connection.close()
