"""What people send to processes: a process to be started, an application, a figure from above.

A start event, or an event that waits for a message, says by ``zeebe:properties`` that people may send it:

| property | meaning |
|---|---|
| ``sendForm`` | the form to be filled in |
| ``sendBy`` | the roles that may send it, separated by commas; they act at the unit of the waiting instance |
| ``sendAs`` | FEEL over ``answers`` and ``unit`` (the sender's code): the variables sent; default ``=answers`` |

The form may offer ``townships`` and ``villages`` of the sender's unit and ``households`` of a village (``valuesKey``).
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from service import db, engine, errors, forms, identity
from service.engine import model
from service.errors import _
from service.identity import roles, units
from service.identity.models import Unit
from service.register import models as register
from service.workflow import audit, delivery, instances, messages, models, releases

FORM, BY, AS = "sendForm", "sendBy", "sendAs"
KEPT = timedelta(days=7)
"""How long what was sent waits for a process that comes to need it."""
MOST_HOUSEHOLDS = 3_000


@dataclass(frozen=True)
class Offer:
    """Something a person may send: an event of a process, from a unit.

    ``waiting`` is the subscription of who waits for it; a start has none.
    """

    node: model.Node
    process: str
    definition_key: int
    deployment_key: int
    unit: Unit
    waiting: int | None = None

    @property
    def id(self) -> str:
        """What names the offer in an address."""
        return f"{self.waiting or self.node.id}@{self.unit.id}"

    @property
    def starts(self) -> bool:
        """Whether sending it starts a process."""
        return self.waiting is None

    @property
    def title(self) -> str:
        """What one does: start this process, or hand in what it waits for."""
        return self.process if self.starts else self.node.name or self.process

    @property
    def subtitle(self) -> str:
        """The event that starts the process, or the process that waits; empty where the title says it."""
        other = self.node.name if self.starts else self.process
        return other if other != self.title else ""

    @property
    def form_source(self) -> str:
        """The text of the form."""
        name = self.node.properties[FORM]
        key = releases.get(self.deployment_key).find("form", name)
        if key is None:
            raise errors.NotFound(_("There is no form %(id)s in this release; deploy it"), id=name)
        return releases.content(key)[1].decode()


def offers(by: identity.Person) -> list[Offer]:
    """What the person may send now: processes to start, then who waits, by unit."""
    return [*_starts(by), *_waiting(by)]


def find(id: str, by: identity.Person) -> Offer:
    """One offer by its id. Raises NotFound for what the person may not send, too."""
    for offer in offers(by):
        if offer.id == id:
            return offer
    raise errors.NotFound(_("Nobody waits for this any more, or you may not send it."))


def senders(node: model.Node) -> set[str]:
    """The roles whose holders may send an event; none where no form lets people send it."""
    named = [roles.named(name) for name in node.properties.get(BY, "").split(",") if name.strip()]
    return {held for role in named if role for held in roles.held_as(role)} if FORM in node.properties else set()


def choices(offer: Offer) -> dict[str, Any]:
    """The lists of options that the form of an offer names."""
    named = set(re.findall(r"\w+", offer.form_source))
    return {name: make(offer.unit) for name, make in CHOICES.items() if name in named}


def send(offer: Offer, answers: Mapping[str, Any], *, by: identity.Person) -> int | None:
    """Check the answers with the form and send them to whom the offer means, even if others wait under the same key.

    Returns the key of the instance that was started; None where a message was sent, which a worker delivers.

    :raises errors.Unprocessable: wrong answers, by component path; errors.NotFound: he no longer waits.
    """
    form = forms.parse(offer.form_source.encode())
    checked = forms.validate(form, answers, {"unit": offer.unit.code, **choices(offer)}, lang=None)
    text = offer.node.properties.get(AS, "=answers")
    variables = engine.evaluate(text, {"answers": checked, "unit": offer.unit.code})
    if not isinstance(variables, Mapping):
        raise errors.Conflict(_("%(element)s: sendAs must give a context"), element=offer.node.id)
    with db.transaction():
        key = _deliver(offer, variables, by)
        audit.record("SEND", "MESSAGE", key, by=by, after={"element": offer.node.id, "unit": offer.unit.code})
    return key if offer.node.event is None else None


def _deliver(offer: Offer, variables: Mapping[str, Any], by: identity.Person) -> int:
    event = offer.node.event
    if event is None:
        return instances.create_by_key(offer.definition_key, variables, by=by, unit=offer.unit.code).key
    if offer.waiting is not None:
        return delivery.hand_over(offer.waiting, variables, sender=by)
    return messages.publish(event.name or "", "", variables, by=identity.SYSTEM, on_behalf_of=by, ttl=KEPT)


def _starts(by: identity.Person) -> Iterator[Offer]:
    try:
        release = releases.latest()
    except errors.NotFound:
        return
    for (kind, _id), key in sorted(release.contents.items()):
        process = releases.process(key).process if kind == "process" else None
        for node in process.starts.get(process.id, ()) if process else ():
            for unit in _units(node, by):
                assert process is not None
                yield Offer(node, process.name or process.id, key, release.key, unit)


def _waiting(by: identity.Person) -> Iterator[Offer]:
    """Who waits for a message in a unit of the person, in one query for all of them."""
    subscription, instance = models.MessageSubscription, models.ProcessInstance
    own = {member.unit_id for member in by.memberships}
    query = (
        sa.select(subscription, instance.definition_key, instance.deployment_key, Unit)
        .join(instance, instance.key == subscription.instance_key)
        .join(Unit, Unit.id == instance.unit_id)
        .where(instance.unit_id.in_(own), instance.state == "ACTIVE", ~instance.suspended)
        .order_by(Unit.code, subscription.created_at, subscription.key)
    )
    for waits, definition_key, deployment_key, unit in db.sa.session.execute(query):
        process = releases.process(definition_key).process
        node = process.nodes.get(waits.element_id)
        if node is not None and unit.id in {each.id for each in _units(node, by)}:
            name = process.name or process.id
            yield Offer(node, name, definition_key, deployment_key, unit, waits.key)


def _units(node: model.Node, by: identity.Person) -> Sequence[Unit]:
    """The person's units in which he may send an event."""
    may = senders(node)
    found = {member.unit_id for member in by.memberships if member.role in may}
    return [units.get(unit_id) for unit_id in sorted(found)]


def _below(kind: str) -> Callable[[Unit], list[dict[str, str]]]:
    def options(unit: Unit) -> list[dict[str, str]]:
        home = units.get(unit.parent_id) if unit.kind in units.DEPARTMENTS and unit.parent_id else unit
        return [{"value": each.code, "label": each.name} for each in units.subtree(home, kind)]

    return options


def _households(unit: Unit) -> list[dict[str, str]]:
    household = register.Household
    query = sa.select(household.code, household.head_name, household.hamlet).join(household.unit)
    query = query.where(units.within(unit.path)).order_by(household.code).limit(MOST_HOUSEHOLDS)
    return [{"value": code, "label": f"{name} {hamlet} {code}"} for code, name, hamlet in db.sa.session.execute(query)]


CHOICES: Mapping[str, Callable[[Unit], list[dict[str, str]]]] = {
    "townships": _below("township"),
    "villages": _below("village"),
    "households": _households,
}
