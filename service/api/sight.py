"""Which rows a person sees (DESIGN §5), for the searches of this part."""

from typing import Any

import sqlalchemy as sqla

from service import identity
from service.api.search.kinds import Condition
from service.workflow import models

Join = Any


def everybody(person: identity.Person) -> Condition:
    """Whoever is signed in: what is deployed is no secret."""
    return sqla.true()


def by_instance(person: identity.Person) -> Condition:
    """Rows of instances whose unit the person supervises."""
    return identity.access.visible_units(person, models.ProcessInstance.unit_id)


def tasks(person: identity.Person) -> Condition:
    """Own and offered tasks, and those of supervised units."""
    task = models.UserTask
    return identity.access.visible_tasks(
        person, assignee=task.assignee, candidates=task.candidates, unit_id=task.unit_id
    )
