"""What a process instance went through: its calls, flows, elements and incidents."""

from typing import Any

import marshmallow as ma
import sqlalchemy as sqla
from sqlalchemy import orm

from service import db, identity
from service.api import incidents, process_definitions, schemas, sight
from service.api.routes import Routes
from service.workflow import models

routes = Routes("Trails", "What a process instance went through.")
instance, definition, flow = models.ProcessInstance, models.Definition, models.FlowTaken


class HierarchyEntry(schemas.Schema):
    """An instance on the way from the root to the asked one."""

    process_instance_key = schemas.Key(required=True)
    process_definition_key = schemas.Key(required=True)
    process_definition_name = schemas.Text(required=True)


class FlowEntry(schemas.Schema):
    """A sequence flow that was taken."""

    sequence_flow_id = schemas.Text(required=True)
    process_instance_key = schemas.Key(required=True)
    root_process_instance_key = schemas.Key(required=True, allow_none=True)
    process_definition_key = schemas.Key(required=True, allow_none=True)
    process_definition_id = schemas.Text(required=True, allow_none=True)
    element_id = schemas.Text(required=True)
    tenant_id = schemas.Text(required=True)


class FlowsResult(schemas.Schema):
    """The sequence flows that were taken."""

    items = ma.fields.List(ma.fields.Nested(FlowEntry), required=True)


PATH = "/process-instances/<processInstanceKey>"


@routes.get(f"{PATH}/call-hierarchy", returns=HierarchyEntry(many=True))
def get_process_instance_call_hierarchy(by: identity.Person, process_instance_key: int) -> list[dict[str, Any]]:
    """Get call hierarchy

    From the root down to the instance itself, as far as it is visible.
    """
    sight.ensure_instance(process_instance_key, by)
    above = (
        sqla.select(instance.key, instance.parent_key, sqla.literal(0).label("depth"))
        .where(instance.key == process_instance_key)
        .cte("above", recursive=True)
    )
    parent = orm.aliased(instance)
    above = above.union_all(
        sqla.select(parent.key, parent.parent_key, above.c.depth + 1).join(above, parent.key == above.c.parent_key)
    )
    rows = db.sa.session.execute(
        sqla.select(instance.key, instance.definition_key, definition.name, definition.id)
        .join(above, above.c.key == instance.key)
        .join(definition, definition.key == instance.definition_key)
        .where(sight.by_instance(by))
        .order_by(above.c.depth.desc())
    )
    return [
        {
            "processInstanceKey": str(row.key),
            "processDefinitionKey": str(row.definition_key),
            "processDefinitionName": row.name or row.id,
        }
        for row in rows
    ]


@routes.get(f"{PATH}/sequence-flows", returns=FlowsResult)
def get_process_instance_sequence_flows(by: identity.Person, process_instance_key: int) -> dict[str, Any]:
    """Get sequence flows

    Those that tokens of the instance have passed.
    """
    sight.ensure_instance(process_instance_key, by)
    rows = db.sa.session.execute(
        sqla.select(flow.flow_id, instance)
        .join(instance, instance.key == flow.instance_key)
        .where(flow.instance_key == process_instance_key)
        .order_by(flow.flow_id)
    )
    return {"items": [_flow(flow_id, row) for flow_id, row in rows]}


def _flow(flow_id: str, row: models.ProcessInstance) -> dict[str, Any]:
    return {
        "sequenceFlowId": f"{row.key}_{flow_id}",
        "processInstanceKey": str(row.key),
        "rootProcessInstanceKey": str(row.root_key),
        "processDefinitionKey": str(row.definition_key),
        "processDefinitionId": row.process_id,
        "elementId": flow_id,
        "tenantId": schemas.TENANT,
    }


@routes.get(f"{PATH}/statistics/element-instances", returns=process_definitions.ElementStatisticsResult)
def get_process_instance_statistics(by: identity.Person, process_instance_key: int) -> dict[str, Any]:
    """Get element instance statistics."""
    sight.ensure_instance(process_instance_key, by)
    return {"items": process_definitions.statistics(instance.key == process_instance_key)}


@routes.ask(f"{PATH}/incidents/search", body=incidents.LISTING.query, raw=True, returns=incidents.LISTING.results)
def search_process_instance_incidents(
    by: identity.Person, process_instance_key: int, body: dict[str, Any]
) -> dict[str, Any]:
    """Search incidents of a process instance and of those it called."""
    sight.ensure_instance(process_instance_key, by)
    below = sqla.select(instance.key).where(instance.key == process_instance_key).cte("below", recursive=True)
    child = orm.aliased(instance)
    below = below.union_all(sqla.select(child.key).join(below, child.parent_key == below.c.key))
    return incidents.LISTING.search(body, by, models.Incident.instance_key.in_(sqla.select(below.c.key)))
