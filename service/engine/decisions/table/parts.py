"""The compiled parts of a decision table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from service.engine.decisions.site import Logic
from service.feel import CompiledTests
from service.feel.types import ANY, Type
from service.feel.values import Value

Cell = Callable[[list[Any]], Any]


@dataclass(frozen=True, slots=True)
class Input:
    """A column of conditions: where its value comes from and which values are allowed."""

    text: str
    logic: Logic
    type: Type = ANY
    allowed: CompiledTests | None = None


@dataclass(frozen=True, slots=True)
class Output:
    """A column of results. ``order`` lists the output values from the highest priority to the lowest."""

    name: str
    type: Type = ANY
    allowed: CompiledTests | None = None
    order: tuple[Value, ...] = ()
    default: Logic | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """A row: for each cell that tests anything the column and the test; the results; the texts for explanations."""

    number: int
    id: str
    cells: tuple[tuple[int, Cell], ...]
    results: tuple[Logic, ...]
    texts: tuple[str, ...]
    annotations: tuple[str, ...]
