"""Plays a scenario: people answer their tasks, messages come, time passes, until nothing moves any more."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from service import clock, db, engine, errors, identity, jobs
from service.scenarios import people, verdict, view
from service.scenarios.scenario import Answer, Post, Scenario
from service.workflow import instances, messages, models, tasks, timers

Progress = Callable[["Player"], None]
MAX_ACTS = 200_000


@dataclass(frozen=True)
class Act:
    """Something that happened: at an instant, in a unit, an element, who did it, and what came of it."""

    at: datetime
    instance_key: int
    process_id: str
    unit: str
    element_id: str
    what: str
    who: str = ""


@dataclass
class Result:
    """How a scenario ended."""

    scenario: Scenario
    acts: list[Act] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    root_key: int | None = None

    @property
    def passed(self) -> bool:
        return not self.failures


def play(scenario: Scenario, progress: Progress = lambda player: None) -> Result:
    """Play a scenario on the present database, which must be empty but for roles, and judge it."""
    with clock.frozen(scenario.clock):
        player = Player(scenario, progress)
        try:
            player.run()
        except errors.Problem as problem:
            places = "; ".join(f"{place}: {text}" for place, text in problem.fields.items())
            player.result.failures.append(f"{problem} {places}".strip())
        else:
            player.result.failures += verdict.judge(scenario, player.result.root_key, player.errors_seen)
        return player.result


class Player:
    """One run of a scenario."""

    def __init__(self, scenario: Scenario, progress: Progress) -> None:
        self.scenario = scenario
        self.progress = progress
        self.result = Result(scenario)
        self.used: Counter[int] = Counter()
        self.nth: Counter[str] = Counter()
        self.posted: Counter[tuple[int, int]] = Counter()
        self.ready_at: dict[int, datetime] = {}
        self.stuck: dict[int, str] = {}
        self.errors_seen: set[int] = set()
        self.acts = 0

    def run(self) -> None:
        """Start and go on until nothing more happens or time is up."""
        self._start()
        while clock.now() <= self.scenario.until and self.acts < MAX_ACTS:
            jobs.run_pending()
            if not (self._post_due() + self._answer_all()) and not self._let_time_pass():
                break
        jobs.run_pending()
        for key, why in self.stuck.items():
            task = db.sa.session.get(models.UserTask, key)
            if task is not None and task.state == "CREATED":
                self.result.failures.append(f"{task.element_id}: {why}")

    def note(self, instance: models.ProcessInstance, element_id: str, what: str, who: str = "") -> None:
        """Remember something that happened."""
        unit = identity.units.get(instance.unit_id).name if instance.unit_id else ""
        self.result.acts.append(Act(clock.now(), instance.key, instance.process_id, unit, element_id, what, who))
        self.acts += 1
        self.progress(self)

    def _start(self) -> None:
        given = self.scenario
        variables = view.evaluate(given.variables, {})
        if given.message is not None:
            self._publish(given.message, {})
            jobs.run_pending()
            query = select(models.ProcessInstance).where(models.ProcessInstance.process_id == given.process)
            row = db.sa.session.scalars(query).first()
            if row is None:
                raise errors.Conflict(f"message {given.message.name} started no instance of {given.process}")
        else:
            row = instances.create(given.process, variables, by=identity.SYSTEM, unit=given.unit)
        self.result.root_key = row.root_key
        self.note(row, row.process_id, "started")

    def _answer_all(self) -> int:
        task = models.UserTask
        db.sa.session.remove()
        query = select(task).where(task.state == "CREATED").order_by(task.created_at, task.key)
        found = [t for t in db.sa.session.scalars(query) if t.key not in self.stuck]
        return sum(self._answer(t.key) for t in found)

    def _answer(self, key: int) -> bool:
        task = db.sa.session.get_one(models.UserTask, key)
        if task.state != "CREATED":
            return False
        context = view.of_task(task) | {"nth": self.nth[task.element_id] + 1}
        rule = self._rule(task, context)
        if rule is None:
            self.stuck[key] = "nobody answers this task in the scenario"
            return False
        number, answer = rule
        if not self._is_time(task, answer):
            return False
        person = people.who(task, answer.by)
        payload = dict(view.evaluate(answer.answer, context) or {})
        if answer.rows is not None:
            payload["rows"] = view.rows(task, answer.rows, context)
        self.used[number] += 1
        return self._submit(task, number, answer, payload, person)

    def _submit(
        self, task: models.UserTask, number: int, answer: Answer, payload: Mapping[str, Any], person: identity.Person
    ) -> bool:
        instance = db.sa.session.get_one(models.ProcessInstance, task.instance_key)
        element_id = task.element_id
        try:
            tasks.complete(task.key, payload, by=person)
        except errors.Problem as problem:
            text = f"{problem} {problem.fields}" if problem.fields else str(problem)
            if answer.error and answer.error in text:
                self.errors_seen.add(number)
                self.note(instance, element_id, f"refused: {text[:200]}", person.username)
                return True
            self.stuck[task.key] = f"the answer was refused: {text}"
            return False
        if answer.error:
            self.result.failures.append(f"{element_id}: the answer should have been refused with {answer.error!r}")
        self.nth[element_id] += 1
        self.note(instance, element_id, "completed", person.username)
        self._post_after(instance, element_id)
        return True

    def _rule(self, task: models.UserTask, context: Mapping[str, Any]) -> tuple[int, Answer] | None:
        for number, answer in enumerate(self.scenario.answers):
            if not answer.names(task.element_id):
                continue
            if answer.times is not None and self.used[number] >= answer.times:
                continue
            if answer.when is None or view.evaluate(answer.when, context) is True:
                return number, answer
        return None

    def _is_time(self, task: models.UserTask, answer: Answer) -> bool:
        if answer.after is None:
            return True
        at = task.created_at + engine.duration(answer.after, task.created_at)
        self.ready_at[task.key] = at
        if at > clock.now():
            return False
        del self.ready_at[task.key]
        return True

    def _post_due(self) -> int:
        count = 0
        for number, post in enumerate(self.scenario.messages):
            if post.at is not None and post.at <= clock.now() and not self.posted[number, 0]:
                self.posted[number, 0] += 1
                count += self._publish(post, {})
        due = [item for item in self.result_later if item[0] <= clock.now()]
        self.result_later[:] = [item for item in self.result_later if item[0] > clock.now()]
        return count + sum(self._publish(post, context) for _at, post, context in due)

    @property
    def result_later(self) -> list[tuple[datetime, Post, Mapping[str, Any]]]:
        return self.__dict__.setdefault("_later", [])

    def _post_after(self, instance: models.ProcessInstance, element_id: str) -> None:
        for number, post in enumerate(self.scenario.messages):
            if post.after != element_id or (post.times is not None and self.posted[number, 0] >= post.times):
                continue
            context = view.of_instance(instance)
            if post.when is not None and view.evaluate(post.when, context) is not True:
                continue
            self.posted[number, 0] += 1
            delay = engine.duration(post.delay, clock.now()) if post.delay else timedelta()
            self.result_later.append((clock.now() + delay, post, context))

    def _publish(self, post: Post, context: Mapping[str, Any]) -> int:
        items = view.evaluate(post.each, context) if post.each else [None]
        for item in items or []:
            seen = {**context, "item": item}
            key = view.evaluate(post.key, seen)
            ttl = engine.duration(post.ttl, clock.now())
            variables = view.evaluate(post.variables, seen) or {}
            messages.publish(post.name, "" if key is None else str(key), variables, ttl=ttl, by=identity.SYSTEM)
        return 1

    def _let_time_pass(self) -> bool:
        """Move the clock to the next thing that is to come."""
        later = [at for at in self.ready_at.values() if at > clock.now()]
        later += [item[0] for item in self.result_later]
        later += [p.at for n, p in enumerate(self.scenario.messages) if p.at and not self.posted[n, 0]]
        timer = timers.next_due()
        if timer is not None:
            later.append(timer)
        if not later or self._is_over():
            return False
        clock.travel_to(max(min(later), clock.now()))
        return True

    def _is_over(self) -> bool:
        row = db.sa.session.get(models.ProcessInstance, self.result.root_key, populate_existing=True)
        return row is None or row.state != "ACTIVE"
