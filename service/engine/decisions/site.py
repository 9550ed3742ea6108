"""Where an expression stands while a model is compiled: which names it may use and who answers for it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from service import feel
from service.engine.decisions.document import Element, child, line_of, text_of
from service.engine.decisions.errors import Problem
from service.engine.decisions.runtime import DecisionRuntime
from service.engine.decisions.types import TypeTable
from service.feel.runtime import Place
from service.feel.text import shown
from service.feel.types import ANY, ConstrainedType, Type, coerce
from service.feel.values import MISSING, Value, admitted, kind_of

Scope = dict[str, Any]
Logic = Callable[[Scope, DecisionRuntime], Value]
"""A compiled expression: its value from the variables in scope."""


@dataclass(frozen=True, slots=True)
class Site:
    """A place in a model."""

    element: str
    types: TypeTable
    problems: list[Problem]
    names: frozenset[str] = frozenset()
    members: frozenset[str] = frozenset()
    reads: set[str] = field(default_factory=set)
    """Variables read that nothing in the model provides."""

    def with_names(self, names: Iterable[str]) -> Site:
        """The same place with more names in scope."""
        return replace(self, names=self.names | frozenset(names))

    def problem(self, element: Element, message: str, zh: str, error: feel.FeelSyntaxError | None = None) -> None:
        """Record a fault of the model, told in English and Chinese."""
        self.problems.append(Problem(self.element, line_of(element), message, zh, error))

    def compile(self, text: str, element: Element) -> feel.Compiled | None:
        """A FEEL expression; None, and a problem, if it is none."""
        try:
            compiled = feel.compile(text, self.names, members=self.members, types=self.types)
            self.reads.update(compiled.names - self.names)
            return compiled
        except feel.FeelSyntaxError as error:
            self.problem(element, str(error), error.message("zh"), error)
            return None

    def compile_tests(self, text: str, element: Element) -> feel.CompiledTests | None:
        """FEEL unary tests; None, and a problem, if they are none."""
        try:
            compiled = feel.compile_unary_tests(text, self.names, members=self.members, types=self.types)
            self.reads.update(compiled.names - self.names)
            return compiled
        except feel.FeelSyntaxError as error:
            self.problem(element, str(error), error.message("zh"), error)
            return None

    def typed(self, logic: Logic, element: Element | None) -> Logic:
        """``logic`` with its result converted to the ``typeRef`` of the element, if it has one."""
        if element is None:
            return logic
        expected = self.types.reference(element.get("typeRef"), element)
        if expected is ANY:
            return logic
        place = whole(text_of(element) if child(element, "text") is not None else "")
        return lambda scope, runtime: convert(logic(scope, runtime), expected, runtime, place)


NOWHERE: Place = ("", 0, 0)
"""The place of what is not shown as an expression."""


def whole(text: str) -> Place:
    """The place that is the whole of an expression."""
    return text, 0, len(text)


def convert(value: Value, expected: Type, runtime: DecisionRuntime, place: Place = NOWHERE) -> Value:
    """A value as one of a type; null and a warning where it does not fit (DMN 1.5 clause 10.3.2.9.4)."""
    if value is None:
        return None
    result = coerce(value, expected)
    if result is not MISSING:
        return result
    if isinstance(expected, ConstrainedType) and expected.base.admits(admitted(value)):
        runtime.warn(place, "not_allowed", value=shown(value), type=expected.name)
    else:
        runtime.warn(place, "type_mismatch", expected=str(expected), kind=kind_of(admitted(value)))
    return None


def nothing(scope: Scope, runtime: DecisionRuntime) -> Value:
    """The logic of what has none."""
    return None
