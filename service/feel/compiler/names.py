"""Names, paths and literals."""

from __future__ import annotations

import itertools
from decimal import Decimal
from typing import Any

from service.feel import nodes
from service.feel.builtins import FUNCTIONS
from service.feel.compiler.dispatch import compile_node, compiles
from service.feel.compiler.scope import CONTEXT, Frame, Run, Scope
from service.feel.runtime import Place, Runtime
from service.feel.temporal.properties import READERS
from service.feel.values import MISSING, NATIVE, WIDE, Range, Value, admit, admitted, kind_of


@compiles(nodes.Literal)
def literal(node: nodes.Literal, scope: Scope) -> Run:
    """A constant."""
    value = node.value
    return lambda s: value


@compiles(nodes.BadLiteral)
def bad_literal(node: nodes.BadLiteral, scope: Scope) -> Run:
    """An ``@"..."`` that is no temporal value."""
    place, text = scope.place(node), node.text

    def run(s: Frame) -> Value:
        s[1].warn(place, "bad_literal", text=text)
        return None

    return run


@compiles(nodes.Name)
def name(node: nodes.Name, scope: Scope) -> Run:
    """A variable, an entry of a filter item, or a built-in function as a value."""
    return resolve(node.name, scope.place(node), scope)


def resolve(name: str, place: Place, scope: Scope) -> Run:
    """Where the value of ``name`` comes from."""
    items, owner = scope.find(name)
    if owner is not None:
        slot = owner.names[name]
        base = _copied(slot) if name in owner.live else _local(slot)
    elif name == "item" and items:
        base = _local(items[-1])
    else:
        base = _global(name, place, scope)
    for slot in reversed(items):
        base = _item_entry(slot, name, base)
    return base


def _local(slot: int) -> Run:
    return lambda s: s[slot]


