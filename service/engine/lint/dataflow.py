"""Variables that nobody sets.

Most elements of a process may bring variables that no drawing shows: whoever starts it may send any, forms and
handlers return what they like, a called process may hand back all it has. So a name that nothing in the process sets
is told of in two cases only: where none of these stands before the expression, and where it is a slip of the pen for a
name that is set (one letter wrong, missing, too many, or two exchanged).
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from service.engine import model
from service.engine.lint import expressions
from service.engine.lint.bundle import Chart
from service.engine.lint.naming import writes
from service.engine.lint.problem import Finding, at
from service.errors import _

GIVEN = frozenset("unit unit_name instance_key root_key".split())
RETURNING = frozenset("userTask serviceTask sendTask receiveTask callActivity".split())
ANSWERS = re.compile(r"\bcase\.answers\.(\w+)")
SHORTEST, LONGEST = 5, 60


@dataclass(frozen=True)
class _Read:
    place: expressions.Place
    name: str


def unset_variable(chart: Chart) -> Iterator[Finding]:
    """An expression that reads a variable which nothing before it can have set."""
    reads = list(_unset(chart))
    if not reads:
        return
    closed = chart.nodes.keys() - _after_unknown(chart)
    similar = Similar(_known(chart))
    for read in reads:
        node = read.place.node
        near = similar.to(read.name)
        if near:
            text = _("%(setting)s of %(element)s reads %(name)s, which nobody sets; did you mean %(near)s?")
            yield at(read.place.owner, text, setting=read.place.setting, name=read.name, near=near)
        elif node is not None and node.id in closed:
            text = _("%(setting)s of %(element)s reads %(name)s, which nobody sets.")
            yield at(read.place.owner, text, setting=read.place.setting, name=read.name)


def forgotten_sign(chart: Chart) -> Iterator[Finding]:
    """A literal text that is meant as an expression: a variable's name, or a text with a blank before the "="."""
    variables = {path.partition(".")[0] for node in chart.nodes.values() for _setting, path in writes(node) if path}
    for place in expressions.places(chart):
        if place.source is not None or place.always:
            continue
        blank = place.text.lstrip().startswith("=")
        mapping = place.setting.startswith(("input ", "output ")) and place.text.strip() in variables
        if blank or mapping:
            text = _("%(setting)s of %(element)s is the literal text “%(text)s”; begin it with “=” to make it FEEL.")
            yield at(place.owner, text, setting=place.setting, text=place.text[:80])


def unknown_answers(chart: Chart) -> Iterator[Finding]:
    """`case.answers.X` where X is nearly, but not quite, the id of an element."""
    ids = chart.bundle.element_ids
    similar: Similar | None = None
    for place in expressions.places(chart):
        for name in sorted(set(ANSWERS.findall(place.source or "")) - ids):
            similar = similar or Similar(ids)
            near = similar.to(name)
            if near:
                text = _(
                    "%(setting)s of %(element)s reads the answers of %(name)s, which does not exist; is it %(near)s?"
                )
                yield at(place.owner, text, setting=place.setting, name=name, near=near)


def _unset(chart: Chart) -> Iterator[_Read]:
    known = _known(chart)
    for place in expressions.places(chart):
        if place.judged:
            for name in sorted(expressions.names_of(place) - known):
                yield _Read(place, name)


def _known(chart: Chart) -> frozenset[str]:
    """The variables that something in the process or a form sets."""
    found = set(GIVEN)
    for node in chart.nodes.values():
        found.update(path.partition(".")[0] for _setting, path in writes(node) if path)
        if node.loop is not None:
            found.add("loopCounter")
    return frozenset(found | chart.bundle.form_keys)


def _after_unknown(chart: Chart) -> set[str]:
    """The nodes at which variables may exist that the drawing does not show."""
    bringing = [n for n in chart.nodes.values() if _brings_unknown(chart, n)]
    if any(n.kind == "startEvent" and n.scope == chart.process.id for n in bringing):
        return set(chart.nodes)
    todo = [n for n in bringing if _sees_own(n)]
    todo += [after for n in bringing for after in _following(chart, n)]
    found: set[str] = set()
    while todo:
        node = todo.pop()
        if node.id not in found:
            found.add(node.id)
            todo += _following(chart, node)
    return found


def _following(chart: Chart, node: model.Node) -> list[model.Node]:
    following = chart.targets(node) + chart.process.boundary.get(node.id, [])
    if node.kind == "subProcess":
        following += chart.by_scope[node.id]
    outer = chart.nodes.get(node.scope)
    return [*following, outer] if outer is not None else following


def _sees_own(node: model.Node) -> bool:
    """Whether an element's own expressions see what it brings (output mappings, loops with conditions)."""
    return bool(node.outputs or node.loop)


def _brings_unknown(chart: Chart, node: model.Node) -> bool:
    if node.kind == "startEvent":
        event_start = node.scope != chart.process.id and node.event is not None
        if node.event is not None and node.event.kind == "timer":
            return False
        return node.scope == chart.process.id or event_start
    if node.kind == "intermediateCatchEvent" or node.kind == "boundaryEvent":
        return node.event is not None and node.event.kind != "timer"
    return node.kind in RETURNING or node.job is not None


class Similar:
    """Finds the name of which another is a slip of the pen, fast also among thousands.

    Names that differ by one letter wrong, missing, too many, or two neighbours exchanged become equal when one letter
    is left out of each.
    """

    def __init__(self, names: Iterable[str]) -> None:
        self._names: dict[str, list[str]] = {}
        for name in sorted(names):
            for shorter in _shortened(name):
                self._names.setdefault(shorter, []).append(name)

    def to(self, name: str) -> str | None:
        """The name that was meant, or None."""
        found = {known for shorter in _shortened(name) for known in self._names.get(shorter, ())}
        return next((known for known in sorted(found) if _slip(name, known)), None)


def _shortened(name: str) -> set[str]:
    if not SHORTEST <= len(name) <= LONGEST:
        return set()
    return {name, *(name[:i] + name[i + 1 :] for i in range(len(name)))}


def _slip(one: str, other: str) -> bool:
    """Whether two names differ by one letter wrong, missing, too many, or two neighbours exchanged; not by a plural."""
    if abs(len(one) - len(other)) > 1:
        return False
    if one[-1].isdigit() or other[-1].isdigit() or one.rstrip("s") == other.rstrip("s"):
        return False
    start = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    a, b = one[start:], other[start:]
    return a[1:] == b[1:] or a[1:] == b or a == b[1:] or (a[:2] == b[:2][::-1] and a[2:] == b[2:])
