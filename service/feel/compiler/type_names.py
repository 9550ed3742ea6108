"""``instance of`` and types in parameters (DMN 1.5 clause 10.3.2.9)."""

from __future__ import annotations

from service.feel import nodes, types
from service.feel.compiler.dispatch import compile_node, compiles
from service.feel.compiler.scope import Frame, Run, Scope
from service.feel.errors import Failure
from service.feel.runtime import Place
from service.feel.values import Value


@compiles(nodes.InstanceOf)
def instance_of(node: nodes.InstanceOf, scope: Scope) -> Run:
    """``value instance of type``; null if there is no such type."""
    value, place = compile_node(node.value, scope), scope.place(node.type)
    try:
        expected = _complete(node.type, scope)
    except Failure as failure:
        return unavailable(place, failure)
    return lambda s: types.is_instance(value(s), expected)


def unavailable(place: Place, failure: Failure) -> Run:
    """The closure of what has no value because of a fault in the text; it warns whenever it is asked."""

    def run(s: Frame) -> Value:
        s[1].warn(place, failure.code, **failure.params)
        return None

    return run


def _complete(node: nodes.Node, scope: Scope) -> types.Type:
    """The type, which must have its parameters (table 61), as must those it is made of."""
    bare = ""
    if isinstance(node, nodes.GenericType):
        for part in (*node.arguments, node.result):
            if part is not None:
                _complete(part, scope)
        bare = "" if node.arguments or node.name == "function" else node.name
    elif isinstance(node, nodes.TypeName) and node.name not in scope.unit.types:
        bare = node.name
    if bare in _GENERIC:
        raise Failure("incomplete_type", name=bare, example=_GENERIC[bare])
    return resolve(node, scope)


_GENERIC = {
    "list": "list<Any>",
    "range": "range<number>",
    "context": "context<a: Any>",
    "function": "function<Any> -> Any",
}


def resolve(node: nodes.Node, scope: Scope) -> types.Type:
    """The type a type node names; raises :class:`Failure` if there is none."""
    if isinstance(node, nodes.GenericType):
        return _generic(node, scope)
    if not isinstance(node, nodes.TypeName):
        raise Failure("unknown_type", name="?")
    found = scope.unit.types.get(node.name) or types.BUILT_IN.get(node.name)
    if found is None:
        raise Failure("unknown_type", name=node.name)
    return found


def _generic(node: nodes.GenericType, scope: Scope) -> types.Type:
    arguments = tuple(resolve(argument, scope) for argument in node.arguments)
    if node.name == "context":
        return types.ContextType(dict(zip(node.names, arguments, strict=True)))
    if node.name == "function":
        result = resolve(node.result, scope) if node.result is not None else types.ANY
        return types.FunctionType(arguments, result)
    if len(arguments) != 1:
        raise Failure("unknown_type", name=node.name)
    return types.ListType(arguments[0]) if node.name == "list" else types.RangeType(arguments[0])
