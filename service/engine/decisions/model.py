"""A decision model ready to be asked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from service.engine.decisions.build import Builder, Imported
from service.engine.decisions.document import Document, read
from service.engine.decisions.errors import DecisionWarning, ModelError, Problem, UnknownDecision
from service.engine.decisions.graph import Decision, Graph, Key, Knowledge, Service
from service.engine.decisions.runtime import DecisionRuntime, TableTrace, Trace
from service.engine.decisions.session import Session, called, serve, service_function
from service.engine.decisions.site import NOWHERE
from service.feel.errors import LimitExceeded
from service.feel.runtime import DEFAULT_LIMITS, Clock, Limits
from service.feel.values import Value, export


@dataclass(frozen=True, slots=True)
class DecisionInfo:
    """What a caller needs to know of a decision.

    ``required_inputs`` and ``required_decisions`` are those needed directly, by the names their variables have;
    ``inputs`` those needed directly or further down; ``reads`` variables its expressions read that the model does
    not provide, so that the caller must.
    """

    id: str
    name: str
    variable: str
    required_inputs: tuple[str, ...]
    required_decisions: tuple[str, ...]
    inputs: tuple[str, ...]
    reads: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """The value of a decision and why parts of it gave null."""

    value: Value
    warnings: tuple[DecisionWarning, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """How a decision came about: the tables that ran with their rules, and every decision made on the way."""

    value: Value
    warnings: tuple[DecisionWarning, ...]
    tables: tuple[TableTrace, ...]
    decisions: Mapping[str, Value]


class Model:
    """A decision model with those it imports. It holds no state of evaluations and serves several threads."""

    def __init__(self, document: Document, graph: Graph, problems: list[Problem]) -> None:
        self.namespace = document.namespace
        self.name = document.name
        self.id = document.root.get("id") or document.name
        """The id of the ``definitions`` element; the name if it has none."""
        self.problems = tuple(problems)
        """Faults that do not keep the rest from running, such as an expression that is no FEEL."""
        self._graph = graph

    @property
    def decisions(self) -> tuple[DecisionInfo, ...]:
        """All decisions of this file."""
        return tuple(self._info(each) for each in self._graph.decisions.values() if each.key[0] == self.namespace)

    @property
    def services(self) -> tuple[DecisionInfo, ...]:
        """All decision services of this file."""
        return tuple(_service_info(each) for each in self._graph.services.values() if each.key[0] == self.namespace)

    def _info(self, decision: Decision) -> DecisionInfo:
        direct = [each.name for each in decision.requires if each.target in self._graph.inputs]
        required = [each.name for each in decision.requires if each.target in self._graph.decisions]
        below = tuple(dict.fromkeys(self._inputs_below(decision, set())))
        return DecisionInfo(
            decision.id,
            decision.name,
            decision.variable,
            tuple(direct),
            tuple(required),
            below,
            tuple(sorted(decision.reads)),
        )

    def _inputs_below(self, decision: Decision, seen: set[Key]) -> Iterator[str]:
        for each in decision.requires:
            if each.target in self._graph.inputs:
                yield self._graph.inputs[each.target].name
            elif each.target not in seen and each.target in self._graph.decisions:
                seen.add(each.target)
                yield from self._inputs_below(self._graph.decisions[each.target], seen)

    def find(self, name: str) -> Decision | Service | Knowledge:
        """A decision, decision service or business knowledge model by id or name; raises :class:`UnknownDecision`.

        ``{namespace}name`` names one of an imported model.
        """
        tables: tuple[Mapping[Key, Any], ...] = (self._graph.decisions, self._graph.services, self._graph.knowledge)
        namespace = self.namespace
        if name.startswith("{"):
            namespace, _, name = name[1:].partition("}")
        for table in tables:
            found = table.get((namespace, name))
            if found is not None:
                return found  # type: ignore[no-any-return]
        for table in tables:
            for each in table.values():
                if name in (each.name, getattr(each, "variable", each.name)) and each.key[0] == namespace:
                    return each  # type: ignore[no-any-return]
        raise UnknownDecision(name)

    def evaluate(
        self,
        decision_name_or_id: str,
        inputs: Mapping[str, Any] | None = None,
        *,
        now: Clock | None = None,
        limits: Limits = DEFAULT_LIMITS,
    ) -> Value:
        """The value of a decision, decision service or function of the model; null where something has no value."""
        return self._run(decision_name_or_id, inputs or {}, DecisionRuntime(now, limits))

    def evaluate_with_warnings(
        self,
        decision_name_or_id: str,
        inputs: Mapping[str, Any] | None = None,
        *,
        now: Clock | None = None,
        limits: Limits = DEFAULT_LIMITS,
    ) -> Outcome:
        """The value of a decision, and the reasons for nulls."""
        runtime = DecisionRuntime(now, limits)
        value = self._run(decision_name_or_id, inputs or {}, runtime)
        return Outcome(value, tuple(runtime.locate()))

    def explain(
        self,
        decision_name_or_id: str,
        inputs: Mapping[str, Any] | None = None,
        *,
        now: Clock | None = None,
        limits: Limits = DEFAULT_LIMITS,
    ) -> Explanation:
        """The value of a decision with the rules that were tried, those that matched and the inputs that decided."""
        trace = Trace()
        runtime = DecisionRuntime(now, limits, trace)
        value = self._run(decision_name_or_id, inputs or {}, runtime)
        return Explanation(value, tuple(runtime.locate()), tuple(trace.tables), trace.decisions)

    def _run(self, name: str, inputs: Mapping[str, Any], runtime: DecisionRuntime) -> Value:
        found = self.find(name)
        try:
            if isinstance(found, Service):
                return export(serve(self._graph, found, inputs, runtime))
            if isinstance(found, Knowledge):
                return export(called(found, inputs, runtime))
            return export(Session(self._graph, inputs, runtime).value(found.key, ()))
        except LimitExceeded as failure:
            runtime.warn(NOWHERE, failure.code, **failure.params)
        except RecursionError:
            runtime.warn(NOWHERE, "too_deep_calls", limit=runtime.limits.depth)
        return None


def _service_info(service: Service) -> DecisionInfo:
    inputs = tuple(each.name for each in service.input_data)
    decisions = tuple(each.name for each in service.input_decisions)
    return DecisionInfo(service.id, service.name, service.name, inputs, decisions, inputs)


def load(xml: bytes, imports: Iterable[bytes] = ()) -> Model:
    """Read a DMN 1.1 - 1.6 model; raises :class:`ModelError`.

    ``imports`` are the files of the models it imports, directly or not, in any order.
    """
    document = read(xml)
    others = {found.namespace: found for found in (read(each) for each in imports)}
    graph, problems = Graph(), list[Problem]()
    _load(document, others, graph, problems, {}, ())
    for service in graph.services.values():
        graph.knowledge[service.key].function = service_function(graph, service)
    graph.names = graph.declared()
    return Model(document, graph, problems)


def _load(
    document: Document,
    others: Mapping[str, Document],
    graph: Graph,
    problems: list[Problem],
    done: dict[str, Builder],
    path: tuple[str, ...],
) -> Builder:
    """Build what a document imports, then the document itself."""
    if document.namespace in path:
        raise ModelError(f"the model '{document.name}' imports itself", f"模型“{document.name}”引入了自身")
    imported: dict[str, Imported] = {}
    for entry in document.imports:
        found = others.get(entry.namespace)
        if found is None:
            raise ModelError(
                f"the imported model '{entry.namespace}' is not there", f"缺少引入的模型“{entry.namespace}”"
            )
        if entry.namespace not in done:
            done[entry.namespace] = _load(found, others, graph, problems, done, (*path, document.namespace))
        built = done[entry.namespace]
        imported[entry.namespace] = Imported(entry.prefix, built.types, built.paths)
    builder = Builder(document, graph, imported, problems)
    builder.build()
    for service in graph.services.values():
        graph.knowledge.setdefault(service.key, Knowledge(service.key, service.id, service.name))
    return builder
