"""A decision table at work."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from service.engine.decisions.runtime import DecisionRuntime, RuleTrace, TableTrace, TestTrace
from service.engine.decisions.site import NOWHERE, Scope, convert, whole
from service.engine.decisions.table.parts import Input, Output, Rule
from service.engine.decisions.table.policies import Policy
from service.feel.errors import Failure, LimitExceeded
from service.feel.text import shown
from service.feel.types import ANY
from service.feel.values import Value, kind_of


class Table:
    """A compiled decision table."""

    def __init__(
        self,
        element: str,
        policy_name: str,
        policy: Policy,
        inputs: Sequence[Input],
        outputs: Sequence[Output],
        rules: Sequence[Rule],
    ) -> None:
        self.element = element
        self.policy_name = policy_name
        self.policy = policy
        self.inputs = inputs
        self.outputs = outputs
        self.rules = rules

    def run(self, scope: Scope, runtime: DecisionRuntime) -> Value:
        """The table's result; null, with a warning, where the hit policy forbids what happened."""
        if runtime.trace is None:
            return self._run(scope, runtime, [], [])
        values: list[Value] = []
        tried: list[RuleTrace] = []
        with runtime.trace.outputs_of_one_run() as outputs:
            result = self._run(scope, runtime, values, tried)
        inputs = tuple((each.text, value) for each, value in zip(self.inputs, values, strict=False))
        rules = tuple(replace(each, outputs=outputs.get(each.number, {})) for each in tried)
        runtime.trace.tables.append(TableTrace(self.element, self.policy_name, inputs, rules, result))
        return result

    def _run(self, scope: Scope, runtime: DecisionRuntime, values: list[Value], tried: list[RuleTrace]) -> Value:
        """The result; the inputs' values and, in a traced evaluation, the rules are added to the lists."""
        try:
            values += self._values(scope, runtime)
            matched, traced = self._match(values, scope, runtime)
            tried += traced
            return self.policy.apply(self, matched, scope, runtime) if matched else self._default(scope, runtime)
        except LimitExceeded:
            raise
        except Failure as failure:
            runtime.warn(NOWHERE, failure.code, **failure.params)
            return None

    def _values(self, scope: Scope, runtime: DecisionRuntime) -> list[Value]:
        values = []
        for column in self.inputs:
            value = column.logic(scope, runtime)
            if column.type is not ANY:
                value = convert(value, column.type, runtime, whole(column.text))
            if (
                column.allowed is not None
                and value is not None
                and (column.allowed.run_test(value, scope, runtime) is not True)
            ):
                raise Failure("not_allowed", value=shown(value), type=column.text)
            values.append(value)
        return values

    def _match(self, values: list[Value], scope: Scope, runtime: DecisionRuntime) -> tuple[list[Rule], list[RuleTrace]]:
        frames = [[scope, runtime, value] for value in values]
        if runtime.trace is not None:
            return self._match_traced(frames, values)
        first_only = self.policy.first_only
        matched = []
        for rule in self.rules:
            for column, cell in rule.cells:
                if cell(frames[column]) is not True:
                    break
            else:
                matched.append(rule)
                if first_only:
                    break
        return matched, []

    def _match_traced(self, frames: list[list[Any]], values: list[Value]) -> tuple[list[Rule], list[RuleTrace]]:
        matched, traced = [], []
        for rule in self.rules:
            tests = []
            for column, cell in rule.cells:
                answer = cell(frames[column])
                passed = answer if type(answer) is bool else None
                tests.append(TestTrace(self.inputs[column].text, values[column], rule.texts[column], passed))
                if passed is not True:
                    break
            hit = all(test.passed is True for test in tests)
            traced.append(RuleTrace(rule.number, rule.id, hit, tuple(tests), rule.annotations))
            if hit:
                matched.append(rule)
                if self.policy.first_only:
                    break
        return matched, traced

    def result(self, rule: Rule, scope: Scope, runtime: DecisionRuntime) -> Value:
        """What a rule gives: the value of its output, or a context if there are several."""
        results = {
            output.name: self._checked(output, logic(scope, runtime), runtime)
            for output, logic in zip(self.outputs, rule.results, strict=False)
        }
        if runtime.trace is not None:
            runtime.trace.outputs[rule.number] = results
        return results.get(self.outputs[0].name) if len(self.outputs) == 1 else results

    def _checked(self, output: Output, value: Value, runtime: DecisionRuntime) -> Value:
        if output.type is not ANY:
            value = convert(value, output.type, runtime)
        if (
            output.allowed is not None
            and value is not None
            and (output.allowed.run_test(value, {}, runtime) is not True)
        ):
            runtime.warn(NOWHERE, "not_allowed", value=shown(value), type=output.name or kind_of(value))
            return None
        return value

    def _default(self, scope: Scope, runtime: DecisionRuntime) -> Value:
        if not any(output.default is not None for output in self.outputs):
            return self.policy.empty()
        defaults = {
            output.name: None if output.default is None else output.default(scope, runtime) for output in self.outputs
        }
        return defaults if len(self.outputs) > 1 else defaults[self.outputs[0].name]
