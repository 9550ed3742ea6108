"""One evaluation of a model: FEEL's runtime, the element at work, and what an explanation needs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from service.engine.decisions.errors import DecisionWarning
from service.feel.runtime import DEFAULT_LIMITS, Clock, Limits, Runtime
from service.feel.values import Value


@dataclass(frozen=True, slots=True)
class TestTrace:
    """One cell that was tried: the input's expression and value, the cell's text and its answer."""

    input: str
    value: Value
    test: str
    passed: bool | None


@dataclass(frozen=True, slots=True)
class RuleTrace:
    """One rule that was tried; ``number`` is from 1. Cells after the first that failed were not tried."""

    number: int
    id: str
    matched: bool
    tests: tuple[TestTrace, ...]
    annotations: tuple[str, ...] = ()
    outputs: Mapping[str, Value] = field(default_factory=dict)
    """What the rule gave, by the names of the outputs; empty if it was not asked."""

    @property
    def decided_by(self) -> tuple[TestTrace, ...]:
        """The inputs that made the rule match, or the one that kept it from matching."""
        return self.tests if self.matched else tuple(test for test in self.tests if test.passed is not True)


@dataclass(frozen=True, slots=True)
class TableTrace:
    """One run of a decision table."""

    element: str
    hit_policy: str
    inputs: tuple[tuple[str, Value], ...]
    rules: tuple[RuleTrace, ...]
    result: Value

    @property
    def matched(self) -> tuple[RuleTrace, ...]:
        """The rules that matched."""
        return tuple(rule for rule in self.rules if rule.matched)


@dataclass(slots=True)
class Trace:
    """What happened in an evaluation, in order."""

    tables: list[TableTrace] = field(default_factory=list)
    decisions: dict[str, Value] = field(default_factory=dict)
    outputs: dict[int, Mapping[str, Value]] = field(default_factory=dict)
    """What the rules of the table at work gave, by number."""

    @contextmanager
    def outputs_of_one_run(self) -> Iterator[Mapping[int, Mapping[str, Value]]]:
        """Collect what the rules give in one run of a table, inside which others may run."""
        before, self.outputs = self.outputs, {}
        try:
            yield self.outputs
        finally:
            self.outputs = before


class DecisionRuntime(Runtime):
    """FEEL's runtime that also knows which element is at work."""

    __slots__ = ("element", "located", "trace")

    def __init__(self, clock: Clock | None = None, limits: Limits = DEFAULT_LIMITS, trace: Trace | None = None) -> None:
        super().__init__(clock, limits)
        self.element = ""
        self.trace = trace
        self.located: list[DecisionWarning] = []

    @contextmanager
    def at(self, element: str) -> Iterator[None]:
        """Let warnings belong to ``element`` inside the ``with`` block."""
        self.locate()
        before, self.element = self.element, element
        try:
            yield
        finally:
            self.locate()
            self.element = before

    def locate(self) -> list[DecisionWarning]:
        """All warnings so far, with the elements they belong to."""
        for warning in self.warnings[len(self.located) :]:
            self.located.append(DecisionWarning(self.element, warning))
        return self.located
