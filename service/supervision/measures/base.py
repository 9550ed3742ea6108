"""What every measure is: what it asks for, what it shows before and after, and what it does to one subject."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar, Literal

from service import errors, identity
from service.errors import _
from service.supervision import subjects

Given = Mapping[str, Any]


class Measure:
    """A way to step in. `id` names it in addresses; `on` says what it is done to.

    `below` offers to take what an instance called as well, `below_first` proposes it; `undoable` lets the audit log
    offer to take it back.
    """

    id: ClassVar[str]
    title: ClassVar[str]
    hint: ClassVar[str] = ""
    on: ClassVar[Literal["task", "instance", "entry"]] = "instance"
    below: ClassVar[bool] = False
    below_first: ClassVar[bool] = False
    undoable: ClassVar[bool] = False

    def find(
        self, instances: Iterable[int], tasks: Iterable[int], by: identity.Person, *, below: bool
    ) -> Sequence[Any]:
        """The subjects that somebody named. Raises NotFound for what he does not supervise."""
        if self.on == "task":
            return subjects.tasks(tasks, instances, by)
        return subjects.instances(instances, tasks, by, below=below and self.below)

    def choices(self, rows: Sequence[Any]) -> dict[str, Any]:
        """What there is to choose from, for the form."""
        return {}

    def read(self, form: Mapping[str, str], rows: Sequence[Any]) -> Given:
        """Read what the form says besides the reason. Raises Unprocessable, with one entry for each wrong field."""
        return {}

    def before(self, rows: Sequence[Any], given: Given) -> Sequence[str]:
        """How the subjects stand, in words, in their order."""
        return [self.now(row) for row in rows]

    def now(self, row: Any) -> str:
        """How one subject stands."""
        raise NotImplementedError

    def then(self, row: Any, given: Given) -> str:
        """How it will stand."""
        raise NotImplementedError

    def hindrance(self, row: Any, given: Given) -> str:
        """Why it cannot be done to a subject, as far as can be seen; empty if nothing is in the way."""
        if self.on == "task":
            return _hindrance_of_task(row)
        return errors.localize(_("It is over.")) if row.state != "ACTIVE" else ""

    def do(self, key: int, given: Given, reason: str, by: identity.Person) -> None:
        """Do it, in the open transaction. Raises problems for people."""
        raise NotImplementedError


def wrong(**fields: str) -> errors.Unprocessable:
    """A refusal of what was filled in: messages by field."""
    localized = {name: errors.localize(text) for name, text in fields.items()}
    return errors.Unprocessable(_("Something is missing or not right."), fields=localized)


def _hindrance_of_task(row: Any) -> str:
    if row.state != "CREATED":
        return errors.localize(_("The task is no longer open."))
    return errors.localize(_("The process is suspended; resume it first.")) if row.suspended else ""
