"""What domain parts add to user tasks: a task that carries the zeebe:property `name` gets the part's hooks.

The hooks run inside the step's transaction. `on_open(task)` may prepare rows; `on_complete(task, answers, by)` checks
and stores answers and returns the variables that the process gets instead of them; `on_reopen(before, after)` undoes
what a completion stored, when the task is open again (itself, or as another that repeats it); `is_begun(task)` tells
whether somebody has worked on it.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from service import identity
from service.workflow.models import UserTask

OnOpen = Callable[[UserTask], None]
OnComplete = Callable[[UserTask, Mapping[str, Any], identity.Person], Mapping[str, Any]]
OnReopen = Callable[[UserTask, UserTask], None]
IsBegun = Callable[[UserTask], bool]


@dataclass(frozen=True, slots=True)
class Extension:
    """The hooks of one property."""

    on_open: OnOpen | None
    on_complete: OnComplete | None
    on_reopen: OnReopen | None
    is_begun: IsBegun | None
    takes: frozenset[str]


_registered: dict[str, Extension] = {}


def register(
    name: str,
    *,
    on_open: OnOpen | None = None,
    on_complete: OnComplete | None = None,
    on_reopen: OnReopen | None = None,
    is_begun: IsBegun | None = None,
    takes: Iterable[str] = (),
) -> None:
    """Let user tasks with the property `name` call these hooks.

    `takes` names the answers that the task's form does not know and that `on_complete` gets as they were sent.
    """
    _registered[name] = Extension(on_open, on_complete, on_reopen, is_begun, frozenset(takes))


def known() -> set[str]:
    """The property names that have hooks."""
    return set(_registered)


def of(properties: Mapping[str, str]) -> list[Extension]:
    """The extensions that a task's properties ask for."""
    return [_registered[name] for name in properties if name in _registered]


def reopen(before: UserTask, after: UserTask) -> None:
    """Undo what the extensions stored when the task was completed."""
    for extension in of(after.properties):
        if extension.on_reopen is not None:
            extension.on_reopen(before, after)


def is_begun(task: UserTask) -> bool:
    """Whether somebody has worked on the task, beyond its draft."""
    return any(each.is_begun(task) for each in of(task.properties) if each.is_begun is not None)
