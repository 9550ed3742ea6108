"""What the compiler knows about names at a place in an expression."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from service.feel import nodes
from service.feel.types import Type

Frame = list[Any]
Run = Callable[[Frame], Any]
Step = Callable[[], bool]
Rounds = Callable[[Frame, Step], "bool | None"]
Selection = Callable[[Frame, list[Any]], Any]
FIRST_SLOT = 2
CONTEXT, RUNTIME = 0, 1


@dataclass(slots=True)
class Unit:
    """One source text under compilation: its names, its types, its slots and what it turned out to need."""

    source: str
    names: frozenset[str] = frozenset()
    types: Mapping[str, Type] = field(default_factory=dict)
    slots: int = FIRST_SLOT
    free: set[str] = field(default_factory=set)
    functions_used: set[str] = field(default_factory=set)
    placeholder: int | None = None

    def slot(self) -> int:
        """A new slot in the frame."""
        self.slots += 1
        return self.slots - 1


class Scope:
    """The names bound around a node. ``item_slot`` marks the scope of a filter condition."""

    __slots__ = ("item_slot", "live", "names", "parent", "unit")

    def __init__(self, unit: Unit, parent: Scope | None = None, item_slot: int | None = None) -> None:
        self.unit = unit
        self.parent = parent
        self.item_slot = item_slot
        self.names: dict[str, int] = {}
        self.live: set[str] = set()

    def child(self, item_slot: int | None = None) -> Scope:
        """A scope inside this one."""
        return Scope(self.unit, self, item_slot)

    def bind(self, name: str) -> int:
        """Bind ``name`` to a new slot."""
        self.names[name] = self.unit.slot()
        return self.names[name]

    def bound(self) -> list[str | int]:
        """The names bound so far, innermost first, and the slots of filter items, whose entries are names too."""
        found: list[str | int] = []
        scope: Scope | None = self
        while scope is not None:
            found += scope.names
            if scope.item_slot is not None:
                found.append(scope.item_slot)
            scope = scope.parent
        return found

    def place(self, node: nodes.Node) -> tuple[str, int, int]:
        """Where the node stands, for a warning."""
        return self.unit.source, node.start, node.end

    def find(self, name: str) -> tuple[list[int], Scope | None]:
        """The filter items that may hold ``name``, innermost first, and the scope that binds it, if any does."""
        items: list[int] = []
        scope: Scope | None = self
        while scope is not None:
            if name in scope.names:
                return items, scope
            if scope.item_slot is not None:
                items.append(scope.item_slot)
                if name == "item":
                    return items, None
            scope = scope.parent
        return items, None
