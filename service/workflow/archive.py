"""A process instance as one document for the archive: its history, variables and records, called instances inside."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sqla

from service import clock, db, errors
from service.errors import _
from service.identity import units
from service.workflow import models

LEFT_OUT = frozenset({"instance_key", "token", "spec", "inherited", "revision"})
"""Columns that are of no use outside the engine, or say again where a row stands."""
PARTS: Mapping[str, tuple[Any, ...]] = {
    "elements": (models.ElementInstance, "start_date", "key"),
    "user_tasks": (models.UserTask, "created_at", "key"),
    "jobs": (models.Job, "created_at", "key"),
    "incidents": (models.Incident, "created_at", "key"),
    "audit_log": (models.AuditLog, "at", "key"),
}


def document(instance_key: int) -> dict[str, Any]:
    """Return everything kept of an instance and of those it called, as plain values. Raises NotFound."""
    root = db.sa.session.get(models.ProcessInstance, instance_key)
    if root is None:
        raise errors.NotFound(_("There is no process instance %(key)s."), key=instance_key)
    family = _below(root)
    return {"exported_at": clock.now(), "instance": _told(root, family)}


def _below(root: models.ProcessInstance) -> Mapping[int, list[models.ProcessInstance]]:
    """The instances of the root's whole call tree, by the one that called them."""
    instance = models.ProcessInstance
    query = sqla.select(instance).where(instance.root_key == root.root_key).order_by(instance.key)
    called: dict[int, list[models.ProcessInstance]] = {}
    for each in db.sa.session.scalars(query):
        if each.parent_key is not None:
            called.setdefault(each.parent_key, []).append(each)
    return called


def _told(instance: models.ProcessInstance, called: Mapping[int, list[models.ProcessInstance]]) -> dict[str, Any]:
    definition = db.sa.session.get_one(models.Definition, instance.definition_key)
    unit = units.get(instance.unit_id) if instance.unit_id else None
    told = _row(instance) | {
        "process_name": definition.name,
        "version": definition.version,
        "unit": {"code": unit.code, "name": unit.name} if unit else None,
        "variables": _variables(instance.key),
    }
    for name, (model, *order) in PARTS.items():
        query = sqla.select(model).where(model.instance_key == instance.key)
        told[name] = [_row(row) for row in db.sa.session.scalars(query.order_by(*(getattr(model, by) for by in order)))]
    told["called"] = [_told(each, called) for each in called.get(instance.key, ())]
    return told


def _variables(instance_key: int) -> list[dict[str, Any]]:
    variable = models.Variable
    query = sqla.select(variable).where(variable.instance_key == instance_key, ~variable.inherited)
    found = db.sa.session.scalars(query.order_by(variable.scope_key, variable.name))
    return [{"scope_key": each.scope_key, "name": each.name, "value": each.value} for each in found]


def _row(row: Any) -> dict[str, Any]:
    return {column.key: getattr(row, column.key) for column in row.__table__.columns if column.key not in LEFT_OUT}
