"""The decision requirements graph: decisions, functions and services, and what each of them needs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from service.engine.decisions.site import Logic, Scope
from service.feel.functions import HostFunction
from service.feel.types import ANY, Type

Key = tuple[str, str]
"""Namespace and id (or name, for an element without one)."""


@dataclass(frozen=True, slots=True)
class InputData:
    """A value that comes from outside, known by its variable's ``name``; ``label`` is the element's own name."""

    key: Key
    name: str
    label: str
    type: Type = ANY


@dataclass(slots=True)
class Requirement:
    """Something an element needs: the prefixes of the imports it comes through, and its name.

    The standard wants an element and its variable to have one name. Where they differ, both are known.
    """

    target: Key
    path: tuple[str, ...]
    name: str
    label: str

    @property
    def prefixes(self) -> tuple[str, ...]:
        """The prefixes as they are written; an import without one brings its names in as they are."""
        return tuple(prefix for prefix in self.path if prefix)


@dataclass(slots=True)
class Decision:
    """A decision: its needs and its logic."""

    key: Key
    id: str
    name: str
    variable: str
    requires: list[Requirement] = field(default_factory=list)
    knows: list[Requirement] = field(default_factory=list)
    logic: Logic | None = None
    type: Type = ANY
    line: int = 0
    reads: frozenset[str] = frozenset()


@dataclass(slots=True)
class Knowledge:
    """A business knowledge model or a decision service as a function; made when the model is complete."""

    key: Key
    id: str
    name: str
    knows: list[Requirement] = field(default_factory=list)
    function: HostFunction | None = None


@dataclass(slots=True)
class Service:
    """A decision service: what it takes and what it gives."""

    key: Key
    id: str
    name: str
    input_data: list[Requirement] = field(default_factory=list)
    input_decisions: list[Requirement] = field(default_factory=list)
    outputs: list[Requirement] = field(default_factory=list)
    type: Type = ANY


@dataclass(slots=True)
class Graph:
    """All elements of a model and of those it imports."""

    inputs: dict[Key, InputData] = field(default_factory=dict)
    decisions: dict[Key, Decision] = field(default_factory=dict)
    knowledge: dict[Key, Knowledge] = field(default_factory=dict)
    services: dict[Key, Service] = field(default_factory=dict)
    names: frozenset[str] = frozenset()
    """What the model itself gives names to, known once the graph is complete."""

    def bind(self, scope: Scope, needed: list[Requirement], value: Callable[[Requirement], Any]) -> None:
        """Put the values of requirements into a scope, under their prefixes."""
        for each in needed:
            inner = scope
            for prefix in each.prefixes:
                inner = inner.setdefault(prefix, {})
            inner[each.name] = inner[each.label] = value(each)

    def declared(self) -> frozenset[str]:
        """The names of all inputs and decisions, and the prefixes under which decisions know imported ones."""
        inputs = {name for each in self.inputs.values() for name in (each.name, each.label)}
        made = {name for each in self.decisions.values() for name in (each.name, each.variable)}
        needed = (need for each in self.decisions.values() for need in (*each.requires, *each.knows))
        return frozenset(inputs | made | {need.prefixes[0] for need in needed if need.prefixes})

    def function(self, needed: Requirement) -> HostFunction | None:
        """The function of a business knowledge model or decision service."""
        found = self.knowledge.get(needed.target)
        return None if found is None else found.function
