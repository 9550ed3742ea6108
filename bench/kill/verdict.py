"""What must hold at the end: each step of each instance was done, and done once; nothing is stuck."""

from collections import Counter
from collections.abc import Collection
from typing import Any

import psycopg

from bench.kill.campaign import Size

VILLAGE = (
    "Event_VillageBegun Task_DraftNotice Task_IssueNotice Task_PostNotice Event_PeriodOver Task_PrintCertificate"
    " Task_TakeDownNotice Event_ObjectionsClosed End_VillageDone kill_village"
)
STEPS = {
    "kill_village": Counter(VILLAGE.split()),
    "kill_township": Counter(["Event_TownshipBegun", "Task_Report", "End_TownshipDone", "kill_township"]),
    "kill_campaign": Counter(["Event_CountyBegun", "Task_OpenRun", "Task_Confirm", "End_CountyDone", "kill_campaign"]),
}
"""How often an instance enters each element, besides its calls."""

LEFT_BEHIND = {
    "jobs of the queue": "SELECT id, status, task_name, attempts FROM procrastinate_jobs",
    "timers": "SELECT * FROM timers WHERE instance_key IS NOT NULL",
    "waits for messages": "SELECT * FROM message_subscriptions WHERE instance_key IS NOT NULL",
    "live tokens": "SELECT key, instance_key, element_id FROM element_instances WHERE token IS NOT NULL",
    "incidents": "SELECT element_id, type, message FROM incidents",
    "open tasks": "SELECT key, element_id FROM user_tasks WHERE state <> 'COMPLETED'",
    "open jobs": "SELECT key, state FROM workflow_jobs WHERE state <> 'COMPLETED'",
}
REPEATED = {
    "notices of one instance": "SELECT instance_key FROM notices GROUP BY 1 HAVING count(*) > 1",
    "completions of one task": "SELECT entity_key FROM audit_logs WHERE operation = 'COMPLETE'"
    " GROUP BY 1 HAVING count(*) > 1",
    "calls from one element": "SELECT parent_element_key FROM process_instances GROUP BY 1"
    " HAVING parent_element_key IS NOT NULL AND count(*) > 1",
    "passages of one flow": "SELECT instance_key, flow_id FROM sequence_flows WHERE count > 1",
    "letters for one village": "SELECT instance_key FROM message_correlations GROUP BY 1 HAVING count(*) > 1",
}


def faults(connection: psycopg.Connection[Any], campaigns: int, size: Size) -> list[str]:
    """Return a sentence for each thing that is not as it must be."""
    return untidy(connection) + _counts(connection, campaigns, size) + _steps(connection, size)


def untidy(connection: psycopg.Connection[Any], known: Collection[str] = ()) -> list[str]:
    """Return a sentence for everything left behind or there more than once, besides what is `known`."""
    found = []
    for what, query in LEFT_BEHIND.items():
        found += [f"{what} left behind: {row}" for row in connection.execute(query.encode()) if what not in known]
    for what, query in REPEATED.items():
        found += [f"{what}, more than once: {row}" for row in connection.execute(query.encode()) if what not in known]
    return found


def _counts(connection: psycopg.Connection[Any], campaigns: int, size: Size) -> list[str]:
    townships, villages = campaigns * size.townships, campaigns * size.townships * size.villages
    expected = {
        "SELECT count(*) FROM process_instances WHERE state = 'COMPLETED'": campaigns + townships + villages,
        "SELECT count(*) FROM process_instances": campaigns + townships + villages,
        "SELECT count(*) FROM user_tasks": campaigns + townships + 2 * villages,
        "SELECT count(*) FROM audit_logs WHERE operation = 'COMPLETE'": campaigns + townships + 2 * villages,
        "SELECT count(*) FROM workflow_jobs": villages,
        "SELECT count(*) FROM message_correlations": villages,
        "SELECT count(DISTINCT no) FROM notices WHERE issued_at IS NOT NULL": villages,
        "SELECT count(*) FROM runs": campaigns,
    }
    found = []
    for query, number in expected.items():
        row = connection.execute(query.encode()).fetchone()
        if row is None or row[0] != number:
            found.append(f"{query}: {row and row[0]} instead of {number}")
    return found


def _steps(connection: psycopg.Connection[Any], size: Size) -> list[str]:
    calls = {
        "kill_campaign": Counter({"Activity_Township": size.townships + 1}),
        "kill_township": Counter({"Activity_Village": size.villages + 1}),
        "kill_village": Counter(),
    }
    query = """SELECT process_id, instance_key, array_agg(element_id), array_agg(DISTINCT element_instances.state)
        FROM element_instances JOIN process_instances ON process_instances.key = instance_key GROUP BY 1, 2"""
    found = []
    for process, instance, elements, states in connection.execute(query):
        if Counter(elements) != STEPS[process] + calls[process]:
            found.append(f"{process} {instance} went through {Counter(elements)}")
        if states != ["COMPLETED"]:
            found.append(f"{process} {instance} has elements that are {states}")
    return found
