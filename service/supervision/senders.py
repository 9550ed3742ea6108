"""Which messages the processes at work may still send."""

from collections.abc import Collection, Mapping
from typing import Any

import sqlalchemy as sqla

from service import db
from service.supervision import reach
from service.workflow import models, releases

element, instance = models.ElementInstance, models.ProcessInstance
CONTAINERS = ("PROCESS", "SUB_PROCESS", "EVENT_SUB_PROCESS", "MULTI_INSTANCE_BODY")
"""Scopes: what happens in them is told by the tokens inside."""
WAITING = ("RECEIVE_TASK", "INTERMEDIATE_CATCH_EVENT", "EVENT_BASED_GATEWAY")


def of_processes(in_use: Mapping[int, int], wanted: Collection[str]) -> frozenset[str]:
    """Those of the `wanted` messages that some active instance may still send, or a process that it may call.

    `in_use` gives the definitions that have active instances, with their releases. A token that waits for a message
    itself cannot be the one that sends it.
    """
    ever = {key: _ever(release, releases.process(key).process.id) for key, release in in_use.items()}
    able = [key for key, names in ever.items() if names & ({*wanted, reach.ANY})]
    found: set[str] = set()
    for definition_key, element_id, awaited in _tokens(able) if able else ():
        process = releases.process(definition_key).process
        ids = reach.ahead(process, element_id) if element_id in process.nodes else set(process.nodes)
        names = reach.sent(process, ids, _called(in_use[definition_key], process))
        found |= (set(wanted) if reach.ANY in names else names & set(wanted)) - {awaited}
    return frozenset(found)


def _ever(release: int, process_id: str, seen: frozenset[str] = frozenset()) -> frozenset[str]:
    """All messages that a process of a release may send, itself or through what it calls."""
    key = releases.get(release).find("process", process_id)
    if key is None or process_id in seen:
        return frozenset()
    process = releases.process(key).process
    calls = {node.call.process_id for node in process.nodes.values() if node.call is not None}
    called = {id: _ever(release, id, seen | {process_id}) for id in calls}
    return reach.sent(process, set(process.nodes), called)


def _called(release: int, process: Any) -> dict[str, frozenset[str]]:
    calls = {node.call.process_id for node in process.nodes.values() if node.call is not None}
    return {id: _ever(release, id) for id in calls}


def _tokens(definition_keys: Collection[int]) -> list[tuple[int, str, str | None]]:
    """Where the tokens of active instances stand: definition, element, and the message the token waits for, if any.

    An instance that has not begun has its process's id for an element.
    """
    subscription = models.MessageSubscription
    mine = subscription.owner_key == element.key, element.type.in_(WAITING)
    awaited = sqla.select(sqla.func.min(subscription.name)).where(*mine).correlate(element)
    query = (
        sqla.select(instance.definition_key, element.element_id, awaited.scalar_subquery())
        .join(instance, instance.key == element.instance_key)
        .where(element.token.is_not(None), element.type.not_in(CONTAINERS), element.state == "ACTIVE")
        .where(instance.state == "ACTIVE", instance.definition_key.in_(definition_keys))
    )
    unborn = sqla.select(instance.definition_key, instance.process_id, sqla.null()).where(
        instance.state == "ACTIVE", ~instance.started, instance.definition_key.in_(definition_keys)
    )
    return [tuple(row) for row in db.sa.session.execute(query.distinct().union_all(unborn))]
