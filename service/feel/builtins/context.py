"""Context functions (DMN 1.5 clause 10.3.4.7)."""

from __future__ import annotations

from service.feel.builtins.registry import bad_value, builtin
from service.feel.errors import Failure
from service.feel.runtime import Runtime
from service.feel.values import Value, admitted, items, kind_of

_SECTION = "10.3.4.7"


@builtin("get value", "m: context, key: string", _SECTION)
def get_value(runtime: Runtime, m: dict[str, Value], key: str) -> Value:
    """The entry of a context with the given key; with a list of keys, the entry reached step by step.

    >>> get value({key1: "value1"}, "key1")
    "value1"
    >>> get value({a: {b: 5}}, ["a", "b"])
    5
    """
    if key not in m:
        raise Failure("member_not_found", kind="context", name=key)
    return admitted(m[key])


@builtin("get value", "context: context, keys: list", _SECTION)
def get_nested_value(runtime: Runtime, context: dict[str, Value], keys: list[Value]) -> Value:
    """The entry reached by following the keys."""
    value: Value = context
    for key in keys:
        if type(value) is not dict or type(key) is not str:
            raise Failure("no_members", kind=kind_of(value), name=str(key))
        value = get_value(runtime, value, key)
    return value if keys else None


@builtin("get entries", "m: context", _SECTION)
def get_entries(runtime: Runtime, m: dict[str, Value]) -> list[Value]:
    """A list of ``{key, value}`` for the entries of a context.

    >>> get entries({a: 1})
    [{key: "a", value: 1}]
    """
    runtime.spend(len(m))
    return [{"key": str(key), "value": admitted(value)} for key, value in m.items()]


@builtin("context", "entries: list", _SECTION)
def from_entries(runtime: Runtime, entries: list[Value]) -> dict[str, Value]:
    """A context from a list of ``{key, value}``; null if an entry lacks one of them or a key is repeated.

    >>> context([{key: "a", value: 1}, {key: "b", value: 2}])
    {a: 1, b: 2}
    """
    result: dict[str, Value] = {}
    for entry in items(entries):
        if type(entry) is not dict or "value" not in entry or type(entry.get("key")) is not str:
            raise bad_value("context", "entries need key and value")
        if entry["key"] in result:
            raise Failure("duplicate_key", name=entry["key"])
        result[entry["key"]] = admitted(entry["value"])
    return result


@builtin("context put", "context: context, key: string, value: any", _SECTION)
def put(runtime: Runtime, context: dict[str, Value], key: str, value: Value) -> dict[str, Value]:
    """The context with an entry added or replaced; with a list of keys, somewhere inside.

    >>> context put({x: 1}, "y", 2)
    {x: 1, y: 2}
    >>> context put({x: 1, y: {a: 0}}, ["y", "a"], 2)
    {x: 1, y: {a: 2}}
    """
    return {**context, key: value}


@builtin("context put", "context: context, keys: list, value: any", _SECTION)
def put_nested(runtime: Runtime, context: dict[str, Value], keys: list[Value], value: Value) -> dict[str, Value]:
    """The context with an entry at the end of a path of keys added or replaced."""
    if not keys or not all(type(key) is str for key in keys) or len(keys) > 100:
        raise bad_value("context put", "keys")
    if len(keys) == 1:
        return {**context, keys[0]: value}
    inner = admitted(context.get(keys[0]))
    if type(inner) is not dict:
        raise Failure("no_members", kind=kind_of(inner), name=keys[1])
    return {**context, keys[0]: put_nested(runtime, inner, keys[1:], value)}


@builtin("context merge", "contexts: list", _SECTION)
def merge(runtime: Runtime, contexts: list[Value]) -> dict[str, Value]:
    """One context of all entries; of entries with the same key the last counts.

    >>> context merge([{x: 1}, {x: 2, y: 0}])
    {x: 2, y: 0}
    """
    result: dict[str, Value] = {}
    for context in items(contexts):
        if type(context) is not dict:
            raise Failure(
                "argument_type",
                name="context merge",
                parameter="contexts",
                expected="list<context>",
                kind=kind_of(context),
            )
        runtime.spend(len(context) >> 3)
        result.update(context)
    return result
