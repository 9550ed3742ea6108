"""Interventions in process instances: cancel, suspend, resume, move tokens, migrate. A `reason` goes into the audit."""

from collections.abc import Mapping
from typing import Any

import marshmallow as ma

from service import db, errors, identity
from service.api import schemas, sight
from service.api.routes import Routes
from service.errors import _
from service.workflow import incidents, instances

routes = Routes("Interventions", "Changing the course of a running process instance.")


class Intervention(schemas.Schema):
    """Why it is done, for the audit log (an addition to the Camunda API)."""

    reason = schemas.Text(validate=ma.validate.Length(max=2000))
    operation_reference = ma.fields.Integer(strict=True)


class VariableInstruction(schemas.Schema):
    """Variables for an activated element."""

    variables = schemas.Variables(required=True)
    scope_id = schemas.Text()


class Activation(schemas.Schema):
    """Start at an element."""

    element_id = schemas.Text(required=True)
    variable_instructions = ma.fields.List(ma.fields.Nested(VariableInstruction))
    ancestor_element_instance_key = schemas.Text(
        validate=ma.validate.OneOf(["-1"], error=_("The scope is found by itself; leave this out.")),
    )


class Termination(schemas.Schema):
    """End one element instance by its key, or all of an element."""

    element_id = schemas.Text()
    element_instance_key = schemas.Key()


class Source(schemas.Schema):
    """Which tokens move."""

    source_type = schemas.Text(required=True, validate=ma.validate.OneOf(["byId", "byKey"]))
    source_element_id = schemas.Text()
    source_element_instance_key = schemas.Key()


class Ancestor(schemas.Schema):
    """Where the target's scope is; only what is found by itself."""

    ancestor_scope_type = schemas.Text(required=True, validate=ma.validate.OneOf(["inferred", "sourceParent"]))
    ancestor_element_instance_key = schemas.Unsupported()


class Move(schemas.Schema):
    """End tokens at one element and start as many at another."""

    source_element_instruction = ma.fields.Nested(Source, required=True)
    target_element_id = schemas.Text(required=True)
    ancestor_scope_instruction = ma.fields.Nested(Ancestor)
    variable_instructions = ma.fields.List(ma.fields.Nested(VariableInstruction))


class Modification(Intervention):
    """Which tokens are started, moved and ended."""

    activate_instructions = ma.fields.List(ma.fields.Nested(Activation))
    move_instructions = ma.fields.List(ma.fields.Nested(Move))
    terminate_instructions = ma.fields.List(ma.fields.Nested(Termination))


class ElementPair(schemas.Schema):
    """An element of the old version and the one of the new that takes its place."""

    source_element_id = schemas.Text(required=True)
    target_element_id = schemas.Text(required=True)


class Migration(Intervention):
    """The version to go on with."""

    target_process_definition_key = schemas.Key(required=True)
    mapping_instructions = ma.fields.List(ma.fields.Nested(ElementPair), required=True)


class BatchResult(schemas.Schema):
    """What the Camunda API answers to operations on many; here they are done when the answer comes."""

    batch_operation_key = schemas.Key(required=True)
    batch_operation_type = schemas.Text(required=True)


PATH = "/process-instances/<processInstanceKey>"


@routes.post(f"{PATH}/cancellation", body=Intervention)
def cancel_process_instance(by: identity.Person, process_instance_key: int, body: dict[str, Any]) -> None:
    """Cancel process instance

    All instances that it called are cancelled too.
    """
    sight.ensure_instance(process_instance_key, by)
    instances.cancel(process_instance_key, by=by, reason=body.get("reason"))


@routes.post(f"{PATH}/suspension", body=Intervention)
def suspend_process_instance(by: identity.Person, process_instance_key: int, body: dict[str, Any]) -> None:
    """Suspend process instance."""
    sight.ensure_instance(process_instance_key, by)
    instances.suspend(process_instance_key, by=by, reason=body.get("reason"))


