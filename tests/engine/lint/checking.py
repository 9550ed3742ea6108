"""What the tests of the rules ask."""

from collections.abc import Mapping

from service import engine
from tests.engine.lint import examples

EVERYTHING = engine.Known(
    processes=frozenset({"called"}),
    decisions=frozenset({"decision"}),
    forms=frozenset({"form"}),
    roles=frozenset({"clerk"}),
    handlers=frozenset({"work"}),
)
ALWAYS = {"diagram-missing"}
"""No fragment has a picture."""


def rules(files: Mapping[str, bytes], known: engine.Known = EVERYTHING) -> set[str]:
    """The rules that files break."""
    return {p.rule for p in engine.lint(files, known)} - ALWAYS - {"platform"}


def broken(fragment: str, known: engine.Known = EVERYTHING) -> dict[str, set[str]]:
    """The rules that a fragment breaks, with the elements where."""
    found: dict[str, set[str]] = {}
    for problem in engine.lint(examples.complete(fragment), known):
        if problem.rule not in ALWAYS:
            found.setdefault(problem.rule, set()).add(problem.element)
    return found


def flows(*paths: str) -> str:
    """Sequence flows along paths such as "a > b > c"; "b ?> c" has a condition."""
    lines = []
    for number, path in enumerate(paths):
        steps = path.replace("?>", ">?").split(">")
        for index in range(len(steps) - 1):
            source, target = steps[index].strip(" ?"), steps[index + 1].strip()
            condition = "<bpmn:conditionExpression>=chosen</bpmn:conditionExpression>" if target.startswith("?") else ""
            lines.append(
                f'<bpmn:sequenceFlow id="flow{number}_{index}" sourceRef="{source}" targetRef="{target.strip(" ?")}">'
                f"{condition}</bpmn:sequenceFlow>"
            )
    return "".join(lines)


def nodes(**kinds: str) -> str:
    """Empty elements: id=kind."""
    return "".join(f'<bpmn:{kind} id="{name}"/>' for name, kind in kinds.items())


def extended(kind: str, element_id: str, extensions: str, inner: str = "", attributes: str = "") -> str:
    """An element with extension elements."""
    return (
        f'<bpmn:{kind} id="{element_id}" {attributes}><bpmn:extensionElements>{extensions}</bpmn:extensionElements>'
        f"{inner}</bpmn:{kind}>"
    )


def user_task(element_id: str = "task", extensions: str = "", assignment: str = 'candidateGroups="clerk"') -> str:
    """A complete user task with further extension elements."""
    return extended(
        "userTask",
        element_id,
        f'<zeebe:userTask/><zeebe:formDefinition formId="form"/><zeebe:assignmentDefinition {assignment}/>{extensions}',
    )


def script(element_id: str, expression: str, result: str) -> str:
    """A script task."""
    return extended("scriptTask", element_id, f'<zeebe:script expression="{expression}" resultVariable="{result}"/>')
