"""Waiting for a message that nobody will send, or that is not sent within its time."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sqla

from service import db, identity
from service.engine import model
from service.identity.models import Membership, User
from service.register import desk
from service.supervision import senders, watches
from service.supervision.limits import Limits
from service.supervision.watches import GRACE, MESSAGE, Cause
from service.workflow import models, releases

subscription, instance, element = models.MessageSubscription, models.ProcessInstance, models.ElementInstance
RECENT = timedelta(days=1)
"""So long a message shows that its sender is at work."""
LISTENING = ("boundaryEvent", "startEvent")
"""What takes a message if one comes while the token waits for something else."""


@dataclass
class Wait:
    """A token that waits for one of some messages, with the scopes around it."""

    subject_key: int
    element_id: str
    instance_key: int
    definition_key: int
    process_id: str
    unit_id: int | None
    since: datetime
    around: frozenset[int]
    open: list[tuple[model.Node, str]] = field(default_factory=list)
    """The events, each with its message's name."""

    @property
    def names(self) -> set[str]:
        """The messages that would end the wait."""
        return {name for _node, name in self.open}

    @property
    def places(self) -> set[tuple[int | None, str]]:
        """The roles that may send one of them, at the instance's unit."""
        return {(self.unit_id, role) for node, _name in self.open for role in desk.senders(node)}

    @property
    def foreign(self) -> set[str]:
        """The messages that no form lets people send: if no process sends them, another system does."""
        return {name for node, name in self.open if desk.FORM not in node.properties}


def look(now: datetime, limits: Limits, in_use: Mapping[int, int]) -> None:
    """Watch waits that no person and no running process may end, and those that last too long."""
    waits = list(_waits())
    led_on = _timed(wait.instance_key for wait in waits)
    sendable = senders.of_processes(in_use, {name for wait in waits for name in wait.names}) if waits else frozenset()
    held = _held({place for wait in waits for place in wait.places})
    outside = _from_outside(now, {name for wait in waits for name in wait.foreign})
    causes = []
    for wait in waits:
        late_at = limits.late_at(wait, wait.since)
        if (wait.definition_key, wait.element_id) in limits.drawn:
            causes += [_cause(wait, late_at, "late", limits)] if late_at else []
        elif not led_on.isdisjoint(wait.around):
            continue
        elif held.isdisjoint(wait.places) and sendable.isdisjoint(wait.names) and outside.isdisjoint(wait.foreign):
            causes.append(_cause(wait, now + GRACE, "nobody", limits))
        elif late_at:
            causes.append(_cause(wait, late_at, "late", limits))
    watches.reconcile(MESSAGE, causes)


def _cause(wait: Wait, late_at: datetime, why: str, limits: Limits) -> Cause:
    detail: dict[str, Any] = {
        "why": why,
        "messages": sorted(wait.names),
        "roles": sorted({role for _unit, role in wait.places}),
    }
    if why == "late":
        detail |= limits.detail(wait.definition_key, wait.process_id, wait.element_id) or {}
    place = wait.subject_key, wait.element_id, wait.instance_key, wait.definition_key, wait.process_id, wait.unit_id
    return Cause(*place, wait.since, late_at, detail=detail)


def _waits() -> Iterator[Wait]:
    """The tokens that wait for messages and for nothing else."""
    query = (
        sqla.select(
            subscription.owner_key,
            subscription.element_id,
            subscription.name,
            element.element_id.label("waiting"),
            sqla.func.coalesce(element.start_date, subscription.created_at).label("since"),
            instance.key,
            instance.definition_key,
            instance.process_id,
            instance.unit_id,
        )
        .join(instance, instance.key == subscription.instance_key)
        .join(element, element.key == subscription.owner_key)
        .where(instance.state == "ACTIVE", ~instance.suspended)
    )
    found: dict[int, Wait] = {}
    rows = db.sa.session.execute(query).all()
    for row in rows:
        nodes = releases.process(row.definition_key).process.nodes
        node = nodes.get(row.element_id)
        if node is None or node.kind in LISTENING:
            continue
        if row.owner_key not in found:
            place = row.owner_key, row.waiting, row.key, row.definition_key, row.process_id, row.unit_id
            found[row.owner_key] = Wait(*place, row.since, frozenset())
        found[row.owner_key].open.append((node, row.name))
    around = _scopes(list(found))
    for key, wait in found.items():
        wait.around = around.get(key, frozenset({key}))
        yield wait


def _scopes(keys: list[int]) -> dict[int, frozenset[int]]:
    """The keys of the scopes around element instances, themselves included."""
    start = sqla.select(element.key.label("inner"), element.key, element.scope_key).where(element.key.in_(keys))
    chain = start.cte("around", recursive=True)
    chain = chain.union_all(
        sqla.select(chain.c.inner, element.key, element.scope_key).join(chain, element.key == chain.c.scope_key)
    )
    found: dict[int, set[int]] = {}
    for inner, key in db.sa.session.execute(sqla.select(chain.c.inner, chain.c.key)) if keys else ():
        found.setdefault(inner, set()).add(key)
    return {inner: frozenset(around) for inner, around in found.items()}


def _timed(instances: Iterable[int]) -> frozenset[int]:
    """The owners of timers in some instances: what waits there, or inside of it, the timer will lead on."""
    timer = models.Timer
    query = sqla.select(timer.owner_key, timer.element_id, instance.definition_key)
    query = query.join(instance, instance.key == timer.instance_key).where(timer.instance_key.in_(set(instances)))
    return frozenset(
        owner
        for owner, element_id, definition_key in db.sa.session.execute(query)
        if (node := releases.process(definition_key).process.nodes.get(element_id)) and node.interrupting
    )


def _from_outside(now: datetime, names: set[str]) -> frozenset[str]:
    """Those messages that somebody who is no process sent lately: over the API, where no form lets people send them.

    Who sent one will send the next one, too.
    """
    message = models.Message
    sent = message.sender != identity.SYSTEM.username, message.published_at > now - RECENT
    query = sqla.select(message.name).where(message.name.in_(names), *sent).distinct()
    return frozenset(db.sa.session.scalars(query)) if names else frozenset()


def _held(places: set[tuple[int | None, str]]) -> frozenset[tuple[int | None, str]]:
    """Those roles that an active user holds."""
    wanted = [place for place in places if place[0] is not None]
    pair = sqla.tuple_(Membership.unit_id, Membership.role_id)
    query = sqla.select(Membership.unit_id, Membership.role_id).join(User).where(User.active, pair.in_(wanted))
    return frozenset((unit, role) for unit, role in db.sa.session.execute(query.distinct())) if wanted else frozenset()
