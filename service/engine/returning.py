"""Sends the work of a user task back to a step that was passed, and brings its token on the right way again.

Only the sender's own token moves. Out of one branch of a parallel block, or out of one item of a multi-instance
activity, the others stay as they are: the token remembers (`back` in its data) which branch or item it left, and when
it comes to the split or to the activity again it enters only that one. Should it go another way, from which the split
cannot be reached any more, the others end with it, as they would wait for ever. Into a block that was passed, the
joins are set as if only the other branches had come.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.util.task import TaskState

from service.engine import model
from service.engine.failures import refused
from service.engine.specs.containers import BodySpec
from service.errors import _

if TYPE_CHECKING:
    from service.engine.execution import Execution
    from service.engine.tokens import Token

Back = Mapping[str, Any]
"""Split id -> flows of the branch that was left; multi-instance activity id -> index of the item that was left."""


@dataclass(frozen=True)
class Stay:
    """An earlier stay in an activity around the target or in the target: its item's index, its local variables."""

    index: int = 0
    variables: Mapping[str, Any] = field(default_factory=dict)


def send_back(run: Execution, token: Token, target: str, stays: Mapping[str, Stay]) -> None:
    """Move the token of a waiting user task to the user task `target` that was passed before.

    `stays` names the multi-instance activities and sub-processes in which the target was passed. Raises Refused.
    """
    node = run.process.nodes.get(target)
    if node is None or node.kind != "userTask":
        raise refused(_("there is no user task %(id)s"), id=target)
    here, there = run.ways.level(token.task_spec.node.id, target)
    leaving, inner = _leaving(token, here)
    scope = leaving.parent
    if here is there:
        return _rewind(run, leaving, inner, node, stays)
    way = run.ways.back(here.id, there.id)
    back = {**leaving.internal_data.get("back", {}), **way.left}
    if isinstance(leaving.task_spec, BodySpec) and inner is not None:
        back[here.id] = inner.internal_data["index"]
        run.terminate(inner)
    else:
        run.terminate(leaving)
    for join, flows in way.arrived.items():
        waiting = scope._add_child(run.tree.spec.task_specs[join], TaskState.WAITING)
        waiting.put(arrived=flows)
    back.pop(there.id, None)
    _enter(run, scope, there, node, stays).put(back=back or None)


def take_along(run: Execution, scope: Token, back: Back, target: model.Node, leaving: Token) -> dict[str, Any]:
    """What a token that moves to `target` still has to remember; what can no longer be reached is given up."""
    kept = {id: what for id, what in back.items() if id == target.id or id in run.ways.reach(target.id)}
    give_up(run, scope, {id: what for id, what in back.items() if id not in kept}, leaving)
    return kept


def give_up(run: Execution, scope: Token, back: Back, leaving: Token) -> None:
    """End what a token left behind in blocks that it will not enter again, unless another one still will."""
    for id in back:
        others = [t for t in scope.children if t is not leaving]
        if any(id in t.internal_data.get("back", {}) for t in others):
            continue
        join, block = run.ways.join(id), run.ways.block(id)
        is_activity = run.process.nodes[id].loop is not None
        for other in others:
            at = other.task_spec.node.id
            if at == id if is_activity else at in block or (at == join and other.state == TaskState.WAITING):
                run.terminate(other)


def enter_again(run: Execution, scope: Token, activity: model.Node, index: int) -> None:
    """Begin an item of a multi-instance activity again that was left; nothing if the activity has ended meanwhile."""
    for body in scope.children:
        if body.task_spec.node is activity:
            body.task_spec.begin(body, index, run)
            return


def _leaving(token: Token, here: model.Node) -> tuple[Token, Token | None]:
    """The token that stands in the element `here` around a token, and the one inside it."""
    inner: Token | None = None
    while token.task_spec.node is not here or token.task_spec.inner:
        inner, token = token, token.parent
    return token, inner


def _within(run: Execution, node: model.Node, scope: str) -> model.Node:
    """The element of a scope in which a node stands, or the node itself."""
    while node.scope != scope:
        node = run.process.nodes[node.scope]
    return node


def _rewind(run: Execution, body: Token, inner: Token | None, target: model.Node, stays: Mapping[str, Stay]) -> None:
    """Go back to an earlier item of the same sequential activity."""
    activity = body.task_spec.node
    stay = stays.get(activity.id)
    if inner is None or stay is None or stay.index == inner.internal_data["index"]:
        raise refused(_("%(id)s does not come before this step"), id=target.name or target.id)
    if not activity.loop.sequential or stay.index > inner.internal_data["index"]:
        raise refused(_("%(id)s belongs to another item, which stays as it is"), id=target.name or target.id)
    run.terminate(inner)
    body.put(next=stay.index + 1, done=stay.index)
    _enter_item(run, body, target, stays)


def _enter(run: Execution, scope: Token, node: model.Node, target: model.Node, stays: Mapping[str, Stay]) -> Token:
    """Open what stands around the target from the scope inwards; gives the token in that scope."""
    if node.loop is not None:
        body = scope._add_child(run.tree.spec.task_specs[node.id], TaskState.STARTED)
        body.task_spec.reopen(body, run, stays.get(node.id, Stay()).index)
        _enter_item(run, body, target, stays)
        return body
    if node is target:
        return run.spawn(scope, node)
    token = scope._add_child(run.tree.spec.task_specs[node.id], TaskState.STARTED)
    _open(run, token, target, stays)
    return token


def _enter_item(run: Execution, body: Token, target: model.Node, stays: Mapping[str, Stay]) -> None:
    activity = body.task_spec.node
    stay = stays.get(activity.id, Stay())
    inner = body.task_spec.place(body, stay.index, run)
    item = body.task_spec.loop.input_element
    if item in stay.variables:
        run.scopes.set_local(inner.id, item, stay.variables[item])
    if activity is target:
        inner.task_spec._update(inner)
        return
    inner._set_state(TaskState.STARTED)
    _open(run, inner, target, stays)


def _open(run: Execution, token: Token, target: model.Node, stays: Mapping[str, Stay]) -> None:
    """Open a sub-process at the step in which the target stands, with the variables it had."""
    scope = token.task_spec.node.id
    token.task_spec._enter(token, run)
    run.open_scope(token)
    for name, value in stays.get(scope, Stay()).variables.items():
        run.scopes.set_local(token.id, name, value)
    _enter(run, token, _within(run, target, scope), target, stays)
