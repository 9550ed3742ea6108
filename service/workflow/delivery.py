"""Gives a message to who waits for it, under the lock of the waiting instance."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from service import db, errors, identity
from service.errors import _
from service.workflow import instances, messages, models
from service.workflow.running import locked, translated


def correlate(name: str, correlation_key: str, variables: Mapping[str, Any], *, by: identity.Person) -> tuple[int, int]:
    """Give a message at once to the first who waits; returns the keys of the message and of the instance.

    Raises NotFound when nobody waits.
    """
    with db.transaction() as session, translated():
        key, waiting = messages.correlate(name, correlation_key, variables, by=by)
        instance_key = give(session.get_one(models.Message, key), waiting)
        if instance_key is None:
            raise errors.NotFound(_("Nobody waits for message %(name)s any more."), name=name)
        return key, instance_key


def hand_over(subscription: int, variables: Mapping[str, Any], *, sender: identity.Person) -> int:
    """Give a message at once to one subscription and to nobody else; returns the message's key.

    Raises NotFound when he no longer waits.
    """
    with db.transaction() as session, translated():
        waiting = session.get(models.MessageSubscription, subscription)
        message = messages.addressed(waiting, variables, sender=sender) if waiting else None
        if waiting is None or message is None or give(message, waiting) is None:
            raise errors.NotFound(_("Nobody waits for this any more, or you may not send it."))
        return message.key


def give_what_came_before(instance_key: int, instant: datetime) -> None:
    """Give an instance the messages that were published before an instant and are still on their way to it.

    A deadline must not overtake what was sent in time, however late it is delivered.
    """
    while (found := messages.on_its_way(instance_key, instant)) is not None:
        with db.transaction():
            if give(*found) is None:
                return


def give(message: models.Message, waiting: models.MessageSubscription) -> int | None:
    """Give a message to one who waits; returns his instance's key, or None when he no longer waits.

    A message that his process already had is given to him no more (he keeps waiting), nor one that another run had.
    """
    if waiting.instance_key is None:
        return instances.start_by_message(waiting, message)
    instance_key, subscription = waiting.instance_key, waiting.key
    state = select(models.ProcessInstance.state).where(models.ProcessInstance.key == instance_key).with_for_update()
    if db.sa.session.scalar(state) != "ACTIVE":
        return None
    with locked(instance_key, by=identity.SYSTEM, even_suspended=True) as running:
        fresh = db.sa.session.get(models.MessageSubscription, subscription, populate_existing=True)
        fresh = fresh or messages.waiting_in(instance_key, message)  # he may wait again
        if fresh is None:
            return None
        owner, element_id = fresh.owner_key, fresh.element_id
        if messages.given_to_another(message, instance_key, element_id):
            return instance_key
        if messages.correlated(message.key, running.row.process_id, instance_key):
            brought = messages.brought(message, running.row.definition_key, element_id)
            running.do(lambda live, now: live.trigger(owner, element_id, brought, now))
    return instance_key
