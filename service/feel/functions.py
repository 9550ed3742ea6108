"""Values that can be called: built-ins with typed signatures, user functions, functions given by the host."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from service.feel.errors import Failure
from service.feel.runtime import Runtime
from service.feel.temporal.values import DATES, DATETIMES, DURATIONS, TIMES, YearsMonths
from service.feel.types import ANY, FunctionType, Type, coerce
from service.feel.values import MISSING, NATIVE, Function, Range, Value, admitted, kind_of

_NULL = frozenset({type(None)})
CLASSES: dict[str, frozenset[type]] = {
    "number": frozenset({Decimal}),
    "string": frozenset({str}),
    "boolean": frozenset({bool}),
    "date": DATES,
    "time": TIMES,
    "date and time": DATETIMES,
    "days and time duration": DURATIONS,
    "years and months duration": frozenset({YearsMonths}),
    "list": frozenset({list}),
    "context": frozenset({dict}),
    "range": frozenset({Range}),
    "null": _NULL,
    "any": NATIVE,
}


@dataclass(frozen=True, slots=True)
class Parameter:
    """A formal parameter of a built-in: what it is called and which classes of values it takes."""

    name: str
    expected: str
    classes: frozenset[type]
    any: bool
    function: bool
    optional: bool
    variadic: bool

    def fit(self, value: Value) -> Value:
        """The argument as this parameter takes it; :data:`MISSING` if it cannot."""
        value = admitted(value)
        if self.any or type(value) in self.classes:
            return value
        if value is None:
            return MISSING
        if self.function and isinstance(value, Function):
            return value
        if list in self.classes:
            return [value]
        if type(value) is list and len(value) == 1:
            only = admitted(value[0])
            if type(only) in self.classes or (self.function and isinstance(only, Function)):
                return only
        return MISSING


def parameter(text: str) -> Parameter:
    """A parameter from its written form: ``name: type|type``, ``?`` after it if optional, ``*`` before if repeated."""
    name, _, expected = text.partition(":")
    name, expected = name.strip(), expected.strip()
    optional = expected.endswith("?")
    expected = expected.rstrip("?")
    kinds = [kind.strip() for kind in expected.split("|")]
    classes = frozenset().union(*(CLASSES.get(kind, frozenset()) for kind in kinds))
    return Parameter(
        name.lstrip("*"), expected, classes, "any" in kinds, "function" in kinds, optional, name.startswith("*")
    )


@dataclass(frozen=True, slots=True)
class Signature:
    """One way to call a built-in."""

    parameters: tuple[Parameter, ...]
    implementation: Callable[..., Value]

    @property
    def variadic(self) -> bool:
        """Whether the last parameter takes any number of arguments."""
        return bool(self.parameters) and self.parameters[-1].variadic

    @property
    def least(self) -> int:
        """The fewest arguments."""
        return sum(1 for each in self.parameters if not each.optional)

    def takes(self, count: int) -> bool:
        """Whether ``count`` positional arguments can be meant for it."""
        return count >= self.least and (self.variadic or count <= len(self.parameters))

    def text(self) -> str:
        """The signature in words."""
        return ", ".join(
            f"{'...' if each.variadic else ''}{each.name}: {each.expected}{'?' if each.optional else ''}"
            for each in self.parameters
        )


class Builtin(Function):
    """A function of the standard; ``signatures`` are tried in order."""

    __slots__ = ("_taking", "doc", "name", "section", "signatures", "standard")

    def __init__(self, name: str, section: str, doc: str, standard: bool = True) -> None:
        self.name = name
        self.section = section
        self.doc = doc
        self.standard = standard
        self.signatures: list[Signature] = []
        self._taking: dict[int, list[Signature]] = {}

    def call(self, arguments: Sequence[Value], runtime: Runtime) -> Value:
        """Call with positional arguments; raises :class:`Failure` for a warning."""
        failure: Failure | None = None
        count = len(arguments)
        for signature in self._taking.get(count) or self._find(count):
            fitted = _fit_all(signature, arguments)
            if not isinstance(fitted, Misfit):
                runtime.charge(fitted)
                return runtime.made(signature.implementation(runtime, *fitted))
            failure = failure or self._misfit(*fitted)
        raise failure or Failure("argument_count", name=self.name, given=count, expected=self._counts())

    def _find(self, count: int) -> list[Signature]:
        """The signatures that take so many arguments, kept once all are registered and one is called."""
        return self._taking.setdefault(count, [each for each in self.signatures if each.takes(count)])

    def _counts(self) -> str:
        return " / ".join(
            sorted(
                {
                    f"{each.least}+"
                    if each.variadic
                    else str(each.least)
                    if each.least == len(each.parameters)
                    else f"{each.least}-{len(each.parameters)}"
                    for each in self.signatures
                }
            )
        )

    def call_named(self, arguments: Mapping[str, Value], runtime: Runtime) -> Value:
        """Call with named arguments."""
        failure: Failure | None = None
        for signature in self.signatures:
            ordered = _ordered(signature, arguments)
            if ordered is None:
                continue
            fitted = _fit_named(signature, ordered)
            if not isinstance(fitted, Misfit):
                runtime.charge(fitted)
                return runtime.made(signature.implementation(runtime, *fitted))
            failure = failure or self._misfit(*fitted)
        raise failure or self._wrong_names(arguments)

    def _misfit(self, formal: Parameter, value: Value) -> Failure:
        kind = kind_of(admitted(value))
        return Failure("argument_type", name=self.name, parameter=formal.name, expected=formal.expected, kind=kind)

    def _wrong_names(self, arguments: Mapping[str, Value]) -> Failure:
        known = [each.name for signature in self.signatures for each in signature.parameters]
        for name in arguments:
            if name not in known:
                return Failure("argument_name", name=self.name, parameter=name)
        missing = next((name for name in known if name not in arguments), known[0] if known else "")
        return Failure("argument_missing", name=self.name, parameter=missing)


class Misfit(NamedTuple):
    """The first parameter and argument that do not fit."""

    formal: Parameter
    value: Value


def _fit_all(signature: Signature, arguments: Sequence[Value]) -> Sequence[Value] | Misfit:
    """The arguments as the signature takes them."""
    formal = signature.parameters
    if len(arguments) > len(formal):
        formal += formal[-1:] * (len(arguments) - len(formal))
    for index, value in enumerate(arguments):
        kind = type(value)
        if kind not in formal[index].classes or (kind is Decimal and not value.is_finite()):
            return _converted(formal, arguments)
    return arguments


def _converted(formal: tuple[Parameter, ...], arguments: Sequence[Value]) -> list[Value] | Misfit:
    fitted = []
    for expected, value in zip(formal, arguments, strict=False):
        result = expected.fit(value)
        if result is MISSING:
            return Misfit(expected, value)
        fitted.append(result)
    return fitted


def _ordered(signature: Signature, arguments: Mapping[str, Value]) -> list[Value] | None:
    """The named arguments in the signature's order, absent ones as MISSING; None if the names do not match."""
    names = [each.name for each in signature.parameters]
    if any(name not in names for name in arguments):
        return None
    if any(not each.optional and each.name not in arguments for each in signature.parameters):
        return None
    return [arguments.get(name, MISSING) for name in names]


