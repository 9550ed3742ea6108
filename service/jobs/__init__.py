"""Background work on the same database: a job is deferred on the open transaction and commits or vanishes with it.

`defer` puts a job in the queue, `task` names the function that does it, `run_pending` does here and now what a worker
would do, `on_tick` registers what a worker does every half second. `jobs.handlers` holds the functions behind BPMN
service tasks.
"""

from service.jobs.queue import app, defer, init_app, task
from service.jobs.running import run_pending
from service.jobs.ticks import on_tick

__all__ = ["app", "defer", "init_app", "on_tick", "run_pending", "task"]
