"""Pure execution of BPMN and DMN: a definition, a state and a command give a step. Only here SpiffWorkflow is
imported.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from service.engine import compiler, expressions, reader, timers
from service.engine.compiler import Definition
from service.engine.effects import Step, TokenState
from service.engine.execution import World
from service.engine.failures import Failure, NotWaiting, Refused, refused
from service.engine.instance import Instance
from service.engine.lint import Known, Problem, Reason, lint
from service.engine.migration import migrate
from service.engine.reader import read
from service.engine.returning import Stay
from service.engine.starts import Start, starts

__all__ = [
    "Definition",
    "Failure",
    "Instance",
    "Known",
    "NotWaiting",
    "Problem",
    "Reason",
    "Refused",
    "Start",
    "Stay",
    "Step",
    "TokenState",
    "World",
    "duration",
    "evaluate",
    "lint",
    "load",
    "migrate",
    "normalise",
    "read",
    "refused",
    "starts",
]


def load(file: str, data: bytes) -> list[Definition]:
    """The executable processes of a BPMN file that has passed lint. Raises xml.XmlError."""
    return [compiler.compile(process) for process in reader.read(file, data)]


def evaluate(text: str, variables: Mapping[str, Any]) -> Any:
    """The value of an attribute: FEEL when it begins with "=", else the text itself. Raises Failure."""
    return expressions.evaluate(text, variables)


def duration(value: Any, now: datetime) -> timedelta:
    """How long an ISO 8601 duration, or the FEEL value of one, is from `now` on. Raises Failure."""
    return timers.add(now, value) - now


def normalise(value: Any) -> Any:
    """A value from outside as FEEL has it: whole and binary numbers become decimals, tuples lists, at any depth."""
    if isinstance(value, bool) or value is None or isinstance(value, (str, Decimal)):
        return value
    if isinstance(value, int):
        return Decimal(value)
    if isinstance(value, float):
        return Decimal(repr(value))
    if isinstance(value, Mapping):
        return {str(k): normalise(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [normalise(v) for v in value]
    return value
