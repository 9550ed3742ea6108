"""A county starts its 278 villages: each an instance of its own, started by one worker process."""

import time
from collections.abc import Iterator

from bench.installation import VILLAGES, Installation, working
from bench.report import Figure


def run(place: Installation) -> Iterator[Figure]:
    """From the request that starts the county to the last village's task in its committee's inbox."""
    place.deploy("calls.bpmn", "answer.form")
    caller = place.caller()
    with working(place):
        caller.start("county", villages=place.villages[:4])
        place.wait_for("SELECT count(*) FROM user_tasks WHERE process_id = 'village'", 4)
        begun = time.perf_counter()
        caller.start("county", villages=place.villages)
        place.wait_for("SELECT count(*) FROM user_tasks WHERE process_id = 'village'", 4 + VILLAGES)
        spent = time.perf_counter() - begun
    naive = caller.timed(f"/bench/naive/start/calls.bpmn/county/{VILLAGES}") / 1000
    yield Figure(f"{VILLAGES} called instances started", spent, "s", 5, naive)
