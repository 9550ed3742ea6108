"""Compiling once, evaluating often: the library's public functions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from service.feel import nodes
from service.feel.builtins import FUNCTIONS
from service.feel.compiler.calls import is_constant
from service.feel.compiler.dispatch import compile_node
from service.feel.compiler.fused import shortcut
from service.feel.compiler.membership import unary_tests
from service.feel.compiler.scope import FIRST_SLOT, Run, Scope, Unit
from service.feel.errors import FeelSyntaxError, FeelWarning, LimitExceeded
from service.feel.functions import Builtin
from service.feel.lexer import tokenize
from service.feel.names import NameSet, is_plain
from service.feel.parser import parse_expression, parse_unary_tests
from service.feel.parser.stream import Vocabulary
from service.feel.runtime import DEFAULT_LIMITS, Clock, Limits, Runtime
from service.feel.types import Type
from service.feel.values import MISSING, NATIVE, Range, Value, admitted, export

_EMPTY: Mapping[str, Any] = {}
_FUNCTION_NAMES = NameSet(FUNCTIONS)
_CACHE_SIZE = 8192


class Evaluation(NamedTuple):
    """The outcome of an evaluation: its value and why parts of it gave null."""

    value: Value
    warnings: list[FeelWarning]


class Compiled:
    """A compiled expression. It holds no state of its evaluations and may be used by several threads."""

    __slots__ = ("_run", "_shortcut", "_slots", "functions", "names", "source")

    def __init__(self, unit: Unit, run: Run, shortcut: Run | None = None) -> None:
        self.source = unit.source
        self._run = run
        self._shortcut = shortcut
        self._slots: list[Any] = [None] * (unit.slots - FIRST_SLOT)
        self.names = frozenset(unit.free)
        """The variables it reads from its context."""
        self.functions = frozenset(unit.functions_used)
        """The built-in functions it calls by name."""

    def evaluate(
        self, context: Mapping[str, Any] = _EMPTY, *, now: Clock | None = None, limits: Limits = DEFAULT_LIMITS
    ) -> Value:
        """The value in ``context``; null where something has no value."""
        if self._shortcut is not None:
            value = self._shortcut([context])
            if value is not MISSING:
                return value
        runtime = Runtime(now, limits)
        try:
            value = self._run([context, runtime, *self._slots])
        except (LimitExceeded, RecursionError):
            return None
        kind = type(value)
        return value if kind in NATIVE and kind is not list and kind is not dict else export(value)

    def evaluate_with_warnings(
        self, context: Mapping[str, Any] = _EMPTY, *, now: Clock | None = None, limits: Limits = DEFAULT_LIMITS
    ) -> Evaluation:
        """The value, and the reasons for nulls."""
        runtime = Runtime(now, limits)
        return Evaluation(export(self.run(context, runtime)), runtime.warnings)

    def run(self, context: Mapping[str, Any], runtime: Runtime) -> Value:
        """The raw value within a larger evaluation that shares ``runtime``."""
        try:
            return self._run([context, runtime, *self._slots])
        except LimitExceeded as failure:
            runtime.warn((self.source, 0, len(self.source)), failure.code, **failure.params)
        except RecursionError:
            runtime.warn((self.source, 0, len(self.source)), "too_deep_calls", limit=runtime.limits.depth)
        return None


class CompiledTests(Compiled):
    """Compiled unary tests."""

    __slots__ = ()

    def test(
        self,
        value: Any,
        context: Mapping[str, Any] = _EMPTY,
        *,
        now: Clock | None = None,
        limits: Limits = DEFAULT_LIMITS,
    ) -> bool | None:
        """Whether ``value`` passes; null if that has no answer."""
        return self.run_test(value, context, Runtime(now, limits))

    def run_test(self, value: Any, context: Mapping[str, Any], runtime: Runtime) -> bool | None:
        """The same within a larger evaluation."""
        try:
            result = self._run([context, runtime, admitted(value), *self._slots[1:]])
        except LimitExceeded as failure:
            runtime.warn((self.source, 0, len(self.source)), failure.code, **failure.params)
            return None
        except RecursionError:
            runtime.warn((self.source, 0, len(self.source)), "too_deep_calls", limit=runtime.limits.depth)
            return None
        return result if type(result) is bool else None

    def run_in(self, frame: list[Any]) -> Any:
        """The bare answer in a frame ``[context, runtime, value]``, which grows by the slots the tests need.

        For tables that try many tests on one value; the caller meets :class:`LimitExceeded` himself.
        """
        missing = len(self._slots) + FIRST_SLOT - len(frame)
        if missing > 0:
            frame.extend([None] * missing)
        return self._run(frame)


def compile(
    expression: str, names: Iterable[str] = (), *, members: Iterable[str] = (), types: Mapping[str, Type] | None = None
) -> Compiled:
    """Compile an expression; raises :class:`FeelSyntaxError`.

    ``names`` are the variables in scope, needed where a name holds spaces, operators or reserved words, or is also
    that of a built-in. ``members`` are entry names of that kind, ``types`` the named types beyond the standard's.
    """
    if types:
        return _compile(expression, frozenset(names), frozenset(members), types)
    return _cached(expression, _relevant(names), frozenset(members))


def compile_unary_tests(
    tests: str, names: Iterable[str] = (), *, members: Iterable[str] = (), types: Mapping[str, Type] | None = None
) -> CompiledTests:
    """Compile unary tests, as in a decision table's cell; raises :class:`FeelSyntaxError`."""
    if types:
        return _compile_tests(tests, frozenset(names), frozenset(members), types)
    return _cached_tests(tests, _relevant(names), frozenset(members))


