"""The parts of an expression as the parser finds them. ``start`` and ``end`` are offsets into the source."""

from __future__ import annotations

from dataclasses import dataclass

from service.feel.values import Value


@dataclass(frozen=True, slots=True)
class Node:
    """Base of all parts."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Literal(Node):
    """A number, text, boolean, null or temporal literal."""

    value: Value


@dataclass(frozen=True, slots=True)
class BadLiteral(Node):
    """An ``@"..."`` literal that is no temporal value; null with a warning when evaluated."""

    text: str


@dataclass(frozen=True, slots=True)
class Name(Node):
    """A reference to a variable, a parameter or a function."""

    name: str


@dataclass(frozen=True, slots=True)
class Path(Node):
    """``subject.name``."""

    subject: Node
    name: str


@dataclass(frozen=True, slots=True)
class Filter(Node):
    """``subject[condition]``."""

    subject: Node
    condition: Node


@dataclass(frozen=True, slots=True)
class Call(Node):
    """``function(arguments)``; ``names`` holds the parameter names of an invocation with named arguments."""

    function: Node
    arguments: tuple[Node, ...]
    names: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Negation(Node):
    """``-operand``."""

    operand: Node


@dataclass(frozen=True, slots=True)
class Binary(Node):
    """``left op right`` for arithmetic, comparison, ``and`` and ``or``."""

    op: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Between(Node):
    """``value between low and high``."""

    value: Node
    low: Node
    high: Node


@dataclass(frozen=True, slots=True)
class In(Node):
    """``value in (tests)``."""

    value: Node
    tests: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class UnaryTest(Node):
    """``op endpoint``, for example ``< 5``; outside of a test it is a range."""

    op: str
    endpoint: Node


@dataclass(frozen=True, slots=True)
class UnaryTests(Node):
    """A cell of a decision table: alternatives, perhaps negated as a whole. No alternatives: ``-``."""

    tests: tuple[Node, ...]
    negated: bool


@dataclass(frozen=True, slots=True)
class TypeName(Node):
    """A type by name."""

    name: str


@dataclass(frozen=True, slots=True)
class GenericType(Node):
    """``list<T>``, ``range<T>``, ``context<a: T>`` or ``function<T, U> -> V``."""

    name: str
    arguments: tuple[Node, ...]
    names: tuple[str, ...] = ()
    result: Node | None = None


@dataclass(frozen=True, slots=True)
class InstanceOf(Node):
    """``value instance of type``."""

    value: Node
    type: Node


@dataclass(frozen=True, slots=True)
class If(Node):
    """``if condition then yes else no``."""

    condition: Node
    yes: Node
    no: Node


@dataclass(frozen=True, slots=True)
class Interval(Node):
    """``start..end`` in an iteration, in either direction."""

    first: Node
    last: Node


@dataclass(frozen=True, slots=True)
class Iterator(Node):
    """``name in source``."""

    name: str
    source: Node


@dataclass(frozen=True, slots=True)
class For(Node):
    """``for iterators return body``."""

    iterators: tuple[Iterator, ...]
    body: Node


@dataclass(frozen=True, slots=True)
class Quantified(Node):
    """``some`` or ``every`` iterators ``satisfies`` body."""

    every: bool
    iterators: tuple[Iterator, ...]
    body: Node


@dataclass(frozen=True, slots=True)
class Parameter(Node):
    """A formal parameter with its type, if one is given."""

    name: str
    type: Node | None


@dataclass(frozen=True, slots=True)
class FunctionDefinition(Node):
    """``function(parameters) body``."""

    parameters: tuple[Parameter, ...]
    body: Node
    external: bool


@dataclass(frozen=True, slots=True)
class ListLiteral(Node):
    """``[a, b]``."""

    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Entry(Node):
    """``key: value`` of a context."""

    key: str
    value: Node


@dataclass(frozen=True, slots=True)
class ContextLiteral(Node):
    """``{key: value}``."""

    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class RangeLiteral(Node):
    """``[low..high]`` with open or closed ends."""

    low: Node
    high: Node
    low_included: bool
    high_included: bool


def mentions(node: object, name: str) -> bool:
    """Whether a variable of that name occurs in a node."""
    if isinstance(node, Name):
        return node.name == name
    if isinstance(node, tuple):
        return any(mentions(part, name) for part in node)
    if isinstance(node, Node):
        return any(mentions(getattr(node, part), name) for part in node.__slots__)
    return False