def _copied(slot: int) -> Run:
    def run(s: Frame) -> Value:
        s[1].spend(len(s[slot]) // 64)
        return s[slot][:]

    return run


def _global(name: str, place: Place, scope: Scope) -> Run:
    function = FUNCTIONS.get(name)
    if function is None or name in scope.unit.names:
        scope.unit.free.add(name)
    bound = scope.bound()

    def absent(s: Frame) -> Value:
        if function is None and len(s[1].warnings) < s[1].limits.warnings:
            s[1].warn(place, "variable_not_found", name=name, names=in_scope(s, bound))
        return function

    def foreign(s: Frame, value: object) -> Value:
        value = admit(value)
        if value is MISSING:
            s[1].warn(place, "unsupported_value", kind=type(s[0][name]).__name__)
            return None
        return value

    def run(s: Frame) -> Value:
        try:
            value = s[0][name]
        except KeyError:
            return absent(s)
        kind = type(value)
        if kind is Decimal:
            return value if value.is_finite() else None
        if kind is int and -WIDE < value < WIDE:
            return Decimal(value)
        return value if kind in NATIVE else foreign(s, value)

    return run


MAX_NAMES = 60
MAX_LISTS = 100


def in_scope(s: Frame, bound: list[str | int]) -> tuple[str, ...]:
    """The names that could have been meant, innermost first, for diagnosis; ``bound`` as from ``Scope.bound``."""
    found: dict[str, None] = {}
    for each in bound:
        if isinstance(each, str):
            found[each] = None
        elif type(s[each]) is dict:
            found.update(dict.fromkeys(str(key) for key in itertools.islice(s[each], MAX_NAMES)))
    found.update(dict.fromkeys(str(key) for key in itertools.islice(s[CONTEXT], MAX_NAMES)))
    return tuple(itertools.islice(found, MAX_NAMES))


def _item_entry(slot: int, name: str, base: Run) -> Run:
    def run(s: Frame) -> Value:
        item = s[slot]
        if type(item) is dict:
            try:
                value = item[name]
            except KeyError:
                return base(s)
            kind = type(value)
            if kind is Decimal:
                return value if value.is_finite() else None
            if kind is int and -WIDE < value < WIDE:
                return Decimal(value)
            return value if kind in NATIVE else admitted(value)
        readers = READERS.get(type(item))
        if readers is not None and name in readers:
            return readers[name](item)
        return base(s)

    return run


@compiles(nodes.Path)
def path(node: nodes.Path, scope: Scope) -> Run:
    """``subject.name``."""
    subject, member, place = compile_node(node.subject, scope), node.name, scope.place(node)
    places = places_of(node, scope)

    def general(s: Frame) -> Value:
        value = subject(s)
        if type(value) is dict:
            try:
                found = value[member]
            except KeyError:
                s[1].warn(
                    place,
                    "member_not_found",
                    kind="context",
                    name=member,
                    names=tuple(itertools.islice(value, MAX_NAMES)),
                )
                return None
            kind = type(found)
            if kind is Decimal:
                return found if found.is_finite() else None
            if kind is int and -WIDE < found < WIDE:
                return Decimal(found)
            return found if kind in NATIVE else admitted(found)
        found = member_of(value, member, s[1])
        if found is MISSING:
            s[1].warn(place, "no_members", kind=kind_of(value), name=member)
            return None
        return found

    return general if places is None else _local_entry(places[0][0], member, general)


def _local_entry(slot: int, key: str, general: Run) -> Run:
    """An entry of a local variable, read in one step where it is a plain value."""

    def run(s: Frame) -> Value:
        item = s[slot]
        if type(item) is dict:
            value: Any = item.get(key)
            kind = type(value)
            if kind is str or (kind is Decimal and value.is_finite()):
                return value
            if kind is int and -WIDE < value < WIDE:
                return Decimal(value)
        return general(s)

    return run


Places = tuple[tuple[int, str | None], ...]
"""Where a variable is looked for: entries of contexts in slots, last perhaps a slot itself."""


def places_of(node: nodes.Node, scope: Scope) -> Places | None:
    """Where a variable or an entry of a local variable is to be found; None for any other node."""
    if isinstance(node, nodes.Name) and node.name != "item":
        items, owner = scope.find(node.name)
        found: list[tuple[int, str | None]] = [(slot, node.name) for slot in items]
        if owner is None:
            return (*found, (CONTEXT, node.name))
        return None if node.name in owner.live else (*found, (owner.names[node.name], None))
    if isinstance(node, nodes.Path) and isinstance(node.subject, nodes.Name):
        items, owner = scope.find(node.subject.name)
        if not items and owner is not None and node.subject.name not in owner.live:
            return ((owner.names[node.subject.name], node.name),)
    return None


_RANGE = {
    "start": lambda value: value.start,
    "end": lambda value: value.end,
    "start included": lambda value: value.start_included,
    "end included": lambda value: value.end_included,
}


def member_of(value: Value, member: str, runtime: Runtime, depth: int = 0) -> Value:
    """The entry or component ``member`` of a value; of a list, the list of those of its items."""
    kind = type(value)
    if kind is list and depth < MAX_LISTS:
        runtime.spend(len(value) // 4 + 1)
        return [_item_member(item, member, runtime, depth) for item in value]
    if kind is dict:
        return admitted(value[member]) if member in value else MISSING
    if kind is Range:
        reader = _RANGE.get(member)
        return reader(value) if reader else MISSING
    readers = READERS.get(kind)
    return readers[member](value) if readers is not None and member in readers else MISSING


def _item_member(item: Value, member: str, runtime: Runtime, depth: int) -> Value:
    if type(item) is dict:
        value: Any = item.get(member)
        return value if type(value) is str else admitted(value)
    item = admitted(item)
    found = member_of(item, member, runtime, depth + 1)
    return None if found is MISSING else found


def negated_literal(node: nodes.Node) -> Decimal | None:
    """The number that ``5`` or ``-5`` is; None for any other node."""
    if isinstance(node, nodes.Negation):
        inner = negated_literal(node.operand)
        return None if inner is None else -inner
    if isinstance(node, nodes.Literal) and type(node.value) is Decimal:
        return node.value
    return None
