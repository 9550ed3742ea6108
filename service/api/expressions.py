"""FEEL expressions, tried out."""

from typing import Any

import sqlalchemy as sqla
from marshmallow import fields, validate

from service import db, engine, errors, feel, i18n, identity
from service.api import schemas, scopes, sight
from service.api.routes import Routes
from service.db import values
from service.errors import _
from service.workflow import models

routes = Routes("Expressions", "FEEL expressions.")


class ExpressionEvaluationRequest(schemas.Schema):
    """A FEEL expression, which may begin with "=", and the variables it sees: given ones and those of a scope."""

    expression = schemas.Text(required=True, validate=validate.Length(1, 20_000))
    variables = schemas.Variables(allow_none=True)
    scope_key = schemas.Key()
    tenant_id = schemas.Tenant()


class ExpressionEvaluationWarning(schemas.Schema):
    """Why a part of it gave null."""

    message = schemas.Text(required=True)


class ExpressionEvaluationResult(schemas.Schema):
    """The value and the warnings."""

    expression = schemas.Text(required=True)
    result = fields.Raw(required=True, allow_none=True)
    warnings = fields.List(fields.Nested(ExpressionEvaluationWarning), required=True)
    referenced_secrets = fields.List(fields.Raw(), required=True)


@routes.ask("/expression/evaluation", body=ExpressionEvaluationRequest, returns=ExpressionEvaluationResult)
def evaluate_expression(by: identity.Person, body: dict[str, Any]) -> dict[str, Any]:
    """Evaluate an expression."""
    identity.access.ensure(by, "expression.evaluate")
    text, scope = body["expression"], body.get("scope_key")
    context = _seen_from(scope, by) if scope is not None else {}
    context |= engine.normalise(body.get("variables") or {})
    try:
        value, warnings = feel.evaluate_with_warnings(text.removeprefix("="), context)
    except feel.FeelSyntaxError as error:
        raise errors.Invalid(_("The expression is no FEEL: %(text)s"), text=error.located(i18n.language())) from None
    return {
        "expression": text,
        "result": _shown(value),
        "warnings": [{"message": each.located(i18n.language())} for each in warnings],
        "referencedSecrets": [],
    }


def _seen_from(scope_key: int, by: identity.Person) -> dict[str, Any]:
    """The variables that are visible in a scope, the innermost of each name."""
    instance_key = sight.ensure_element(scope_key, by)
    variable = models.Variable
    order = scopes.around(scope_key)
    rows = db.sa.session.execute(
        sqla.select(variable.scope_key, variable.name, variable.value).where(
            variable.instance_key == instance_key, variable.scope_key.in_(order)
        )
    ).all()
    return {row.name: row.value for row in sorted(rows, key=lambda row: -order.index(row.scope_key))}


def _shown(value: Any) -> Any:
    """A value as JSON; functions and ranges as FEEL text."""
    try:
        values.plain_json(value)
    except errors.Invalid:
        return feel.to_text(value)
    return value
