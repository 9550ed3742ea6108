"""What the browser needs to show a task's form: the form itself, the values it reads, and the person's draft."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from service import forms, identity
from service.db import values
from service.register import rosters
from service.workflow import completions, confidential, drafts, models, releases


@dataclass(frozen=True)
class TaskForm:
    """A form as form-js opens it. `data` are the variables with the draft on top."""

    schema: Any
    data: dict[str, Any]
    saved_at: str | None = None


def of(task: models.UserTask, *, by: identity.Person) -> TaskForm | None:
    """The form of a task, if it has one: to be filled in, with earlier answers if it came back, or as it was done."""
    if task.form_key is None or task.state not in ("CREATED", "COMPLETED"):
        return None
    source = releases.content(task.form_key)[1].decode()
    schema = json.loads(source)
    if task.state == "COMPLETED":
        filled = completions.readable(task)
        return None if filled is None else TaskForm(schema, filled)
    draft = drafts.load(task.key, by=by)
    confirmed = set(_confirmations(schema["components"]))
    variables = rosters.visible_variables(task)
    known = {name: value for name, value in variables.items() if name not in confirmed}
    data = read_by(source, known)
    if identity.access.allowed(by, "task.complete", task):
        data = confidential.opened(data, releases.get(task.deployment_key))
        data |= _first(releases.form(task.form_key), variables, by) | (completions.answers(task) or {})
    data |= draft.answers if draft else {}
    return TaskForm(schema, data, draft.saved_at.isoformat() if draft else None)


def _first(form: forms.Form, variables: Mapping[str, Any], by: identity.Person) -> dict[str, Any]:
    """What the form itself says that it shows first."""
    first = forms.prefilled(form, variables, {"name": by.name, "username": by.username})
    shown: dict[str, Any] = values.plain(first)
    return shown


def read_by(source: str, variables: Mapping[str, Any]) -> dict[str, Any]:
    """Those variables that a form's text names: a browser gets no more than the form can show."""
    named = set(re.findall(r"\w+", source))
    plain: dict[str, Any] = values.plain({name: value for name, value in variables.items() if name in named})
    return plain


def _confirmations(components: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """The boxes that must be ticked (盖章, 签字): what was signed and sealed at an earlier step does not count here."""
    for component in components:
        if component["type"] == "group" and not component.get("path"):
            yield from _confirmations(component["components"])
        elif component["type"] == "checkbox" and component.get("validate", {}).get("required"):
            yield component["key"]
