"""Decision definitions: the versions of decisions, and asking them."""

from typing import Any

import flask
import sqlalchemy as sqla
from marshmallow import fields
from sqlalchemy.dialects.postgresql import JSONB

from service import db, engine, errors, i18n, identity
from service.api import process_definitions, schemas, search, sight
from service.api.routes import Routes
from service.api.search.fields import constant
from service.db import values
from service.engine import decisions
from service.errors import _
from service.workflow import models, releases

routes = Routes("Decision definitions", "The versions of decisions.")
definition = models.Definition
_detail = sqla.type_coerce(definition.detail, JSONB)
REQUIREMENTS_ID = sqla.func.coalesce(_detail["drg_id"].astext, definition.id)
REQUIREMENTS_NAME = sqla.func.coalesce(_detail["drg_name"].astext, definition.name)

LISTING = search.Listing(
    "DecisionDefinition",
    [
        search.Field("decisionDefinitionKey", search.KEY, definition.key, filter=True, sort=True, exact=True),
        search.Field("decisionDefinitionId", search.TEXT, definition.id, filter=True, sort=True, exact=True),
        search.Field("name", search.TEXT, definition.name, filter=True, sort=True, exact=True),
        search.Field("version", search.NUMBER, definition.version, filter=True, sort=True, exact=True),
        search.Field("decisionRequirementsId", search.TEXT, REQUIREMENTS_ID, filter=True, sort=True, exact=True),
        search.Field(
            "decisionRequirementsKey", search.KEY, definition.resource_key, filter=True, sort=True, exact=True
        ),
        search.Field("decisionRequirementsName", search.TEXT, REQUIREMENTS_NAME, filter=True, sort=True, exact=True),
        search.Field(
            "decisionRequirementsVersion", search.NUMBER, definition.version, filter=True, sort=True, exact=True
        ),
        search.Field("tenantId", search.TEXT, constant(schemas.TENANT), filter=True, sort=True, exact=True),
        search.Field("isLatestVersion", search.FLAG, process_definitions.is_latest(), filter=True, shown=False),
    ],
    join=lambda query: query.select_from(definition).where(definition.kind == "decision"),
    visible=sight.everybody,
)


class DecisionEvaluationRequest(schemas.Schema):
    """Which decision, by id (the newest version) or key, with which inputs."""

    decision_definition_id = schemas.Text()
    decision_definition_key = schemas.Key()
    variables = schemas.Variables()
    tenant_id = schemas.Tenant()


class EvaluatedDecisionResult(schemas.Schema):
    """A decision made on the way; values are JSON text."""

    decision_definition_id = schemas.Text(required=True)
    decision_definition_name = schemas.Text(required=True)
    decision_definition_version = schemas.Whole(required=True)
    decision_definition_type = schemas.Text(required=True)
    output = schemas.Text(required=True)
    tenant_id = schemas.Text(required=True)
    matched_rules = fields.List(fields.Dict(), required=True)
    evaluated_inputs = fields.List(fields.Dict(), required=True)
    decision_definition_key = schemas.Key(required=True)
    decision_evaluation_instance_key = schemas.Text(required=True)


class EvaluateDecisionResult(schemas.Schema):
    """The decision's output as JSON text, and how it came about."""

    decision_definition_id = schemas.Text(required=True)
    decision_definition_key = schemas.Key(required=True)
    decision_definition_name = schemas.Text(required=True)
    decision_definition_version = schemas.Whole(required=True)
    decision_evaluation_key = schemas.Key(required=True)
    decision_instance_key = schemas.Key(required=True)
    decision_requirements_id = schemas.Text(required=True)
    decision_requirements_key = schemas.Key(required=True)
    evaluated_decisions = fields.List(fields.Nested(EvaluatedDecisionResult), required=True)
    failed_decision_definition_id = schemas.Text(required=True, allow_none=True)
    failure_message = schemas.Text(required=True, allow_none=True)
    output = schemas.Text(required=True)
    tenant_id = schemas.Text(required=True)


@routes.ask("/decision-definitions/search", body=LISTING.query, raw=True, returns=LISTING.results)
def search_decision_definitions(by: identity.Person, body: dict[str, Any]) -> dict[str, Any]:
    """Search decision definitions."""
    return LISTING.search(body, by)


@routes.get("/decision-definitions/<decisionDefinitionKey>", returns=LISTING.result)
def get_decision_definition(by: identity.Person, decision_definition_key: int) -> dict[str, Any]:
    """Get decision definition."""
    return LISTING.get(decision_definition_key, by)


