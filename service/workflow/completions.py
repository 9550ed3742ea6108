"""What a completion was: the answers given, and what it takes to take it back.

The answers are kept as they were typed, encrypted: whose task it was gets them again when it comes back to him. All
others are shown what a process may keep of them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import ForeignKey, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from service import db, engine
from service.db import values
from service.db.values import TypedJSON
from service.engine import effects
from service.jobs import handlers
from service.privacy import vault
from service.workflow import confidential, models, releases

if TYPE_CHECKING:
    from service.workflow.running import Running

LASTING = (
    effects.ServiceRequested,
    effects.ServiceWithdrawn,
    effects.CallRequested,
    effects.CallWithdrawn,
    effects.MessageThrown,
    effects.SignalThrown,
    effects.Escaped,
)
"""What reaches beyond the tokens and variables of the instance, so that nobody can undo it."""
HIDDEN = "******"
HARMLESS = "takeBack"
"""The property by which a diagram says of a step that it may be done again and leaves nothing behind: "yes"."""
REPLACED = (
    "ON CONFLICT (task_key) DO UPDATE SET answers = excluded.answers, "
    "variables = excluded.variables, undo = excluded.undo"
)


class Completion(db.Model):
    """How a user task was completed: the answers of its form, sealed, and what an undoing must restore."""

    __tablename__ = "completions"

    task_key: Mapped[int] = mapped_column(ForeignKey("user_tasks.key"), primary_key=True, autoincrement=False)
    answers: Mapped[bytes] = mapped_column(db.sa.LargeBinary)
    variables: Mapped[list[Any]] = mapped_column(TypedJSON)
    undo: Mapped[dict[str, Any]] = mapped_column(JSONB)


@dataclass(frozen=True)
class Change:
    """A token before a completion and after it; None where there was or is none."""

    key: int
    before: engine.TokenState | None
    after: engine.TokenState | None


@dataclass(frozen=True)
class Undo:
    """What a completion changed. `obstacle` is the element whose effect lasts, if there is one."""

    changes: list[Change]
    variables: list[tuple[int, str, Any]]
    flows: dict[str, int]
    obstacle: str | None

    @property
    def created(self) -> list[int]:
        """The keys of the element instances that it opened."""
        return [change.key for change in self.changes if change.before is None]


class Journal:
    """Notes during a command how things were before it."""

    def __init__(self, nodes: Mapping[str, Any]) -> None:
        self.nodes = nodes
        self.tokens: dict[int, engine.TokenState | None] = {}
        self.variables: dict[tuple[int, str], Any] = {}
        self.obstacle: str | None = None

    def note(self, step: engine.Step) -> None:
        """Take a step in."""
        for key, state in step.before.items():
            self.tokens.setdefault(key, state)
        for effect in step.effects:
            match effect:
                case effects.VariableSet(scope, name):
                    self.variables.setdefault((scope, name), effect.before)
                case effects.TaskClosed(key, "CANCELED") if self.tokens.get(key):
                    self.obstacle = self.obstacle or ""
            if isinstance(effect, LASTING) and not self._is_harmless(effect):
                self.obstacle = self.obstacle or getattr(effect, "element_id", "")

    def _is_harmless(self, effect: effects.Effect) -> bool:
        if isinstance(effect, effects.ServiceRequested) and handlers.only_reads(effect.type):
            return True
        node = self.nodes.get(getattr(effect, "element_id", ""))
        return node is not None and node.properties.get(HARMLESS) == "yes"


def note(running: Running, key: int, answers: Mapping[str, Any]) -> None:
    """Keep what was answered and how things were, with the rest that the command writes."""
    journal, now = running.journal, {t: running.instance.token(t) for t in running.journal.tokens}
    changed = [(k, before, now[k]) for k, before in journal.tokens.items() if before != now[k]]
    undo = {
        "tokens": [[str(k), _written(before), _written(after)] for k, before, after in changed],
        "flows": dict(running.changes.flows),
        "obstacle": journal.obstacle,
    }
    variables = [
        [str(scope), name, [] if value is effects.ABSENT else [value]]
        for (scope, name), value in journal.variables.items()
    ]
    sealed = vault.current().seal(values.plain_json(answers))
    row = {"task_key": key, "answers": sealed, "variables": variables, "undo": undo}
    running.batch.insert(Completion.__table__, row, REPLACED)


def undo_of(task_key: int) -> Undo | None:
    """What a completed task changed."""
    found = db.sa.session.get(Completion, task_key, populate_existing=True)
    if found is None:
        return None
    kept = found.undo
    return Undo(
        [Change(int(key), _read(int(key), before), _read(int(key), after)) for key, before, after in kept["tokens"]],
        [(int(scope), name, value[0] if value else effects.ABSENT) for scope, name, value in found.variables],
        kept["flows"],
        kept["obstacle"],
    )


def answers(task: models.UserTask) -> dict[str, Any] | None:
    """What was typed when the task, or else the one that it repeats, was completed; None if neither was."""
    for key in (task.key, task.origin_key):
        sealed = db.sa.session.scalar(select(Completion.answers).where(Completion.task_key == key)) if key else None
        if sealed is not None:
            found: dict[str, Any] = json.loads(vault.current().open(sealed))
            return found
    return None


def readable(task: models.UserTask) -> dict[str, Any] | None:
    """The same as a process may keep it, for those who see a completed task: numbers masked, sealed names hidden."""
    found = answers(task)
    return (
        None if found is None else values.plain(_hidden(confidential.taken(found, releases.get(task.deployment_key))))
    )


def _hidden(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _hidden(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_hidden(item) for item in value]
    return HIDDEN if isinstance(value, str) and value.startswith(vault.SEALED) else value


def variables_of(scopes: Iterable[int]) -> list[tuple[int, str, Any]]:
    """The stored variables of scopes that are closed."""
    variable = models.Variable
    columns = select(variable.scope_key, variable.name, variable.value)
    return [(s, n, v) for s, n, v in db.sa.session.execute(columns.where(variable.scope_key.in_(list(scopes))))]


def _written(token: engine.TokenState | None) -> list[Any] | None:
    return None if token is None else [token.parent, token.element_id, dict(token.data)]


def _read(key: int, kept: list[Any] | None) -> engine.TokenState | None:
    if kept is None:
        return None
    parent, element_id, data = kept
    return engine.TokenState(key, parent, element_id, data)
