"""`lika up`: everything on one machine."""

import socket
import time

import click

import service
from service import bootstrap, db, errors, supervisor
from service.cli._context import at_address, use_database
from service.errors import _
from service.seeds import staff

PATIENCE = 60.0


@click.command(
    "up",
    help=_(
        "Prepare the database, then run web server and workers until Ctrl-C. At the first start an empty database gets "
        "its tables, demo people and the processes that come with Lika."
    ),
)
@at_address
@click.option("--threads", default=8, show_default=True, help=_("Threads of the web server."))
@click.option("--workers", default=1, show_default=True, help=_("Worker processes for background work."))
@click.option("--demo/--no-demo", default=True, help=_("Write demo data into an empty database."))
def command(host: str, port: int, threads: int, workers: int, demo: bool) -> None:
    """Prepare the database, then run web server and workers until Ctrl-C."""
    _ensure_free(host, port)
    server = use_database()
    with service.create_app().app_context():
        bootstrap.prepare(demo=demo)
        posts = bootstrap.demo_posts()
        db.sa.session.remove()
        db.sa.engine.dispose()  # the children have connections of their own
    web = ["web", "--host", host, "--port", str(port), "--threads", str(threads)]
    children = [supervisor.Child("web", web)]
    children += [supervisor.Child(f"worker {no}", ["worker"]) for no in range(1, workers + 1)]
    keep_database = server.keep_running if server else lambda: None
    supervisor.run(children, when_started=lambda: _greet(host, port, posts), look_after=keep_database)


def _greet(host: str, port: int, posts: list[staff.Post]) -> None:
    """Say where to look, once the web server answers."""
    deadline = time.monotonic() + PATIENCE
    while not _answers(host, port) and time.monotonic() < deadline:
        time.sleep(0.1)
    url = f"http://{host}:{port}"
    click.echo(errors.localize(_("Lika serves at %(url)s/ (Ctrl-C stops it)"), url=url))
    click.echo(errors.localize(_("The API describes itself at %(url)s/v2/swagger-ui"), url=url))
    if posts:
        text = _("Demo people, all with the password %(password)s:")
        click.echo(errors.localize(text, password=bootstrap.DEMO_PASSWORD))
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
            text = _("Cannot serve at %(host)s:%(port)s (%(reason)s); choose another --port.")
            raise errors.Unavailable(text, host=host, port=port, reason=error.strerror) from error
