"""What a service task is about: its run, its unit, its headers, and the cases it means."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from service import errors
from service.errors import _
from service.jobs import handlers
from service.register import cases, expressions, filters, models


@dataclass(frozen=True)
class Scope:
    """One call of a handler, with the questions handlers ask."""

    run_key: int
    unit_id: int
    instance_key: int
    process_id: str
    element_id: str
    headers: Mapping[str, str]
    variables: Mapping[str, Any]

    def value(self, name: str, default: Any = None) -> Any:
        """A header's value."""
        return expressions.value(self.headers, name, self.variables, default)

    def text(self, name: str, default: str = "") -> str:
        """A header's text."""
        return expressions.text(self.headers, name, self.variables, default)

    def number(self, name: str, default: int | None = None) -> int | None:
        """A header's whole number, if it has one."""
        return expressions.number(self.headers, name, self.variables, default)

    def required(self, name: str, fallback: str) -> int:
        """A header's whole number, else the variable ``fallback``; refuses to go on without either."""
        found = self.number(name)
        if found is None and self.variables.get(fallback) is not None:
            found = expressions.whole(self.variables[fallback], fallback)
        if found is None:
            raise errors.Invalid(
                _("%(element)s needs the header %(name)s or the variable %(fallback)s"),
                element=self.element_id,
                name=name,
                fallback=fallback,
            )
        return found

    def listed(self, name: str) -> list[Any]:
        """A header's list."""
        return expressions.listed(self.headers, name, self.variables)

    def cases(self, header: str = "where", default: str = "") -> list[models.Case]:
        """The cases of the run in the unit's subtree that pass the filter in ``header``."""
        where = self.headers.get(header) or default
        return self.pick(cases.find(self.run_key, self.unit_id, filters.limits(where, self.variables)), where, header)

    def pick(self, found: Sequence[models.Case], where: str, name: str = "where") -> list[models.Case]:
        """Those of the cases for which the FEEL filter ``where`` is true; all of them without a filter."""
        if not where.strip():
            return list(found)
        return [case for case in found if expressions.holds(where, self.about(case), name)]

    def about(self, case: models.Case) -> dict[str, Any]:
        """The variables with ``case`` in them."""
        return {**self.variables, "case": cases.context(case)}


def of(job: handlers.Job) -> Scope:
    """The scope of a service task.

    :raises errors.Invalid: the instance belongs to no run or no unit.
    """
    root = job.variables.get("root_key")
    if root is None or job.unit_id is None:
        raise errors.Invalid(
            _("%(element)s needs an instance with a unit in a run; start the process with a unit"),
            element=job.element_id,
        )
    return Scope(
        run_key=expressions.whole(root, "root_key"),
        unit_id=job.unit_id,
        instance_key=job.instance_key,
        process_id=job.process_id,
        element_id=job.element_id,
        headers=job.headers,
        variables=job.variables,
    )
