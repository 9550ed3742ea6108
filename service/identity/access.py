"""May this person do this to that? The one place that answers (DESIGN §5).

A subject is whatever the action is done to: a task or an instance (anything with a `unit_id`), a unit, or nothing. A
part above registers its own actions with `register`.
"""

from collections.abc import Callable
from typing import Any

import sqlalchemy as sqla
from sqlalchemy.sql.elements import ColumnElement

from service import db, errors
from service.errors import _
from service.identity import models, roles
from service.identity.persons import Person

Rule = Callable[[Person, Any], bool]

EVERYWHERE = "/"
"""The path of all units."""


def allowed(person: Person, action: str, subject: Any = None) -> bool:
    """Tell whether the person may do it. The system and administrators may do everything."""
    rule = _rules.get(action)
    if rule is None:
        raise LookupError(f"no rule for the action {action!r}; register one with access.register()")
    return person.is_system or "admin" in person.roles or rule(person, subject)


def ensure(person: Person, action: str, subject: Any = None) -> None:
    """Raise Forbidden unless the person may do it."""
    if not allowed(person, action, subject):
        raise errors.Forbidden(_("%(name)s may not do this (%(action)s)."), name=person.username, action=action)


def register(action: str, rule: Rule) -> None:
    """Give an action its rule."""
    _rules[action] = rule


def actions() -> list[str]:
    """Return all actions that have a rule."""
    return sorted(_rules)


def anybody(person: Person, subject: Any) -> bool:
    """Everybody who is signed in."""
    return True


def nobody(person: Person, subject: Any) -> bool:
    """Only the system and administrators."""
    return False


def holding(*role: str) -> Rule:
    """Build a rule: who has one of the roles in any unit."""
    return lambda person, subject: bool(person.roles.intersection(role))


def supervising(person: Person, subject: Any) -> bool:
    """Supervisors of the subject's unit or of one above it."""
    return _at_or_above(person, subject, lambda role: role == "supervisor")


def official(person: Person, subject: Any) -> bool:
    """Office holders and supervisors at the subject's unit or above it; not villagers.

    The county's poverty office works for its county.
    """
    return _at_or_above(person, subject, lambda role: role not in roles.VILLAGERS)


def candidate(person: Person, task: Any) -> bool:
    """Whom a task was offered to, by role and unit or by name, or who has it."""
    return task.assignee == person.username or not person.grants.isdisjoint(task.candidates)


def copied(person: Person, task: Any) -> bool:
    """Whom a task was copied to, for reading only."""
    return person.username in task.copied_to


def completed(person: Person, task: Any) -> bool:
    """Who completed the task."""
    return bool(task.completed_by == person.username)


def may_complete(person: Person, task: Any) -> bool:
    """Who has the task; while nobody has it, everybody it was offered to."""
    return task.assignee == person.username if task.assignee else candidate(person, task)


def holder_or_supervisor(person: Person, task: Any) -> bool:
    """Who has the task, and its supervisors."""
    return task.assignee == person.username or supervising(person, task)


def starter(person: Person, instance: Any) -> bool:
    """Who started a run; the processes that it called are not his."""
    return instance.started_by == person.username and instance.parent_key is None


def any_of(*rules: Rule) -> Rule:
    """Build a rule: one of several is fulfilled."""
    return lambda person, subject: any(rule(person, subject) for rule in rules)


def visible_tasks(
    person: Person,
    *,
    assignee: sqla.SQLColumnExpression[Any],
    candidates: sqla.SQLColumnExpression[Any],
    unit_id: sqla.SQLColumnExpression[Any],
) -> ColumnElement[bool]:
    """Build the condition for the tasks a person sees: own ones, offered ones and, for supervisors, the subtree's.

    `candidates` is a column of type ARRAY(Text) with entries as in `Person.grants`.
    """
    if sees_everything(person):
        return sqla.true()
    offered = candidates.op("&&")(sqla.cast(sorted(person.grants), sqla.ARRAY(sqla.Text)))
    conditions = [assignee == person.username, offered]
    if (units := supervised_units(person)) is not None:
        conditions.append(unit_id.in_(units))
    return sqla.or_(*conditions)


