"""A procedure that comes with Lika, played by its scenario over HTTP; killed processes must not change how it ends."""

from __future__ import annotations

import os
import random
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sqla

from bench.kill import Outcome, installed, verdict
from bench.kill.people import Caller
from bench.kill.processes import Lika, wait_for
from service import bootstrap, clock, db, errors, identity, scenarios
from service.api import replies
from service.identity import credentials, people, units
from service.scenarios import scratch
from service.seeds import worlds
from service.workflow import timers

VICTIMS = ("worker", "web's process", "web", "everything")
"""The database goes on: the player reads it."""
SETTLED = 90.0
"""Seconds within which the workers do what is due: a dead one's jobs are noticed after some twelve."""
DUE_JOBS = sqla.text("SELECT count(*) FROM procrastinate_jobs WHERE scheduled_at IS NULL OR scheduled_at <= :now")
ROWS = ("cases", "notices", "objections", "handbooks", "ledger", "archive", "statistics")
KEYS = ("key", "source")
LOOPS = ("passages of one flow",)
"""A procedure may go back; how often it went through each element is compared."""


@dataclass
class Killer:
    """Kills at chosen acts of the player, a moment after one has begun."""

    lika: Lika
    chance: random.Random
    at: Mapping[int, str]
    kills: list[str] = field(default_factory=list)
    pending: list[threading.Timer] = field(default_factory=list)

    def __call__(self, act: int) -> None:
        """Note that an act begins."""
        if act in self.at:
            self.pending.append(threading.Timer(self.chance.uniform(0, 0.3), self._kill, [self.at[act]]))
            self.pending[-1].start()

    def _kill(self, victim: str) -> None:
        wait_for(lambda: self.lika.kill(victim), f"a {victim} to be killed", SETTLED)
        self.kills.append(victim)


class OverHttp(scenarios.Player):
    """Leaves background work to the installation's workers and sends what people do to its web server."""

    def __init__(self, scenario: scenarios.Scenario, caller: Caller, killer: Killer) -> None:
        super().__init__(scenario)
        self._caller, self._killer = caller, killer
        self._tokens: dict[str, str] = {}

    def work(self) -> None:
        """Wait until the workers have done what is due."""
        wait_for(self._settled, "the end of the work that is due", SETTLED)

    def complete(self, task: int, answers: Mapping[str, Any], person: identity.Person) -> None:
        """Complete a task; whoever gets no answer sends the same request again."""
        self._killer(len(self.result.acts))
        body = replies.dumps({"variables": answers})
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self._token(person)}"}
        sent: dict[str, Any] = {"content": body, "headers": headers, "auth": None}
        answer = self._caller.post(f"/user-tasks/{task}/completion", key=f"complete {task}", **sent)
        if answer is None or answer.status_code != 204:
            raise errors.Conflict(answer.text if answer else "no answer")

    def travel(self, at: datetime) -> None:
        """Move the clock of all processes."""
        db.shared_clock.put(at)

    def _settled(self) -> bool:
        db.sa.session.remove()
        due = timers.next_due()
        return not db.sa.session.scalar(DUE_JOBS, {"now": clock.now()}) and (due is None or due > clock.now())

    def _token(self, person: identity.Person) -> str:
        """Whom the scenario makes up becomes a user."""
        name = person.username
        if name not in self._tokens:
            people.add(name, person.name)
            for member in person.memberships:
                people.join(name, member.role, units.get(member.unit_id))
            self._tokens[name] = credentials.create_token(name, "bench")
        return self._tokens[name]


def run(seed: int, rounds: int, file: Path) -> Outcome:
    """Play a scenario calmly, and again while `rounds` processes are killed; `seed` gives moments and victims."""
    scenario = scenarios.read(file)
    with scratch.scratch() as server:
        calm = server.play(scenario)
    outcome = Outcome(faults=list(calm.failures))
    with installed(outcome, "--no-demo", LIKA_CLOCK_MAY_MOVE="yes") as lika, _joined(lika):
        bootstrap.prepare(demo=False)
        worlds.sow(scenario.seed or "")
        scratch.furnish(scenario)
        killer = _killer(lika, random.Random(seed), rounds, len(calm.acts))
        db.shared_clock.put(scenario.clock)
        with lika.kept_running(), Caller(lika.port) as caller:
            played = OverHttp(scenario, caller, killer).play()
            for timer in killer.pending:
                timer.join()
        outcome.kills, outcome.runs = killer.kills, 1
        outcome.faults += played.failures
        outcome.faults += _differences(calm.end, played.end)
        with lika.server.connect("lika") as connection:
            outcome.faults += verdict.untidy(connection, known=LOOPS)
    return outcome


def _killer(lika: Lika, chance: random.Random, rounds: int, acts: int) -> Killer:
    """Spread the kills over the run; its last acts are left to see what becomes of them."""
    moments = sorted(chance.sample(range(1, acts), rounds))
    return Killer(lika, chance, {act: VICTIMS[no % len(VICTIMS)] for no, act in enumerate(moments)})


def _differences(calm: Mapping[str, Any], played: Mapping[str, Any]) -> Iterator[str]:
    """Tell what is there in one run only; rows come in the order of their keys, which may differ."""
    if calm.get("nodes") != played.get("nodes"):
        yield f"passed {played.get('nodes')} instead of {calm.get('nodes')}"
    for what in ROWS:
        extra = [_without_keys(row) for row in played.get(what, ())]
        for row in map(_without_keys, calm.get(what, ())):
            if row in extra:
                extra.remove(row)
            else:
                yield f"{what} without {row}"
        yield from (f"{what} with {row}" for row in extra)


def _without_keys(value: Any) -> Any:
    """What two databases have in common: all but the keys that they give out."""
    if isinstance(value, dict):
        return {name: _without_keys(each) for name, each in value.items() if name not in KEYS}
    return [_without_keys(each) for each in value] if isinstance(value, list) else value


@contextmanager
def _joined(lika: Lika) -> Iterator[None]:
    """Be one more process of an installation, with its secrets."""
    before = os.environ.get("LIKA_VAR")
    os.environ["LIKA_VAR"] = str(lika.folder)
    try:
        with scratch.application(lika.server.url("lika")):
            yield
    finally:
        if before is None:
            del os.environ["LIKA_VAR"]
        else:
            os.environ["LIKA_VAR"] = before
