"""Rules about what the machine does: jobs, scripts, decisions and called processes."""

from collections.abc import Iterator

from service.engine import model
from service.engine.lint import vocabulary
from service.engine.lint.bundle import Bundle, Chart
from service.engine.lint.paths import circles
from service.engine.lint.people import unknown_name
from service.engine.lint.problem import Finding, at
from service.engine.specs.events import PUBLISH
from service.errors import _


def missing_work(chart: Chart) -> Iterator[Finding]:
    """A service, script or business rule task or a call activity that says not what to do, or says two things."""
    for node in chart.nodes.values():
        job = bool(node.job and node.job.type)
        if node.kind == "serviceTask" and not job:
            yield at(node, _("%(element)s has no task definition; name the type of its handler."))
        elif node.kind == "scriptTask":
            yield from _one_of(node, job, node.script is not None, "zeebe:script")
        elif node.kind == "businessRuleTask":
            yield from _one_of(node, job, node.decide is not None, "zeebe:calledDecision")
        elif node.kind == "callActivity" and not (node.call and node.call.process_id):
            yield at(node, _("%(element)s calls nothing; name the called process."))


def _one_of(node: model.Node, job: bool, own: bool, name: str) -> Iterator[Finding]:
    if job and own:
        yield at(
            node, _("%(element)s has both %(name)s and a task definition; only the latter runs. Keep one."), name=name
        )
    elif not job and not own:
        yield at(node, _("%(element)s does nothing; it needs %(name)s or a task definition."), name=name)


def incomplete_work(chart: Chart) -> Iterator[Finding]:
    """A script or decision without expression, id or result variable."""
    for node in chart.nodes.values():
        if node.kind == "scriptTask" and node.script is not None:
            if not node.script.expression.startswith("="):
                yield at(node, _("The script of %(element)s must be a FEEL expression that begins with “=”."))
            if not node.script.result_variable:
                yield at(node, _("The result of %(element)s goes nowhere; name its result variable."))
        elif node.kind == "businessRuleTask" and node.decide is not None:
            if not node.decide.decision_id:
                yield at(node, _("%(element)s names no decision."))
            if not node.decide.result_variable:
                yield at(node, _("The result of %(element)s goes nowhere; name its result variable."))


def wrong_retries(chart: Chart) -> Iterator[Finding]:
    """A literal number of retries that is none."""
    for node in chart.nodes.values():
        text = node.job.retries if node.job is not None else "1"
        if not text.startswith("=") and not (text.isdecimal() and 0 < int(text[:9]) <= 1000):
            yield at(
                node,
                _("The retries of %(element)s are “%(text)s”; a whole number from 1 to 1000 is needed."),
                text=text,
            )


def unknown_handler(chart: Chart) -> Iterator[Finding]:
    """A job type that no handler in this installation serves."""
    handlers = chart.known.handlers
    if handlers is None:
        return
    for node in chart.nodes.values():
        job = node.job.type if node.job is not None else ""
        if job and not job.startswith("=") and job not in handlers and not (job == PUBLISH and node.event is not None):
            texts = (
                _("No handler here serves the type %(name)s of %(element)s; it waits for an external worker."),
                _(
                    "No handler here serves the type %(name)s of %(element)s (there is %(near)s); it waits for an "
                    "external worker."
                ),
            )
            yield unknown_name(node, texts, job, handlers)


def publish_without_message(chart: Chart) -> Iterator[Finding]:
    """The task type message-publish at an element that has no message."""
    for node in chart.nodes.values():
        if node.job is not None and node.job.type == PUBLISH and (node.event is None or node.event.kind != "message"):
            text = _("%(element)s has the type “message-publish” but no message; use a send task or message event.")
            yield at(node, text)


def unknown_process(chart: Chart) -> Iterator[Finding]:
    """A called process that is neither deployed nor among these files."""
    for node in chart.kind("callActivity"):
        name = node.call.process_id if node.call is not None else ""
        if name and not name.startswith("=") and name not in chart.bundle.process_ids:
            texts = (
                _("%(element)s calls the process %(name)s, which does not exist; deploy it along."),
                _("%(element)s calls the process %(name)s, which does not exist; did you mean %(near)s?"),
            )
            yield unknown_name(node, texts, name, chart.bundle.process_ids)


def uncallable_process(chart: Chart) -> Iterator[Finding]:
    """A called process that can only start by an event."""
    for node in chart.kind("callActivity"):
        called = chart.bundle.processes.get(node.call.process_id if node.call is not None else "")
        if called is not None and called.none_start(called.id) is None:
            text = _("%(element)s calls %(name)s, which has no start event without a trigger.")
            yield at(node, text, name=called.id)


def call_circle(bundle: Bundle) -> Iterator[tuple[str, Finding]]:
    """Processes that call each other in a circle: each round starts a new instance."""
    calls = {p.id: [c for c in _called(p) if c in bundle.processes] for p in bundle.processes.values()}
    for circle in circles(calls):
        first = bundle.processes[min(circle)]
        text = _("%(names)s call each other in a circle; make sure that a condition ends it.")
        yield first.file, at(first, text, names=", ".join(sorted(circle)))


def _called(process: model.Process) -> set[str]:
    return {n.call.process_id for n in process.nodes.values() if n.call is not None}


def unknown_decision(chart: Chart) -> Iterator[Finding]:
    """A decision that is neither deployed nor among these files."""
    texts = (
        _("%(element)s uses the decision %(name)s, which does not exist; deploy it along."),
        _("%(element)s uses the decision %(name)s, which does not exist; did you mean %(near)s?"),
    )
    for node in chart.nodes.values():
        decided = node.decide.decision_id if node.decide is not None else node.headers.get("decision", "")
        for named in (decided, *(node.properties.get(name) for name in ("rosterJudge", "reviewQuorum"))):
            if named and not named.startswith("=") and named not in chart.bundle.decision_ids:
                yield unknown_name(node, texts, named, chart.bundle.decision_ids)


def unfitting_page(chart: Chart) -> Iterator[Finding]:
    """A page of a user task that does not exist, or an order of a review's list that no step of the process makes."""
    texts = (
        _("%(element)s asks for the page %(name)s, which does not exist; use one of the pages."),
        _("%(element)s asks for the page %(name)s, which does not exist; did you mean %(near)s?"),
    )
    for node in chart.kind("userTask"):
        page, rank = node.properties.get("page", ""), node.properties.get("reviewRank", "")
        if page and page not in vocabulary.PAGES:
            yield unknown_name(node, texts, page, vocabulary.PAGES)
        ranking = chart.nodes.get(rank)
        if rank and (ranking is None or ranking.job is None or ranking.job.type != "list-rank"):
            text = _("reviewRank of %(element)s names %(name)s, which is no task of type list-rank in this process.")
            yield at(node, text, name=rank)


def incomplete_loop(chart: Chart) -> Iterator[Finding]:
    """Multi-instance settings with a part missing."""
    for node in chart.nodes.values():
        loop = node.loop
        if loop is None:
            continue
        if not loop.input_collection.startswith("="):
            yield at(node, _("The multi-instance %(element)s needs an input collection that begins with “=”."))
        if bool(loop.output_collection) != bool(loop.output_element):
            text = _("%(element)s needs both an output collection and an output element, or neither.")
            yield at(node, text)
        elif loop.output_element and not loop.output_element.startswith("="):
            yield at(node, _("The output element of %(element)s must begin with “=”."))
