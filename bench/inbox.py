"""The first page of an inbox while 100,000 tasks are open in the database."""

from collections.abc import Iterator
from statistics import median

from bench.installation import Installation
from bench.report import Figure

TASKS, REPEATS = 100_000, 40
FILL = """
WITH village AS (SELECT id, row_number() OVER (ORDER BY code) - 1 AS place FROM units WHERE kind = 'village'),
     pattern AS (SELECT * FROM user_tasks WHERE instance_key = :instance)
INSERT INTO user_tasks (key, instance_key, root_key, definition_key, deployment_key, process_id, element_id, name,
    title, state, candidates, candidate_groups, candidate_users, unit_id, form_key, due, priority, properties, headers,
    created_at)
SELECT -number, instance_key, root_key, definition_key, deployment_key, process_id, element_id, name,
    title, state, ARRAY['village_committee@' || village.id], candidate_groups, candidate_users, village.id, form_key,
    now() + number % 1000 * interval '1 hour', priority, properties, headers, now() - number * interval '7 seconds'
FROM pattern, generate_series(1, :count) AS number
JOIN village ON village.place = number % (SELECT count(*) FROM village)
"""
PAGE = {"filter": {"state": "CREATED"}, "sort": [{"field": "creationDate", "order": "DESC"}], "page": {"limit": 50}}


def run(place: Installation) -> Iterator[Figure]:
    """A village's inbox, by the newest first, by what is due first, and as the API gives it without any wish."""
    place.deploy("chain.bpmn", "answer.form")
    place.execute(FILL, instance=int(place.caller().start("chain")), count=TASKS)
    place.execute("ANALYZE")
    caller = place.caller("village.1")
    by_due = PAGE | {"sort": [{"field": "dueDate", "order": "ASC"}]}
    for name, page in (("newest first", PAGE), ("next due first", by_due), ("as it comes", {})):
        times = [caller.timed("/v2/user-tasks/search", page) for _ in range(REPEATS)]
        assert caller.last["page"]["totalItems"] >= TASKS // len(place.villages)
        yield Figure(f"an inbox page among {TASKS:,} open tasks, {name}, p50", median(times), "ms", 30)
    place.execute("DELETE FROM user_tasks WHERE key < 0")
