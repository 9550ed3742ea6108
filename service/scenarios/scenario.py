"""A scenario as frozen values. This is the format of its file:

```yaml
name: 一句话说明
process: household_identification      # default: the name of the file's folder
seed: tree-a                           # the data set, see service.seeds.worlds
villages:                              # what comes to it: villages' profiles and households, see worlds.describe
  - {unit: FX02, households: 298, persons: 1210, reported_poor: 402}
households:
  - {unit: FX02, code: H1, hamlet: 岜上屯, persons: 3, income: 2735.99, facts: {danger_level: C}}
clock: 2026-06-01T08:00+08:00          # where the clock stands at the start
given: {quota: 2053, absent: 3}        # values that all FEEL of the file sees by name; --set changes them
message:                               # starts the instance by a message, or by process:
  {name: county_quota_issued, variables: {township: FX, quota_persons: =quota}}
unit: FX                               # the instance's unit when it is not started by a message
variables: {quota_persons: 2053}       # its variables then
files: {household_rules.dmn: other.dmn}    # files that take the place of bundled ones, or are new
include: [../shared/household.yaml]    # files whose `answers` and `messages` come after this file's, `given` under it
answers:                               # the first rule that fits an open task answers it
  - task: Task_DecomposeScale          # element id, a list of them, or "*" for any
    when: =task.unit = "FX01"          # FEEL over the task's variables, `task` and `nth` (see below)
    times: 1                           # at most so often in the whole run (1 with an `error`); FEEL over what is given
    after: P1D                         # how long the person takes; FEEL: `=duration(...)`
    by: township_head                  # a role or a user name; default: the task's first candidate
    answer: {quotas: =quotas}          # values that begin with "=" are FEEL
    rows: {visited: true}              # roster tasks: the row of each open `case`; "=null" leaves the row out
    error: 总数                         # the answer must be refused with a text that contains this; null: taken
messages:
  - {at: 2026-07-10T09:00+08:00, name: county_reply, key: =..., variables: {...}}
  - {after: Task_IssueNotice, delay: P1D, when: =..., times: 1, name: ..., key: ..., each: =list, ttl: P30D}
until: 2026-12-31                      # give up then; default: 366 days after the start
expect:
  state: COMPLETED
  ended: End_Archived                  # an end event of the root instance, or a list
  passed: [Task_A]                     # elements that some instance of the run completed
  not_passed: [Task_B]
  incidents: 0                         # open ones
  variables: {remainder: 3}            # of the root instance
  assert:                              # FEEL, see below
    - =passed.Task_A = 8
```

A row sees its `case`, and `shown`: what the row's form holds before anything is entered. `task` is {element, unit,
unit_name, instance_unit, name, created, due}: `unit` acts, the instance may belong to another. `nth` says how many
times, this one included, the element has been answered in this unit. What follows a task (`after` of a message) sees
the variables of the task's instance, `households` that the register has in its unit, and with `each` the `item` of the
list. Assertions see `variables` of the root instance, `instances` {process, unit, unit_name, state, ended, start, end},
`passed` (how often each element was completed), of the run `cases`, `notices`, `objections`, `handbooks`, `ledger`,
`archive`, `statistics` and `samples`, and the register's `villages`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Answer:
    """A rule: who answers which task with what."""

    task: tuple[str, ...]
    answer: Any = field(default_factory=dict)
    rows: Any = None
    when: str | None = None
    times: int | str | None = None
    after: str = "PT0S"
    by: str | None = None
    error: str | None = None

    def names(self, element_id: str) -> bool:
        """Whether the rule is about an element."""
        return "*" in self.task or element_id in self.task


@dataclass(frozen=True)
class Post:
    """A message that is published at an instant, or some time after an element was completed."""

    name: str
    key: str = ""
    variables: Any = field(default_factory=dict)
    at: datetime | None = None
    after: str | None = None
    delay: str = "PT0S"
    when: str | None = None
    times: int | None = None
    each: str | None = None
    ttl: str = "P30D"

    @property
    def asks_for_households(self) -> bool:
        """Whether its expressions speak of the households of the unit."""
        return "households" in f"{self.when} {self.each} {self.key} {self.variables}"


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
    villages: Any = ()
    households: Any = ()
    unit: str | None = None
    message: Post | None = None
    given: Mapping[str, Any] = field(default_factory=dict)
    variables: Mapping[str, Any] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    answers: tuple[Answer, ...] = ()
    messages: tuple[Post, ...] = ()
    expect: Expectation = field(default_factory=Expectation)

    def changed(self, given: Mapping[str, Any]) -> Scenario:
        """The same scenario with other given values."""
        return replace(self, given={**self.given, **given})
