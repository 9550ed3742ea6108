"""What a form needs to judge answers, built once per version: its marshmallow schema and its compiled expressions."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import marshmallow

from service.forms import expressions, model, options, properties, structure, validators
from service.forms.expressions import Expression

ROW, ROOT = "@row", "@root"
"""What `this` and `parent` stand for in `Node.reads`."""


@dataclass(frozen=True, slots=True)
class CompiledRule:
    """A rule and its condition."""

    rule: model.Rule
    condition: Expression


@dataclass(frozen=True, slots=True)
class Bounds:
    """The limits of a value: Decimal, an expression, or None."""

    min: Any
    max: Any
    min_length: Any
    max_length: Any


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """A component ready to work. `path` leads to its value from the object around it (root or row).

    `reads` are the variables that its visibility, readonly state and computed value depend on; ROW stands for the
    row around it (`this` inside a list), ROOT for all answers.
    """

    component: model.Component
    path: tuple[str, ...]
    hide: Expression | None
    readonly: bool | Expression
    expression: Expression | None
    bounds: Bounds
    source: options.Source | None
    rules: tuple[CompiledRule, ...]
    checks: tuple[validators.Check, ...]
    rows: tuple[int, int]
    reads: frozenset[str]
    nodes: tuple["Node", ...]

    @property
    def keyed(self) -> bool:
        """Whether it has a value of its own."""
        return self.component.type in model.KEYED

    @property
    def is_list(self) -> bool:
        """Whether it repeats its nodes for each row."""
        return self.component.type == "dynamiclist"


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """A form ready to work."""

    form: model.Form
    schema: marshmallow.Schema
    nodes: tuple[Node, ...]
    rules: tuple[CompiledRule, ...]


def of(form: model.Form) -> Plan:
    """Return the plan of a form; forms with the same content share it."""
    return _cached(_ByDigest(form))


class _ByDigest:
    """A form that equals forms with the same digest, as the key of the cache."""

    __slots__ = ("form",)

    def __init__(self, form: model.Form) -> None:
        self.form = form

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _ByDigest) and other.form.digest == self.form.digest

    def __hash__(self) -> int:
        return hash(self.form.digest)


@lru_cache(maxsize=512)
def _cached(key: _ByDigest) -> Plan:
    form = key.form
    names = frozenset(variables(form))
    return Plan(
        form, structure.schema(form.components), _nodes(form.components, (), names, row=False), _rules(form.root, names)
    )


def variables(form: model.Form) -> set[str]:
    """Return the names of the values a form gives, at every level."""
    return {step for component in form.walk() for step in component.data}


def answers(components: Iterable[model.Component]) -> set[str]:
    """Return the names of the process variables that a form's components fill in: its outermost keys."""
    names: set[str] = set()
    for component in components:
        names |= {component.data[0]} if component.data else answers(component.components)
    return names


def _nodes(
    components: Iterable[model.Component], at: tuple[str, ...], names: frozenset[str], *, row: bool
) -> tuple[Node, ...]:
    return tuple(_node(component, at, names, row=row) for component in components)


def _node(component: model.Component, at: tuple[str, ...], names: frozenset[str], *, row: bool) -> Node:
    path = at + component.data
    limits = component.limits
    repeats = component.type == "dynamiclist"
    hide = expressions.compiled(component.hide, names)
    readonly = expressions.compiled(component.readonly, names)
    value = expressions.compiled(component.attributes.get("expression"), names)
    return Node(
        component=component,
        path=path,
        hide=hide,
        readonly=readonly,
        expression=value,
        bounds=Bounds(
            *(
                expressions.compiled(bound, names)
                for bound in (limits.min, limits.max, limits.min_length, limits.max_length)
            )
        ),
        source=options.Source(component, names) if component.type in model.CHOICES else None,
        rules=_rules(component, names),
        checks=tuple(validators.find(name) for name in component.validators if name in validators.known()),
        rows=properties.rows(component) if repeats else (0, 0),
        reads=_reads((hide, readonly, value), row=row),
        nodes=_nodes(component.components, () if repeats else path, names, row=row or repeats),
    )


def _reads(parts: Iterable[Any], *, row: bool) -> frozenset[str]:
    names: set[str] = set()
    for part in parts:
        if isinstance(part, Expression):
            names |= part.names
    if names & {"this", "_this_"}:
        names.add(ROW if row else ROOT)
    if names & {"parent", "_parent_"}:
        names |= {ROW, ROOT}
    return frozenset(names - {"this", "_this_", "parent", "_parent_", "i", "_i_"})


def _rules(component: model.Component, names: frozenset[str]) -> tuple[CompiledRule, ...]:
    return tuple(CompiledRule(rule, Expression(rule.condition, names)) for rule in component.rules)
