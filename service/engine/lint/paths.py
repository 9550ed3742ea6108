"""Rules about the way tokens take: every element must be reached, and every token must reach an end."""

from collections.abc import Iterator

from service.engine import model
from service.engine.execution import MAX_ELEMENTS_PER_STEP
from service.engine.lint.bundle import Chart
from service.engine.lint.problem import Finding, at
from service.errors import _

WAITING = frozenset("userTask serviceTask receiveTask callActivity intermediateCatchEvent eventBasedGateway".split())
CHANGING = WAITING | {"scriptTask", "businessRuleTask", "subProcess"}


def unreachable(chart: Chart) -> Iterator[Finding]:
    """An element that no token can reach."""
    reached = reachable(chart)
    for node in chart.nodes.values():
        if node.id not in reached and (node.scope in reached or node.scope == chart.process.id):
            yield at(node, _("No flow leads to %(element)s from a start event; connect it or remove it."))


def reachable(chart: Chart) -> set[str]:
    """The ids of the nodes that a token can reach."""
    todo = [n for n in chart.nodes.values() if n.scope == chart.process.id and _begins(n)]
    reached: set[str] = set()
    while todo:
        node = todo.pop()
        if node.id in reached:
            continue
        reached.add(node.id)
        todo += chart.targets(node)
        todo += chart.process.boundary.get(node.id, [])
        if node.kind == "subProcess":
            todo += [inner for inner in chart.by_scope[node.id] if _begins(inner)]
    return reached


def _begins(node: model.Node) -> bool:
    return node.kind == "startEvent" or node.event_subprocess


def dead_end(chart: Chart) -> Iterator[Finding]:
    """An element other than an end event where the way stops."""
    for node in chart.nodes.values():
        if not node.outgoing and node.kind != "endEvent" and not node.event_subprocess:
            yield at(node, _("The way ends at %(element)s without an end event; lead it on or add an end event."))


def implicit_split(chart: Chart) -> Iterator[Finding]:
    """Several flows out of an element that is no gateway: all are taken at once."""
    for node in chart.nodes.values():
        if len(node.outgoing) > 1 and node.kind not in model.GATEWAYS:
            text = _("%(element)s has %(count)s outgoing flows and all are taken at once; draw a gateway to say so.")
            yield at(node, text, count=len(node.outgoing))


def too_many_elements(chart: Chart) -> Iterator[Finding]:
    """More elements than one step may pass."""
    if len(chart.nodes) > MAX_ELEMENTS_PER_STEP:
        text = _("%(element)s has %(count)s elements; a process may have %(max)s. Split it and call the parts.")
        yield at(chart.process, text, count=len(chart.nodes), max=MAX_ELEMENTS_PER_STEP)


def endless_circle(chart: Chart) -> Iterator[Finding]:
    """A loop in which nothing waits and nothing changes a variable: once entered it is never left."""
    automatic = {n.id for n in chart.nodes.values() if n.kind not in CHANGING and not n.outputs and n.job is None}
    inside = {i: [t.id for t in chart.targets(chart.nodes[i]) if t.id in automatic] for i in automatic}
    for circle in circles(inside):
        node = chart.nodes[min(circle, key=lambda i: chart.nodes[i].line)]
        text = _("Nothing in the loop through %(element)s waits or changes a variable, so it would run in a circle.")
        yield at(node, text)


def circles(graph: dict[str, list[str]]) -> Iterator[set[str]]:
    """The strongly connected parts of a graph that hold a circle (Tarjan's algorithm, without recursion)."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    on_stack: set[str] = set()
    for root in graph:
        if root in index:
            continue
        work = [(root, iter(graph[root]))]
        index[root] = low[root] = len(index)
        stack.append(root)
        on_stack.add(root)
        while work:
            node, rest = work[-1]
            following = next(rest, None)
            if following is None:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == index[node]:
                    part = _popped(stack, on_stack, node)
                    if len(part) > 1 or node in graph[node]:
                        yield part
            elif following not in index:
                index[following] = low[following] = len(index)
                stack.append(following)
                on_stack.add(following)
                work.append((following, iter(graph[following])))
            elif following in on_stack:
                low[node] = min(low[node], index[following])


def _popped(stack: list[str], on_stack: set[str], until: str) -> set[str]:
    part: set[str] = set()
    while until not in part:
        node = stack.pop()
        on_stack.discard(node)
        part.add(node)
    return part
