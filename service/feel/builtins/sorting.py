"""``sort`` (DMN 1.5 clause 10.3.4.11)."""

from __future__ import annotations

from collections.abc import Callable

from service.feel.builtins.registry import apply, builtin
from service.feel.errors import Failure
from service.feel.operators import less
from service.feel.runtime import Runtime
from service.feel.values import Function, Value, items, kind_of

Before = Callable[[Value, Value], bool]


@builtin("sort", "list: list, precedes: function", "10.3.4.11")
def sort(runtime: Runtime, values: list[Value], precedes: Function) -> list[Value]:
    """The list ordered by a function that says whether its first argument comes before its second.

    Equal items keep their order. Without a function, items are sorted ascending.

    >>> sort([3, 1, 4, 5, 2], function(x, y) x < y)
    [1, 2, 3, 4, 5]
    """

    def before(left: Value, right: Value) -> bool:
        result = apply(precedes, (left, right), runtime)
        if type(result) is not bool:
            raise Failure("not_boolean", kind=kind_of(result))
        return result

    return _merged(items(values), before)


@builtin("sort", "list: list", "10.3.4.11")
def sort_ascending(runtime: Runtime, values: list[Value]) -> list[Value]:
    """The list in ascending order."""

    def before(left: Value, right: Value) -> bool:
        runtime.spend()
        result = less(left, right)
        if result is None:
            raise Failure("operand_types", op="<", left=kind_of(left), right=kind_of(right))
        return result

    return _merged(items(values), before)


def _merged(values: list[Value], before: Before) -> list[Value]:
    """Merge sort, stable and safe with any comparison, however inconsistent."""
    runs = [[value] for value in values]
    while len(runs) > 1:
        pairs = [_merge(runs[at], runs[at + 1], before) for at in range(0, len(runs) - 1, 2)]
        runs = pairs + ([runs[-1]] if len(runs) % 2 else [])
    return runs[0] if runs else []


def _merge(left: list[Value], right: list[Value], before: Before) -> list[Value]:
    result = []
    first = second = 0
    while first < len(left) and second < len(right):
        if before(right[second], left[first]):
            result.append(right[second])
            second += 1
        else:
            result.append(left[first])
            first += 1
    return result + left[first:] + right[second:]
