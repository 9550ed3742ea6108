"""Rules about user tasks: a person must be able to get the task, see a form and know when it is due."""

from collections.abc import Iterable, Iterator
from difflib import get_close_matches

from service.engine import model, reader
from service.engine.lint.bundle import Chart
from service.engine.lint.problem import Finding, Placed, at
from service.errors import _


def unknown_name(place: Placed, texts: tuple[str, str], name: str, names: Iterable[str]) -> Finding:
    """A finding that `name` is not among `names`; the second text is used where a similar one is."""
    near = get_close_matches(name, names, 1, 0.75)
    return at(place, texts[1], name=name, near=near[0]) if near else at(place, texts[0], name=name)


def not_native(chart: Chart) -> Iterator[Finding]:
    """A user task that Camunda 8 would hand to a job worker."""
    for node in chart.kind("userTask"):
        if reader.ext(chart.element(node), "userTask") is None:
            text = _("%(element)s must be a “Camunda user task” (zeebe:userTask), not a job worker's.")
            yield at(node, text)


def missing_form(chart: Chart) -> Iterator[Finding]:
    """A user task without a form."""
    for node in chart.kind("userTask"):
        task = node.user_task
        if task is not None and not task.form_id and not task.external_form and "roster" not in node.properties:
            yield at(node, _("%(element)s has no form; people can only say that it is done."))


def unknown_form(chart: Chart) -> Iterator[Finding]:
    """A form that is neither deployed nor among these files."""
    for node, form in _forms(chart):
        if form and not form.startswith("=") and form not in chart.bundle.form_ids:
            texts = (
                _("%(element)s uses the form %(name)s, which does not exist; deploy it along."),
                _("%(element)s uses the form %(name)s, which does not exist; did you mean %(near)s?"),
            )
            yield unknown_name(node, texts, form, chart.bundle.form_ids)


def _forms(chart: Chart) -> Iterator[tuple[model.Node, str | None]]:
    for node in chart.kind("userTask"):
        if node.user_task is not None:
            yield node, node.user_task.form_id
        yield node, node.properties.get("rosterForm")
    for node in chart.process.nodes.values():
        yield node, node.properties.get("sendForm")
    for node in chart.kind("startEvent"):
        definition = reader.ext(chart.element(node), "formDefinition")
        if definition is not None:
            yield node, definition.get("formId")


def misplaced_start_form(chart: Chart) -> Iterator[Finding]:
    """A form at a start event that people do not start a process by."""
    for node in chart.kind("startEvent"):
        if reader.ext(chart.element(node), "formDefinition") is None:
            continue
        if node.scope != chart.process.id or node.event is not None:
            yield at(node, _("Only the start event without a trigger of a process can have a form, not %(element)s."))


def nobody_can_do(chart: Chart) -> Iterator[Finding]:
    """A user task for which nobody is a candidate."""
    for node in chart.kind("userTask"):
        if not node.lane and not _assigned(node):
            text = _("Nobody can do %(element)s: put it into a lane named by a role, or set candidate groups.")
            yield at(node, text)


def _assigned(node: model.Node) -> bool:
    task = node.user_task
    return task is not None and bool(task.assignee or task.candidate_groups or task.candidate_users)


def unknown_role(chart: Chart) -> Iterator[Finding]:
    """A role that does not exist, as a candidate group or as the lane of a task without candidates."""
    roles = chart.known.roles
    if roles is None:
        return
    texts = (
        _("%(element)s is meant for the role %(name)s, which does not exist; use one of the roles."),
        _("%(element)s is meant for the role %(name)s, which does not exist; did you mean %(near)s?"),
    )
    for node in chart.kind("userTask"):
        task = node.user_task
        groups = task.candidate_groups if task is not None else None
        if groups and not groups.startswith("="):
            named = [g.strip() for g in groups.split(",") if g.strip()]
        else:
            named = [node.lane] if node.lane and not _assigned(node) else []
        for role in named:
            if role not in roles:
                yield unknown_name(node, texts, role, roles)


def wrong_priority(chart: Chart) -> Iterator[Finding]:
    """A literal priority that is not a whole number from 0 to 100."""
    for node in chart.kind("userTask"):
        text = node.user_task.priority if node.user_task is not None else None
        if text and not text.startswith("=") and not (text.isdecimal() and int(text[:4]) <= 100):
            yield at(
                node,
                _("The priority of %(element)s is “%(text)s”; it must be a whole number from 0 to 100."),
                text=text,
            )


def wrong_separation(chart: Chart) -> Iterator[Finding]:
    """A notBy property that names no user task of this process."""
    for node in chart.kind("userTask"):
        for name in node.properties.get("notBy", "").replace(",", " ").split():
            other = chart.nodes.get(name)
            if other is None or other.kind != "userTask":
                texts = (
                    _("notBy of %(element)s names %(name)s, which is no user task here."),
                    _("notBy of %(element)s names %(name)s, which is no user task here; did you mean %(near)s?"),
                )
                yield unknown_name(node, texts, name, [n.id for n in chart.kind("userTask")])


def wrong_way_back(chart: Chart) -> Iterator[Finding]:
    """A sendBack property that says neither "no" nor, at a user task, to which user tasks."""
    for node in chart.nodes.values():
        given = node.properties.get("sendBack", "").replace(",", " ").split()
        if given in ([], ["no"], ["yes"]):
            continue
        for name in given:
            other = chart.nodes.get(name)
            if node.kind != "userTask" or other is None or other.kind != "userTask":
                texts = (
                    _("sendBack of %(element)s names %(name)s, which is no user task here."),
                    _("sendBack of %(element)s names %(name)s, which is no user task here; did you mean %(near)s?"),
                )
                yield unknown_name(node, texts, name, [n.id for n in chart.kind("userTask")])
