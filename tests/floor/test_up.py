"""`lika up` as people run it: real processes, an own database on a path with a space."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from service.db import embedded

pytestmark = pytest.mark.timeout(300)
FEW_PARTS = "identity,jobs"
PLAIN = {"LANG": "en_US.UTF-8", "LC_ALL": "", "PYTHONUTF8": "1", "PYTHONUNBUFFERED": "1"}


@pytest.fixture
def place():
    """An empty folder for everything `lika` writes."""
    above = Path(tempfile.mkdtemp(prefix="lika-test-"))
    yield above / "v a r"
    if found := embedded._postmaster(above / "v a r" / "postgres"):
        psutil.Process(found[0]).send_signal(signal.SIGQUIT)
    shutil.rmtree(above, ignore_errors=True)


@pytest.fixture
def lika(place):
    """Start a `lika` command; what still runs at the end is killed."""
    started = []

    def start(*arguments, **environment):
        clean = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
        process = subprocess.Popen(
            [sys.executable, "-m", "service.cli", *arguments],
            env={**clean, "LIKA_VAR": str(place), "LIKA_PARTS": FEW_PARTS, **PLAIN, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


@pytest.fixture
def port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(condition, what, seconds=60):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := condition():
            return found
        time.sleep(0.1)
    return pytest.fail(f"{what}: not within {seconds} s")


def serves(port):
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{port}/no-such-page", timeout=10)
    except urllib.error.HTTPError as answer:
        return answer.code == 404
    except OSError:
        return False


def child(process, command):
    """The process of `lika up` that runs a command."""
    for each in psutil.Process(process.pid).children():
        with suppress(psutil.ZombieProcess, psutil.NoSuchProcess):
            if command in each.cmdline():
                return each
    return None


def test_it_prepares_serves_restarts_what_dies_and_stops_cleanly(lika, place, port):
    up = lika("up", "--port", str(port))
    assert up.stdout.readline() == f"Lika serves at http://127.0.0.1:{port}/ (Ctrl-C stops it)\n"
    assert up.stdout.readline() == f"The API describes itself at http://127.0.0.1:{port}/v2/swagger-ui\n"
    assert "lika-demo-2026" in up.stdout.readline()
    assert up.stdout.readline().split()[0] == "admin"
    wait_for(lambda: serves(port), "served")
    web, worker = child(up, "web"), child(up, "worker")

    worker.kill()
    another = wait_for(lambda: (found := child(up, "worker")) and found != worker and found, "a new worker")
    web.kill()
    wait_for(lambda: (found := child(up, "web")) and found != web, "a new web server")
    wait_for(lambda: serves(port), "served again")

    family = psutil.Process(up.pid).children(recursive=True)
    up.send_signal(signal.SIGINT)
    assert up.wait(60) == 0
    assert [each for each in family if each.is_running() and each.status() != psutil.STATUS_ZOMBIE] == []
    assert not another.is_running()
    assert embedded._postmaster(place / "postgres") is None


def test_a_killed_parent_takes_its_children_along_and_the_next_start_goes_on(lika, place, port):
    up = lika("up", "--port", str(port), "--no-demo")
    up.stdout.readline()
    wait_for(lambda: serves(port), "served")
    family = [each for each in psutil.Process(up.pid).children(recursive=True) if each.name() != "postgres"]
    assert len(family) >= 3
    up.kill()
    wait_for(lambda: not any(alive(each) for each in family), "children ended")
    again = lika("up", "--port", str(port), "--no-demo")
    assert "serves at" in again.stdout.readline()
    wait_for(lambda: serves(port), "served")
    again.terminate()
    assert again.wait(60) == 0
    assert embedded._postmaster(place / "postgres") is None


def alive(process):
    return process.is_running() and process.status() != psutil.STATUS_ZOMBIE


def test_a_port_in_use_is_told_with_the_remedy(lika, place):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        up = lika("up", "--port", str(taken.getsockname()[1]))
        output, _ = up.communicate(timeout=60)
    assert up.returncode == 1
    assert "Address already in use" in output
    assert "choose another --port" in output
    assert not place.exists()


def test_a_child_that_cannot_start_is_given_up(lika, port):
    up = lika("up", "--port", str(port), "--no-demo", "--threads", "0")
    output, _ = up.communicate(timeout=200)
    assert up.returncode == 1
    assert "web ended 3 times right after its start" in output
