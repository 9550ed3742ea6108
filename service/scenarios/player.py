"""Plays a scenario: people answer their tasks, messages come, time passes, until nothing moves any more."""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import select

from service import clock, db, engine, errors, identity, jobs
from service.errors import _
from service.scenarios import ending, people, post, verdict, view
from service.scenarios.scenario import Answer, Scenario
from service.workflow import instances, models, tasks, timers

MAX_ACTS = 200_000
What = Literal["started", "completed", "refused"]


@dataclass(frozen=True)
class Act:
    """Something that happened: at an instant, in a unit, at an element; who did it, and what came of it."""

    at: datetime
    instance_key: int
    process_id: str
    unit: str
    element_id: str
    name: str
    what: What
    who: str = ""
    why: str = ""


@dataclass
class Result:
    """How a scenario ended: what people did, the end as `ending.of_run` sees it, and what is wrong."""

    scenario: Scenario
    acts: list[Act] = field(default_factory=list)
    end: Mapping[str, Any] = field(default_factory=dict)
    ended_at: datetime | None = None
    seconds: float = 0.0
    failures: list[str] = field(default_factory=list)

    @property
    def passed(self) -> bool:
        """Whether all held."""
        return not self.failures


Progress = Callable[[Result], None]


@dataclass(frozen=True)
class Claim:
    """A task that somebody will do: the number of the rule, and when."""

    number: int
    at: datetime


