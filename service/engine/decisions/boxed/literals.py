"""Literal expressions: FEEL text (DMN 1.5 clause 7.3.1)."""

from __future__ import annotations

from service.engine.decisions.boxed.dispatch import compiles
from service.engine.decisions.document import Element, text_of
from service.engine.decisions.runtime import DecisionRuntime
from service.engine.decisions.site import Logic, Scope, Site, nothing
from service.feel.values import Value


@compiles("literalExpression")
def literal(element: Element, site: Site) -> Logic:
    """A FEEL expression; an empty one is null."""
    language = (element.get("expressionLanguage") or "").rstrip("/").lower()
    if language and not language.endswith("feel"):
        site.problem(element, f"the expression language {language} is not supported", f"不支持表达式语言 {language}")
        return nothing
    text = text_of(element)
    return expression(text, element, site) if text else nothing


def expression(text: str, element: Element, site: Site) -> Logic:
    """FEEL text as logic; null with a warning when evaluated if it is not FEEL."""
    compiled = site.compile(text, element)
    if compiled is None:
        return invalid(text, site)
    return compiled.run


def invalid(text: str, site: Site) -> Logic:
    """The logic of a text that is no FEEL."""
    error = site.problems[-1].error

    def run(scope: Scope, runtime: DecisionRuntime) -> Value:
        if error is not None:
            runtime.warn((text, error.offset, error.end), error.code, **error.params)
        return None

    return run
