"""Forms: the schema of a deployed form version."""

from typing import Any

import sqlalchemy as sqla

from service import db, errors, identity
from service.api import schemas
from service.api.routes import Routes
from service.errors import _
from service.workflow import models, releases

routes = Routes("Forms", "The forms that people fill in.")


class FormResult(schemas.Schema):
    """A version of a form; `schema` is the form-js JSON as text."""

    tenant_id = schemas.Text(required=True)
    form_id = schemas.Text(required=True)
    schema = schemas.Text(required=True)
    version = schemas.Whole(required=True)
    form_key = schemas.Key(required=True)


@routes.get("/forms/<formKey>", returns=FormResult)
def get_form_by_key(by: identity.Person, form_key: int) -> dict[str, Any]:
    """Get a form."""
    return show(form_key)


def show(key: int) -> dict[str, Any]:
    """Return a form version. Raises NotFound."""
    form = models.Definition
    row = db.sa.session.execute(
        sqla.select(form.id, form.version).where(form.key == key, form.kind == "form")
    ).one_or_none()
    if row is None:
        raise errors.NotFound(_("There is no form %(key)s."), key=key)
    return {
        "tenantId": schemas.TENANT,
        "formId": row.id,
        "schema": releases.content(key)[1].decode(),
        "version": row.version,
        "formKey": str(key),
    }
