"""A parallel join that can never be complete, said only where it is sure.

Two tokens of one instance come from one place: an element with several flows taken at once, or one with a
non-interrupting boundary event. If for two incoming flows of a join there is no such place from which different ways
lead to both, no two tokens can ever stand at them together, and the instance hangs (BPMN 2.0 clause 13.4.1).
"""

from collections.abc import Iterator
from itertools import combinations

from service.engine import model
from service.engine.lint.bundle import Chart
from service.engine.lint.problem import Finding, at
from service.errors import _

MAX_WORK = 2_000_000

Way = tuple[str, str, bool]
"""A flow's id ("" for a boundary event), the node it leads to, and whether several tokens may come on it."""


def hanging_join(chart: Chart) -> Iterator[Finding]:
    """A parallel gateway that waits for flows that cannot both bring a token."""
    joins = [n for n in chart.kind("parallelGateway") if len(n.incoming) > 1]
    splits = [s for s in (_ways(chart, n) for n in chart.nodes.values()) if s] if joins else []
    if sum(len(j.incoming) * (len(j.incoming) * len(splits) + len(chart.nodes)) for j in joins) > MAX_WORK:
        return
    for join in joins:
        pair = _never_together(chart, join, splits)
        if pair:
            text = _(
                "The parallel gateway %(element)s waits for %(one)s and %(other)s, but no parallel split leads to "
                "both, so the instance would hang; use an exclusive gateway to bring alternatives together."
            )
            yield at(join, text, one=pair[0], other=pair[1])


def _never_together(chart: Chart, join: model.Node, splits: list[list[Way]]) -> tuple[str, str] | None:
    sources = {f.id: f.source for f in chart.flows(join.incoming) if f.source in chart.nodes}
    behind = {flow: _upstream(chart, source, join.id) for flow, source in sources.items()}
    for one, other in combinations(sources, 2):
        if not any(_parts(split, behind[one], behind[other], (one, other)) for split in splits):
            return one, other
    return None


def _ways(chart: Chart, node: model.Node) -> list[Way]:
    """The ways on which tokens part at `node`; [] where they cannot part."""
    ways = [(f.id, f.target, False) for f in chart.flows(node.outgoing)]
    events = chart.process.boundary.get(node.id, [])
    several = any(not e.interrupting for e in events)
    parting = node.kind not in ("exclusiveGateway", "eventBasedGateway") and len(ways) > 1
    if not several and not parting:
        return []
    return ways + [("", e.id, not e.interrupting) for e in events]


def _parts(split: list[Way], one: set[str], other: set[str], flows: tuple[str, str]) -> bool:
    to_one = [w for w in split if w[1] in one or w[0] == flows[0]]
    to_other = [w for w in split if w[1] in other or w[0] == flows[1]]
    return any(a is not b or a[2] for a in to_one for b in to_other)


def _upstream(chart: Chart, start: str, join: str) -> set[str]:
    """The nodes from which a token can come to `start` without passing the join."""
    seen: set[str] = set()
    todo = [start]
    while todo:
        node = chart.nodes.get(todo.pop())
        if node is None or node.id in seen or node.id == join:
            continue
        seen.add(node.id)
        todo += [f.source for f in chart.flows(node.incoming)]
        if node.attached_to:
            todo.append(node.attached_to)
    return seen
