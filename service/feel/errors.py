"""What can go wrong: a text that is not FEEL raises; an evaluation that fails gives null and a warning."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field

from service.feel import messages


def line_and_column(source: str, offset: int) -> tuple[int, int]:
    """Line and column (both from 1) of a character offset in ``source``."""
    before = source[:offset]
    return before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1


class FeelError(Exception):
    """Base of every exception this library raises."""


class FeelSyntaxError(FeelError):
    """The text is not a FEEL expression (DMN 1.5 clause 10.3.1).

    ``code`` and ``params`` identify the problem, ``offset``/``end`` (characters from 0), ``line`` and ``column``
    (from 1) say where it is, ``expected`` what would have been accepted. ``message(lang)`` tells it in plain words.
    """

    def __init__(self, code: str, source: str, offset: int, end: int | None = None, **params: object) -> None:
        self.code = code
        self.source = source
        self.offset = offset
        self.end = offset if end is None else end
        self.params: Mapping[str, object] = params
        self.line, self.column = line_and_column(source, offset)
        super().__init__(self.located())

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (self.code, self.source, self.offset, self.end, dict(self.params))

    @property
    def expected(self) -> str | None:
        """What would have been accepted at the position, in words, if that is known."""
        value = self.params.get("expected")
        return value if isinstance(value, str) else None

    def message(self, lang: str = "en") -> str:
        """The problem in plain words; ``lang`` is ``en`` or ``zh``."""
        return messages.text(self.code, self.params, lang)

    def located(self, lang: str = "en") -> str:
        """The problem and where it is."""
        return _placed(self.message(lang), self.line, self.column, lang)


def _placed(text: str, line: int, column: int, lang: str) -> str:
    return messages.text("place", {"text": text, "line": line, "column": column}, lang)


def _rebuild(code: str, source: str, offset: int, end: int, params: dict[str, object]) -> FeelSyntaxError:
    return FeelSyntaxError(code, source, offset, end, **params)


@dataclass(frozen=True, slots=True)
class FeelWarning:
    """Why a part of an expression gave null: a code, its parameters and the place in the source."""

    code: str
    source: str = ""
    offset: int = 0
    end: int = 0
    params: Mapping[str, object] = field(default_factory=dict)

    @property
    def line(self) -> int:
        """Line of the failing part, from 1."""
        return line_and_column(self.source, self.offset)[0]

    @property
    def column(self) -> int:
        """Column of the failing part, from 1."""
        return line_and_column(self.source, self.offset)[1]

    @property
    def fragment(self) -> str:
        """The failing part of the source text."""
        return self.source[self.offset : self.end]

    @property
    def names(self) -> tuple[str, ...]:
        """The names that were in scope where one was not found."""
        names = self.params.get("names")
        return names if isinstance(names, tuple) else ()

    @property
    def similar(self) -> str | None:
        """The name in scope most like the one that was not found, if one is."""
        wanted = str(self.params.get("name", ""))
        close = difflib.get_close_matches(wanted, [str(name) for name in self.names], n=1, cutoff=0.7)
        return close[0] if close else None

    def message(self, lang: str = "en") -> str:
        """The reason in plain words; ``lang`` is ``en`` or ``zh``. A similar name in scope is suggested."""
        text = messages.text(self.code, self.params, lang)
        similar = self.similar if self.names else None
        return text if similar is None else text + messages.text("similar", {"name": similar}, lang)

    def located(self, lang: str = "en") -> str:
        """The reason and where it is, if it is in an expression."""
        text = self.message(lang)
        return _placed(text, self.line, self.column, lang) if self.source else text

    def __str__(self) -> str:
        return self.located()


class Failure(Exception):
    """Inside an evaluation only: the operation at hand has no result. Never leaves the library."""

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


class LimitExceeded(Failure):
    """Inside an evaluation only: a bound of :class:`service.feel.runtime.Limits` was reached; all of it stops."""
