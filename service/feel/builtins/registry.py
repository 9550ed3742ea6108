"""The table of built-in functions, filled by the modules of this package."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from service.feel.errors import Failure
from service.feel.functions import Builtin, Signature, parameter
from service.feel.numbers import WHOLE
from service.feel.runtime import Runtime
from service.feel.values import Function, Value, items

FUNCTIONS: dict[str, Builtin] = {}

Implementation = Callable[..., Value]


Decorator = Callable[[Implementation], Implementation]


def builtin(name: str, signature: str, section: str, standard: bool = True) -> Decorator:
    """Register an implementation under a name and a written signature (``a: number, b: string?``).

    A name may be registered several times; the signatures are tried in that order. The first docstring is
    the function's documentation; its ``>>>`` examples are checked by the tests.
    """

    def register(implementation: Implementation) -> Implementation:
        entry = FUNCTIONS.get(name)
        if entry is None:
            entry = FUNCTIONS[name] = Builtin(name, section, "", standard)
        entry.doc = entry.doc or inspect.getdoc(implementation) or ""
        parameters = tuple(parameter(part) for part in signature.split(",")) if signature else ()
        entry.signatures.append(Signature(parameters, implementation))
        return implementation

    return register


def on_list(name: str, section: str, whole: Callable[[list[int]], int] | None = None) -> Decorator:
    """Register ``name(list)`` and ``name(item, item, ...)`` for one implementation that takes the items.

    ``whole`` does the same for a list of host integers, quickly.
    """

    def register(implementation: Implementation) -> Implementation:
        def from_list(runtime: Runtime, values: list[Value]) -> Value:
            if whole is not None and set(map(type, values)) == {int} and -WHOLE < min(values) <= max(values) < WHOLE:
                return Decimal(whole(values))
            return implementation(runtime, items(values))

        def from_items(runtime: Runtime, *values: Value) -> Value:
            return implementation(runtime, list(values))

        from_list.__doc__ = implementation.__doc__
        builtin(name, "list: list", section)(from_list)
        builtin(name, "#: any, *list: any", section)(from_items)
        return implementation

    return register


def bad_value(name: str, reason: str) -> Failure:
    """The failure of a function that cannot work with a value."""
    return Failure("argument_value", name=name, reason=reason)


def apply(function: Function, arguments: Sequence[Value], runtime: Runtime) -> Value:
    """Call a function value given as an argument."""
    target: Any = function
    return target.call(arguments, runtime)
