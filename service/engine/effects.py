"""What a step asks of the world, as frozen values. The shell turns each into rows and jobs in the step's transaction.

A wait for an event is named by (`owner`, `element_id`): the element instance that is open for it (an activity for its
boundary events, a scope for its event sub-processes, a catch event or event-based gateway for itself) and the event's
element id. Keys are those of element instances; the process instance's own key stands for its outermost scope.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class ElementEntered:
    """A token entered an element. `type` is Camunda's element type (`USER_TASK`, ...)."""

    key: int
    element_id: str
    type: str
    scope_key: int


@dataclass(frozen=True, slots=True)
class ElementLeft:
    """An element instance ended; `state` is COMPLETED or TERMINATED."""

    key: int
    element_id: str
    state: str


@dataclass(frozen=True, slots=True)
class FlowTaken:
    """A token passed a sequence flow."""

    flow_id: str


@dataclass(frozen=True, slots=True)
class TaskOpened:
    """A user task waits for a person; `title` tells it from others of its `name`, the element's.

    `unit` overrides the instance's unit; instants are UTC.
    """

    key: int
    element_id: str
    name: str
    title: str
    lane: str | None
    form_id: str | None
    form_binding: str
    external_form: str | None
    assignee: str | None
    candidate_groups: tuple[str, ...]
    candidate_users: tuple[str, ...]
    due: datetime | None
    follow_up: datetime | None
    priority: int
    unit: str | None
    properties: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TaskClosed:
    """A user task is over; `state` is COMPLETED or CANCELED."""

    key: int
    state: str


@dataclass(frozen=True, slots=True)
class ServiceRequested:
    """A handler or an external worker must do a job of `type`."""

    key: int
    element_id: str
    type: str
    retries: int
    headers: Mapping[str, str]
    kind: str = "BPMN_ELEMENT"


@dataclass(frozen=True, slots=True)
class ServiceWithdrawn:
    """A job is no longer wanted (its element was terminated)."""

    key: int


@dataclass(frozen=True, slots=True)
class CallRequested:
    """A called process must be started as an instance of its own with `variables`; `unit` None means the caller's."""

    key: int
    element_id: str
    process_id: str
    binding: str
    variables: Mapping[str, Any]
    unit: str | None


@dataclass(frozen=True, slots=True)
class CallWithdrawn:
    """The instance called by element instance `key` must be cancelled."""

    key: int


@dataclass(frozen=True, slots=True)
class TimerSet:
    """A timer is due at `due`. `repeats` further firings follow (None = for ever); `cycle` is the ISO or cron text."""

    owner: int
    element_id: str
    due: datetime
    repeats: int | None = 0
    cycle: str | None = None


@dataclass(frozen=True, slots=True)
class TimerCleared:
    """A timer is no longer wanted."""

    owner: int
    element_id: str


@dataclass(frozen=True, slots=True)
class MessageAwaited:
    """A message named `name` with `correlation_key` (text) is awaited."""

    owner: int
    element_id: str
    name: str
    correlation_key: str


@dataclass(frozen=True, slots=True)
class MessageCleared:
    """The message is no longer awaited."""

    owner: int
    element_id: str


@dataclass(frozen=True, slots=True)
class SignalAwaited:
    """A signal named `name` is awaited."""

    owner: int
    element_id: str
    name: str


@dataclass(frozen=True, slots=True)
class SignalCleared:
    """The signal is no longer awaited."""

    owner: int
    element_id: str


@dataclass(frozen=True, slots=True)
class MessageThrown:
    """The process publishes a message. `ttl` is an ISO 8601 duration or None for the default."""

    key: int
    element_id: str
    name: str
    correlation_key: str
    variables: Mapping[str, Any]
    ttl: str | None = None


@dataclass(frozen=True, slots=True)
class SignalThrown:
    """The process broadcasts a signal."""

    name: str
    variables: Mapping[str, Any]


class Absent:
    """What a variable was before that did not exist."""


ABSENT = Absent()


@dataclass(frozen=True, slots=True)
class VariableSet:
    """A variable got a value in the scope of element (or process) instance `scope_key`; `before` is its last one."""

    scope_key: int
    name: str
    value: Any
    before: Any = field(default=ABSENT, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Failed:
    """An element cannot go on. It stays where it is until it is retried; `type` is Camunda's incident error type."""

    key: int
    element_id: str
    type: str
    message: str


@dataclass(frozen=True, slots=True)
class FailureCleared:
    """An earlier failure of the element instance is over."""

    key: int


@dataclass(frozen=True, slots=True)
class DecisionMade:
    """A business rule task evaluated a decision."""

    key: int
    element_id: str
    decision_id: str
    result: Any


@dataclass(frozen=True, slots=True)
class Escaped:
    """An error or escalation (`kind`) left the instance uncaught; a calling instance must get it."""

    kind: str
    code: str
    message: str
    variables: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Ended:
    """The instance is over; `state` is COMPLETED or TERMINATED, `end_events` the end events it reached."""

    state: str
    variables: Mapping[str, Any]
    end_events: tuple[str, ...] = ()


Effect = (
    ElementEntered
    | ElementLeft
    | FlowTaken
    | TaskOpened
    | TaskClosed
    | ServiceRequested
    | ServiceWithdrawn
    | CallRequested
    | CallWithdrawn
    | TimerSet
    | TimerCleared
    | MessageAwaited
    | MessageCleared
    | SignalAwaited
    | SignalCleared
    | MessageThrown
    | SignalThrown
    | VariableSet
    | Failed
    | FailureCleared
    | DecisionMade
    | Escaped
    | Ended
)


@dataclass(frozen=True, slots=True)
class TokenState:
    """One live token as it is stored: `data` is plain JSON."""

    key: int
    parent: int | None
    element_id: str
    data: Mapping[str, Any]

    @property
    def disarmed(self) -> "TokenState":
        """The same without waits for events, which must be opened anew."""
        return replace(self, data={name: value for name, value in self.data.items() if name != "armed"})


@dataclass(frozen=True, slots=True)
class Step:
    """What one command did: effects in order, the tokens that changed (None: gone), and how they were before."""

    effects: tuple[Effect, ...]
    tokens: Mapping[int, TokenState | None]
    before: Mapping[int, TokenState | None]
