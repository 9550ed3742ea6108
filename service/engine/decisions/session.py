"""One question asked of a model: inputs given, decisions made once each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from service.engine.decisions.graph import Decision, Graph, InputData, Key, Knowledge, Service
from service.engine.decisions.runtime import DecisionRuntime
from service.engine.decisions.site import NOWHERE, Scope, convert
from service.feel.compiler.calls import invoke
from service.feel.functions import HostFunction
from service.feel.types import ANY, FunctionType, Type
from service.feel.values import MISSING, Value, admit, admitted

Path = tuple[str, ...]
"""The prefixes of the imports on the way to an element: one model may be imported twice, with different inputs."""


class Session:
    """The values of inputs and decisions in one evaluation.

    A decision sees what it requires and, as in Camunda, variables that the model does not declare; a decision
    service's decisions see only what they require.
    """

    def __init__(
        self,
        graph: Graph,
        inputs: Mapping[str, Any],
        runtime: DecisionRuntime,
        known: dict[tuple[Path, Key], Value] | None = None,
        closed: bool = False,
    ) -> None:
        self._graph = graph
        self._inputs = inputs
        self._runtime = runtime
        self._known: dict[tuple[Path, Key], Value] = known if known is not None else {}
        self._closed = closed
        self._open: set[tuple[Path, Key]] = set()
        self._extra: Scope = (
            {} if closed else {name: value for name, value in inputs.items() if name not in graph.names}
        )

    def value(self, key: Key, path: Path) -> Value:
        """The value of an input or a decision."""
        place = path, key
        if place in self._known:
            return self._known[place]
        decision = self._graph.decisions.get(key)
        value = self._input(key, path) if decision is None else self.decide(decision, path)
        self._known[place] = value
        return value

    def _input(self, key: Key, path: Path) -> Value:
        data = self._graph.inputs.get(key)
        if data is None or self._closed:
            return None
        value = self._given(data, path)
        if value is MISSING:
            self._runtime.warn(NOWHERE, "variable_not_found", name=data.name)
            return None
        return value if data.type is ANY else convert(value, data.type, self._runtime)

    def _given(self, data: InputData, path: Path) -> Value:
        """What was given for an input: under the prefixes of its imports, by its qualified or by its bare name."""
        inner: Any = self._inputs
        for prefix in path:
            inner = inner.get(prefix) if isinstance(inner, Mapping) else None
        for names in (inner if isinstance(inner, Mapping) else {}, self._inputs):
            for candidate in (data.name, data.label, f"{{{data.key[0]}}}{data.name}"):
                if candidate in names:
                    return admit(names[candidate])
        return MISSING

    def decide(self, decision: Decision, path: Path) -> Value:
        """Make a decision, and before it those it requires."""
        place = path, decision.key
        if place in self._open:
            self._runtime.warn(NOWHERE, "requires_itself", name=decision.name)
            return None
        self._open.add(place)
        self._runtime.enter()
        try:
            scope = dict(self._extra)
            self._graph.bind(scope, decision.knows, self._graph.function)
            self._graph.bind(scope, decision.requires, lambda each: self.value(each.target, path + each.prefixes))
            return self._decided(decision, scope)
        finally:
            self._runtime.depth -= 1
            self._open.discard(place)

    def _decided(self, decision: Decision, scope: Scope) -> Value:
        runtime = self._runtime
        with runtime.at(decision.name):
            value = None if decision.logic is None else decision.logic(scope, runtime)
            if decision.type is not ANY:
                value = convert(value, decision.type, runtime)
            elif isinstance(value, HostFunction) and value.name == "function":
                value.name = decision.name
        if runtime.trace is not None:
            runtime.trace.decisions[decision.name] = value
        return value


def service_function(graph: Graph, service: Service) -> HostFunction:
    """A decision service as a function of its input data and input decisions (DMN 1.5 clause 10.4)."""
    needed = service.input_data + service.input_decisions
    types = tuple(_type_of(graph, each.target) for each in needed)

    def run(runtime: DecisionRuntime, *arguments: Value) -> Value:
        known = {(each.prefixes, each.target): value for each, value in zip(needed, arguments, strict=True)}
        return _serve(graph, service, Session(graph, {}, runtime, known, closed=True), runtime)

    return HostFunction(service.name, tuple(each.name for each in needed), run, types, service.type)


def _type_of(graph: Graph, key: Key) -> Type:
    if key in graph.inputs:
        return graph.inputs[key].type
    return graph.decisions[key].type if key in graph.decisions else ANY


def serve(graph: Graph, service: Service, inputs: Mapping[str, Any], runtime: DecisionRuntime) -> Value:
    """Ask a decision service with inputs by name; what is not given is null."""
    known: dict[tuple[Path, Key], Value] = {}
    for each in service.input_data + service.input_decisions:
        given = each.name if each.name in inputs else each.label
        value = admitted(inputs[given]) if given in inputs else None
        known[each.prefixes, each.target] = convert(value, _type_of(graph, each.target), runtime)
    return _serve(graph, service, Session(graph, inputs, runtime, known, closed=True), runtime)


def _serve(graph: Graph, service: Service, session: Session, runtime: DecisionRuntime) -> Value:
    results = {each.name: session.value(each.target, each.prefixes) for each in service.outputs}
    value = next(iter(results.values())) if len(results) == 1 else results
    expected = service.type.result if isinstance(service.type, FunctionType) else service.type
    return value if expected is ANY else convert(value, expected, runtime)


def called(knowledge: Knowledge, inputs: Mapping[str, Any], runtime: DecisionRuntime) -> Value:
    """Call a business knowledge model with inputs by the names of its parameters; what is not given is null."""
    function = knowledge.function
    if function is None:
        return None
    given = {name: admitted(inputs[name]) for name in function.names if name in inputs}
    return invoke(runtime, NOWHERE, function, [*given.values()], tuple(given))
