"""Start events that begin an instance without anybody asking: by message, signal or timer."""

from dataclasses import dataclass
from datetime import datetime

from service.engine import expressions, timers
from service.engine.compiler import Definition


@dataclass(frozen=True, slots=True)
class Start:
    """A triggered start event of a process: `kind` is message, signal or timer; `name` of the message or signal."""

    element_id: str
    kind: str
    name: str = ""
    due: timers.Due | None = None


def starts(definition: Definition, now: datetime) -> list[Start]:
    """The triggered start events of a process. Their expressions see no variables."""
    found = []
    for node in definition.process.starts.get(definition.id, []):
        event = node.event
        if event is None:
            continue
        if event.kind == "timer":
            due = timers.first(event.timer_kind or "", expressions.evaluate(event.expression or "", {}), now)
            found.append(Start(node.id, "timer", due=due))
        else:
            found.append(Start(node.id, event.kind, expressions.string(event.name, {}) or ""))
    return found
