"""From documents to a graph: every element compiled with the names its requirements give it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from service.engine.decisions.boxed.dispatch import compile_expression, expressions
from service.engine.decisions.boxed.functions import formal_parameters, function, function_body
from service.engine.decisions.document import (
    Document,
    Element,
    child,
    children,
    line_of,
    name_of,
    tag,
    variable_of,
)
from service.engine.decisions.errors import Problem
from service.engine.decisions.graph import Decision, Graph, InputData, Key, Knowledge, Requirement, Service
from service.engine.decisions.site import Scope, Site
from service.engine.decisions.types import TypeTable
from service.feel.types import ANY, FunctionType, Type

_DRG = ("decision", "inputData", "businessKnowledgeModel", "decisionService")


@dataclass(frozen=True, slots=True)
class Imported:
    """An imported document: its prefix, its types, and the paths to what it imports itself."""

    prefix: str
    types: TypeTable
    paths: Mapping[str, tuple[str, ...]]


class Builder:
    """Compiles one document into a graph that already holds the documents it imports."""

    def __init__(
        self, document: Document, graph: Graph, imported: Mapping[str, Imported], problems: list[Problem]
    ) -> None:
        self.document = document
        self.graph = graph
        self.paths: dict[str, tuple[str, ...]] = {}
        self.problems = problems
        for namespace, found in imported.items():
            self.paths[namespace] = (found.prefix,)
        for found in imported.values():
            for namespace, path in found.paths.items():
                self.paths.setdefault(namespace, (found.prefix, *path))
        self.types = TypeTable(document, {found.prefix: found.types for found in imported.values()}, problems)
        self.members = _members(document)

    def key(self, element: Element) -> Key:
        """What an element is known by in the graph."""
        return self.document.namespace, element.get("id") or name_of(element)

    def build(self) -> None:
        """Add all elements to the graph."""
        for element in self.document.elements("inputData"):
            variable = child(element, "variable")
            kind = ANY if variable is None else self.types.reference(variable.get("typeRef"), variable)
            self.graph.inputs[self.key(element)] = InputData(
                self.key(element), variable_of(element), name_of(element), kind
            )
        for element in self.document.elements("decision"):
            self._decision(element)
        for element in self.document.elements("businessKnowledgeModel"):
            self._knowledge(element)
        for element in self.document.elements("decisionService"):
            self._service(element)

    def _site(self, element: Element, requirements: list[Requirement]) -> Site:
        names = {name for each in requirements for name in (each.prefixes[:1] or (each.name, each.label))}
        members = self.members | {
            name for each in requirements if each.prefixes for name in (*each.prefixes[1:], each.name, each.label)
        }
        return Site(name_of(element), self.types, self.problems, frozenset(names), members)

    def _decision(self, element: Element) -> None:
        requires = self._requirements(element, "informationRequirement", "requiredDecision", "requiredInput")
        knows = self._requirements(element, "knowledgeRequirement", "requiredKnowledge")
        site = self._site(element, requires + knows)
        body = next(expressions(element), None)
        variable = child(element, "variable")
        logic = None if body is None else compile_expression(body, site)
        kind = ANY if variable is None else self.types.reference(variable.get("typeRef"), variable)
        self.graph.decisions[self.key(element)] = Decision(
            self.key(element),
            element.get("id") or "",
            name_of(element),
            variable_of(element),
            requires,
            knows,
            logic,
            kind,
            line_of(element),
            frozenset(site.reads),
        )

    def _requirements(self, element: Element, kind: str, *targets: str) -> list[Requirement]:
        found = []
        for group in children(element, kind):
            for each in children(group, *targets):
                requirement = self._requirement(each, element)
                if requirement is not None:
                    found.append(requirement)
        return found

    def _requirement(self, pointer: Element, owner: Element) -> Requirement | None:
        namespace, _, identifier = (pointer.get("href") or "").rpartition("#")
        if not namespace or namespace == self.document.namespace:
            target = self.document.by_id.get(identifier)
            if target is not None and tag(target) in _DRG:
                return Requirement(self.key(target), (), variable_of(target), name_of(target))
        elif namespace in self.paths:
            names = self._imported_names((namespace, identifier))
            if names is not None:
                return Requirement((namespace, identifier), self.paths[namespace], *names)
        href = pointer.get("href")
        told = f"'{href}' points at nothing in this model", f"“{href}”在本模型中没有所指"
        self.problems.append(Problem(name_of(owner), line_of(pointer), *told))
        return None

    def _imported_names(self, key: Key) -> tuple[str, str] | None:
        decision, data = self.graph.decisions.get(key), self.graph.inputs.get(key)
        if decision is not None:
            return decision.variable, decision.name
        if data is not None:
            return data.name, data.label
        knowledge = self.graph.knowledge.get(key)
        return None if knowledge is None else (knowledge.name, knowledge.name)

    def _knowledge(self, element: Element) -> None:
        """A business knowledge model; like a function of a boxed context, its logic may call itself."""
        knows = self._requirements(element, "knowledgeRequirement", "requiredKnowledge")
        knowledge = Knowledge(self.key(element), element.get("id") or "", name_of(element), knows)
        self.graph.knowledge[knowledge.key] = knowledge
        logic = child(element, "encapsulatedLogic")
        if logic is None:
            return
        site = self._site(element, knows).with_names([knowledge.name])
        parameters, types = formal_parameters(logic, site)
        body = site.typed(function_body(logic, site.with_names(parameters)), logic)
        scope: Scope = {}
        result = self._result_type(element)

        def run(inner: Scope, runtime: Any) -> Any:
            if not scope:
                scope[knowledge.name] = knowledge.function
                self.graph.bind(scope, knows, self.graph.function)
            with runtime.at(knowledge.name):
                return body({**scope, **inner}, runtime)

        knowledge.function = function(knowledge.name, parameters, types, run, {}, result)

    def _result_type(self, element: Element) -> Type:
        """What a function's variable says of its result, or else its logic (clause 10.3.2.9, table 43).

        In DMN 1.1 the variable had the result's own type.
        """
        variable, logic = child(element, "variable"), child(element, "encapsulatedLogic")
        body = None if logic is None else next(expressions(logic), None)
        for typed in (variable, logic, body):
            if typed is not None and typed.get("typeRef"):
                declared = self.types.reference(typed.get("typeRef"), typed)
                return declared.result if isinstance(declared, FunctionType) else declared
        return ANY

    def _service(self, element: Element) -> None:
        service = Service(
            self.key(element),
            element.get("id") or "",
            name_of(element),
            self._pointers(element, "inputData"),
            self._pointers(element, "inputDecision"),
            self._pointers(element, "outputDecision"),
            self._result_type(element),
        )
        self.graph.services[service.key] = service

    def _pointers(self, element: Element, kind: str) -> list[Requirement]:
        found = (self._requirement(each, element) for each in children(element, kind))
        return [each for each in found if each is not None]


def _members(document: Document) -> frozenset[str]:
    """All names that entries of values may have: components of types, outputs, context entries, columns."""
    found = set()
    for element in document.root.iter("{*}itemComponent", "{*}output", "{*}column", "{*}variable"):
        name = name_of(element)
        if name:
            found.add(name)
    return frozenset(found)
