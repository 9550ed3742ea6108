"""Moves a running instance to another version of its process: tokens stay in the elements with the same ids.

What cannot be moved safely is refused with every reason at once; nothing is guessed.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from service import errors
from service.engine import effects, model
from service.engine.compiler import Definition
from service.engine.failures import Refused
from service.engine.instance import Instance
from service.engine.specs.base import INNER
from service.errors import _


def migrate(instance: Instance, target: Definition, now: datetime) -> tuple[Instance, effects.Step]:
    """The instance on the `target` version, and what changed in its waits. Raises Refused with the reasons."""
    tokens = instance.tokens()
    reasons = [why for token in tokens if token.key != instance.key for why in _reasons(instance, token, target)]
    if reasons:
        raise Refused(tuple(reasons))
    moved = Instance.load(
        target,
        instance.key,
        instance.world,
        [_kept(token, target) for token in tokens],
        instance.variables(),
        called=instance.called,
    )
    return moved, moved.rearm(_armed(tokens), now)


def _reasons(instance: Instance, token: effects.TokenState, target: Definition) -> Iterable[str]:
    element_id = token.element_id.removesuffix(INNER)
    old, new = instance.definition.process.nodes[element_id], target.process.nodes.get(element_id)
    if new is None:
        yield errors.localize(_("a token is in %(id)s, which the new version does not have"), id=element_id)
        return
    if new.kind != old.kind or new.event_subprocess != old.event_subprocess:
        text = _("%(id)s is a %(new)s in the new version, not a %(old)s")
        yield errors.localize(text, id=element_id, new=new.kind, old=old.kind)
    if _scope(new, target) != _scope(old, instance.definition):
        yield errors.localize(_("%(id)s stands in another sub-process in the new version"), id=element_id)
    if (new.loop is None) != (old.loop is None) or (
        new.loop and old.loop and new.loop.sequential != old.loop.sequential
    ):
        yield errors.localize(_("%(id)s runs its instances otherwise in the new version"), id=element_id)
    missing = set(token.data.get("arrived", ())) - set(new.incoming)
    if missing:
        text = _("%(id)s waits for flows that the new version does not have: %(flows)s")
        yield errors.localize(text, id=element_id, flows=", ".join(sorted(missing)))


def _scope(node: model.Node, definition: Definition) -> str:
    return "" if node.scope == definition.id else node.scope


def _kept(token: effects.TokenState, target: Definition) -> effects.TokenState:
    armed = [e for e in token.data.get("armed", ()) if e in target.process.nodes]
    data = {name: value for name, value in token.data.items() if name != "armed"}
    return replace(token, data=data | {"armed": armed} if armed else data)


def _armed(tokens: Iterable[effects.TokenState]) -> dict[int, list[str]]:
    return {token.key: list(token.data.get("armed", ())) for token in tokens}
