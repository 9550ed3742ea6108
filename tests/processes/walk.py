"""Walks a token through a drawn process with the engine alone: who answers what is told, no database is asked.

What people, handlers and called processes would answer is given by element id, so a walk shows the routes of a diagram:
its splits, loops, timers and event sub-processes. Decisions are those of `processes/*.dmn`.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from service import engine
from service.engine import decisions, effects

FOLDER = Path(__file__).parents[2] / "processes"
MORNING = datetime(2026, 4, 1, 1, 0, tzinfo=UTC)
MOST_STEPS = 400
PENDING = effects.TaskOpened | effects.ServiceRequested | effects.CallRequested


@dataclass(frozen=True)
class Thrown:
    """An answer that is a BPMN error instead of variables."""

    code: str


Answer = Mapping[str, Any] | Thrown


@cache
def definitions() -> dict[str, engine.Definition]:
    """All drawn processes by id."""
    return {d.id: d for f in sorted(FOLDER.glob("*.bpmn")) for d in engine.load(f.name, f.read_bytes())}


@cache
def models() -> dict[str, decisions.Model]:
    """All decision models by the ids of their decisions."""
    loaded = [decisions.load(f.read_bytes()) for f in sorted(FOLDER.glob("*.dmn"))]
    return {d.id: model for model in loaded for d in model.decisions}


def decide(decision: str, variables: Mapping[str, Any]) -> Any:
    """The value of a decision, as the shell would give it."""
    return models()[decision].evaluate(decision, dict(variables))


@dataclass
class Walk:
    """One instance on its way; `answers` by element id are used one after another, the last one for ever."""

    process_id: str
    answers: Mapping[str, Answer | Sequence[Answer]] = field(default_factory=dict)
    messages: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)
    entered: list[str] = field(default_factory=list)
    flows: set[str] = field(default_factory=set)
    ends: tuple[str, ...] = ()
    variables: Mapping[str, Any] = field(default_factory=dict)

    def run(self, variables: Mapping[str, Any], start: str | None = None) -> Walk:
        """Go from the start to an end. Raises AssertionError when nobody can go on or an element fails."""
        self.now = MORNING
        self.given: dict[str, int] = {}
        self.pending: dict[int, PENDING] = {}
        self.timers: dict[tuple[int, str], effects.TimerSet] = {}
        self.awaited: dict[tuple[int, str], effects.MessageAwaited] = {}
        world = engine.World(keys=itertools.count(100).__next__, decide=decide)
        self.instance = engine.Instance(definitions()[self.process_id], 1, world)
        self._note(self.instance.start(engine.normalise(variables), self.now, start))
        for _ in range(MOST_STEPS):
            if self.instance.ended:
                return self
            self._note(self._next())
        raise AssertionError(f"{self.process_id} goes round in circles: {self.entered[-30:]}")

    def _next(self) -> effects.Step:
        if self.pending:
            return self._answer(next(iter(self.pending.values())))
        for place, (name, payload) in enumerate(self.messages):
            for wait in self.awaited.values():
                if wait.name == name:
                    del self.messages[place]
                    return self.instance.trigger(wait.owner, wait.element_id, engine.normalise(payload), self.now)
        if self.timers:
            timer = min(self.timers.values(), key=lambda t: t.due)
            del self.timers[timer.owner, timer.element_id]
            self.now = max(self.now, timer.due) + timedelta(seconds=1)
            return self.instance.fire_timer(timer.owner, timer.element_id, self.now)
        raise AssertionError(f"{self.process_id} is stuck after {self.entered[-10:]}")

    def _answer(self, asked: PENDING) -> effects.Step:
        del self.pending[asked.key]
        answer = self._told(asked.element_id)
        if isinstance(answer, Thrown):
            return self.instance.throw_error(asked.key, answer.code, "", {}, self.now)
        if isinstance(asked, effects.CallRequested):
            return self.instance.call_returned(asked.key, engine.normalise(answer), self.now)
        return self.instance.complete(asked.key, engine.normalise(answer), self.now)

    def _told(self, element: str) -> Answer:
        told = self.answers.get(element, {})
        if isinstance(told, Mapping | Thrown):
            return told
        place = self.given[element] = self.given.get(element, -1) + 1
        return told[min(place, len(told) - 1)]

    def _note(self, step: effects.Step) -> None:
        for effect in step.effects:
            match effect:
                case effects.ElementEntered():
                    self.entered.append(effect.element_id)
                case effects.FlowTaken():
                    self.flows.add(effect.flow_id)
                case effects.TaskOpened() | effects.ServiceRequested() | effects.CallRequested():
                    self.pending[effect.key] = effect
                case effects.TimerSet():
                    self.timers[effect.owner, effect.element_id] = effect
                case effects.TimerCleared():
                    self.timers.pop((effect.owner, effect.element_id), None)
                case effects.MessageAwaited():
                    self.awaited[effect.owner, effect.element_id] = effect
                case effects.MessageCleared():
                    self.awaited.pop((effect.owner, effect.element_id), None)
                case effects.Failed():
                    raise AssertionError(f"{effect.element_id}: {effect.message}")
                case effects.Ended():
                    self.ends, self.variables = effect.end_events, effect.variables

    def times(self, element: str) -> int:
        """How often the element was entered."""
        return self.entered.count(element)


def all_flows(process_id: str) -> set[str]:
    """The ids of all sequence flows of a process."""
    return set(definitions()[process_id].process.flows)


def all_nodes(process_id: str) -> Iterator[str]:
    """The ids of all flow nodes of a process."""
    return iter(definitions()[process_id].process.nodes)