def _fit_named(signature: Signature, ordered: list[Value]) -> list[Value] | Misfit:
    while ordered and ordered[-1] is MISSING:
        ordered.pop()
    fitted: list[Value] = []
    for expected, value in zip(signature.parameters, ordered, strict=False):
        result = None if value is MISSING else expected.fit(value)
        if result is MISSING:
            return Misfit(expected, value)
        fitted.append(result)
    return fitted


class UserFunction(Function):
    """``function(a, b) body``: parameters, body, and the values of the place where it was written."""

    __slots__ = ("body", "frame", "name", "names", "result", "slot", "types")

    def __init__(
        self,
        names: tuple[str, ...],
        types: tuple[Type, ...],
        body: Callable[[list[Any]], Value],
        frame: list[Any],
        slot: int,
        result: Type = ANY,
    ) -> None:
        self.name = "function"
        self.names = names
        self.types = types
        self.body = body
        self.frame = frame
        self.slot = slot
        self.result = result

    @property
    def type(self) -> FunctionType:
        """The function's type as far as it is known."""
        return FunctionType(self.types, self.result)

    def call(self, arguments: Sequence[Value], runtime: Runtime) -> Value:
        """Call with positional arguments."""
        fitted = fit_declared(self.name, self.names, self.types, arguments)
        return self._run(fitted, runtime)

    def call_named(self, arguments: Mapping[str, Value], runtime: Runtime) -> Value:
        """Call with named arguments."""
        return self.call(in_order(self.name, self.names, arguments), runtime)

    def _run(self, fitted: list[Value], runtime: Runtime) -> Value:
        runtime.enter()
        runtime.spend(len(self.frame) >> 3)
        frame = self.frame.copy()
        frame[1] = runtime
        frame[self.slot : self.slot + len(fitted)] = fitted
        try:
            return self.body(frame)
        finally:
            runtime.depth -= 1


class HostFunction(Function):
    """A function the host provides, such as a business knowledge model; ``implementation`` gets the runtime and
    the arguments in order, already converted to the declared types."""

    __slots__ = ("implementation", "name", "names", "type", "types")

    def __init__(
        self,
        name: str,
        names: tuple[str, ...],
        implementation: Callable[..., Value],
        types: tuple[Type, ...] | None = None,
        result: Type = ANY,
    ) -> None:
        self.name = name
        self.names = names
        self.types = types if types is not None else (ANY,) * len(names)
        self.type = FunctionType(self.types, result)
        self.implementation = implementation

    def call(self, arguments: Sequence[Value], runtime: Runtime) -> Value:
        """Call with positional arguments."""
        fitted = fit_declared(self.name, self.names, self.types, arguments)
        runtime.enter()
        try:
            return self.implementation(runtime, *fitted)
        finally:
            runtime.depth -= 1

    def call_named(self, arguments: Mapping[str, Value], runtime: Runtime) -> Value:
        """Call with named arguments."""
        return self.call(in_order(self.name, self.names, arguments), runtime)


def fit_declared(name: str, names: tuple[str, ...], types: tuple[Type, ...], arguments: Sequence[Value]) -> list[Value]:
    """Positional arguments converted to declared types; raises :class:`Failure` where they do not fit."""
    if len(arguments) != len(names):
        raise Failure("argument_count", name=name, given=len(arguments), expected=len(names))
    fitted = []
    for formal, expected, value in zip(names, types, arguments, strict=True):
        result = admitted(value) if expected is ANY else coerce(value, expected)
        if result is MISSING:
            raise Failure(
                "argument_type", name=name, parameter=formal, expected=str(expected), kind=kind_of(admitted(value))
            )
        fitted.append(result)
    return fitted


def in_order(name: str, names: tuple[str, ...], arguments: Mapping[str, Value]) -> list[Value]:
    """Named arguments in the order of ``names``; those not given are null (clause 10.3.2.13.5)."""
    for given in arguments:
        if given not in names:
            raise Failure("argument_name", name=name, parameter=given)
    return [arguments.get(formal) for formal in names]
