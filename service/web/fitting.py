"""The pages that fit a step better than its form or list alone; the property ``page`` of a user task asks for one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from service import identity
from service.web import objections, publicity, review
from service.workflow import models

PAGE = "page"


@dataclass(frozen=True)
class Fitting:
    """What stands above the form of a task: a template with what it shows, and the script it needs."""

    template: str
    shown: Mapping[str, Any] = field(default_factory=dict)
    island: str = ""


PAGES: Mapping[str, Callable[[models.UserTask, identity.Person], Fitting | None]] = {
    "publicity": lambda task, by: _fit("publicity_task.html", publicity.beside(task, by)),
    "objection": lambda task, by: _fit("objection_task.html", objections.beside(task, by)),
    "review": lambda task, by: _fit("review.html", review.about(task, by=by), "review"),
}
"""By the value of the property; lint knows the same names (`engine.lint.vocabulary.PAGES`)."""


def of(task: models.UserTask, *, by: identity.Person) -> Fitting | None:
    """The fitting page of a task, if its diagram asks for one and there is something to show."""
    make = PAGES.get(task.properties.get(PAGE, ""))
    return make(task, by) if make else None


def _fit(template: str, shown: Mapping[str, Any] | None, island: str = "") -> Fitting | None:
    return Fitting(template, shown, island) if shown is not None else None
