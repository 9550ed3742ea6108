"""The supervisors' board of a county, and the look for what stands still, with 30,000 instances and their history."""

import time
from collections.abc import Callable, Iterator
from statistics import median
from typing import Any

from bench.installation import COUNTY, Installation
from bench.report import Figure
from service.identity import people, units
from service.supervision import board, sweep, usual

INSTANCES, STEPS, REPEATS = 30_000, 10, 20
FAMILY = 100
"""One of so many instances is a run, the others are what it called."""
FILL = """
CREATE TABLE places AS
SELECT -number - 1 AS key, -(number - number % :family) - 1 AS root, village.id AS unit_id, number
FROM generate_series(0, :count - 1) AS number
JOIN (SELECT id, row_number() OVER (ORDER BY code) - 1 AS place FROM units WHERE kind = 'village') AS village
  ON village.place = number % (SELECT count(*) FROM units WHERE kind = 'village');
INSERT INTO process_instances (key, process_id, definition_key, deployment_key, root_key, parent_key,
    parent_element_key, unit_id, state, suspended, started, revision, start_date, progress_at, end_events, started_by)
SELECT places.key, process_id, definition_key, deployment_key, places.root, nullif(places.root, places.key),
    null, places.unit_id, 'ACTIVE', number % 500 = 7, true, 0, now(), now(), '{}', 'system'
FROM places, process_instances AS pattern WHERE pattern.key = :instance;
INSERT INTO element_instances (key, instance_key, scope_key, spec, element_id, type, state, start_date, end_date, token)
SELECT places.key * 100 - step, places.key, places.key, 'Task_Step' || (step % 5 + 1),
    'Task_Step' || (step % 5 + 1), 'USER_TASK',
    CASE WHEN step = 9 THEN 'ACTIVE' ELSE 'COMPLETED' END, now() - (10 - step) * interval '1 day',
    CASE WHEN step < 9 THEN now() - (9 - step) * interval '1 day' END, CASE WHEN step = 9 THEN '{}'::jsonb END
FROM places, generate_series(0, :steps - 1) AS step;
INSERT INTO user_tasks (key, instance_key, root_key, definition_key, deployment_key, process_id, element_id, name,
    title, state, candidates, candidate_groups, candidate_users, unit_id, due, priority, properties, headers,
    created_at)
SELECT places.key * 100 - 9, places.key, places.root, definition_key, deployment_key, process_id, 'Task_Step5', name,
    title, 'CREATED', candidates, candidate_groups, candidate_users, places.unit_id,
    now() + (number % 1000 - 50) * interval '1 hour', priority, properties, headers, now() - interval '1 day'
FROM places, user_tasks AS pattern WHERE pattern.instance_key = :instance;
DROP TABLE places;
"""
"""Of the tasks a twentieth is overdue and a fourteenth due soon."""


def run(place: Installation) -> Iterator[Figure]:
    """The board by unit, by step and by run, its list, and a look."""
    place.deploy("chain.bpmn", "answer.form")
    given = {"instance": int(place.caller().start("chain")), "count": INSTANCES, "steps": STEPS, "family": FAMILY}
    for statement in FILL.strip().removesuffix(";").split(";\n"):
        place.execute(statement, **{name: value for name, value in given.items() if f":{name}" in statement})
    place.tidy()
    chief = people.add("chief", "督查")
    people.join("chief", "supervisor", units.find(COUNTY))
    chief = people.find("chief")
    yield Figure("a look for what stands still, the first", _timed(lambda: sweep.look(usual.times())), "ms")
    place.tidy()
    for by in board.BREAKDOWNS:
        spent = _often(lambda by=by: board.count(board.Wish(by=by), by=chief))  # type: ignore[misc]
        yield Figure(f"numbers of the board by {by}, {INSTANCES:,} instances, p50", spent, "ms", 100)
    for kind in ("", "open", "stalled"):
        spent = _often(lambda kind=kind: board.page(board.Wish(kind=kind), by=chief))  # type: ignore[misc]
        yield Figure(f"list of the board, {kind or 'attention'}, p50", spent, "ms", 100)
    yield Figure("usual times of all steps", _often(usual.times, 3), "ms")
    known = usual.times()
    yield Figure("a look for what stands still, again", _often(lambda: sweep.look(known), 3), "ms")


def _timed(act: Callable[[], Any]) -> float:
    begun = time.perf_counter()
    act()
    return (time.perf_counter() - begun) * 1000


def _often(act: Callable[[], Any], repeats: int = REPEATS) -> float:
    return median(_timed(act) for _ in range(repeats))
