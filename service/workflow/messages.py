"""Messages: published once, kept for a time, and given to each process that waits for them.

Publishing and beginning to wait take the same advisory lock for (name, correlation key), so neither can miss the other.

Several runs may wait under one key, such as the village of two adjustments. The key `<run>/<key>` means who waits under
`key` in the run (the root instance) of that key alone. What people send (an event with the property `sendForm`) is
meant for one run only: it is given once, and refused while it would fit several.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, delete, func, or_, select
from sqlalchemy.dialects.postgresql import insert

from service import clock, db, engine, errors, identity, jobs
from service.engine import effects
from service.errors import _
from service.workflow import confidential, models, releases

SENT_AT, SEND_FORM = "sentAt", "sendForm"
DEFAULT_TTL = timedelta(days=30)
LONGEST_RUN = 19
"""Fewer digits than this fit into the database's whole numbers."""
DELIVERY_TIME = timedelta(days=1)
"""How long a message that nobody may wait for later is kept for the jobs that deliver it."""


def publish(
    name: str,
    correlation_key: str,
    variables: Mapping[str, Any],
    *,
    by: identity.Person,
    ttl: timedelta = timedelta(),
    message_id: str | None = None,
    on_behalf_of: identity.Person | None = None,
) -> int:
    """Publish a message and return its key. Delivery to waiting instances is deferred work.

    `on_behalf_of` is the sender where `by` only passes the message on.

    Raises Conflict when a message with the same name, correlation key and id is still kept, or when people send it to
    one run and several wait for it.
    """
    identity.access.ensure(by, "message.publish", name)
    if not name:
        raise errors.Invalid(_("A message needs a name."))
    with db.transaction():
        _lock(_places(name, correlation_key))
        _ensure_one_run(name, correlation_key)
        return _publish(name, correlation_key, confidential.taken(variables), ttl, message_id, on_behalf_of or by)


def correlate(
    name: str, correlation_key: str, variables: Mapping[str, Any], *, by: identity.Person
) -> tuple[int, models.MessageSubscription]:
    """Note a message for the first who waits for it now: its key and his subscription. It is kept for nobody.

    No lock is taken for the name: who begins to wait holds his instance's lock, which the delivery needs, and asks for
    the name's. Raises NotFound when nobody waits, Conflict as `publish`.
    """
    identity.access.ensure(by, "message.publish", name)
    _ensure_one_run(name, correlation_key)
    found = waiting(name, correlation_key)
    if not found:
        raise errors.NotFound(
            _("Nobody waits for message %(name)s with key %(key)s."), name=name, key=correlation_key or "-"
        )
    return _store(name, correlation_key, confidential.taken(variables), timedelta(), None, by).key, found[0]


def addressed(
    waiting: models.MessageSubscription, variables: Mapping[str, Any], *, sender: identity.Person
) -> models.Message:
    """Note a message for one who waits. It is kept for nobody."""
    kept = confidential.taken(variables)
    return _store(waiting.name, waiting.correlation_key, kept, timedelta(), None, sender)


def meet(*, awaited: Iterable[Mapping[str, Any]], thrown: Iterable[effects.MessageThrown]) -> None:
    """Bring together what a command began to wait for with what is kept, and what it threw with who waits."""
    awaited, thrown = list(awaited), list(thrown)
    begun = [(wait["name"], wait["correlation_key"]) for wait in awaited]
    _lock(begun + [place for throw in thrown for place in _places(throw.name, throw.correlation_key)])
    now = clock.now()
    for wait in awaited:
        for key in _kept(wait, now):
            _deliver(key, wait["key"], wait["instance_key"])
    for throw in thrown:
        ttl = engine.duration(throw.ttl, now) if throw.ttl else DEFAULT_TTL
        _publish(throw.name, throw.correlation_key, dict(throw.variables), ttl, None, identity.SYSTEM)


def waiting(name: str, correlation_key: str) -> list[models.MessageSubscription]:
    """The subscriptions that a message fits, oldest first; at most one of each process."""
    subscription = models.MessageSubscription
    rows = db.sa.session.scalars(
        select(subscription)
        .where(
            subscription.name == name,
            or_(_fits(correlation_key), subscription.instance_key.is_(None)),
        )
        .order_by(subscription.instance_key.is_(None), subscription.created_at, subscription.key)
    )
    first: dict[str, models.MessageSubscription] = {}
    for row in rows:
        first.setdefault(row.process_id, row)
    return list(first.values())


def waiting_in(instance_key: int, message: models.Message) -> models.MessageSubscription | None:
    """The oldest subscription of a locked instance that a message fits."""
    subscription = models.MessageSubscription
    mine = subscription.instance_key == instance_key, subscription.name == message.name
    query = (
        select(subscription)
        .where(*mine, _fits(message.correlation_key))
        .order_by(subscription.created_at, subscription.key)
        .limit(1)
    )
    return db.sa.session.scalars(query.execution_options(populate_existing=True)).one_or_none()


