"""Which rows a person sees (DESIGN §5), for the searches of this part."""

import sqlalchemy as sqla

from service import db, errors, identity
from service.api.search.kinds import Condition
from service.errors import _
from service.workflow import models


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


def ensure_instance(key: int, person: identity.Person) -> None:
    """Raise NotFound unless there is such an instance and the person sees it."""
    instance = models.ProcessInstance
    found = sqla.select(1).where(instance.key == key, by_instance(person))
    if db.sa.session.scalar(found) is None:
        raise errors.NotFound(_("There is no process instance %(key)s."), key=key)


def ensure_element(key: int, person: identity.Person) -> int:
    """Return the instance in which an element instance is. Raises NotFound unless the person sees it."""
    element, instance = models.ElementInstance, models.ProcessInstance
    query = sqla.select(element.instance_key).join(instance, instance.key == element.instance_key)
    found = db.sa.session.scalar(query.where(element.key == key, by_instance(person)))
    if found is None:
        raise errors.NotFound(_("There is no element instance %(key)s."), key=key)
    return found
