"""Deployments: files that become the new release together."""

import hashlib
from typing import Any

import flask
from marshmallow import fields

from service import errors, identity
from service.api import idempotency, schemas
from service.api.routes import REPEATABLE, Routes
from service.errors import _
from service.workflow import deployments, models

routes = Routes("Deployments", "Diagrams, decision tables and forms that become current together, or not at all.")

MULTIPART = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "required": ["resources"],
                "properties": {
                    "resources": {"type": "array", "items": {"type": "string", "format": "binary"}},
                    "tenantId": {"type": "string"},
                },
            }
        }
    },
}


class _Item(schemas.Schema):
    tenant_id = schemas.Text(required=True)


class _FileItem(_Item):
    resource_name = schemas.Text(required=True)


class ProcessItem(_FileItem):
    """A deployed process."""

    process_definition_id = schemas.Text(required=True)
    process_definition_version = schemas.Whole(required=True)
    process_definition_key = schemas.Key(required=True)


class DecisionItem(_Item):
    """A deployed decision."""

    decision_definition_id = schemas.Text(required=True)
    version = schemas.Whole(required=True)
    name = schemas.Text(required=True)
    decision_requirements_id = schemas.Text(required=True)
    decision_definition_key = schemas.Key(required=True)
    decision_requirements_key = schemas.Key(required=True)


class RequirementsItem(_FileItem):
    """The file of deployed decisions."""

    decision_requirements_id = schemas.Text(required=True)
    decision_requirements_name = schemas.Text(required=True)
    version = schemas.Whole(required=True)
    decision_requirements_key = schemas.Key(required=True)


class FormItem(_FileItem):
    """A deployed form."""

    form_id = schemas.Text(required=True)
    version = schemas.Whole(required=True)
    form_key = schemas.Key(required=True)


class Metadata(schemas.Schema):
    """One thing that was deployed; the others are null."""

    process_definition = fields.Nested(ProcessItem, required=True, allow_none=True)
    decision_definition = fields.Nested(DecisionItem, required=True, allow_none=True)
    decision_requirements = fields.Nested(RequirementsItem, required=True, allow_none=True)
    form = fields.Nested(FormItem, required=True, allow_none=True)
    resource = fields.Raw(required=True, allow_none=True)


class DeploymentResult(schemas.Schema):
    """What a deployment brought."""

    deployment_key = schemas.Key(required=True)
    tenant_id = schemas.Text(required=True)
    deployments = fields.List(fields.Nested(Metadata), required=True)


@routes.endpoint("POST", "/deployments", returns=DeploymentResult, request_body=MULTIPART, parameters=[REPEATABLE])
def create_deployment(by: identity.Person) -> Any:
    """Deploy resources

    The files become the new release together. A definition whose file did not change keeps its version.
    """
    identity.access.ensure(by, "deployment.create")
    files = _files()
    digest = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
    return idempotency.once(by, digest, lambda: _deployed(files, by))


def _files() -> dict[str, bytes]:
    tenant = flask.request.form.get("tenantId")
    if tenant not in (None, "", schemas.TENANT):
        raise errors.Invalid(_("There is only the tenant <default>."))
    files: dict[str, bytes] = {}
    for upload in flask.request.files.getlist("resources"):
        name = upload.filename or ""
        if not name or name in files:
            raise errors.Invalid(
                _("Each file needs a name of its own; %(name)s is missing or twice."), name=name or "-"
            )
        if not name.endswith((".bpmn", ".dmn", ".form")):
            raise errors.Invalid(_("%(name)s is neither a .bpmn nor a .dmn nor a .form file."), name=name)
        files[name] = upload.read()
    if not files:
        raise errors.Invalid(_("Send the files as multipart/form-data in the field resources."))
    return files


def _deployed(files: dict[str, bytes], by: identity.Person) -> dict[str, Any]:
    deployment = deployments.deploy(files, by=by)
    brought = deployments.brought(deployment, files)
    shown = [_metadata(found.definition, found.file) for found in brought]
    tables = {found.definition.resource_key: found for found in brought if found.definition.kind == "decision"}
    shown += [_requirements(found.definition, found.file) for found in tables.values()]
    return {"deploymentKey": str(deployment.key), "tenantId": schemas.TENANT, "deployments": shown}


NOTHING = dict.fromkeys(("processDefinition", "decisionDefinition", "decisionRequirements", "form", "resource"))


def _metadata(row: models.Definition, file: str) -> dict[str, Any]:
    key, common = str(row.key), {"tenantId": schemas.TENANT}
    if row.kind == "process":
        named = {"processDefinitionId": row.id, "processDefinitionVersion": row.version, "processDefinitionKey": key}
        return NOTHING | {"processDefinition": named | common | {"resourceName": file}}
    if row.kind == "form":
        return NOTHING | {
            "form": {"formId": row.id, "version": row.version, "formKey": key, "resourceName": file} | common
        }
    decision = {
        "decisionDefinitionId": row.id,
        "version": row.version,
        "name": row.name or row.id,
        "decisionDefinitionKey": key,
        "decisionRequirementsId": row.detail.get("drg_id") or row.id,
        "decisionRequirementsKey": str(row.resource_key),
    }
    return NOTHING | {"decisionDefinition": decision | common}


def _requirements(row: models.Definition, file: str) -> dict[str, Any]:
    requirements = {
        "decisionRequirementsId": row.detail.get("drg_id") or row.id,
        "decisionRequirementsName": row.detail.get("drg_name") or row.name,
        "version": row.version,
        "decisionRequirementsKey": str(row.resource_key),
        "resourceName": file,
        "tenantId": schemas.TENANT,
    }
    return NOTHING | {"decisionRequirements": requirements}
