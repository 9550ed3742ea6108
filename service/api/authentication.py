"""Who one is."""

from typing import Any

from marshmallow import fields

from service import identity
from service.api import schemas
from service.api.routes import Routes

routes = Routes("Authentication", "Who one is.")


class TenantEntry(schemas.Schema):
    """The one tenant."""

    name = schemas.Text(required=True)
    tenant_id = schemas.Text(required=True)
    description = schemas.Text(required=True, allow_none=True)


class Membership(schemas.Schema):
    """A role in a unit (an addition to the Camunda API)."""

    role = schemas.Text(required=True)
    unit = schemas.Text(required=True)
    unit_name = schemas.Text(required=True)


class CurrentUser(schemas.Schema):
    """The signed-in person; `groups` are the codes of the units he works in."""

    username = schemas.Text(required=True)
    display_name = schemas.Text(required=True, allow_none=True)
    email = schemas.Text(required=True, allow_none=True)
    authorized_components = fields.List(schemas.Text(), required=True)
    tenants = fields.List(fields.Nested(TenantEntry), required=True)
    groups = fields.List(schemas.Text(), required=True)
    roles = fields.List(schemas.Text(), required=True)
    sales_plan_type = schemas.Text(required=True, allow_none=True)
    c8_links = fields.Dict(required=True, data_key="c8Links")
    can_logout = schemas.Flag(required=True)
    memberships = fields.List(fields.Nested(Membership), required=True)


@routes.get("/authentication/me", returns=CurrentUser)
def get_authentication(by: identity.Person) -> dict[str, Any]:
    """Get current user."""
    return {
        "username": by.username,
        "displayName": by.name,
        "email": None,
        "authorizedComponents": ["*"],
        "tenants": [{"name": "Lika", "tenantId": schemas.TENANT, "description": None}],
        "groups": sorted({member.unit_code for member in by.memberships}),
        "roles": sorted(by.roles),
        "salesPlanType": None,
        "c8Links": {},
        "canLogout": True,
        "memberships": [
            {"role": member.role, "unit": member.unit_code, "unitName": member.unit_name} for member in by.memberships
        ],
    }
