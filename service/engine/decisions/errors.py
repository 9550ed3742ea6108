"""What can be wrong with a model, and what went wrong in an evaluation."""

from __future__ import annotations

from dataclasses import dataclass

from service.feel import FeelSyntaxError, FeelWarning, messages

messages.TEXTS |= {
    "requires_itself": ("'{name}' requires itself", "“{name}”依赖于自身"),
    "rules_together": ("{policy}: rules {numbers} match together", "{policy}：规则 {numbers} 同时命中"),
}
"""What a decision can warn of beyond what its expressions can."""


class ModelError(Exception):
    """The file is no decision model that can be read; ``line`` is from 1, 0 when unknown, ``zh`` the Chinese text."""

    def __init__(self, message: str, zh: str, line: int = 0) -> None:
        super().__init__(f"line {line}: {message}" if line else message)
        self.message = message
        self.zh = zh
        self.line = line


class UnknownDecision(ModelError):
    """The model has no decision or decision service of that name or id."""

    def __init__(self, name: str) -> None:
        super().__init__(f"there is no decision '{name}'", f"没有决策“{name}”")
        self.name = name


@dataclass(frozen=True, slots=True)
class Problem:
    """A fault of a model that does not keep the rest of it from running; ``zh`` is the message in Chinese."""

    element: str
    line: int
    message: str
    zh: str
    error: FeelSyntaxError | None = None


@dataclass(frozen=True, slots=True)
class DecisionWarning:
    """Why a part of a decision gave null: the element (name of the decision or function) and the reason."""

    element: str
    warning: FeelWarning

    def message(self, lang: str = "en") -> str:
        """The reason in plain words; ``lang`` is ``en`` or ``zh``."""
        return self.warning.message(lang)

    def located(self, lang: str = "en") -> str:
        """The element, the reason and the place in its expression."""
        return f"{self.element}: {self.warning.located(lang)}"

    def __str__(self) -> str:
        return self.located()
