"""The server itself: what it is and whether it works."""

from importlib import metadata
from typing import Any

import flask
import sqlalchemy as sqla
from marshmallow import fields

from service import db, errors, identity
from service.api import schemas
from service.api.routes import Routes
from service.errors import _

routes = Routes("Cluster", "The server itself.")

GATEWAY_VERSION = "8.8.0"
"""The version of the Camunda platform whose dialect the diagrams are written in."""


class Partition(schemas.Schema):
    """The one partition."""

    partition_id = schemas.Whole(required=True)
    role = schemas.Text(required=True)
    health = schemas.Text(required=True)
    state = schemas.Text(required=True)


class Broker(schemas.Schema):
    """The one broker: this server."""

    node_id = schemas.Whole(required=True)
    broker_id = schemas.Text(required=True)
    host = schemas.Text(required=True)
    port = schemas.Whole(required=True)
    partitions = fields.List(fields.Nested(Partition), required=True)
    version = schemas.Text(required=True)


class Topology(schemas.Schema):
    """The shape of the cluster."""

    brokers = fields.List(fields.Nested(Broker), required=True)
    cluster_id = schemas.Text(required=True, allow_none=True)
    cluster_size = schemas.Whole(required=True)
    partitions_count = schemas.Whole(required=True)
    replication_factor = schemas.Whole(required=True)
    gateway_version = schemas.Text(required=True)
    last_completed_change_id = schemas.Text(required=True)


@routes.get("/topology", returns=Topology)
def get_topology(by: identity.Person) -> dict[str, Any]:
    """Get cluster topology

    One server, as the Camunda API describes it; more web and worker processes share its database.
    """
    host, _colon, port = flask.request.host.partition(":")
    return {
        "brokers": [
            {
                "nodeId": 0,
                "brokerId": "0",
                "host": host,
                "port": int(port) if port.isdigit() else 443 if flask.request.is_secure else 80,
                "partitions": [{"partitionId": 1, "role": "leader", "health": "healthy", "state": "active"}],
                "version": f"lika-{metadata.version('lika')}",
            }
        ],
        "clusterId": "lika",
        "clusterSize": 1,
        "partitionsCount": 1,
        "replicationFactor": 1,
        "gatewayVersion": GATEWAY_VERSION,
        "lastCompletedChangeId": "-1",
    }


@routes.get("/status", public=True)
def get_status(by: None) -> None:
    """Get cluster status

    204 if the server and its database work, else 503. Nobody needs to be signed in.
    """
    try:
        db.sa.session.execute(sqla.text("SELECT 1"))
    except sqla.exc.SQLAlchemyError:
        raise errors.Unavailable(_("The database does not answer.")) from None
