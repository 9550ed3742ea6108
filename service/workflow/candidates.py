"""Who may do a user task: a role at the nearest unit that has it, or people by name."""

from collections.abc import Iterable

from service import identity
from service.engine import effects
from service.workflow import models


def of(task: effects.TaskOpened, instance: models.ProcessInstance) -> tuple[int | None, list[str]]:
    """The unit that must act on a task and the texts that name its candidates.

    The role comes from candidateGroups, else from the lane (its role's id or Chinese name). It is looked for from the
    task's own `unit` property, or the instance's unit, upwards (DESIGN §5).
    """
    unit = instance.unit_id if task.unit is None else identity.units.find(task.unit).id
    return resolve(unit, task.lane, task.candidate_groups, task.candidate_users)


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