@routes.get("/decision-definitions/<decisionDefinitionKey>/xml", status=200)
def get_decision_definition_xml(by: identity.Person, decision_definition_key: int) -> flask.Response:
    """Get decision definition XML."""
    LISTING.get(decision_definition_key, by)
    return flask.Response(releases.content(decision_definition_key)[1], mimetype="text/xml")


@routes.ask("/decision-definitions/evaluation", body=DecisionEvaluationRequest, returns=EvaluateDecisionResult)
def evaluate_decision(by: identity.Person, body: dict[str, Any]) -> dict[str, Any]:
    """Evaluate decision

    `failureMessage` tells why parts of it had no value.
    """
    identity.access.ensure(by, "decision.evaluate")
    about = LISTING.get(_key(body), by)
    model = releases.decision_model(int(about["decisionDefinitionKey"]))
    explained = model.explain(about["decisionDefinitionId"], engine.normalise(body.get("variables") or {}))
    evaluation = str(db.next_key())
    made = [_made(each, explained, about, f"{evaluation}-{n}") for n, each in enumerate(_order(model, explained), 1)]
    failed = explained.warnings[0] if explained.value is None and explained.warnings else None
    return {
        **{name: about[name] for name in ("decisionDefinitionId", "decisionDefinitionKey")},
        "decisionDefinitionName": about["name"],
        "decisionDefinitionVersion": about["version"],
        "decisionEvaluationKey": evaluation,
        "decisionInstanceKey": evaluation,
        "decisionRequirementsId": about["decisionRequirementsId"],
        "decisionRequirementsKey": about["decisionRequirementsKey"],
        "evaluatedDecisions": made,
        "failedDecisionDefinitionId": about["decisionDefinitionId"] if failed else None,
        "failureMessage": failed.located(i18n.language()) if failed else None,
        "output": values.plain_json(explained.value),
        "tenantId": schemas.TENANT,
    }


def _key(body: dict[str, Any]) -> int:
    key, decision_id = body.get("decision_definition_key"), body.get("decision_definition_id")
    if (key is None) == (decision_id is None):
        raise errors.Invalid(_("Give either decisionDefinitionId or decisionDefinitionKey."))
    if decision_id is not None:
        key = releases.latest().find("decision", decision_id)
    if key is None:
        raise errors.NotFound(_("There is no decision %(id)s."), id=decision_id)
    return int(key)


def _order(model: decisions.Model, explained: decisions.Explanation) -> list[decisions.DecisionInfo]:
    """The decisions that were made, those needed by others first."""
    known = {name: each for each in model.decisions for name in (each.id, each.name)}
    return list(dict.fromkeys(known[name] for name in explained.decisions if name in known))


def _made(
    decision: decisions.DecisionInfo, explained: decisions.Explanation, about: dict[str, Any], key: str
) -> dict[str, Any]:
    table = next((t for t in explained.tables if t.element in (decision.name, decision.id)), None)
    value = explained.decisions.get(decision.name, explained.decisions.get(decision.id))
    row = _version(decision.id, about)
    return {
        "decisionDefinitionId": decision.id,
        "decisionDefinitionName": decision.name,
        "decisionDefinitionVersion": row.version if row else about["version"],
        "decisionDefinitionType": "DECISION_TABLE" if table else "LITERAL_EXPRESSION",
        "output": values.plain_json(value),
        "tenantId": schemas.TENANT,
        "matchedRules": _rules(table) if table else [],
        "evaluatedInputs": _inputs(table) if table else [],
        "decisionDefinitionKey": str(row.key) if row else about["decisionDefinitionKey"],
        "decisionEvaluationInstanceKey": key,
    }


def _version(decision_id: str, about: dict[str, Any]) -> Any:
    query = sqla.select(definition.key, definition.version).where(
        definition.kind == "decision",
        definition.id == decision_id,
        definition.resource_key == int(about["decisionRequirementsKey"]),
    )
    return db.sa.session.execute(query).first()


def _rules(table: decisions.TableTrace) -> list[dict[str, Any]]:
    """The rules that matched and what they gave."""
    return [
        {
            "ruleId": rule.id,
            "ruleIndex": rule.number,
            "evaluatedOutputs": [
                {
                    "outputId": name,
                    "outputName": name,
                    "outputValue": values.plain_json(value),
                    "ruleId": rule.id,
                    "ruleIndex": rule.number,
                }
                for name, value in rule.outputs.items()
            ],
        }
        for rule in table.matched
    ]


def _inputs(table: decisions.TableTrace) -> list[dict[str, Any]]:
    return [
        {"inputId": f"{table.element}-{number}", "inputName": name, "inputValue": values.plain_json(value)}
        for number, (name, value) in enumerate(table.inputs, 1)
    ]
