"""`lika worker`: background work."""

import logging

import click

import service
from service import worker
from service.cli._context import use_database
from service.errors import _


@click.command(
    "worker", help=_("Run jobs and timers until stopped. Several workers, on several machines, share one database.")
)
@click.option("--concurrency", default=worker.CONCURRENCY, show_default=True, help=_("Jobs done at the same time."))
def command(concurrency: int) -> None:
    """Run jobs and timers until stopped. Several workers, on several machines, share one database."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    use_database()
    worker.run(service.create_app(), concurrency=concurrency)