def visible_units(person: Person, unit_id: sqla.SQLColumnExpression[Any]) -> ColumnElement[bool]:
    """Build the condition for rows that only supervisors of their unit see."""
    if sees_everything(person):
        return sqla.true()
    units = supervised_units(person)
    return sqla.false() if units is None else unit_id.in_(units)


def official_units(person: Person, unit_id: sqla.SQLColumnExpression[Any]) -> ColumnElement[bool]:
    """Build the condition for rows that office holders and supervisors of their unit, or of one above, see."""
    paths = official_paths(person)
    if EVERYWHERE in paths:
        return sqla.true()
    below = (models.Unit.path.startswith(path, autoescape=True) for path in paths)
    return unit_id.in_(sqla.select(models.Unit.id).where(sqla.or_(*below))) if paths else sqla.false()


def sees_everything(person: Person) -> bool:
    """Tell whether nothing is hidden from the person."""
    return person.is_system or "admin" in person.roles


def looks_after_others(person: Person) -> bool:
    """Tell whether the person sees the work of others too, as a supervisor or because nothing is hidden."""
    return sees_everything(person) or supervised_units(person) is not None


def official_paths(person: Person) -> list[str]:
    """Return the paths of the subtrees that the person works for in an office."""
    if sees_everything(person):
        return [EVERYWHERE]
    return [member.area for member in person.memberships if member.role not in roles.VILLAGERS]


def supervised_paths(person: Person) -> list[str]:
    """Return the paths of the subtrees the person supervises."""
    if sees_everything(person):
        return [EVERYWHERE]
    return [member.area for member in person.memberships if member.role == "supervisor"]


def supervised_units(person: Person) -> sqla.Select[Any] | None:
    """Select the ids of the units the person supervises, None if there are none."""
    paths = supervised_paths(person)
    if not paths:
        return None
    return sqla.select(models.Unit.id).where(
        sqla.or_(*(models.Unit.path.startswith(path, autoescape=True) for path in paths))
    )


def _at_or_above(person: Person, subject: Any, fits: Callable[[str], bool]) -> bool:
    members = [member for member in person.memberships if fits(member.role)]
    unit_id = _unit_id(subject)
    if unit_id is None or not members:
        return bool(members) and subject is None
    if any(member.unit_id == unit_id for member in members):
        return True
    unit = subject if isinstance(subject, models.Unit) else db.sa.session.get(models.Unit, unit_id)
    return unit is not None and any(unit.path.startswith(member.area) for member in members)


def _unit_id(subject: Any) -> int | None:
    found = subject.id if isinstance(subject, models.Unit) else getattr(subject, "unit_id", None)
    return int(found) if found is not None else None


_rules: dict[str, Rule] = {
    "task.read": any_of(candidate, supervising, copied),
    "task.complete": may_complete,
    "task.claim": candidate,
    "task.assign": supervising,
    "task.unassign": holder_or_supervisor,
    "task.update": supervising,
    "task.comment": any_of(candidate, supervising, copied),
    "case.remarks": any_of(candidate, supervising),
    "task.send_back": may_complete,
    "task.take_back": completed,
    "task.transfer": any_of(may_complete, supervising),
    "task.delegate": may_complete,
    "task.copy": any_of(may_complete, completed, supervising),
    "instance.create": official,
    "instance.read": supervising,
    "instance.follow": any_of(supervising, starter),
    "instance.cancel": supervising,
    "instance.suspend": supervising,
    "instance.resume": supervising,
    "instance.modify": supervising,
    "instance.migrate": supervising,
    "incident.resolve": supervising,
    "variables.set": supervising,
    "message.publish": nobody,
    "signal.broadcast": nobody,
    "job.work": nobody,
    "clock.set": nobody,
    "deployment.create": holding("designer"),
    "deployment.read": anybody,
    "expression.evaluate": holding("designer", "supervisor"),
    "decision.evaluate": holding("designer", "supervisor"),
    "audit.read": supervising,
    "user.manage": nobody,
    "unit.manage": nobody,
}
