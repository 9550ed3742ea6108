"""Variables: search and get; `value` is JSON text, as in the Camunda API."""

import dataclasses
from typing import Any

import flask
import sqlalchemy as sqla
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.sql.elements import ColumnElement

from service import errors, identity
from service.api import bodies, schemas, search, sight
from service.api.routes import Routes
from service.api.search.fields import constant
from service.api.search.kinds import WORDS, Column, Condition, Kind, refuse
from service.db import values
from service.errors import _
from service.workflow import models

routes = Routes("Variables", "The variables of process and element instances.")
variable, instance = models.Variable, models.ProcessInstance

CUT_AT = 8191
"""Longest text of a value in search results, unless `truncateValues=false`."""

VALUE = Kind("value", WORDS, values.plain_json, str, schemas.Text, null="null")
NULL = sqla.literal("null", sqla.Text)
AS_TEXT: ColumnElement[str] = sqla.func.coalesce(sqla.cast(sqla.type_coerce(variable.value, JSONB), sqla.Text), NULL)
TRUNCATE = {
    "name": "truncateValues",
    "in": "query",
    "schema": {"type": "boolean", "default": True},
    "description": f"Whether values longer than {CUT_AT} characters are cut.",
}


def equals(column: Column, given: Any, place: str) -> Condition:
    """Compare a column of typed values with JSON text: 3 equals 3.0, a date equals its ISO text. Raises Invalid."""
    try:
        if not isinstance(given, str):
            raise errors.Invalid("")
        wanted = bodies.loads(given.encode())
    except errors.Invalid:
        text = _('This must be the value as JSON text: "\\"word\\"", "3", "true".')
        raise refuse(place, text) from None
    texts = [values.dumps(wanted)]
    if isinstance(wanted, str):
        texts += [f'{{"{tag}":{texts[0]}}}' for tag in ("@date", "@datetime", "@time")]
    raw = sqla.func.coalesce(sqla.type_coerce(column, JSONB), sqla.cast(NULL, JSONB))
    return sqla.or_(*(raw == sqla.cast(sqla.literal(text, sqla.Text), JSONB) for text in texts))


def matches(given: Any, place: str) -> Condition:
    """Build the condition for a filter on a value: JSON text, or an object with operators."""
    if not isinstance(given, dict):
        return equals(variable.value, given, place)
    return sqla.and_(sqla.true(), *(_compared(operator, value, place) for operator, value in given.items()))


def _compared(operator: str, given: Any, place: str) -> Condition:
    at = f"{place}.{operator}"
    if operator in ("$eq", "$neq"):
        same = equals(variable.value, given, at)
        return same if operator == "$eq" else ~same
    if operator in ("$in", "$notIn") and isinstance(given, list) and 0 < len(given) <= 100:
        among = sqla.or_(*(equals(variable.value, each, at) for each in given))
        return among if operator == "$in" else ~among
    return search.TEXT.condition(AS_TEXT, operator, given, at)


MATCHER = search.Matcher(
    matches,
    dataclasses.replace(search.TEXT, json={"type": "string", "contentMediaType": "application/json"}).criterion,
)


def held_by(scope: Column) -> search.Matcher:
    """Build the matcher of a filter that lists `{name, value}`: the scope must hold every one."""

    def match(given: Any, place: str) -> Condition:
        if not isinstance(given, list) or not 0 < len(given) <= 50:
            raise refuse(place, _("This must be a list of 1 to 50 objects with name and value."))
        return sqla.and_(*(_held(scope, each, f"{place}[{index}]") for index, each in enumerate(given)))

    pair = {"type": "object", "required": ["name", "value"], "additionalProperties": False}
    pair["properties"] = {"name": {"type": "string"}, "value": MATCHER.json}
    return search.Matcher(match, {"type": "array", "items": pair, "minItems": 1, "maxItems": 50})


def _held(scope: Column, given: Any, place: str) -> Condition:
    if not isinstance(given, dict) or set(given) != {"name", "value"} or not isinstance(given["name"], str):
        raise refuse(place, _("This must be an object with name and value."))
    value = matches(given["value"], f"{place}.value")
    found = sqla.select(1).where(variable.scope_key == scope, variable.name == given["name"], value)
    return found.correlate_except(variable).exists()


LISTING = search.Listing(
    "Variable",
    [
        search.Field("variableKey", search.KEY, variable.key, filter=True, sort=True),
        search.Field("name", search.TEXT, variable.name, filter=True, sort=True),
        search.Field("value", VALUE, variable.value),
        search.Field("value", search.TEXT, AS_TEXT, filter=True, sort=True, shown=False, matches=MATCHER),
        search.Field("isTruncated", search.FLAG, sqla.func.length(AS_TEXT) > CUT_AT, filter=True),
        search.Field("tenantId", search.TEXT, constant(schemas.TENANT), filter=True, sort=True, exact=True),
        search.Field("scopeKey", search.KEY, variable.scope_key, filter=True, sort=True),
        search.Field("processInstanceKey", search.KEY, variable.instance_key, filter=True, sort=True),
        search.Field("rootProcessInstanceKey", search.KEY, instance.root_key),
    ],
    join=lambda query: query.select_from(variable).join(instance, instance.key == variable.instance_key),
    visible=sight.by_instance,
)

OF_TASK = dataclasses.replace(LISTING, visible=sight.everybody)
"""The variables of a task that was found to be visible before."""


def cut(answer: dict[str, Any]) -> dict[str, Any]:
    """Cut the long values of search results, unless the request says `truncateValues=false`."""
    whole = flask.request.args.get("truncateValues", "true").lower() == "false"
    for item in answer["items"]:
        item["isTruncated"] = not whole and len(item["value"]) > CUT_AT
        if item["isTruncated"]:
            item["value"] = item["value"][:CUT_AT]
    return answer


@routes.ask("/variables/search", body=LISTING.query, raw=True, returns=LISTING.results, parameters=[TRUNCATE])
def search_variables(by: identity.Person, body: dict[str, Any]) -> dict[str, Any]:
    """Search variables."""
    return cut(LISTING.search(body, by))


@routes.get("/variables/<variableKey>", returns=LISTING.result)
def get_variable(by: identity.Person, variable_key: int) -> dict[str, Any]:
    """Get a variable."""
    return LISTING.get(variable_key, by) | {"isTruncated": False}
