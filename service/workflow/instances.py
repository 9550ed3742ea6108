"""Process instances: create, cancel, suspend, resume, set variables, move tokens, migrate."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sqlalchemy import select

from service import clock, db, engine, errors, identity
from service.db import values
from service.errors import _
from service.workflow import audit, live, messages, models, releases
from service.workflow.running import Running, locked, translated


def create(
    process_id: str,
    variables: Mapping[str, Any],
    *,
    by: identity.Person,
    unit: str | None = None,
    version: int | None = None,
) -> models.ProcessInstance:
    """Start an instance of the newest (or the given) version of a process in a unit (by code).

    Without `unit` the process's `unit` property decides, else the person's first unit. Raises NotFound for an unknown
    process, version or unit, Forbidden when the person may not start it there.
    """
    with db.transaction():
        release = releases.latest()
        key = _version(process_id, version) if version and version > 0 else release.process(process_id)[0]
        return _create(key, process_id, release.key, variables, by=by, unit=unit)


def create_by_key(
    definition_key: int, variables: Mapping[str, Any], *, by: identity.Person, unit: str | None = None
) -> models.ProcessInstance:
    """As `create`, for one version of a process by its definition key."""
    with db.transaction():
        definition = db.sa.session.get(models.Definition, definition_key)
        if definition is None or definition.kind != "process":
            raise errors.NotFound(_("There is no process definition %(key)s."), key=definition_key)
        release = releases.newest_with(definition_key)
        return _create(definition_key, definition.id, release.key, variables, by=by, unit=unit)


def begin(
    row: models.ProcessInstance, variables: Mapping[str, Any], *, by: identity.Person, start_event: str | None = None
) -> None:
    """Let a new instance take its first steps; its row is ours alone. A called instance's variables are stored
    already.
    """
    definition = releases.process(row.definition_key)
    instance = engine.Instance(
        definition, row.key, live.world(releases.get(row.deployment_key)), called=row.parent_key is not None
    )
    row.started = True
    running = Running(row, by, live.Live(row.revision, instance))
    running.changes.root(row.process_id)
    given = (dict(variables) if row.parent_key else running.taken(variables)) | _about(row)
    with translated():
        running.do(lambda live_, now: live_.start(given, now, start_event))
    if row.parent_key is not None:
        running.changes.keep_stored(given)
    running.flush()


def start_by_message(waiting: models.MessageSubscription, message: models.Message) -> int:
    """Start a process by its message start event, once for each message and one at a time for each correlation key.

    Returns the key of the instance: the new one, or the one that runs already.
    """
    db.lock_name(f"start {waiting.process_id} {message.correlation_key}")
    instance = models.ProcessInstance
    running = select(instance.key).where(
        instance.process_id == waiting.process_id,
        instance.correlation_key == message.correlation_key,
        instance.state == "ACTIVE",
    )
    found = db.sa.session.scalar(running) if message.correlation_key else None
    if found is not None or not messages.correlated(message.key, waiting.process_id, waiting.owner_key):
        return found or 0
    brought = messages.brought(message, waiting.owner_key, waiting.element_id)
    started = start_by_event(
        waiting.owner_key, waiting.element_id, brought, message.correlation_key, started_by=message.sender
    )
    return started.key


def start_by_event(
    definition_key: int,
    element_id: str,
    variables: Mapping[str, Any],
    correlation_key: str | None = None,
    *,
    started_by: str = identity.SYSTEM.username,
) -> models.ProcessInstance:
    """Start a process by a start event that has been triggered; `started_by` is who triggered it."""
    definition = db.sa.session.get_one(models.Definition, definition_key)
    unit = variables.get("unit")
    row = _row(definition_key, definition.id, releases.newest_with(definition_key).key, identity.SYSTEM)
    row.unit_id = _unit(definition_key, unit if isinstance(unit, str) else None, variables, identity.SYSTEM)
    row.correlation_key, row.started_by = correlation_key, started_by
    _insert(row)
    begin(row, variables, by=identity.SYSTEM, start_event=element_id)
    return row


def cancel(key: int, *, by: identity.Person, reason: str | None = None) -> None:
    """End an instance and all that it called. Raises Conflict for a called instance: cancel its root."""
    with locked(key, by=by, action="instance.cancel", even_suspended=True) as running:
        if running.row.parent_key is not None:
            raise errors.Conflict(
                _("Process instance %(key)s was called by %(root)s; cancel that one."),
                key=key,
                root=running.row.root_key,
            )
        running.do(lambda live_, now: live_.cancel(now))
        running.record("CANCEL", "PROCESS_INSTANCE", key, reason=reason)


def suspend(key: int, *, by: identity.Person, reason: str | None = None) -> None:
    """Hold an instance: nothing in it can be completed and its timers wait."""
    _hold(key, True, by, reason)


def resume(key: int, *, by: identity.Person, reason: str | None = None) -> None:
    """Let a suspended instance go on; timers that became due meanwhile fire once."""
    _hold(key, False, by, reason)


def set_variables(
    scope_key: int,
    variables: Mapping[str, Any],
    *,
    by: identity.Person,
    local: bool = False,
    without: Collection[str] = (),
    reason: str | None = None,
) -> None:
    """Set variables in the scope of an element or process instance (or, unless `local`, where they are found).

    Those in `without` are removed.
    """
    instance_key = instance_of(scope_key)
    with locked(instance_key, by=by, action="variables.set", even_suspended=True) as running, translated():
        given = running.taken(variables)
        seen = running.instance.visible(scope_key) if running.instance.waits(scope_key) else {}
        before = values.tagged({n: seen[n] for n in (*given, *without) if n in seen})
        running.do(lambda live_, now: live_.set_variables(scope_key, given, now, local=local, without=without))
        running.record("SET_VARIABLES", "VARIABLE", scope_key, reason=reason, before=before, after=values.tagged(given))


def modify(
    key: int,
    *,
    by: identity.Person,
    activate: Iterable[tuple[str, Mapping[str, Any]]] = (),
    terminate: Iterable[int] = (),
    reason: str | None = None,
) -> None:
    """Move tokens by hand: start at elements, end element instances. Raises Conflict with the reasons if impossible."""
    terminate = list(terminate)
    with locked(key, by=by, action="instance.modify") as running, translated():
        activate = [(element_id, running.taken(given)) for element_id, given in activate]
        before = {"tokens": [t.element_id for t in running.instance.tokens() if t.key != key]}
        running.do(lambda live_, now: live_.modify(now, activate, terminate))
        after = {"tokens": [t.element_id for t in running.instance.tokens() if t.key != key]}
        running.record("MODIFY", "PROCESS_INSTANCE", key, reason=reason, before=before, after=after)


def migrate(
    key: int,
    target_definition_key: int,
    mapping: Mapping[str, str],
    *,
    by: identity.Person,
    reason: str | None = None,
) -> None:
    """Move an instance to another version of its process; tokens stay in elements with the same ids.

    Raises Conflict with every reason why it cannot be done: a mapping to another id, an element that is gone or changed
    its kind, another process.
    """
    definition = db.sa.session.get(models.Definition, target_definition_key)
    if definition is None or definition.kind != "process":
        raise errors.NotFound(_("There is no process definition %(key)s."), key=target_definition_key)
    with locked(key, by=by, action="instance.migrate", even_suspended=True) as running, translated():
        row = running.row
        if definition.id != row.process_id:
            raise engine.refused(_("%(id)s is another process than %(other)s"), id=definition.id, other=row.process_id)
        text = _("%(id)s cannot become %(other)s: ids must be the same")
        moved = [errors.localize(text, id=old, other=new) for old, new in mapping.items() if old != new]
        if moved:
            raise engine.Refused(tuple(moved))
        before = {"definition": str(row.definition_key), "deployment": str(row.deployment_key)}
        release = releases.newest_with(target_definition_key)
        running.become(target_definition_key, release)
        after = {"definition": str(target_definition_key), "deployment": str(release.key)}
        running.record("MIGRATE", "PROCESS_INSTANCE", key, reason=reason, before=before, after=after)


def instance_of(scope_key: int) -> int:
    """The instance in which an element instance (or the instance itself) is. Raises NotFound."""
    found = db.sa.session.scalar(
        select(models.ElementInstance.instance_key).where(models.ElementInstance.key == scope_key)
    )
    if found is None:
        raise errors.NotFound(_("There is no element instance %(key)s."), key=scope_key)
    return found


def tokens_at(key: int, element_id: str) -> list[int]:
    """The element instances of an element in which tokens of an instance are."""
    element = models.ElementInstance
    live = element.instance_key == key, element.state == "ACTIVE", element.token.is_not(None)
    return list(db.sa.session.scalars(select(element.key).where(*live, element.element_id == element_id)))


def _create(
    definition_key: int,
    process_id: str,
    release_key: int,
    variables: Mapping[str, Any],
    *,
    by: identity.Person,
    unit: str | None,
) -> models.ProcessInstance:
    row = _row(definition_key, process_id, release_key, by)
    row.unit_id = _unit(definition_key, unit, variables, by)
    identity.access.ensure(by, "instance.create", row)
    _insert(row)
    begin(row, variables, by=by)
    audit.record("CREATE", "PROCESS_INSTANCE", row.key, by=by, instance_key=row.key)
    return row


def _row(definition_key: int, process_id: str, release_key: int, by: identity.Person) -> models.ProcessInstance:
    key, now = db.next_key(), clock.now()
    return models.ProcessInstance(
        key=key,
        process_id=process_id,
        definition_key=definition_key,
        deployment_key=release_key,
        root_key=key,
        start_date=now,
        progress_at=now,
        started_by=by.username,
        state="ACTIVE",
        suspended=False,
        revision=0,
        end_events=[],
    )


def _insert(row: models.ProcessInstance) -> None:
    db.sa.session.add(row)
    db.sa.session.flush()


def _unit(definition_key: int, unit: str | None, variables: Mapping[str, Any], by: identity.Person) -> int | None:
    code = unit
    if code is None:
        text = releases.process(definition_key).process.properties.get("unit")
        found = engine.evaluate(text, engine.normalise(variables)) if text else variables.get("unit")
        code = found if isinstance(found, str) else None
    if code is not None:
        return identity.units.find(code).id
    return by.unit_id


def _about(row: models.ProcessInstance) -> dict[str, Any]:
    """The variables named in changes.ABOUT."""
    about: dict[str, Any] = {
        "instance_key": str(row.key),
        "root_key": str(row.root_key),
        "unit": None,
        "unit_name": None,
    }
    if row.unit_id is not None:
        unit = identity.units.get(row.unit_id)
        about |= {"unit": unit.code, "unit_name": unit.name}
    return about


def _version(process_id: str, version: int) -> int:
    definition = models.Definition
    key = db.sa.session.scalar(
        select(definition.key).where(
            definition.kind == "process", definition.id == process_id, definition.version == version
        )
    )
    if key is None:
        raise errors.NotFound(_("Process %(id)s has no version %(version)s."), id=process_id, version=version)
    return key


def _hold(key: int, suspended: bool, by: identity.Person, reason: str | None) -> None:
    operation = "SUSPEND" if suspended else "RESUME"
    with locked(key, by=by, action=f"instance.{operation.lower()}", even_suspended=True) as running:
        if running.row.suspended == suspended:
            raise errors.Conflict(
                _("Process instance %(key)s is already suspended.")
                if suspended
                else _("Process instance %(key)s is not suspended."),
                key=key,
            )
        running.row.suspended = suspended
        running.row.suspended_at = running.now if suspended else None
        before, after = {"suspended": not suspended}, {"suspended": suspended}
        running.record(operation, "PROCESS_INSTANCE", key, reason=reason, before=before, after=after)
