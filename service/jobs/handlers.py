"""The registry of functions behind BPMN service tasks (`zeebe:taskDefinition type="…"`).

A domain part registers a handler by its type; the shell runs it inside the step's transaction, so that its rows and
the token's move commit together. A type without a handler waits for an external worker.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Result = Mapping[str, Any] | None
Handler = Callable[["Job"], Result]

_handlers: dict[str, Handler] = {}
_readers: set[str] = set()


@dataclass(frozen=True)
class Job:
    """One call of a handler."""

    key: int
    type: str
    instance_key: int
    process_id: str
    element_id: str
    unit_id: int | None
    headers: Mapping[str, str] = field(default_factory=dict)
    variables: Mapping[str, Any] = field(default_factory=dict)
    by: Any = None
    """The `identity.Person` whose deed led here, or `identity.SYSTEM`."""


class BpmnError(Exception):
    """A business error that the diagram catches by its code (BPMN 2.0 §10.5.6); the handler's writes are undone."""

    def __init__(self, code: str, message: str = "", variables: Mapping[str, Any] | None = None) -> None:
        super().__init__(f"{code}: {message}" if message else code)
        self.code = code
        self.message = message
        self.variables = dict(variables or {})


class AlreadyRegistered(ValueError):
    """Two functions claim one type of service task."""


def handler(job_type: str, *, only_reads: bool = False) -> Callable[[Handler], Handler]:
    """Register a function for a type; it returns the variables to set, or None.

    One that `only_reads` leaves nothing behind but these variables.
    """

    def register(function: Handler) -> Handler:
        other = _handlers.get(job_type, function)
        if (other.__module__, other.__qualname__) != (function.__module__, function.__qualname__):
            raise AlreadyRegistered(f"{job_type!r} is handled by {other.__module__}.{other.__qualname__}")
        _handlers[job_type] = function
        if only_reads:
            _readers.add(job_type)
        return function

    return register


def known() -> set[str]:
    """Return all registered types."""
    return set(_handlers)


def find(job_type: str) -> Handler | None:
    """Return the handler of a type."""
    return _handlers.get(job_type)


def only_reads(job_type: str) -> bool:
    """Tell whether the handler of a type leaves nothing behind but variables."""
    return job_type in _readers
