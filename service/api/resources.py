"""Resources: the files as they were deployed."""

import mimetypes
from typing import Any

import flask
import sqlalchemy as sqla
from sqlalchemy import orm

from service import db, errors, identity
from service.api import schemas, search, sight
from service.api.routes import Routes
from service.api.search.fields import constant
from service.errors import _
from service.workflow import models

routes = Routes("Resources", "Deployed files.")
resource = models.Resource

_older = orm.aliased(resource)
VERSION = (
    sqla.select(sqla.func.count())
    .where(_older.name == resource.name, _older.key <= resource.key)
    .correlate(resource)
    .scalar_subquery()
)
"""The number of files of this name up to this one."""

LISTING = search.Listing(
    "Resource",
    [
        search.Field("resourceKey", search.KEY, resource.key, filter=True, sort=True),
        search.Field("resourceName", search.TEXT, resource.name, filter=True, sort=True),
        search.Field("version", search.NUMBER, VERSION, filter=True, sort=True),
        search.Field("versionTag", search.TEXT, constant(None), filter=True, sort=True, nullable=True),
        search.Field("resourceId", search.TEXT, resource.name, filter=True, sort=True),
        search.Field("deploymentKey", search.KEY, resource.deployment_key, filter=True, sort=True, shown=False),
        search.Field("tenantId", search.TEXT, constant(schemas.TENANT), filter=True, sort=True, exact=True),
    ],
    join=lambda query: query.select_from(resource),
    visible=sight.everybody,
)

TYPES = {".bpmn": "text/xml", ".dmn": "text/xml", ".form": "application/json"}


@routes.ask("/resources/search", body=LISTING.query, raw=True, returns=LISTING.results)
def search_resources(by: identity.Person, body: dict[str, Any]) -> dict[str, Any]:
    """Search resources."""
    return LISTING.search(body, by)


@routes.get("/resources/<resourceKey>", returns=LISTING.result)
def get_resource(by: identity.Person, resource_key: int) -> dict[str, Any]:
    """Get resource."""
    return LISTING.get(resource_key, by)


@routes.get("/resources/<resourceKey>/content", status=200)
def get_resource_content(by: identity.Person, resource_key: int) -> flask.Response:
    """Get resource content

    The file as it was deployed, with the media type of its kind.
    """
    name, content = _content(resource_key)
    suffix = name[name.rfind(".") :]
    return flask.Response(content, mimetype=TYPES.get(suffix) or mimetypes.guess_type(name)[0] or "text/plain")


@routes.get("/resources/<resourceKey>/content/binary", status=200)
def get_resource_content_binary(by: identity.Person, resource_key: int) -> flask.Response:
    """Get resource content as bytes."""
    name, content = _content(resource_key)
    response = flask.Response(content, mimetype="application/octet-stream")
    response.headers.set("Content-Disposition", "attachment", filename=name.rpartition("/")[2])
    return response


def _content(key: int) -> tuple[str, bytes]:
    row = db.sa.session.execute(sqla.select(resource.name, resource.content).where(resource.key == key)).one_or_none()
    if row is None:
        raise errors.NotFound(_("There is no resource %(key)s."), key=key)
    return row.name, row.content
