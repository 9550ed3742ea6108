"""Who acts in a scenario: an office holder made up for the task, with exactly the membership that it takes."""

from service import errors, identity
from service.errors import _
from service.workflow import models


def who(task: models.UserTask, by: str | None) -> identity.Person:
    """The person who answers a task: `by` is a role or a user name; else the first candidate."""
    if by is not None and identity.people.exists(by):
        return identity.people.find(by)
    offered = [c for c in task.candidates if "@" in c and (by is None or c.startswith(f"{by}@"))]
    if offered:
        role, _at, unit_id = offered[0].partition("@")
        return holder(identity.roles.held_as(role)[0], int(unit_id))
    named = [c.removeprefix("user:") for c in task.candidates if c.startswith("user:")]
    if task.assignee or named:
        return identity.people.find(task.assignee or named[0])
    raise errors.Conflict(
        _("Nobody can do %(task)s: candidates are %(candidates)s."),
        task=task.element_id,
        candidates=", ".join(task.candidates) or "-",
    )


def holder(role: str, unit_id: int) -> identity.Person:
    """Somebody who holds a role in a unit."""
    unit = identity.units.get(unit_id)
    member = identity.Member(role, unit.id, unit.code, unit.name, unit.kind, unit.path)
    return identity.Person(0, f"{role}@{unit.code}", f"{unit.name}{identity.roles.title(role)}", (member,))
