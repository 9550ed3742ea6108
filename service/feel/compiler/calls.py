"""Function calls and function definitions (DMN 1.5 clause 10.3.2.13)."""

from __future__ import annotations

from service.feel import nodes
from service.feel.builtins import FUNCTIONS
from service.feel.compiler import type_names
from service.feel.compiler.dispatch import compile_node, compiles
from service.feel.compiler.inference import type_of
from service.feel.compiler.operations import failed
from service.feel.compiler.scope import FIRST_SLOT, Frame, Run, Scope
from service.feel.errors import Failure, LimitExceeded
from service.feel.functions import Builtin, HostFunction, UserFunction
from service.feel.runtime import Place, Runtime
from service.feel.types import ANY, Type
from service.feel.values import Function, Value, kind_of


@compiles(nodes.Call)
def call(node: nodes.Call, scope: Scope) -> Run:
    """``function(arguments)``."""
    place, arguments = scope.place(node), [compile_node(argument, scope) for argument in node.arguments]
    builtin = _builtin(node.function, scope)
    if builtin is not None:
        scope.unit.functions_used.add(builtin.name)
        if node.names is None:
            called = _direct(builtin, arguments, place)
            return _folded(called, scope) if is_constant(node) else called
    function = (lambda s: builtin) if builtin is not None else _callee(node.function, scope)
    names = node.names

    def run(s: Frame) -> Value:
        target = function(s)
        values = [argument(s) for argument in arguments]
        if not isinstance(target, Function):
            if target is not None or not isinstance(node.function, nodes.Name):
                s[1].warn(place, "not_a_function", kind=kind_of(target))
            return None
        return invoke(s[1], place, target, values, names)

    return run


LITERAL_FUNCTIONS = frozenset({"date", "time", "date and time", "duration"})
"""The functions that may write a literal (grammar rule 60)."""


def is_constant(node: nodes.Node) -> bool:
    """Whether a node is a literal: a simple one, perhaps with a sign, or a date, time or duration of literals."""
    if isinstance(node, nodes.Negation):
        return is_constant(node.operand)
    if isinstance(node, nodes.Call):
        return (
            isinstance(node.function, nodes.Name)
            and node.function.name in LITERAL_FUNCTIONS
            and all(is_constant(argument) for argument in node.arguments)
        )
    return isinstance(node, nodes.Literal)


def _folded(called: Run, scope: Scope) -> Run:
    """A literal written as a call, read once; one that is no value warns each time."""
    value = called([{}, Runtime(), *[None] * (scope.unit.slots - FIRST_SLOT)])
    return called if value is None else lambda s: value


def _builtin(node: nodes.Node, scope: Scope) -> Builtin | None:
    if not isinstance(node, nodes.Name) or node.name in scope.unit.names:
        return None
    return FUNCTIONS.get(node.name) if scope.find(node.name)[1] is None else None


def _callee(node: nodes.Node, scope: Scope) -> Run:
    if isinstance(node, nodes.Name) and scope.find(node.name)[1] is None:
        return _named(node, scope)
    return compile_node(node, scope)


def _named(node: nodes.Name, scope: Scope) -> Run:
    """A function found by name when it is called; says that the function, not a variable, is missing."""
    variable, place, name = compile_node(node, scope), scope.place(node), node.name

    def run(s: Frame) -> Value:
        warnings = s[1].warnings
        before = len(warnings)
        value = variable(s)
        if value is None and len(warnings) > before and warnings[-1].code == "variable_not_found":
            warnings.pop()
            s[1].warn(place, "function_not_found", name=name)
        return value

    return run


def _direct(builtin: Builtin, arguments: list[Run], place: Place) -> Run:
    """A positional call of a built-in that cannot be shadowed."""
    invoked = builtin.call
    if len(arguments) == 1:
        only = arguments[0]

        def run_one(s: Frame) -> Value:
            try:
                return invoked((only(s),), s[1])
            except Failure as failure:
                return failed(s, place, failure)
            except ArithmeticError:
                return failed(s, place, Failure("out_of_range"))

        return run_one
    if len(arguments) == 2:
        first, second = arguments

        def run_two(s: Frame) -> Value:
            try:
                return invoked((first(s), second(s)), s[1])
            except Failure as failure:
                return failed(s, place, failure)
            except ArithmeticError:
                return failed(s, place, Failure("out_of_range"))

        return run_two

    def run(s: Frame) -> Value:
        try:
            return invoked([argument(s) for argument in arguments], s[1])
        except Failure as failure:
            return failed(s, place, failure)
        except ArithmeticError:
            return failed(s, place, Failure("out_of_range"))

    return run


def invoke(
    runtime: Runtime, place: Place, target: Function, values: list[Value], names: tuple[str, ...] | None = None
) -> Value:
    """Call a function value; a failure becomes null and a warning at ``place``."""
    assert isinstance(target, (Builtin, UserFunction, HostFunction))
    try:
        if names is None:
            return target.call(values, runtime)
        return target.call_named(dict(zip(names, values, strict=True)), runtime)
    except LimitExceeded:
        raise
    except Failure as failure:
        runtime.warn(place, failure.code, **failure.params)
    except ArithmeticError:
        runtime.warn(place, "out_of_range")
    return None


@compiles(nodes.FunctionDefinition)
def function_definition(node: nodes.FunctionDefinition, scope: Scope) -> Run:
    """``function(a, b) body`` as a value that remembers the frame it was written in."""
    inner, place = scope.child(), scope.place(node)
    names = tuple(parameter.name for parameter in node.parameters)
    if node.external:
        return type_names.unavailable(place, Failure("external_function"))
    if len(set(names)) != len(names):
        return type_names.unavailable(place, Failure("duplicate_parameter", name=max(names, key=names.count)))
    try:
        types = _parameter_types(node.parameters, scope)
    except Failure as failure:
        return type_names.unavailable(place, failure)
    first = scope.unit.slots
    for name in names:
        inner.bind(name)
    body = compile_node(node.body, inner)
    result = type_of(node.body, dict(zip(names, types, strict=True)))

    def run(s: Frame) -> Value:
        s[1].spend(1 + len(s) // 8)
        return UserFunction(names, types, body, s.copy(), first, result)

    return run


def _parameter_types(parameters: tuple[nodes.Parameter, ...], scope: Scope) -> tuple[Type, ...]:
    return tuple(ANY if each.type is None else type_names.resolve(each.type, scope) for each in parameters)