class Player:
    """One run of a scenario on the present database, which holds its data set and the processes.

    How background work is done, tasks are completed and the clock is moved may be overridden.
    """

    def __init__(self, scenario: Scenario, progress: Progress = lambda result: None) -> None:
        self.scenario = scenario
        self.progress = progress
        self.result = Result(scenario)
        self.given = scenario.given
        self.postbox = post.Postbox(scenario.messages, self.given)
        self.claims: dict[int, Claim] = {}
        self.used: Counter[int] = Counter()
        self.nth: Counter[tuple[str, int | None]] = Counter()
        self.refused: set[int] = set()
        self.refused_as_expected: set[int] = set()

    def play(self) -> Result:
        """Play to the end and judge it."""
        result, began = self.result, time.perf_counter()
        with clock.frozen(self.scenario.clock):
            try:
                root = self.start()
                self.run(root)
            except errors.Problem as problem:
                places = "; ".join(f"{place}: {text}" for place, text in problem.fields.items())
                result.failures.append(f"{problem.localized()} {places}".strip())
            else:
                result.end = ending.of_run(root)
                wrong = verdict.judge(self.scenario, root, result.end)
                result.failures += wrong and self.why_not_further()
                result.failures += wrong + self.never_refused()
            result.ended_at = clock.now()
        result.seconds = time.perf_counter() - began
        return result

    def work(self) -> None:
        """Do all background work that is due."""
        jobs.run_pending()

    def complete(self, task: int, answers: Mapping[str, Any], person: identity.Person) -> None:
        """Complete a task. Raises errors.Problem."""
        tasks.complete(task, answers, by=person)

    def travel(self, at: datetime) -> None:
        """Move the clock."""
        clock.travel_to(at)

    def start(self) -> int:
        """Start the instance as the scenario says, and give its key."""
        given = self.scenario
        if given.message is None:
            variables = view.evaluate(given.variables, self.given)
            row = instances.create(given.process, variables, by=identity.SYSTEM, unit=given.unit)
        else:
            post.send(given.message, self.given)
            self.work()
            started = models.ProcessInstance
            query = select(started).where(started.process_id == given.process).order_by(started.key.desc())
            found = db.sa.session.scalars(query).first()
            if found is None:
                text = _("Message %(name)s started no instance of %(process)s.")
                raise errors.Conflict(text, name=given.message.name, process=given.process)
            row = found
        self._note(row, given.process, "", "started")
        return row.key

    def run(self, root: int) -> None:
        """Go on until nothing more happens or time is up."""
        while clock.now() <= self.scenario.until and len(self.result.acts) < MAX_ACTS:
            self.work()
            if not (self.postbox.send_due() or self._answer_all()) and not self._let_time_pass(root):
                break
        self.work()
        if len(self.result.acts) >= MAX_ACTS:
            text = _("Gave up after %(count)s acts; does a loop never end?")
            self.result.failures.append(errors.localize(text, count=MAX_ACTS))

    def why_not_further(self) -> list[str]:
        """What held the run up: time that was over, tasks that no rule of the scenario answers; as sentences."""
        late = clock.now() > self.scenario.until
        over = [errors.localize(_("Gave up on %(day)s, see `until`."), day=clock.today())] if late else []
        claimed = self.claims.keys() | self.refused
        places = Counter(task.element_id for task in _open_tasks() if task.key not in claimed)
        text = _("%(task)s: no rule of the scenario fits this task (%(count)s open).")
        return over + [errors.localize(text, task=element, count=count) for element, count in places.items()]

    def never_refused(self) -> list[str]:
        """The rules whose answer should have been refused and was not, as sentences."""
        text = _("answers.%(number)s (%(task)s) was never refused with %(error)s.")
        return [
            errors.localize(text, number=number, task=", ".join(answer.task), error=error)
            for number, answer in enumerate(self.scenario.answers)
            if (error := self._expected_error(answer)) and number not in self.refused_as_expected
        ]

    def _expected_error(self, answer: Answer) -> str | None:
        """What a refusal must contain, None where the answer must be taken."""
        expected: str | None = view.evaluate(answer.error, self.given)
        return expected

    def _answer_all(self) -> int:
        keys = [task.key for task in _open_tasks()]
        self.claims = {key: self.claims[key] for key in keys if key in self.claims}
        return sum(self._answer(key) for key in keys if key not in self.refused)

    def _answer(self, key: int) -> bool:
        """Let a task be done if its time has come; False when nothing happened."""
        claim = self.claims.get(key)
        if claim and claim.at > clock.now():
            return False
        task = db.sa.session.get_one(models.UserTask, key)
        if task.state != "CREATED":
            return False
        context = {
            **self.given,
            **view.of_task(task),
            "nth": engine.normalise(self.nth[task.element_id, task.unit_id] + 1),
        }
        claim = claim or self._claim(task, context)
        if claim is None or claim.at > clock.now():
            return False
        del self.claims[key]
        answer = self.scenario.answers[claim.number]
        payload = dict(view.evaluate(answer.answer, context) or {})
        if answer.rows is not None:
            payload["rows"] = view.rows(task, answer.rows, context)
        self._complete(task, claim.number, payload, people.who(task, answer.by))
        return True

    def _claim(self, task: models.UserTask, context: Mapping[str, Any]) -> Claim | None:
        """The first rule that fits takes the task."""
        for number, answer in enumerate(self.scenario.answers):
            if self._fits(number, answer, task, context):
                self.used[number] += 1
                delay = view.delay(answer.after, context, task.created_at)
                self.claims[task.key] = Claim(number, task.created_at + delay)
                return self.claims[task.key]
        return None

    def _most(self, answer: Answer) -> float:
        """How often a rule may be used."""
        times = view.evaluate(answer.times, self.given)
        return math.inf if times is None else float(times)

    def _fits(self, number: int, answer: Answer, task: models.UserTask, context: Mapping[str, Any]) -> bool:
        if not answer.names(task.element_id) or self.used[number] >= self._most(answer):
            return False
        return answer.when is None or view.evaluate(answer.when, context) is True

    def _complete(
        self, task: models.UserTask, number: int, payload: Mapping[str, Any], person: identity.Person
    ) -> None:
        key, element_id, name, unit_id = task.key, task.element_id, task.name, task.unit_id
        instance = db.sa.session.get_one(models.ProcessInstance, task.instance_key)
        expected = self._expected_error(self.scenario.answers[number])
        try:
            self.complete(key, payload, person)
        except errors.Problem as problem:
            text = f"{problem.localized()} {problem.fields or ''}".strip()
            self._note(instance, element_id, name, "refused", person.username, why=text[:300])
            if expected and expected in text:
                self.refused_as_expected.add(number)
            else:
                self.refused.add(key)
                told = _("%(task)s: answers.%(number)s was refused: %(why)s")
                self.result.failures.append(errors.localize(told, task=element_id, number=number, why=text))
            return
        self.nth[element_id, unit_id] += 1
        self._note(instance, element_id, name, "completed", person.username)
        self.postbox.note_completed(instance, element_id)

    def _let_time_pass(self, root: int) -> bool:
        """Move the clock to the next thing that is to come; False when nothing is, or the run has ended."""
        row = db.sa.session.get_one(models.ProcessInstance, root, populate_existing=True)
        coming = [self.postbox.next_at(), timers.next_due(), *(claim.at for claim in self.claims.values())]
        later = [at for at in coming if at is not None and at > clock.now()]
        if not later or row.state != "ACTIVE":
            return False
        self.travel(min(later))
        return True

    def _note(
        self, row: models.ProcessInstance, element_id: str, name: str, what: What, who: str = "", why: str = ""
    ) -> None:
        unit = identity.units.get(row.unit_id).name if row.unit_id else ""
        self.result.acts.append(Act(clock.now(), row.key, row.process_id, unit, element_id, name, what, who, why))
        self.progress(self.result)


def _open_tasks() -> list[models.UserTask]:
    task = models.UserTask
    db.sa.session.remove()
    query = select(task).where(task.state == "CREATED").order_by(task.created_at, task.key)
    return list(db.sa.session.scalars(query))
