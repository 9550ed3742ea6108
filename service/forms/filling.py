"""A form with one set of answers: which components stand where, what they see, what is hidden, what is computed.

form-js evaluates expressions over `this` (the row, or all data), `parent` (the object around the row), `i` (the row
numbers from 1) and the data of the form over the variables it was opened with; so does this module.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from service import feel
from service.forms import expressions, plan

Path = tuple[str | int, ...]

MAX_PASSES = 20
"""Rounds in which computed values and hidden components may change one another; a circle ends here."""
MAX_COMPUTED = 2_000
"""Parts of one computed value: itself and all items and entries inside."""

_EMPTY = {"textfield": "", "textarea": "", "checkbox": False, "checklist": (), "taglist": ()}
_STORABLE = (str, Decimal, bool, date, datetime, time, timedelta, feel.YearsMonths)
_MISSING = object()


class Space:
    """An object that components fill in: all answers, or one row.

    `known` is what the process knows of it, `scope` what expressions in it see.
    """

    __slots__ = ("known", "numbers", "path", "row", "scope", "values")

    def __init__(self, path: Path, values: dict[str, Any], known: Mapping[str, Any], numbers: list[int]) -> None:
        self.path = path
        self.values = values
        self.known = known
        self.numbers = numbers
        self.row = bool(numbers)
        self.scope: dict[str, Any] = {}


class Instance:
    """One component at one place. `given` is kept while it is hidden, for it may be shown again.

    `ignored` says that the answer does not count (readonly or disabled), `closed` that its own condition hides it,
    `hidden` that this or one around it does.
    """

    __slots__ = ("closed", "given", "hidden", "holder", "ignored", "name", "node", "parent", "path", "space")

    def __init__(self, node: plan.Node, space: Space, parent: "Instance | None") -> None:
        self.node = node
        self.space = space
        self.parent = parent
        self.path: Path = space.path + node.path
        self.name = node.path[-1] if node.path else ""
        self.holder = space.values
        self.given: Any = None
        self.ignored = node.component.disabled or node.readonly is True
        self.closed = False
        self.hidden = False

    @property
    def value(self) -> Any:
        """The value it has now; None while hidden."""
        return self.holder.get(self.name)

    def known(self) -> Any:
        """Return what the process knows of its value, `_MISSING` if nothing."""
        return _get(self.space.known, self.node.path)


class Filling:
    """The instances of a form for one set of answers, settled: hidden values are gone, computed ones are there."""

    def __init__(self, form: plan.Plan, answers: Mapping[str, Any], context: Mapping[str, Any]) -> None:
        self.context = context
        self.values: dict[str, Any] = {}
        self.instances: list[Instance] = []
        self._spaces = [Space((), self.values, context, [])]
        self.root = self._spaces[0]
        self._place(form.nodes, self.root, answers, None)
        for space in self._spaces:
            self._open(space)
        self._settle()

    def _open(self, space: Space) -> None:
        parent = None if not space.row else self.values if len(space.numbers) == 1 else space.scope["parent"]
        special = {"this": space.values, "parent": parent, "i": space.numbers}
        space.scope = {**special, **self.context, **self.values}
        space.scope.update(_this_=space.values, _parent_=parent, _i_=space.numbers)

    def _place(
        self, nodes: Iterable[plan.Node], space: Space, answers: Mapping[str, Any], parent: Instance | None
    ) -> None:
        for node in nodes:
            instance = Instance(node, space, parent)
            self.instances.append(instance)
            if node.is_list:
                self._place_rows(instance, answers)
            elif node.keyed:
                self._place_value(instance, answers)
            elif node.nodes:
                self._place(node.nodes, space, answers, instance)

    def _place_value(self, instance: Instance, answers: Mapping[str, Any]) -> None:
        if len(instance.node.path) > 1 or instance.space.row:
            _hold(instance)
        given = _get(answers, instance.node.path)
        if instance.node.expression is None:
            instance.given = _initial(instance.node) if given is _MISSING or given is None else given
        self._show(instance)

    def _place_rows(self, instance: Instance, answers: Mapping[str, Any]) -> None:
        _hold(instance)
        given, known = _get(answers, instance.node.path), instance.known()
        rows: list[Any] = given if isinstance(given, list) else []
        before: list[Any] = known if isinstance(known, list) else []
        keyed = "rowKey" in instance.node.component.properties
        instance.given = []
        self._show(instance)
        for index, row in enumerate(rows):
            old = before[index] if index < len(before) and isinstance(before[index], Mapping) else {}
            values: dict[str, Any] = _copied(old) if keyed else {}
            instance.given.append(values)
            space = Space((*instance.path, index), values, old, [*instance.space.numbers, index + 1])
            space.scope["parent"] = instance.space.values
            self._spaces.append(space)
            self._place(instance.node.nodes, space, row if isinstance(row, Mapping) else {}, instance)

    def _show(self, instance: Instance) -> None:
        """Put the value where it belongs; one that does not count is what the process knows, or absent."""
        if not instance.ignored:
            instance.holder[instance.name] = instance.given
            return
        known = instance.known()
        nested = instance.space.row or len(instance.node.path) > 1
        if nested and known is not _MISSING:
            instance.holder[instance.name] = known
        else:
            instance.holder.pop(instance.name, None)

    def _settle(self) -> None:
        """Repeat until nothing changes: hide, show and compute what depends on what has changed."""
        before: set[str] | None = None
        for _round in range(MAX_PASSES):
            changed: set[str] = set()
            for instance in self.instances:
                if self._update(instance, before):
                    self._publish(instance, changed)
            if not changed:
                return
            before = changed

    def _update(self, instance: Instance, changed: set[str] | None) -> bool:
        """Bring one instance up to date; tell whether others may see a difference."""
        node = instance.node
        due = bool(node.hide or node.expression or node.reads) and (
            changed is None or not changed.isdisjoint(node.reads)
        )
        if due and node.hide is not None:
            instance.closed = node.hide.holds(instance.space.scope)
        hidden = instance.closed or (instance.parent is not None and instance.parent.hidden)
        turned = hidden != instance.hidden
        instance.hidden = hidden
        if hidden:
            return turned and bool(node.path) and instance.holder.pop(instance.name, _MISSING) is not _MISSING
        if due or turned:
            return self._renew(instance, turned)
        return False

    def _renew(self, instance: Instance, turned: bool) -> bool:
        """Compute the value of a visible instance again."""
        node, scope = instance.node, instance.space.scope
        if not (node.keyed or node.is_list):
            return False
        if isinstance(node.readonly, expressions.Expression):
            ignored = node.component.disabled or node.readonly.holds(scope)
            turned = turned or ignored != instance.ignored
            instance.ignored = ignored
        if node.expression is not None:
            value = _storable(node.expression.value(scope))
            turned = turned or value != instance.given or type(value) is not type(instance.given)
            instance.given = value
        if turned:
            self._show(instance)
        return turned

    def _publish(self, instance: Instance, changed: set[str]) -> None:
        """Let every scope see a change, and note the variables it touches."""
        name = instance.path[0] if instance.path else ""
        changed.update((str(name), plan.ROOT) if not instance.space.row else (str(name), plan.ROW, plan.ROOT))
        if instance.space.row or not name:
            return
        for space in self._spaces:
            if name in self.values:
                space.scope[str(name)] = self.values[str(name)]
            elif name in self.context:
                space.scope[str(name)] = self.context[str(name)]
            else:
                space.scope.pop(str(name), None)


def _hold(instance: Instance) -> None:
    """Find or make the object that holds the value; it keeps what the process knows beside it."""
    known: Any = instance.space.known
    for step in instance.node.path[:-1]:
        known = known.get(step) if isinstance(known, Mapping) else None
        if not isinstance(instance.holder.get(step), dict):
            instance.holder[step] = _copied(known) if isinstance(known, Mapping) else {}
        instance.holder = instance.holder[step]
    if instance.space.row or len(instance.node.path) > 1:
        instance.holder.pop(instance.name, None)


def _copied(value: Any) -> Any:
    """Copy objects and lists, so that filling them in leaves the process variables alone."""
    if isinstance(value, Mapping):
        return {name: _copied(item) for name, item in value.items()}
    return [_copied(item) for item in value] if isinstance(value, list) else value


def _initial(node: plan.Node) -> Any:
    """Return what an untouched component submits."""
    default = node.component.attributes.get("defaultValue")
    empty = _EMPTY.get(node.component.type)
    value = empty if default is None else default
    return list(value) if isinstance(value, tuple | list) else value


def _get(values: Any, path: Iterable[str]) -> Any:
    for step in path:
        if not isinstance(values, Mapping) or step not in values:
            return _MISSING
        values = values[step]
    return values


def _storable(value: Any) -> Any:
    """Return a computed value that a process variable can hold; null for what none can.

    A function or a range is none, nor is a value of more than `MAX_COMPUTED` parts: an expression that contains the
    object it stands in would double it with every pass.
    """
    budget = [MAX_COMPUTED]
    kept = _kept(value, budget)
    return kept if budget[0] > 0 else None


def _kept(value: Any, budget: list[int]) -> Any:
    budget[0] -= 1
    if budget[0] <= 0:
        return None
    if isinstance(value, list):
        return [_kept(item, budget) for item in value]
    if isinstance(value, dict):
        return {name: _kept(item, budget) for name, item in value.items()}
    return value if isinstance(value, _STORABLE) else None
