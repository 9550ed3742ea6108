"""`lika up`: everything on one machine."""

import socket
import time

import click

import service
from service import bootstrap, db, supervisor
from service.cli._context import use_database
from service.seeds import staff

PATIENCE = 60.0


@click.command("up")
@click.option("--host", default="127.0.0.1", show_default=True, envvar="LIKA_HOST")
@click.option("--port", default=8000, show_default=True, envvar="LIKA_PORT")
@click.option("--threads", default=8, show_default=True, help="Threads of the web server.")
@click.option("--workers", default=1, show_default=True, help="Worker processes for background work.")
@click.option("--demo/--no-demo", default=True, help="Write demo data into an empty database.")
def command(host: str, port: int, threads: int, workers: int, demo: bool) -> None:
    """Prepare the database, then run web server and workers until Ctrl-C."""
    _ensure_free(host, port)
    use_database()
    with service.create_app().app_context():
        bootstrap.prepare(demo=demo)
        posts = bootstrap.demo_posts()
        db.sa.session.remove()
        db.sa.engine.dispose()  # the children have connections of their own
    web = ["web", "--host", host, "--port", str(port), "--threads", str(threads)]
    children = [supervisor.Child("web", web)]
    children += [supervisor.Child(f"worker {no}", ["worker"]) for no in range(1, workers + 1)]
    supervisor.run(children, when_started=lambda: _greet(host, port, posts))


def _greet(host: str, port: int, posts: list[staff.Post]) -> None:
    """Say where to look, once the web server answers."""
    deadline = time.monotonic() + PATIENCE
    while not _answers(host, port) and time.monotonic() < deadline:
        time.sleep(0.1)
    click.echo(f"Lika serves at http://{host}:{port}/ (Ctrl-C stops it)")
    if posts:
        click.echo(f"Demo people, all with the password {bootstrap.DEMO_PASSWORD}:")
        for post in bootstrap.examples(posts):
            click.echo(f"  {post.username:32}{post.unit_name}")


def _answers(host: str, port: int) -> bool:
    try:
        with socket.create_connection((host, port), timeout=1):
            return True
    except OSError:
        return False


def _ensure_free(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise click.ClickException(
                f"cannot serve at {host}:{port} ({error.strerror}); choose another --port"
            ) from error
