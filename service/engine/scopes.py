"""Variables in scopes, by the rules of Camunda 8.

Each element instance may have variables of its own; the process instance's key names the outermost scope. Reading looks
outwards from the element; a result is written to the nearest scope that already has the variable, else to the
outermost.
Values are never changed in place: a nested target path copies what it passes.
"""

from collections import ChainMap
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from service.engine.effects import ABSENT

Notify = Callable[[int, str, Any, Any], None]


class Scopes:
    """The variables of one process instance: scope key -> name -> value."""

    def __init__(self, root: int, changed: Notify) -> None:
        self.root = root
        self.changed = changed
        self.parents: dict[int, int] = {}
        self.values: dict[int, dict[str, Any]] = {root: {}}

    def open(self, key: int, parent: int) -> None:
        """Make a scope for element instance `key` inside `parent`."""
        self.parents[key] = parent

    def close(self, key: int) -> None:
        """Forget a scope (its history is the shell's)."""
        self.parents.pop(key, None)
        self.values.pop(key, None)

    def chain(self, key: int) -> Iterable[int]:
        """The scope keys from `key` outwards."""
        while key != self.root:
            yield key
            key = self.parents[key]
        yield key

    def visible(self, key: int) -> Mapping[str, Any]:
        """All variables seen from `key`; nearer ones hide farther ones."""
        maps = [self.values[k] for k in self.chain(key) if k in self.values]
        return maps[0] if len(maps) == 1 else ChainMap(*maps)

    def local(self, key: int) -> Mapping[str, Any]:
        """The variables of exactly this scope."""
        return self.values.get(key, {})

    def set_local(self, key: int, path: str, value: Any) -> None:
        """Set a variable (or a dotted path into one) in exactly this scope."""
        scope = self.values.setdefault(key, {})
        name, _, rest = path.partition(".")
        before = scope.get(name, ABSENT)
        scope[name] = _put(scope.get(name), rest, value) if rest else value
        self.changed(key, name, scope[name], before)

    def propagate(self, key: int, path: str, value: Any) -> None:
        """Set a variable where it is found from `key` outwards, else in the outermost scope."""
        name = path.partition(".")[0]
        for scope in self.chain(key):
            if name in self.values.get(scope, ()):
                return self.set_local(scope, path, value)
        return self.set_local(self.root, path, value)

    def remove(self, key: int, name: str) -> None:
        """Remove a variable where it is found from `key` outwards."""
        for scope in self.chain(key):
            if name in self.values.get(scope, ()):
                return self.changed(scope, name, ABSENT, self.values[scope].pop(name))


def _put(base: Any, path: str, value: Any) -> dict[str, Any]:
    name, _, rest = path.partition(".")
    copy = dict(base) if isinstance(base, Mapping) else {}
    copy[name] = _put(copy.get(name), rest, value) if rest else value
    return copy