def on_its_way(instance_key: int, before: datetime) -> tuple[models.Message, models.MessageSubscription] | None:
    """The first message published before an instant that an instance waits for and did not get yet."""
    for message_key, subscription_key in ON_ITS_WAY.all(instance=instance_key, before=before, now=clock.now()):
        message = db.sa.session.get_one(models.Message, message_key)
        for subscription in waiting(message.name, message.correlation_key):
            if subscription.key == subscription_key and not given_to_another(
                message, instance_key, subscription.element_id
            ):
                return message, subscription
    return None


def brought(message: models.Message, definition_key: int, element_id: str) -> Mapping[str, Any]:
    """What a message brings to an element, with the instant of its sending if the property `sentAt` names a variable
    for it.
    """
    name = releases.process(definition_key).process.nodes[element_id].properties.get(SENT_AT)
    return {**message.variables, name: message.published_at} if name else message.variables


def given_to_another(message: models.Message, instance_key: int, element_id: str) -> bool:
    """Whether a message for one run was given already. Its row is locked, so that of two only one can be first."""
    if not _for_one_run(instance_key, element_id):
        return False
    own, done = models.Message.key, models.Correlation.message_key
    db.sa.session.execute(select(own).where(own == message.key).with_for_update())
    return db.sa.session.scalar(select(done).where(done == message.key).limit(1)) is not None


def correlated(message_key: int, process_id: str, instance_key: int) -> bool:
    """Note that a message reached a process. False when it already had."""
    table = models.Correlation.__table__
    statement = insert(table).on_conflict_do_nothing().returning(table.c.message_key)
    row = {
        "message_key": message_key,
        "process_id": process_id,
        "instance_key": instance_key,
        "correlated_at": clock.now(),
    }
    return db.sa.session.execute(statement, row).first() is not None


def offer(message: models.Message) -> None:
    """Offer a message again to everybody who waits for it."""
    for subscription in waiting(message.name, message.correlation_key):
        _deliver(message.key, subscription.key, subscription.instance_key)


def offer_kept(subscription_key: int) -> None:
    """Offer the next kept message to a subscription that is still open after it got one."""
    open_ = db.sa.session.get(models.MessageSubscription, subscription_key, populate_existing=True)
    if open_ is not None:
        for key in _kept(vars(open_), clock.now()):
            _deliver(key, open_.key, open_.instance_key)


def drop_expired() -> None:
    """Delete messages whose time is over."""
    with db.transaction() as session:
        expired = select(models.Message.key).where(models.Message.expires_at < clock.now())
        session.execute(delete(models.Correlation).where(models.Correlation.message_key.in_(expired)))
        session.execute(delete(models.Message).where(models.Message.expires_at < clock.now()))


def _publish(
    name: str,
    correlation_key: str,
    variables: Mapping[str, Any],
    ttl: timedelta,
    message_id: str | None,
    sender: identity.Person,
) -> int:
    message = _store(name, correlation_key, variables, ttl, message_id, sender)
    offer(message)
    return message.key


def _store(
    name: str,
    correlation_key: str,
    variables: Mapping[str, Any],
    ttl: timedelta,
    message_id: str | None,
    sender: identity.Person,
) -> models.Message:
    now = clock.now()
    message_id = message_id if ttl > timedelta() else None
    if message_id and _is_kept(name, correlation_key, message_id, now):
        raise errors.Conflict(_("Message %(name)s with id %(id)s was already published."), name=name, id=message_id)
    message = models.Message(
        key=db.next_key(),
        name=name,
        correlation_key=correlation_key,
        message_id=message_id,
        variables=dict(variables),
        sender=sender.username,
        published_at=now,
        expires_at=now + (ttl if ttl > timedelta() else DELIVERY_TIME),
        buffered=ttl > timedelta(),
    )
    db.sa.session.add(message)
    db.sa.session.flush()
    return message


def _is_kept(name: str, correlation_key: str, message_id: str, now: datetime) -> bool:
    message = models.Message
    same = (
        message.name == name,
        message.correlation_key == correlation_key,
        message.message_id == message_id,
    )
    db.sa.session.execute(delete(message).where(*same, message.expires_at < now))
    return db.sa.session.scalar(select(message.key).where(*same)) is not None


def _kept(wait: Mapping[str, Any], now: datetime) -> list[int]:
    """The first kept message that a subscription did not get yet."""
    found = _first_kept(wait, now, models.Correlation.process_id == wait["process_id"])
    if found and _for_one_run(wait["instance_key"], wait["element_id"]):
        return _first_kept(wait, now)
    return found


