"""Hit policies: from the rules that match to the table's result (DMN 1.5 clause 8.2.10 - 8.2.11)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from service.engine.decisions.runtime import DecisionRuntime
from service.engine.decisions.site import Scope
from service.engine.decisions.table.parts import Output, Rule
from service.feel.builtins import FUNCTIONS
from service.feel.errors import Failure
from service.feel.functions import Builtin
from service.feel.operators import equal, in_range
from service.feel.values import Range, Value

if TYPE_CHECKING:
    from service.engine.decisions.table.run import Table

Apply = Callable[["Table", Sequence[Rule], Scope, DecisionRuntime], Value]


@dataclass(frozen=True, slots=True)
class Policy:
    """A hit policy: how results come from matching rules, whether the first match is enough, and what no match is."""

    apply: Apply
    first_only: bool = False
    empty: Callable[[], Value] = lambda: None


def _unique(table: Table, rules: Sequence[Rule], scope: Scope, runtime: DecisionRuntime) -> Value:
    if len(rules) > 1:
        raise conflict("UNIQUE", rules)
    return table.result(rules[0], scope, runtime)


def conflict(policy: str, rules: Sequence[Rule]) -> Failure:
    """The failure of rules that may not match together."""
    numbers = ", ".join(str(rule.number) for rule in rules)
    return Failure("rules_together", policy=policy, numbers=numbers)


def _any(table: Table, rules: Sequence[Rule], scope: Scope, runtime: DecisionRuntime) -> Value:
    results = [table.result(rule, scope, runtime) for rule in rules]
    if any(equal(results[0], other, runtime) is not True for other in results[1:]):
        raise conflict("ANY", rules)
    return results[0]


def _first(table: Table, rules: Sequence[Rule], scope: Scope, runtime: DecisionRuntime) -> Value:
    return table.result(rules[0], scope, runtime)


def _rule_order(table: Table, rules: Sequence[Rule], scope: Scope, runtime: DecisionRuntime) -> Value:
    return [table.result(rule, scope, runtime) for rule in rules]


def _output_order(table: Table, rules: Sequence[Rule], scope: Scope, runtime: DecisionRuntime) -> list[Value]:
    return sorted(_rule_order(table, rules, scope, runtime), key=lambda result: _priority(table.outputs, result))


def _priority(outputs: Sequence[Output], result: Value) -> tuple[int, ...]:
    """The places of a result's parts among the output values; lower counts more."""
    parts = [result] if len(outputs) == 1 else [result.get(output.name) for output in outputs]
    return tuple(
        next((place for place, value in enumerate(output.order) if _is_or_holds(value, part)), len(output.order))
        for output, part in zip(outputs, parts, strict=True)
    )


def _is_or_holds(listed: Value, part: Value) -> bool:
    return (in_range(part, listed) if isinstance(listed, Range) else equal(listed, part)) is True


def _highest(table: Table, rules: Sequence[Rule], scope: Scope, runtime: DecisionRuntime) -> Value:
    return _output_order(table, rules, scope, runtime)[0]


def _aggregated(function: str) -> Apply:
    def apply(table: Table, rules: Sequence[Rule], scope: Scope, runtime: DecisionRuntime) -> Value:
        results = _rule_order(table, rules, scope, runtime)
        if len(table.outputs) == 1:
            return _aggregate(FUNCTIONS[function], results, runtime)
        return {
            output.name: _aggregate(FUNCTIONS[function], [result[output.name] for result in results], runtime)
            for output in table.outputs
        }

    return apply


def _aggregate(function: Builtin, values: list[Value], runtime: DecisionRuntime) -> Value:
    return function.call([values], runtime)


def _zero() -> Value:
    return Decimal(0)


POLICIES: dict[str, Policy] = {
    "UNIQUE": Policy(_unique),
    "ANY": Policy(_any),
    "FIRST": Policy(_first, first_only=True),
    "PRIORITY": Policy(_highest),
    "RULE ORDER": Policy(_rule_order),
    "OUTPUT ORDER": Policy(_output_order),
    "COLLECT": Policy(_rule_order, empty=list),
    "COLLECT SUM": Policy(_aggregated("sum")),
    "COLLECT MIN": Policy(_aggregated("min")),
    "COLLECT MAX": Policy(_aggregated("max")),
    "COLLECT COUNT": Policy(_aggregated("count"), empty=_zero),
}
