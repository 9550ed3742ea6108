"""Rules about decision models (DMN)."""

from collections.abc import Iterator

from lxml import etree

from service.engine import decisions, reader
from service.engine.lint.bundle import Bundle, Sheet
from service.engine.lint.paths import circles
from service.engine.lint.problem import Finding, Reason, at_xml
from service.errors import _

LOGIC = frozenset(
    "decisionTable literalExpression invocation context relation list functionDefinition conditional filter for some "
    "every".split()
)


def duplicate_id(sheet: Sheet, bundle: Bundle) -> Iterator[Finding]:
    """Two elements of a file with one id."""
    seen: set[str] = set()
    for element in sheet.root.iter("{*}*"):
        found = element.get("id")
        if found and found in seen:
            yield at_xml(element, _("The id %(id)s is used more than once in this file; rename one."), id=found)
        seen.add(found or "")


def no_decision(sheet: Sheet, bundle: Bundle) -> Iterator[Finding]:
    """A file without decisions, or a decision without id."""
    if not sheet.decisions:
        yield at_xml(sheet.root, _("The file holds no decision."))
    for decision in sheet.decisions:
        if not decision.get("id"):
            yield at_xml(
                decision,
                _("The decision “%(name)s” has no id, so no process can use it."),
                name=decision.get("name", ""),
            )


def empty_decision(sheet: Sheet, bundle: Bundle) -> Iterator[Finding]:
    """A decision that decides nothing."""
    for decision in sheet.decisions:
        if not any(reader.local(child) in LOGIC for child in decision.iterchildren()):
            yield at_xml(decision, _("The decision %(element)s has neither a table nor an expression."))


def other_language(sheet: Sheet, bundle: Bundle) -> Iterator[Finding]:
    """An expression in a language other than FEEL."""
    for element in sheet.root.iter("{*}*"):
        language = element.get("expressionLanguage", "")
        if language and "feel" not in language.lower():
            yield at_xml(element, _("%(element)s is written in %(language)s; Lika runs FEEL only."), language=language)


def faulty_model(sheet: Sheet, bundle: Bundle) -> Iterator[Finding]:
    """A model that cannot be read, a requirement that points at nothing, a cell that is no FEEL."""
    try:
        model = decisions.load(sheet.data)
    except decisions.ModelError as error:
        yield Finding(
            sheet.root.get("id", ""),
            error.line,
            _("The decision model cannot be read: %(reason)s."),
            {"reason": Reason(error.message, error.zh)},
        )
        return
    for problem in model.problems:
        reason = Reason(problem.message, problem.zh)
        text = _("In the decision “%(name)s”: %(reason)s.")
        yield Finding(problem.element, problem.line, text, {"name": problem.element, "reason": reason})


def circular_decision(sheet: Sheet, bundle: Bundle) -> Iterator[Finding]:
    """Decisions that require each other in a circle."""
    by_id = {d.get("id", ""): d for d in sheet.decisions}
    requires = {i: [r for r in _required(d) if r in by_id] for i, d in by_id.items()}
    for circle in circles(requires):
        text = _("%(names)s require each other in a circle, so none can be decided; remove one requirement.")
        yield at_xml(by_id[min(circle)], text, names=", ".join(sorted(circle)))


def _required(decision: etree._Element) -> list[str]:
    pointers = decision.iterfind("{*}informationRequirement/{*}requiredDecision")
    return [pointer.get("href", "").rpartition("#")[2] for pointer in pointers]


def duplicate_decision(bundle: Bundle) -> Iterator[tuple[str, Finding]]:
    """One decision id in two files of a deployment."""
    seen: dict[str, str] = {}
    for sheet in bundle.sheets:
        for decision in sheet.decisions:
            other = seen.setdefault(decision.get("id", ""), sheet.file)
            if other != sheet.file and decision.get("id"):
                text = _("The decision %(element)s stands in %(other)s too; give one of them another id.")
                yield sheet.file, at_xml(decision, text, other=other)
