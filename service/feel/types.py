"""FEEL types, conformance and implicit conversion (DMN 1.5 clauses 10.3.2.9.2 - 10.3.2.9.4)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC

from service.feel.temporal.values import DATES, days_of, make_datetime
from service.feel.values import MISSING, Function, Range, Value, admitted, kind_of

Seen = dict[tuple[int, int, int], Value]
Entries = Mapping[str, Value]
ALONE: Entries = {}


class Type:
    """Base of all types."""

    __slots__ = ()

    def admits(self, value: Value, seen: Seen | None = None, within: Entries = ALONE) -> bool:
        """Whether the (admitted) value conforms to this type; null conforms to every type.

        ``seen`` holds lists and contexts already looked at, so that parts that occur often cost little; ``within`` is
        the context whose entry the value is, which constraints may read.
        """
        raise NotImplementedError

    def members(self) -> Mapping[str, Type]:
        """The entries known of values of this type."""
        return {}


@dataclass(frozen=True, slots=True)
class AnyType(Type):
    """Every value."""

    def admits(self, value: Value, seen: Seen | None = None, within: Entries = ALONE) -> bool:
        return True

    def __str__(self) -> str:
        return "Any"


@dataclass(frozen=True, slots=True)
class SimpleType(Type):
    """A built-in type by its FEEL name, for example ``number``; ``Null`` holds only null."""

    name: str

    def admits(self, value: Value, seen: Seen | None = None, within: Entries = ALONE) -> bool:
        return value is None or kind_of(value) == self.name

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class ListType(Type):
    """``list<item>``."""

    item: Type

    def admits(self, value: Value, seen: Seen | None = None, within: Entries = ALONE) -> bool:
        if value is None:
            return True
        if type(value) is not list:
            return False
        seen = {} if seen is None else seen
        place = id(self), id(value), id(within)
        if place in seen:
            return True
        seen[place] = value, within
        return all(self.item.admits(admitted(item), seen, within) for item in value)

    def members(self) -> Mapping[str, Type]:
        return self.item.members()

    def __str__(self) -> str:
        return f"list<{self.item}>"


@dataclass(frozen=True, slots=True)
class RangeType(Type):
    """``range<item>``."""

    item: Type

    def admits(self, value: Value, seen: Seen | None = None, within: Entries = ALONE) -> bool:
        if value is None:
            return True
        return type(value) is Range and self.item.admits(value.start) and self.item.admits(value.end)

    def __str__(self) -> str:
        return f"range<{self.item}>"


@dataclass(frozen=True, slots=True)
class ContextType(Type):
    """``context<name: type, ...>``; a value may have further entries."""

    fields: Mapping[str, Type] = field(default_factory=dict)

    def admits(self, value: Value, seen: Seen | None = None, within: Entries = ALONE) -> bool:
        if value is None:
            return True
        if type(value) is not dict:
            return False
        seen = {} if seen is None else seen
        place = id(self), id(value), 0
        if place in seen:
            return True
        seen[place] = value
        return all(key in value and item.admits(admitted(value[key]), seen, value) for key, item in self.fields.items())

    def members(self) -> Mapping[str, Type]:
        return self.fields

    def __str__(self) -> str:
        return "context<" + ", ".join(f"{key}: {item}" for key, item in self.fields.items()) + ">"


@dataclass(frozen=True, slots=True)
class FunctionType(Type):
    """``function<parameter types> -> result type``."""

    parameters: tuple[Type, ...] | None
    result: Type

    def admits(self, value: Value, seen: Seen | None = None, within: Entries = ALONE) -> bool:
        if value is None:
            return True
        if not isinstance(value, Function):
            return False
        declared: FunctionType | None = getattr(value, "type", None)
        return self.parameters is None or declared is None or includes(self, declared)

    def __str__(self) -> str:
        inner = ", ".join(str(item) for item in self.parameters or ())
        return f"function<{inner}> -> {self.result}"


@dataclass(frozen=True, slots=True)
class ConstrainedType(Type):
    """A named type whose values must also pass a test, as those of an item definition with allowed values must.

    The test also gets the entries of the context that the value is part of.
    """

    name: str
    base: Type
    test: Callable[[Value, Entries], bool]

    def admits(self, value: Value, seen: Seen | None = None, within: Entries = ALONE) -> bool:
        return value is None or (self.base.admits(value, seen, within) and self.test(value, within))

    def members(self) -> Mapping[str, Type]:
        return self.base.members()

    def __str__(self) -> str:
        return self.name


ANY = AnyType()
BUILT_IN: dict[str, Type] = {
    "Any": ANY,
    "Null": SimpleType("null"),
    **{
        name: SimpleType(name)
        for name in (
            "number",
            "string",
            "boolean",
            "date",
            "time",
            "date and time",
            "days and time duration",
            "years and months duration",
        )
    },
    "list": ListType(ANY),
    "context": ContextType(),
    "function": FunctionType(None, ANY),
    "range": RangeType(ANY),
}


def includes(wide: Type, narrow: Type) -> bool:
    """Whether ``narrow`` conforms to ``wide`` (clause 10.3.2.9.2): every value of it is one of ``wide``."""
    if isinstance(wide, AnyType) or narrow == BUILT_IN["Null"] or wide == narrow:
        return True
    if isinstance(wide, ConstrainedType):
        return False
    if isinstance(narrow, ConstrainedType):
        return includes(wide, narrow.base)
    if isinstance(wide, ListType) and isinstance(narrow, ListType):
        return includes(wide.item, narrow.item)
    if isinstance(wide, RangeType) and isinstance(narrow, RangeType):
        return includes(wide.item, narrow.item)
    if isinstance(wide, ContextType) and isinstance(narrow, ContextType):
        return all(key in narrow.fields and includes(item, narrow.fields[key]) for key, item in wide.fields.items())
    if isinstance(wide, FunctionType) and isinstance(narrow, FunctionType):
        return _includes_function(wide, narrow)
    return False


def _includes_function(wide: FunctionType, narrow: FunctionType) -> bool:
    """Parameters the other way round, results as usual; a result of which nothing is known fits."""
    if (
        wide.parameters is not None
        and narrow.parameters is not None
        and (
            len(wide.parameters) != len(narrow.parameters)
            or not all(includes(theirs, ours) for ours, theirs in zip(wide.parameters, narrow.parameters, strict=True))
        )
    ):
        return False
    return narrow.result == ANY or includes(wide.result, narrow.result)


def is_instance(value: Value, expected: Type) -> bool:
    """``value instance of expected``: null is an instance of ``Null`` only."""
    value = admitted(value)
    if value is None:
        return expected == BUILT_IN["Null"]
    return expected != BUILT_IN["Null"] and expected.admits(value)


def coerce(value: Value, expected: Type) -> Value:
    """``value`` as one of type ``expected``, by the implicit conversions; :data:`MISSING` if there is none.

    A list of one item stands for the item, an item for the list of it, a date for its midnight in UTC.
    """
    value = admitted(value)
    if expected.admits(value):
        return value
    if type(value) is list:
        if len(value) == 1 and not _is_list(expected):
            only = admitted(value[0])
            return only if expected.admits(only) else MISSING
        return MISSING
    if _is_list(expected):
        listed = [value]
        return listed if expected.admits(listed) else MISSING
    if type(value) in DATES and expected == BUILT_IN["date and time"]:
        return make_datetime(days_of(value), 0, UTC)
    return MISSING


def _is_list(expected: Type) -> bool:
    while isinstance(expected, ConstrainedType):
        expected = expected.base
    return isinstance(expected, ListType)
