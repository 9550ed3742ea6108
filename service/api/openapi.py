"""The OpenAPI document and Swagger UI, and the joining of all endpoints."""

import importlib.resources
from importlib import metadata

import flask
import flask_smorest
from flask.sansio.blueprints import BlueprintSetupState
from werkzeug import exceptions
from werkzeug.routing import Rule

from service import errors
from service.api import (
    audit_logs,
    authentication,
    clocks,
    cluster,
    decision_definitions,
    deployments,
    element_instances,
    expressions,
    forms,
    incidents,
    interventions,
    jobs,
    messages,
    process_definitions,
    process_instances,
    replies,
    resources,
    routes,
    signals,
    trails,
    user_tasks,
    variables,
)
from service.errors import _

NOUNS = (
    cluster,
    authentication,
    deployments,
    resources,
    process_definitions,
    process_instances,
    interventions,
    trails,
    user_tasks,
    element_instances,
    variables,
    forms,
    messages,
    signals,
    incidents,
    jobs,
    decision_definitions,
    expressions,
    audit_logs,
    clocks,
)

SETTINGS = {
    "API_TITLE": "Lika 立卡",
    "OPENAPI_VERSION": "3.1.0",
    "OPENAPI_URL_PREFIX": "/v2",
    "OPENAPI_JSON_PATH": "openapi.json",
    "OPENAPI_SWAGGER_UI_PATH": "swagger-ui",
    "OPENAPI_SWAGGER_UI_URL": "/v2/swagger-ui/",
}
SECURITY = {
    "basic": {"type": "http", "scheme": "basic"},
    "bearer": {"type": "http", "scheme": "bearer"},
    "session": {"type": "apiKey", "in": "cookie", "name": "session"},
}


NOWHERE = "api-rest.nowhere"


class Api(flask_smorest.Api):
    """flask-smorest without its handler for all errors of the application: pages show errors their own way."""

    DEFAULT_ERROR_RESPONSE_NAME = "PROBLEM"

    def _register_error_handlers(self) -> None:
        content = {replies.PROBLEM: {"schema": routes.Problem}}
        self.spec.components.response("PROBLEM", {"description": "Problem details (RFC 9457)", "content": content})


def init_app(app: flask.Flask) -> None:
    """Register every noun's endpoints and describe them under /v2/openapi.json and /v2/swagger-ui."""
    for name, value in SETTINGS.items():
        app.config.setdefault(name, value)
    app.config.setdefault("API_VERSION", metadata.version("lika"))
    api = Api(app, spec_kwargs={"security": [{name: []} for name in SECURITY]})
    for name, scheme in SECURITY.items():
        api.spec.components.security_scheme(name, scheme)
    for noun in NOUNS:
        api.register_blueprint(noun.routes)
    app.register_blueprint(_rest())


def _rest() -> flask.Blueprint:
    """Swagger UI's files, and problem details for addresses under /v2 that do not exist."""
    rest = flask.Blueprint("api-rest", __name__, url_prefix="/v2")
    rest.register_error_handler(errors.Problem, replies.of_problem)
    rest.register_error_handler(exceptions.HTTPException, replies.of_http)
    rest.register_error_handler(Exception, replies.of_failure)

    @rest.get("/swagger-ui/<path:name>")
    def swagger_file(name: str) -> flask.Response:
        with importlib.resources.as_file(importlib.resources.files("flask_swagger_ui") / "dist") as folder:
            return flask.send_from_directory(folder, name)

    def nowhere(rest: str = "") -> flask.Response:
        allowed = _methods_at(flask.request.path)
        if not allowed:
            raise errors.NotFound(_("There is no address %(path)s."), path=flask.request.path)
        if flask.request.method != "OPTIONS":
            raise exceptions.MethodNotAllowed(sorted(allowed))
        return flask.Response(status=204, headers={"Allow": ", ".join(sorted(allowed | {"OPTIONS"}))})

    def take_the_rest(state: BlueprintSetupState) -> None:
        """Rules without methods take whatever method comes, known to HTTP or not."""
        state.app.view_functions[NOWHERE] = nowhere
        for path in ("/v2/", "/v2/<path:rest>"):
            state.app.url_map.add(Rule(path, endpoint=NOWHERE))

    rest.record(take_the_rest)
    return rest


def _methods_at(path: str) -> set[str]:
    """The methods of the endpoints at an address, without those of the catch-all."""
    adapter = flask.current_app.url_map.bind("")
    found = set()
    for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
        try:
            endpoint, _arguments = adapter.match(path, method=method)
        except exceptions.HTTPException:
            continue
        if endpoint != NOWHERE:
            found.add(method)
    return found
