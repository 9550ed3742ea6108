"""Item definitions as FEEL types (DMN 1.5 clause 7.3.2), with allowed values and constraints."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from service import feel
from service.engine.decisions.document import Document, Element, child, children, line_of, name_of, text_of
from service.engine.decisions.errors import Problem
from service.feel.types import (
    ALONE,
    ANY,
    BUILT_IN,
    ConstrainedType,
    ContextType,
    Entries,
    FunctionType,
    ListType,
    Seen,
    Type,
)
from service.feel.values import Value, admitted

_ALIASES = {
    "dateTime": "date and time",
    "dayTimeDuration": "days and time duration",
    "yearMonthDuration": "years and months duration",
    "yearsAndMonthsDuration": "years and months duration",
    "daysAndTimeDuration": "days and time duration",
    "any": "Any",
    "integer": "number",
    "long": "number",
    "double": "number",
}


@dataclass(frozen=True, slots=True)
class LateType(Type):
    """A type that refers to itself through its parts; found when it is used."""

    name: str
    find: Callable[[], Type]

    def admits(self, value: Value, seen: Seen | None = None, within: Entries = ALONE) -> bool:
        return self.find().admits(value, seen, within)

    def __str__(self) -> str:
        return self.name


class TypeTable(Mapping[str, Type]):
    """The named types of a document and, under their prefixes, of those it imports."""

    def __init__(self, document: Document, imported: Mapping[str, TypeTable], problems: list[Problem]) -> None:
        self._definitions = {name_of(each): each for each in document.elements("itemDefinition")}
        self._imported = imported
        self._problems = problems
        self._known: dict[str, Type] = {}
        self._open: set[str] = set()

    def __getitem__(self, name: str) -> Type:
        found = self.find(name)
        if found is None:
            raise KeyError(name)
        return found

    def __iter__(self) -> Iterator[str]:
        yield from self._definitions
        for prefix, table in self._imported.items():
            yield from (f"{prefix}.{name}" if prefix else name for name in table)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def find(self, name: str) -> Type | None:
        """The type of that name; None if there is none."""
        if name in self._known:
            return self._known[name]
        if name in self._open:
            return LateType(name, lambda: self._known[name])
        definition = self._definitions.get(name)
        if definition is None:
            return self._find_imported(name)
        self._open.add(name)
        self._known[name] = self._build(definition)
        self._open.discard(name)
        return self._known[name]

    def _find_imported(self, name: str) -> Type | None:
        for prefix, table in self._imported.items():
            if not prefix or name.startswith(prefix + "."):
                found = table.find(name[len(prefix) + 1 :] if prefix else name)
                if found is not None:
                    return found
        return None

    def reference(self, name: str | None, element: Element) -> Type:
        """The type a ``typeRef`` names; an unknown one is a problem and counts as ``Any``."""
        if not name:
            return ANY
        name = " ".join(name.split())
        found = self.find(name)
        if found is None:
            plain = name.removeprefix("feel:")
            found = BUILT_IN.get(_ALIASES.get(plain, plain))
        if found is None and ":" in name:
            found = self.find(name.split(":", 1)[1])
        if found is None:
            told = f"type '{name}' not found", f"找不到类型“{name}”"
            owner = element.get("id") or name_of(element)
            self._problems.append(Problem(owner, line_of(element), *told))
            return ANY
        return found

    def _build(self, definition: Element, siblings: frozenset[str] = frozenset()) -> Type:
        """The type of an item definition, or of a component beside its siblings."""
        base = self._base(definition)
        name = name_of(definition)
        allowed, constraint = child(definition, "allowedValues"), child(definition, "typeConstraint")
        if allowed is not None:
            base = self._constrained(name, base, allowed, siblings, projected=True)
        if definition.get("isCollection") == "true":
            base = ListType(base)
        return base if constraint is None else self._constrained(name, base, constraint, siblings)

    def _base(self, definition: Element) -> Type:
        components = list(children(definition, "itemComponent"))
        if components:
            names = frozenset(name_of(each) for each in components)
            return ContextType({name_of(each): self._build(each, names) for each in components})
        function = child(definition, "functionItem")
        if function is not None:
            parameters = tuple(self.reference(each.get("typeRef"), each) for each in children(function, "parameters"))
            return FunctionType(parameters, self.reference(function.get("outputTypeRef"), function))
        return self.reference(text_of(child(definition, "typeRef")) or definition.get("typeRef"), definition)

    def _constrained(
        self, name: str, base: Type, tests: Element, siblings: frozenset[str], projected: bool = False
    ) -> Type:
        """The base with allowed values or a constraint, which see the values of sibling components (clause 7.3.3).

        Allowed values of a type of lists are those of the items unless they speak of the list as ``?``.
        """
        text = text_of(tests)
        try:
            test = feel.compile_unary_tests(text, siblings).test
        except feel.FeelSyntaxError as error:
            self._problems.append(Problem(name, line_of(tests), str(error), error.message("zh"), error))
            return base
        if projected and isinstance(base, ListType) and "?" not in text:
            return ConstrainedType(
                name,
                base,
                lambda value, within: all(item is None or test(admitted(item), within) is True for item in value),
            )
        return ConstrainedType(name, base, lambda value, within: test(value, within) is True)
