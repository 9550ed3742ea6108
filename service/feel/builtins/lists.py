"""List functions (DMN 1.5 clause 10.3.4.4). Positions count from 1, or from -1 backwards."""

from __future__ import annotations

from decimal import Decimal

from service.feel.builtins.registry import apply, bad_value, builtin
from service.feel.errors import Failure
from service.feel.operators import equal
from service.feel.runtime import Runtime
from service.feel.values import Function, Value, admitted, items, kind_of

_SECTION = "10.3.4.4"


def _index(name: str, position: Decimal, size: int) -> int:
    """A Python index from a position; raises :class:`Failure` outside of the list."""
    index = int(position) if abs(position) <= size else 0
    if index == 0:
        raise bad_value(name, f"position {position}")
    return index - 1 if index > 0 else size + index


@builtin("list contains", "list: list, element: any", _SECTION)
def contains(runtime: Runtime, values: list[Value], element: Value) -> bool:
    """Whether a list has the element; null counts as an element.

    >>> list contains([1, 2, 3], 2)
    true
    >>> list contains([1, null], null)
    true
    """
    runtime.spend(len(values) // 16)
    return any(equal(value, element, runtime) is True for value in values)


@builtin("sublist", "list: list, start position: number, length: number|null?", _SECTION)
def sublist(runtime: Runtime, values: list[Value], start: Decimal, length: Decimal | None = None) -> list[Value]:
    """``length`` items (or all) from a position on.

    >>> sublist([4, 5, 6], 1, 2)
    [4, 5]
    >>> sublist([4, 5, 6], -1)
    [6]
    """
    first = _index("sublist", start, len(values))
    if length is None:
        return values[first:]
    if length < 1 or first + length > len(values):
        raise bad_value("sublist", f"length {length}")
    return values[first : first + int(length)]


@builtin("append", "list: list, *item: any", _SECTION)
def append(runtime: Runtime, values: list[Value], *added: Value) -> list[Value]:
    """The list with items added at its end.

    >>> append([1], 2, 3)
    [1, 2, 3]
    """
    runtime.check_list(len(values) + len(added))
    return [*values, *added]


@builtin("concatenate", "*list: list", _SECTION)
def concatenate(runtime: Runtime, *lists: list[Value]) -> list[Value]:
    """The items of all lists in a row.

    >>> concatenate([1, 2], [3])
    [1, 2, 3]
    """
    runtime.check_list(sum(len(each) for each in lists))
    return [value for each in lists for value in each]


@builtin("insert before", "list: list, position: number, newItem: any", _SECTION)
def insert_before(runtime: Runtime, values: list[Value], position: Decimal, item: Value) -> list[Value]:
    """The list with an item put before the one at a position.

    >>> insert before([1, 3], 1, 2)
    [2, 1, 3]
    """
    index = _index("insert before", position, len(values))
    runtime.check_list(len(values) + 1)
    return [*values[:index], item, *values[index:]]


@builtin("remove", "list: list, position: number", _SECTION)
def remove(runtime: Runtime, values: list[Value], position: Decimal) -> list[Value]:
    """The list without the item at a position.

    >>> remove([1, 2, 3], 2)
    [1, 3]
    """
    index = _index("remove", position, len(values))
    return values[:index] + values[index + 1 :]


@builtin("list replace", "list: list, position: number, newItem: any", _SECTION)
def replace_at(runtime: Runtime, values: list[Value], position: Decimal, item: Value) -> list[Value]:
    """The list with the item at a position, or those for which a function gives true, replaced.

    >>> list replace([2, 4, 7, 8], 3, 6)
    [2, 4, 6, 8]
    >>> list replace([2, 4, 7, 8], function(item, newItem) item < newItem, 5)
    [5, 5, 7, 8]
    """
    index = _index("list replace", position, len(values))
    return [*values[:index], item, *values[index + 1 :]]


@builtin("list replace", "list: list, match: function, newItem: any", _SECTION)
def replace_matching(runtime: Runtime, values: list[Value], match: Function, item: Value) -> list[Value]:
    """The list with the items for which ``match(item, newItem)`` is true replaced."""
    result = []
    for value in items(values):
        matched = apply(match, (value, item), runtime)
        if type(matched) is not bool:
            raise Failure("not_boolean", kind=kind_of(matched))
        result.append(item if matched else value)
    return result


@builtin("reverse", "list: list", _SECTION)
def reverse(runtime: Runtime, values: list[Value]) -> list[Value]:
    """The items from the last to the first.

    >>> reverse([1, 2, 3])
    [3, 2, 1]
    """
    return values[::-1]


@builtin("index of", "list: list, match: any", _SECTION)
def index_of(runtime: Runtime, values: list[Value], match: Value) -> list[Decimal]:
    """The positions of all items equal to ``match``.

    >>> index of([1, 2, 3, 2], 2)
    [2, 4]
    """
    runtime.spend(len(values) // 16)
    return [Decimal(index) for index, value in enumerate(values, 1) if equal(value, match, runtime) is True]


class Distinct:
    """Items seen so far; simple ones are found by hash, others by comparing."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._simple: set[tuple[str, Value]] = set()
        self._others: list[Value] = []

    def add(self, value: Value) -> bool:
        """Whether the item is new; from now on it is not."""
        if value is None or type(value) in (Decimal, str, bool):
            key = (kind_of(value), value)
            if key in self._simple:
                return False
            self._simple.add(key)
            return True
        self._runtime.spend(len(self._others) // 4 + 1)
        if any(equal(value, other, self._runtime) is True for other in self._others):
            return False
        self._others.append(value)
        return True


def _distinct(runtime: Runtime, values: list[Value]) -> list[Value]:
    seen = Distinct(runtime)
    return [value for value in items(values) if seen.add(value)]


@builtin("distinct values", "list: list", _SECTION)
def distinct_values(runtime: Runtime, values: list[Value]) -> list[Value]:
    """The list without repetitions, in the order of first occurrence.

    >>> distinct values([1, 2, 3, 2, 1])
    [1, 2, 3]
    """
    return _distinct(runtime, values)


@builtin("union", "*list: list", _SECTION)
def union(runtime: Runtime, *lists: list[Value]) -> list[Value]:
    """The items of all lists without repetitions.

    >>> union([1, 2], [2, 3])
    [1, 2, 3]
    """
    return _distinct(runtime, concatenate(runtime, *lists))


@builtin("flatten", "list: list", _SECTION)
def flatten(runtime: Runtime, values: list[Value]) -> list[Value]:
    """The items of all nested lists in one list.

    >>> flatten([[1, 2], [[3]], 4])
    [1, 2, 3, 4]
    """
    result: list[Value] = []
    pending: list[Value] = [values]
    while pending:
        value = admitted(pending.pop())
        if type(value) is list:
            runtime.spend()
            pending.extend(reversed(value))
        else:
            result.append(value)
        runtime.check_list(len(result) + len(pending))
    return result
