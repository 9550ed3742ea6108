"""A scenario file as frozen values.

```yaml
name: 一句话说明
process: household_identification      # or `start: {message: {name, key, variables}}`
include: [answers.yaml]                # further files whose `answers` come after this file's
seed: tree-a                           # the data set, see service.bootstrap
clock: 2026-06-01T08:00+08:00          # where the clock stands at the start
unit: "450226100"                      # the unit of the instance
variables: {quota_persons: 2053}
answers:                               # the first rule that fits an open task answers it
  - task: Task_DecomposeScale          # element id, a list of them, or * for any
    when: =task.unit = "450226100101"  # FEEL over `task`, `cases`, the task's variables, `today`, `nth` (1, 2, ...)
    times: 1                           # fits at most so often
    after: P1D                         # how long the person takes
    by: township_head                  # a role or user name; default: the task's first candidate
    answer: {quotas: =quotas}          # values that begin with "=" are FEEL
    rows: ={case: case.key, visited: true}   # roster tasks: FEEL for each open `case` (null: leave the row out)
    error: 总数                         # the answer must be refused with a text that contains this
messages:
  - {at: 2026-07-10T09:00+08:00, name: objection_received, key: =..., variables: {...}}
  - {after: Task_IssueNotice, delay: P1D, name: ..., key: =..., variables: {...}, times: 1}
until: 2026-12-31                      # give up then; default: one year after the start
expect:
  state: COMPLETED
  ended: End_Archived                  # an end event of the root instance (or a list)
  passed: [Task_A]                     # elements that some instance of the run completed
  not_passed: [Task_B]
  incidents: 0
  variables: {remainder: 3}            # of the root instance
  assert:                    # FEEL with `variables`, `instances`, `passed` (counts), `cases`, `notices`, `days`
    - =passed.Task_A = 8
```
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import yaml

from service import clock, errors
from service.errors import _


@dataclass(frozen=True)
class Answer:
    """A rule: who answers which task with what."""

    task: tuple[str, ...]
    answer: Any = field(default_factory=dict)
    rows: str | None = None
    when: str | None = None
    times: int | None = None
    after: str | None = None
    by: str | None = None
    error: str | None = None

    def names(self, element_id: str) -> bool:
        """Whether the rule is about an element."""
        return "*" in self.task or element_id in self.task


@dataclass(frozen=True)
class Post:
    """A message that is published at an instant, or some time after an element was left."""

    name: str
    key: str = ""
    variables: Any = field(default_factory=dict)
    at: datetime | None = None
    after: str | None = None
    delay: str | None = None
    when: str | None = None
    times: int | None = None
    each: str | None = None
    ttl: str = "P30D"


@dataclass(frozen=True)
class Expectation:
    """What must hold at the end."""

    state: str = "COMPLETED"
    ended: tuple[str, ...] = ()
    passed: tuple[str, ...] = ()
    not_passed: tuple[str, ...] = ()
    incidents: int = 0
    variables: Mapping[str, Any] = field(default_factory=dict)
    asserts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Scenario:
    """A scenario file."""

    file: Path
    name: str
    process: str
    clock: datetime
    until: datetime
    seed: str | None = None
    unit: str | None = None
    message: Post | None = None
    variables: Mapping[str, Any] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    answers: tuple[Answer, ...] = ()
    messages: tuple[Post, ...] = ()
    expect: Expectation = field(default_factory=Expectation)


def read(path: Path) -> Scenario:
    """Read a scenario file. Raises Invalid with the file, the place and the remedy."""
    raw = _load(path)
    known = {f.name for f in fields(Scenario)} - {"file"} | {"include"}
    _refuse_unknown(path, "", raw, known)
    start = _instant(path, "clock", raw.get("clock", "2026-03-02T08:00+08:00"))
    answers = [_answer(path, n, a) for n, a in enumerate(raw.get("answers", []))]
    for name in raw.get("include", []):
        other = path.parent / name
        answers += [_answer(other, n, a) for n, a in enumerate(_load(other).get("answers", []))]
    return Scenario(
        file=path,
        name=raw.get("name", path.stem),
        process=raw.get("process", path.parent.name),
        clock=start,
        until=_instant(path, "until", raw["until"]) if "until" in raw else start + timedelta(days=366),
        seed=raw.get("seed"),
        unit=raw.get("unit"),
        message=_post(path, "message", raw["message"]) if "message" in raw else None,
        variables=raw.get("variables", {}),
        files=raw.get("files", {}),
        answers=tuple(answers),
        messages=tuple(_post(path, f"messages[{n}]", m) for n, m in enumerate(raw.get("messages", []))),
        expect=_expectation(path, raw.get("expect", {})),
    )


def _load(path: Path) -> dict[str, Any]:
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise errors.Invalid(_("%(file)s cannot be read: %(why)s"), file=str(path), why=str(error)) from error
    if not isinstance(raw, dict):
        raise errors.Invalid(_("%(file)s must hold a mapping such as `process: …`."), file=str(path))
    return raw


def _refuse_unknown(path: Path, place: str, raw: Any, known: set[str]) -> None:
    if not isinstance(raw, dict):
        raise errors.Invalid(_("%(file)s: %(place)s must be a mapping."), file=str(path), place=place)
    unknown = sorted(set(raw) - known)
    if unknown:
        raise errors.Invalid(
            _("%(file)s: %(place)s has unknown entries %(names)s; known are %(known)s."),
            file=str(path),
            place=place or "the file",
            names=", ".join(map(str, unknown)),
            known=", ".join(sorted(known)),
        )


def _answer(path: Path, number: int, raw: Any) -> Answer:
    _refuse_unknown(path, f"answers[{number}]", raw, {f.name for f in fields(Answer)})
    if "task" not in raw:
        raise errors.Invalid(_("%(file)s: answers[%(number)s] names no task."), file=str(path), number=number)
    return Answer(**{**raw, "task": _texts(raw["task"])})


def _post(path: Path, place: str, raw: Any) -> Post:
    _refuse_unknown(path, place, raw, {f.name for f in fields(Post)})
    if "name" not in raw:
        raise errors.Invalid(_("%(file)s: %(place)s names no message."), file=str(path), place=place)
    at = _instant(path, f"{place}.at", raw["at"]) if "at" in raw else None
    return Post(**{**raw, "at": at})


def _expectation(path: Path, raw: Any) -> Expectation:
    _refuse_unknown(path, "expect", raw, {f.name for f in fields(Expectation)} - {"asserts"} | {"assert"})
    raw = dict(raw)
    given = {"asserts": _texts(raw.pop("assert", ()))}
    for name in ("ended", "passed", "not_passed"):
        given[name] = _texts(raw.pop(name, ()))
    return Expectation(**given, **raw)


def _texts(value: Any) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(str(v) for v in value or ())


def _instant(path: Path, place: str, value: Any) -> datetime:
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError as error:
            raise errors.Invalid(
                _("%(file)s: %(place)s is %(value)s, not a date and time such as 2026-06-01T08:00+08:00."),
                file=str(path),
                place=place,
                value=value,
            ) from error
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=clock.TZ)).astimezone(UTC)
    if isinstance(value, date):
        return datetime.combine(value, time(), clock.TZ).astimezone(UTC)
    raise errors.Invalid(_("%(file)s: %(place)s is not a date and time."), file=str(path), place=place)