def _relevant(names: Iterable[str]) -> frozenset[str]:
    """The names that change how a text is read: all others are found without help."""
    return frozenset(name for name in names if name in FUNCTIONS or not is_plain(name))


def _vocabulary(names: frozenset[str], members: frozenset[str], types: Mapping[str, Type]) -> Vocabulary:
    return Vocabulary(names, members, _FUNCTION_NAMES, frozenset(types))


def _compile(expression: str, names: frozenset[str], members: frozenset[str], types: Mapping[str, Type]) -> Compiled:
    node = parse_expression(expression, _vocabulary(names, members, types))
    unit = Unit(expression, names, types)
    return Compiled(unit, compile_node(node, Scope(unit)), shortcut(node, Scope(unit)))


def _compile_tests(
    tests: str, names: frozenset[str], members: frozenset[str], types: Mapping[str, Type]
) -> CompiledTests:
    node = parse_unary_tests(tests, _vocabulary(names, members, types))
    unit = Unit(tests, names, types)
    scope = Scope(unit)
    slot = scope.bind("?")
    return CompiledTests(unit, unary_tests(node, scope, slot))


@lru_cache(maxsize=_CACHE_SIZE)
def _cached(expression: str, names: frozenset[str], members: frozenset[str]) -> Compiled:
    return _compile(expression, names, members, {})


@lru_cache(maxsize=_CACHE_SIZE)
def _cached_tests(tests: str, names: frozenset[str], members: frozenset[str]) -> CompiledTests:
    return _compile_tests(tests, names, members, {})


@lru_cache(maxsize=_CACHE_SIZE)
def _for_keys(expression: str, keys: tuple[str, ...]) -> Compiled:
    return compile(expression, keys)


@lru_cache(maxsize=_CACHE_SIZE)
def _tests_for_keys(tests: str, keys: tuple[str, ...]) -> CompiledTests:
    return compile_unary_tests(tests, keys)


def evaluate(
    expression: str, context: Mapping[str, Any] = _EMPTY, *, now: Clock | None = None, limits: Limits = DEFAULT_LIMITS
) -> Value:
    """The value of an expression in a context; raises :class:`FeelSyntaxError`, gives null for all else.

    >>> evaluate("Monthly Salary * 12", {"Monthly Salary": 10})
    Decimal('120')
    """
    return _for_keys(expression, tuple(context)).evaluate(context, now=now, limits=limits)


def evaluate_with_warnings(
    expression: str, context: Mapping[str, Any] = _EMPTY, *, now: Clock | None = None, limits: Limits = DEFAULT_LIMITS
) -> Evaluation:
    """The value of an expression, and why parts of it gave null."""
    return _for_keys(expression, tuple(context)).evaluate_with_warnings(context, now=now, limits=limits)


def unary_test(
    tests: str,
    value: Any,
    context: Mapping[str, Any] = _EMPTY,
    *,
    now: Clock | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> bool | None:
    """Whether ``value`` passes unary tests such as ``< 5, [10..20]``; null if that has no answer.

    >>> unary_test('"a", "b"', "b", {})
    True
    """
    return _tests_for_keys(tests, tuple(context)).test(value, context, now=now, limits=limits)


def parse_check(expression: str, names: Iterable[str] = (), *, unary_tests: bool = False) -> set[str]:
    """The variables an expression reads from its context; raises :class:`FeelSyntaxError`."""
    compiled = compile_unary_tests(expression, names) if unary_tests else compile(expression, names)
    return set(compiled.names)


def functions() -> Mapping[str, Builtin]:
    """All built-in functions by name, with their signatures and documentation."""
    return dict(FUNCTIONS)


def constant_range(source: str) -> Range | None:
    """The range a text writes, if its ends are literals; what ``range()`` accepts (grammar rules 66 and 67)."""
    text = source.strip()
    completed = _with_ends(text)
    try:
        node = parse_expression(completed, Vocabulary(functions=_FUNCTION_NAMES))
    except FeelSyntaxError:
        return None
    if not isinstance(node, nodes.RangeLiteral) or not (is_constant(node.low) and is_constant(node.high)):
        return None
    nulls = sum(isinstance(end, nodes.Literal) and end.value is None for end in (node.low, node.high))
    if nulls != (completed != text):
        return None
    unit = Unit(completed)
    value = Compiled(unit, compile_node(node, Scope(unit))).evaluate()
    return value if isinstance(value, Range) else None


def _with_ends(text: str) -> str:
    """``(..5]`` and ``[5..)`` with null for the end that is not there."""
    if text[:1] in ("(", "]") and text[1:].lstrip().startswith(".."):
        return f"{text[0]}null{text[1:].lstrip()}"
    if text[-1:] in (")", "[") and text[:-1].rstrip().endswith(".."):
        return f"{text[:-1].rstrip()}null{text[-1]}"
    return text


def tokens_of(expression: str) -> list[tuple[str, int, int]]:
    """Kind, start and end of every token, for editors that colour expressions."""
    return [(token.kind, token.start, token.end) for token in tokenize(expression)[:-1]]
