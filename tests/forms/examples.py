"""One realistic example per shipped form (`examples/<form id>.yaml`) and ways to spoil it.

`context` are the process variables, `answers` what is sent, `gives` some values that come out (by dotted path),
`refused` a list of {set: {path: value}, at: place, also: [places]}: the changed answers must be refused there and
nowhere else.
"""

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from service import forms
from tests.forms.building import read_yaml

FORMS = Path(__file__).parents[2] / "forms"
EXAMPLES = Path(__file__).parent / "examples"
NAMES = sorted(path.stem for path in FORMS.glob("*.form"))


@dataclass(frozen=True)
class Spoiling:
    """A change that must be refused at `at`, and at the places `also`, and nowhere else.

    `server_only` says that the viewer mends such a value instead of refusing it.
    """

    form: str
    changes: Mapping[str, Any]
    at: str
    also: tuple[str, ...] = ()
    server_only: bool = False


@dataclass(frozen=True)
class Example:
    """Answers that a form takes."""

    context: dict[str, Any]
    answers: dict[str, Any]
    gives: Mapping[str, Any]
    spoilings: tuple[Spoiling, ...]


@cache
def form(name: str) -> forms.Form:
    """A shipped form."""
    return forms.parse((FORMS / f"{name}.form").read_bytes())


@cache
def example(name: str) -> Example:
    """The example of a shipped form."""
    raw = read_yaml((EXAMPLES / f"{name}.yaml").read_text(encoding="utf-8"))
    return Example(
        raw.get("context", {}),
        raw["answers"],
        raw.get("gives", {}),
        tuple(
            Spoiling(name, each["set"], each["at"], tuple(each.get("also", ())), each.get("serverOnly", False))
            for each in raw["refused"]
        ),
    )


def changed(answers: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """A copy of the answers with some values, given by dotted path, replaced."""
    made = copy.deepcopy(dict(answers))
    for path, value in changes.items():
        *steps, last = (int(step) if step.isdigit() else step for step in path.split("."))
        inner: Any = made
        for step in steps:
            inner = inner[step]
        inner[last] = value
    return made


def at(values: Any, path: str) -> Any:
    """The value at a dotted path."""
    for step in path.split("."):
        values = values[int(step)] if isinstance(values, list) else values[step]
    return values