@routes.post(f"{PATH}/resumption", body=Intervention)
def resume_process_instance(by: identity.Person, process_instance_key: int, body: dict[str, Any]) -> None:
    """Resume process instance."""
    sight.ensure_instance(process_instance_key, by)
    instances.resume(process_instance_key, by=by, reason=body.get("reason"))


@routes.post(f"{PATH}/modification", body=Modification)
def modify_process_instance(by: identity.Person, process_instance_key: int, body: dict[str, Any]) -> None:
    """Modify process instance

    Tokens are started, moved and ended together, or not at all.
    """
    sight.ensure_instance(process_instance_key, by)
    activate = [(each["element_id"], _variables(each)) for each in body.get("activate_instructions", ())]
    terminate = [
        key
        for index, each in enumerate(body.get("terminate_instructions", ()))
        for key in _terminated(process_instance_key, each, f"terminateInstructions[{index}]")
    ]
    for index, move in enumerate(body.get("move_instructions", ())):
        moved = _moved(process_instance_key, move["source_element_instruction"], f"moveInstructions[{index}]")
        terminate += moved
        activate += [(move["target_element_id"], _variables(move)) for _each in moved]
    if not activate and not terminate:
        raise errors.Invalid(_("Give at least one instruction."))
    instances.modify(process_instance_key, by=by, activate=activate, terminate=terminate, reason=body.get("reason"))


@routes.post(f"{PATH}/migration", body=Migration)
def migrate_process_instance(by: identity.Person, process_instance_key: int, body: dict[str, Any]) -> None:
    """Migrate process instance

    The instance goes on with another version of its process; 409 with the reasons where that is unsafe.
    """
    sight.ensure_instance(process_instance_key, by)
    mapping = {each["source_element_id"]: each["target_element_id"] for each in body["mapping_instructions"]}
    instances.migrate(
        process_instance_key, body["target_process_definition_key"], mapping, by=by, reason=body.get("reason")
    )


@routes.post(f"{PATH}/incident-resolution", body=Intervention, returns=BatchResult)
def resolve_process_instance_incidents(
    by: identity.Person, process_instance_key: int, body: dict[str, Any]
) -> dict[str, Any]:
    """Resolve all incidents of a process instance

    They are tried again when the answer comes.
    """
    sight.ensure_instance(process_instance_key, by)
    with db.transaction():
        incidents.resolve_all(process_instance_key, by=by, reason=body.get("reason"))
        return {"batchOperationKey": str(db.next_key()), "batchOperationType": "RESOLVE_INCIDENT"}


def _variables(instruction: Mapping[str, Any]) -> dict[str, Any]:
    """The variables of an instruction; they go into the scope that the element belongs to."""
    merged: dict[str, Any] = {}
    for each in instruction.get("variable_instructions", ()):
        if each.get("scope_id"):
            raise errors.Invalid(_("scopeId is not supported; variables go into the scope of the element."))
        merged.update(each["variables"])
    return merged


def _terminated(instance_key: int, instruction: Mapping[str, Any], place: str) -> list[int]:
    given = {name for name in ("element_id", "element_instance_key") if instruction.get(name) is not None}
    if len(given) != 1:
        raise errors.Invalid(_("%(place)s: give either elementId or elementInstanceKey."), place=place)
    if "element_id" in given:
        return _open_at(instance_key, instruction["element_id"], place)
    return [instruction["element_instance_key"]]


def _moved(instance_key: int, source: Mapping[str, Any], place: str) -> list[int]:
    name = "source_element_id" if source["source_type"] == "byId" else "source_element_instance_key"
    if source.get(name) is None:
        raise errors.Invalid(_("%(place)s: %(name)s is missing."), place=place, name=schemas.camel(name))
    return _open_at(instance_key, source[name], place) if name == "source_element_id" else [source[name]]


def _open_at(instance_key: int, element_id: str, place: str) -> list[int]:
    keys = instances.tokens_at(instance_key, element_id)
    if not keys:
        raise errors.Invalid(_("%(place)s: nothing is active at %(element)s."), place=place, element=element_id)
    return keys
