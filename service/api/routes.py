"""Endpoints: authentication, reading the body, idempotency and the answer, and their description for OpenAPI."""

import functools
import re
from collections.abc import Callable, Mapping
from typing import Any

import flask
import flask_smorest
import marshmallow as ma
from werkzeug import exceptions

from service import errors
from service.api import bodies, callers, idempotency, replies, schemas
from service.errors import _

View = Callable[..., Any]
KEY_PATTERN = "^[0-9]{1,19}$"

REPEATABLE = {
    "name": idempotency.HEADER,
    "in": "header",
    "schema": {"type": "string", "maxLength": idempotency.LONGEST},
    "description": "Makes the request repeatable: sent again it does nothing and is answered the same.",
}


class Problem(schemas.Schema):
    """Problem details (RFC 9457)."""

    type = schemas.Text(required=True)
    title = schemas.Text(required=True)
    status = schemas.Whole(required=True)
    detail = schemas.Text(required=True)
    instance = schemas.Text(required=True)
    places = ma.fields.Dict(data_key="fields", metadata={"description": "What is wrong where: messages by place."})
    request_id = schemas.Text(required=True, metadata={"description": "Names the request in the server's log."})


class Routes(flask_smorest.Blueprint):
    """The endpoints of one noun."""

    def __init__(self, name: str, description: str) -> None:
        super().__init__(name, __name__, url_prefix="/v2", description=description)
        self.register_error_handler(errors.Problem, replies.of_problem)
        self.register_error_handler(exceptions.HTTPException, replies.of_http)
        self.register_error_handler(Exception, replies.of_failure)

    def get(self, path: str, **options: Any) -> Callable[[View], View]:
        """Register a view for GET."""
        return self.endpoint("GET", path, **options)

    def post(self, path: str, **options: Any) -> Callable[[View], View]:
        """Register a view for POST that changes something: it honours Idempotency-Key."""
        return self.endpoint("POST", path, **{"repeatable": True, **options})

    def ask(self, path: str, **options: Any) -> Callable[[View], View]:
        """Register a view for POST that only reads."""
        return self.endpoint("POST", path, **options)

    def endpoint(
        self,
        method: str,
        path: str,
        *,
        body: type[ma.Schema] | ma.Schema | None = None,
        returns: type[ma.Schema] | ma.Schema | None = None,
        status: int | None = None,
        public: bool = False,
        repeatable: bool = False,
        raw: bool = False,
        request_body: Mapping[str, Any] | None = None,
        parameters: list[dict[str, Any]] | None = None,
    ) -> Callable[[View], View]:
        """Register `view(by, **path arguments[, body])` and describe it by its docstring.

        Path arguments are camelCase in `path` and snake_case in the view; those named `...Key` arrive as numbers.
        `body` reads and checks the JSON body; with `raw` it only describes it and the view gets the plain object. A
        view returns JSON, None (204) or a response of its own. `public` views need nobody signed in and get None.
        """
        schema = body() if isinstance(body, type) else body
        names = {name: snake(name) for name in re.findall(r"<(?:\w+:)?(\w+)>", path)}
        code = status or (200 if returns is not None else 204)

        def register(view: View) -> View:
            @functools.wraps(view)
            def call(**texts: str) -> flask.Response:
                by = None if public else callers.current()
                arguments: dict[str, Any] = {names[name]: _argument(name, text) for name, text in texts.items()}
                given: dict[str, Any] = {}
                if schema is not None:
                    given = bodies.read()
                    arguments["body"] = given if raw else bodies.checked(schema, given)
                act = functools.partial(view, by, **arguments)
                data = idempotency.once(by, given, act) if by is not None and repeatable else act()
                return data if isinstance(data, flask.Response) else replies.answer(data, code)

            extra = [*(parameters or ()), *([REPEATABLE] if repeatable else ())]
            _describe(self, call, schema, returns, code, extra, request_body, public)
            keys = [_key_parameter(name) for name in names if name.endswith("Key")]
            call.provide_automatic_options = False  # type: ignore[attr-defined]
            self.add_url_rule(path, view.__name__, call, methods=[method], parameters=keys)
            return view

        return register


def _describe(
    routes: Routes,
    call: Any,
    schema: ma.Schema | None,
    returns: type[ma.Schema] | ma.Schema | None,
    code: int,
    parameters: list[dict[str, Any]],
    request_body: Mapping[str, Any] | None,
    public: bool,
) -> None:
    """Leave the description for flask-smorest, without its wrappers: they would cost time in each request."""
    manual: dict[str, Any] = {"operationId": schemas.camel(call.__name__)}
    if parameters:
        manual["parameters"] = parameters
    if schema is not None:
        needed = any(field.required for field in schema.fields.values())
        request_body = {"required": needed, "content": {"application/json": {"schema": schema}}}
    if request_body is not None:
        manual["requestBody"] = request_body
    if public:
        manual["security"] = []
    described = routes.doc(**manual)(routes.response(code, returns)(call))
    call._apidoc = described._apidoc
    call.returns = (code, returns)


def _key_parameter(name: str) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": {"type": "string", "pattern": KEY_PATTERN}}


def snake(name: str) -> str:
    """Turn `processInstanceKey` into `process_instance_key`."""
    return re.sub(r"(?=[A-Z])", "_", name).lower()


def _argument(name: str, text: str) -> int | str:
    if not name.endswith("Key"):
        return text
    number = schemas.read_key(text)
    if number is None:
        raise errors.Invalid(
            _("%(name)s must be a key, which has at most 19 digits, not %(text)s."),
            name=name,
            text=text[:40],
        )
    return number
