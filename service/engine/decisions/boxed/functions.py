"""Boxed invocations and function definitions (DMN 1.5 clauses 10.2.1.3 and 10.2.1.7)."""

from __future__ import annotations

from service.engine.decisions.boxed.dispatch import compile_child, compile_expression, compiles, expressions
from service.engine.decisions.document import Element, child, children, name_of, text_of
from service.engine.decisions.runtime import DecisionRuntime
from service.engine.decisions.site import NOWHERE, Logic, Scope, Site, convert, nothing
from service.feel.compiler.calls import invoke
from service.feel.functions import HostFunction
from service.feel.types import ANY, Type
from service.feel.values import Function, Value, kind_of


@compiles("invocation")
def invocation(element: Element, site: Site) -> Logic:
    """A call with named arguments; with names in the function's order if it takes no names."""
    called = next(expressions(element), None)
    if called is None:
        site.problem(element, "the invocation does not say what it invokes", "调用没有写明调用什么")
        return nothing
    function = compile_expression(called, site)
    bindings = list(children(element, "binding"))
    names = tuple(name_of(found) if (found := child(each, "parameter")) is not None else "" for each in bindings)
    arguments = [compile_child(each, site) for each in bindings]
    place = (text_of(called), 0, len(text_of(called)))

    def run(scope: Scope, runtime: DecisionRuntime) -> Value:
        target = function(scope, runtime)
        values = [argument(scope, runtime) for argument in arguments]
        if not isinstance(target, Function):
            runtime.warn(place, "not_a_function", kind=kind_of(target))
            return None
        return invoke(runtime, place, target, values, names if names else None)

    return run


@compiles("functionDefinition")
def definition(element: Element, site: Site) -> Logic:
    """A function as a value; it sees the variables of its place."""
    parameters, types = formal_parameters(element, site)
    body = function_body(element, site.with_names(parameters))

    def run(scope: Scope, runtime: DecisionRuntime) -> Value:
        return function("function", parameters, types, body, scope)

    return run


def formal_parameters(element: Element, site: Site) -> tuple[tuple[str, ...], tuple[Type, ...]]:
    """Names and types of the parameters of a function definition."""
    found = list(children(element, "formalParameter"))
    return (
        tuple(name_of(each) for each in found),
        tuple(site.types.reference(each.get("typeRef"), each) for each in found),
    )


def function_body(element: Element, site: Site) -> Logic:
    """The body of a function definition; null with a warning if it is Java or PMML."""
    if (element.get("kind") or "FEEL").upper() != "FEEL":
        return _external
    return compile_child(element, site)


def _external(scope: Scope, runtime: DecisionRuntime) -> Value:
    runtime.warn(NOWHERE, "external_function")
    return None


def function(
    name: str, parameters: tuple[str, ...], types: tuple[Type, ...], body: Logic, scope: Scope, result: Type = ANY
) -> HostFunction:
    """A callable value that runs ``body`` with its arguments added to ``scope``."""

    def implementation(runtime: DecisionRuntime, *arguments: Value) -> Value:
        value = body({**scope, **dict(zip(parameters, arguments, strict=True))}, runtime)
        return value if result is ANY else convert(value, result, runtime)

    return HostFunction(name, parameters, implementation, types, result)
