"""Every place of a drawing where FEEL may stand, and the rule that what stands there parses."""

from collections.abc import Iterator
from dataclasses import dataclass

from service import feel
from service.engine import model
from service.engine.lint import vocabulary
from service.engine.lint.bundle import Chart
from service.engine.lint.problem import Finding, Placed, Reason, at
from service.errors import _

COUNTS = frozenset(
    "numberOfInstances numberOfActiveInstances numberOfCompletedInstances numberOfTerminatedInstances".split()
)
CASES = frozenset("case cases answered household village result villages households".split())
OPEN_PROPERTIES = ("sendAs", *vocabulary.ROSTER)


@dataclass(frozen=True, slots=True)
class Place:
    """A text that may be FEEL: where, which setting, the names that only this place knows.

    `always` means that it must be FEEL; `judged` that the engine itself evaluates it with the variables of the process.
    """

    owner: Placed
    node: model.Node | None
    setting: str
    text: str
    names: frozenset[str] = frozenset()
    always: bool = False
    judged: bool = True

    @property
    def source(self) -> str | None:
        """The FEEL text, or None for a literal."""
        return self.text[1:] if self.text.startswith("=") else None


def places(chart: Chart) -> Iterator[Place]:
    """All places of a process, literal texts included."""
    for flow in chart.process.flows.values():
        if flow.condition is not None:
            yield Place(flow, chart.nodes.get(flow.source), "condition", flow.condition, always=True)
    for node in chart.nodes.values():
        for setting, text in _texts(node):
            if text:
                yield Place(node, node, setting, text)
        if node.loop is not None and node.loop.completion_condition:
            yield Place(node, node, "completionCondition", node.loop.completion_condition, COUNTS, always=True)
        yield from _open_texts(node)
    unit = chart.process.properties.get("unit")
    if unit:
        yield Place(chart.process, None, "unit", unit)


def _texts(node: model.Node) -> Iterator[tuple[str, str | None]]:
    yield from ((f"input {m.target}", m.source) for m in node.inputs)
    yield from ((f"output {m.target}", m.source) for m in node.outputs)
    yield "unit", node.properties.get("unit")
    yield "title", node.properties.get("title")
    if node.event is not None:
        yield "timer", node.event.expression
        yield "correlationKey", node.event.correlation_key
        if node.event.kind in ("message", "signal"):
            yield node.event.kind, node.event.name
    if node.loop is not None:
        yield "inputCollection", node.loop.input_collection
        yield "outputElement", node.loop.output_element
    yield from _task_texts(node)


def _task_texts(node: model.Node) -> Iterator[tuple[str, str | None]]:
    if node.job is not None:
        yield "type", node.job.type
        yield "retries", node.job.retries
    if node.call is not None:
        yield "processId", node.call.process_id
    if node.decide is not None:
        yield "decisionId", node.decide.decision_id
    if node.script is not None:
        yield "expression", node.script.expression
    task = node.user_task
    if task is not None:
        yield "formId", task.form_id
        yield "externalReference", task.external_form
        yield "assignee", task.assignee
        yield "candidateGroups", task.candidate_groups
        yield "candidateUsers", task.candidate_users
        yield "dueDate", task.due
        yield "followUpDate", task.follow_up
        yield "priority", task.priority


def _open_texts(node: model.Node) -> Iterator[Place]:
    """Texts that handlers and extensions evaluate, with names of their own besides the variables."""
    for key, text in node.headers.items():
        yield Place(node, node, f"header {key}", text, CASES, judged=False)
    for name in OPEN_PROPERTIES:
        if name in node.properties:
            yield Place(node, node, name, node.properties[name], CASES, judged=False)


def wrong_feel(chart: Chart) -> Iterator[Finding]:
    """An expression that is no FEEL."""
    for place in places(chart):
        if place.source is None:
            continue
        try:
            feel.parse_check(place.source)
        except feel.FeelSyntaxError as error:
            text = _("%(setting)s of %(element)s is no valid FEEL: %(reason)s (line %(line)s, column %(column)s).")
            yield at(
                place.owner,
                text,
                setting=place.setting,
                reason=Reason(error.message("en"), error.message("zh")),
                line=error.line,
                column=error.column + (1 if error.line == 1 else 0),
            )


def literal_condition(chart: Chart) -> Iterator[Finding]:
    """A condition that does not begin with "="."""
    for place in places(chart):
        if place.always and place.source is None:
            text = _("The %(setting)s of %(element)s must be a FEEL expression that begins with “=”, not “%(text)s”.")
            yield at(place.owner, text, setting=place.setting, text=place.text[:80])


def start_sees_nothing(chart: Chart) -> Iterator[Finding]:
    """A trigger of a process's start event that reads variables, of which there are none before the start."""
    for place in places(chart):
        node = place.node
        if node is None or node.kind != "startEvent" or node.scope != chart.process.id or place.source is None:
            continue
        if place.setting not in ("timer", "message", "signal"):
            continue
        names = names_of(place)
        if names:
            text = _("The %(setting)s of %(element)s reads %(names)s, but before the start there are no variables.")
            yield at(place.owner, text, setting=place.setting, names=", ".join(sorted(names)))


def names_of(place: Place) -> set[str]:
    """The variables that an expression reads; none where it is literal or does not parse."""
    if place.source is None:
        return set()
    try:
        return feel.parse_check(place.source) - place.names
    except feel.FeelSyntaxError:
        return set()


def functions_of(place: Place) -> frozenset[str]:
    """The FEEL functions that an expression calls by name."""
    if place.source is None:
        return frozenset()
    try:
        return feel.compile(place.source).functions
    except feel.FeelSyntaxError:
        return frozenset()
