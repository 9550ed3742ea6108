"""The worker process: it runs jobs as they come and looks after timers and the like every half second."""

import asyncio
import concurrent.futures
import logging
from collections.abc import Callable
from contextlib import suppress

import flask
import procrastinate

from service import db, jobs
from service.jobs import stalled, ticks

log = logging.getLogger(__name__)

CONCURRENCY = 4
POLL = 1.0
"""PostgreSQL's NOTIFY can be missed; so often the worker looks by itself."""
PATIENCE = 15.0
"""Seconds that running jobs get to end when the worker is told to stop."""


def run(app: flask.Flask, *, concurrency: int = CONCURRENCY) -> None:
    """Work until SIGINT or SIGTERM."""
    with app.app_context():
        url = db.sa.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
        db.sa.engine.dispose()
    asyncio.run(_run(app, url, concurrency))


async def _run(app: flask.Flask, url: str, concurrency: int) -> None:
    loop = asyncio.get_running_loop()
    loop.set_default_executor(concurrent.futures.ThreadPoolExecutor(concurrency + 2))
    connector = procrastinate.PsycopgConnector(conninfo=url, min_size=2, max_size=concurrency + 4)
    stop = asyncio.Event()
    async with jobs.app.with_connector(connector).open_async() as opened:
        ticking = [asyncio.create_task(_keep_ticking(app, tick, stop)) for tick in ticks.registered()]
        try:
            await opened.run_worker_async(  # it ends on SIGINT and SIGTERM
                concurrency=concurrency,
                fetch_job_polling_interval=POLL,
                delete_jobs="successful",
                update_heartbeat_interval=stalled.HEARTBEAT,
                stalled_worker_timeout=stalled.SILENCE,
                shutdown_graceful_timeout=PATIENCE,
            )
        finally:
            stop.set()
            await asyncio.gather(*ticking)


async def _keep_ticking(app: flask.Flask, tick: ticks.Tick, stop: asyncio.Event) -> None:
    """Call one tick again and again: at once while it finds work, else after a pause. A failing one goes on."""
    while not stop.is_set():
        try:
            did = await asyncio.to_thread(_in_context, app, tick)
        except Exception:
            log.exception("%s failed", getattr(tick, "__qualname__", tick))
            did = 0
        if not did:
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), ticks.INTERVAL)


def _in_context(app: flask.Flask, tick: Callable[[], int | bool | None]) -> int:
    with app.app_context():
        return int(tick() or 0)
