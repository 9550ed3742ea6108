"""FEEL in forms: a text that begins with "=" is an expression."""

from collections.abc import Iterable, Mapping
from typing import Any

from service import feel
from service.forms import attributes


class Expression:
    """A compiled expression of a form; `names` are the variables it reads."""

    __slots__ = ("_compiled", "names")

    def __init__(self, source: str, names: Iterable[str] = ()) -> None:
        """Compile "=…"; raises `feel.FeelSyntaxError`. `names` are the form's own variables."""
        self._compiled = feel.compile(source[1:], names)
        self.names = self._compiled.names

    def value(self, scope: Mapping[str, Any]) -> Any:
        """Return the value in `scope`; None where something has no value."""
        return self._compiled.evaluate(scope)

    def holds(self, scope: Mapping[str, Any]) -> bool:
        """Whether the value is exactly true."""
        return self._compiled.evaluate(scope) is True


def compiled(value: Any, names: Iterable[str]) -> Any:
    """Compile a value that is an expression, return any other as it is."""
    return Expression(value, names) if attributes.is_feel(value) else value


def evaluated(value: Any, scope: Mapping[str, Any]) -> Any:
    """Return the value of what `compiled` gave."""
    return value.value(scope) if isinstance(value, Expression) else value
