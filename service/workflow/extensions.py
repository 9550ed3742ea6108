"""What domain parts add to user tasks: a task that carries the zeebe:property `name` gets the part's hooks.

Both hooks run inside the step's transaction. `on_open(task)` may prepare rows; `on_complete(task, answers, by)`
checks and
stores answers and returns the variables that the process gets instead of them.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from service import identity
from service.workflow.models import UserTask

OnOpen = Callable[[UserTask], None]
OnComplete = Callable[[UserTask, Mapping[str, Any], identity.Person], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Extension:
    """The hooks of one property."""

    on_open: OnOpen | None
    on_complete: OnComplete | None
    takes: frozenset[str]


_registered: dict[str, Extension] = {}


def register(
    name: str, *, on_open: OnOpen | None = None, on_complete: OnComplete | None = None, takes: Iterable[str] = ()
) -> None:
    """Let user tasks with the property `name` call these hooks.

    `takes` names the answers that the task's form does not know and that `on_complete` gets as they were sent.
    """
    _registered[name] = Extension(on_open, on_complete, frozenset(takes))


def known() -> set[str]:
    """The property names that have hooks."""
    return set(_registered)


def of(properties: Mapping[str, str]) -> list[Extension]:
    """The extensions that a task's properties ask for."""
    return [_registered[name] for name in properties if name in _registered]