def _first_kept(wait: Mapping[str, Any], now: datetime, *by: ColumnElement[bool]) -> list[int]:
    """The first kept message that fits a subscription and did not reach anybody, or anybody who is meant by `by`."""
    message, done, instance = models.Message, models.Correlation, models.ProcessInstance
    reached = select(done.message_key).where(*by, done.message_key == message.key)
    run = select(instance.root_key).where(instance.key == wait["instance_key"]).scalar_subquery()
    keys = (
        message.correlation_key == wait["correlation_key"],
        message.correlation_key == _in_run(run, wait["correlation_key"]),
    )
    query = select(message.key).where(message.name == wait["name"], or_(*keys), message.expires_at > now)
    query = query.where(message.buffered, ~reached.exists()).order_by(message.published_at, message.key)
    return list(db.sa.session.scalars(query.limit(1)))


def _address(correlation_key: str) -> tuple[int | None, str]:
    """The run that a correlation key names, if any, and the key in it."""
    run, slash, plain = correlation_key.partition("/")
    named = slash and run.isascii() and run.isdigit() and len(run) < LONGEST_RUN
    return (int(run), plain) if named else (None, correlation_key)


def _places(name: str, correlation_key: str) -> tuple[tuple[str, str], ...]:
    """Where somebody who waits may stand whom a message of this key is for."""
    return (name, correlation_key), (name, _address(correlation_key)[1])


def _in_run(run: Any, correlation_key: Any) -> ColumnElement[str]:
    return func.concat(run, "/", correlation_key)


def _fits(correlation_key: str) -> ColumnElement[bool]:
    """Whether a message of this key is for a subscription."""
    subscription, instance = models.MessageSubscription, models.ProcessInstance
    run, plain = _address(correlation_key)
    exact = subscription.correlation_key == correlation_key
    if run is None:
        return exact
    mine = subscription.instance_key.in_(select(instance.key).where(instance.root_key == run))
    return or_(exact, and_(subscription.correlation_key == plain, mine))


def _for_one_run(instance_key: int | None, element_id: str) -> bool:
    """Whether people send this to who waits; a message that starts a process is for no run yet."""
    if instance_key is None:
        return False
    return _filed(db.sa.session.get_one(models.ProcessInstance, instance_key).definition_key, element_id)


def _filed(definition_key: int, element_id: str) -> bool:
    """Whether people send what an element waits for."""
    return SEND_FORM in releases.process(definition_key).process.nodes[element_id].properties


def _ensure_one_run(name: str, correlation_key: str) -> None:
    """Refuse what people send to one run while several wait for it, with how each is named."""
    subscription, instance = models.MessageSubscription, models.ProcessInstance
    query = (
        select(instance.root_key, instance.definition_key, subscription.element_id)
        .join(instance, instance.key == subscription.instance_key)
        .where(subscription.name == name, _fits(correlation_key))
        .order_by(instance.root_key)
    )
    waits = db.sa.session.execute(query).all()
    runs = {run: None for run, definition, element in waits if _filed(definition, element)}
    if len(runs) > 1:
        text = _("%(count)s runs wait for message %(name)s with key %(key)s. Name the one that is meant: %(keys)s.")
        keys = ", ".join(f"{run}/{correlation_key}" for run in runs)
        raise errors.Conflict(text, count=len(runs), name=name, key=correlation_key, keys=keys)


def _deliver(message_key: int, subscription_key: int, instance_key: int | None) -> None:
    lock = str(instance_key) if instance_key is not None else None
    jobs.defer("workflow.deliver", lock=lock, message=message_key, subscription=subscription_key)


def _on_its_way() -> db.Prepared:
    message, waits, done = models.Message, models.MessageSubscription, models.Correlation
    instance = models.ProcessInstance
    addressed = message.correlation_key == _in_run(instance.root_key, waits.correlation_key)
    fits = message.name == waits.name, or_(message.correlation_key == waits.correlation_key, addressed)
    reached = select(done.message_key).where(done.process_id == waits.process_id, done.message_key == message.key)
    return db.Prepared(
        select(message.key, waits.key)
        .select_from(waits)
        .join(instance, instance.key == waits.instance_key)
        .join(message, and_(*fits))
        .where(waits.instance_key == bindparam("instance"), message.published_at < bindparam("before"))
        .where(or_(message.buffered, message.published_at >= waits.created_at), message.expires_at > bindparam("now"))
        .where(~reached.exists())
        .order_by(message.published_at, message.key)
    )


ON_ITS_WAY = _on_its_way()


def _lock(names: Iterable[tuple[str, str]]) -> None:
    for name, key in sorted(set(names)):
        db.sa.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"{name}\x1f{key}", 0))))
