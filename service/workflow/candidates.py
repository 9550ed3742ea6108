"""Who may do a user task: a role at the nearest unit that has it, or people by name."""

from collections.abc import Iterable

import sqlalchemy as sqla

from service import db, errors, identity
from service.engine import effects
from service.errors import _
from service.workflow import models


def of(task: effects.TaskOpened, instance: models.ProcessInstance) -> tuple[int | None, list[str]]:
    """The unit that must act on a task and the texts that name its candidates.

    The role comes from candidateGroups, else from the lane (its role's id or Chinese name). It is looked for from the
    task's own `unit` property, or the instance's unit, upwards (DESIGN §5).
    """
    unit = instance.unit_id if task.unit is None else identity.units.find(task.unit).id
    return resolve(unit, task.lane, task.candidate_groups, task.candidate_users)


def ensure_apart(task: models.UserTask, person: identity.Person) -> None:
    """Raise Forbidden for who did a step that the task's property `notBy` names, in the same instance.

    It holds for administrators too: nobody checks his own work.
    """
    apart = task.properties.get("notBy", "").replace(",", " ").split()
    if not apart:
        return
    other = models.UserTask
    mine = sqla.select(other.title).where(
        other.instance_key == task.instance_key,
        other.element_id.in_(apart),
        other.state == "COMPLETED",
        other.completed_by == person.username,
    )
    if (step := db.sa.session.scalar(mine.limit(1))) and person != identity.SYSTEM:
        told = _("%(name)s did “%(step)s”; somebody else must do “%(task)s”.")
        raise errors.Forbidden(told, name=person.name, step=step, task=task.title)


def resolve(
    unit: int | None, lane: str | None, groups: Iterable[str], users: Iterable[str]
) -> tuple[int | None, list[str]]:
    """As `of`: the id of the unit of the first role that is found, "role@unit id" and "user:name" texts."""
    candidates = [f"user:{name}" for name in users]
    acting: int | None = None
    for name in tuple(groups) or ((lane,) if lane else ()):
        role = identity.roles.named(name)
        nearest = identity.units.nearest_with_role(unit, role) if role is not None and unit is not None else None
        if nearest is not None:
            acting = acting or nearest
            candidates.append(f"{role}@{nearest}")
    return acting or unit, candidates
