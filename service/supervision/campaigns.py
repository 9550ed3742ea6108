"""How a campaign (a run of the register and all instances it called) goes: its units compared, its dated stages, and
the quotas and the balance of persons.

Everything is narrowed to the units that the reader supervises; numbers are sums over a unit's subtree.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sqla
from sqlalchemy import orm
from sqlalchemy.dialects import postgresql

from service import clock, db, errors, identity
from service.errors import _
from service.identity.models import Unit
from service.register import models as register
from service.register.figures import FLOWS
from service.workflow import models

MOST = 100
"""So many campaigns are listed, the newest first."""
LEVELS = ("township", "village")
"""What is compared: the townships of a county, else the villages of a township."""

task, instance, incident = models.UserTask, models.ProcessInstance, models.Incident


@dataclass
class Row:
    """The numbers of one unit: tasks, process instances, and persons by what they are counted for."""

    unit: Unit
    open: int = 0
    overdue: int = 0
    in_time: int = 0
    late: int = 0
    running: int = 0
    ended: int = 0
    incidents: int = 0
    quota: int | None = None
    base: int | None = None
    target: int | None = None
    listed: int = 0
    flows: dict[str, int] = field(default_factory=lambda: dict.fromkeys(FLOWS.values(), 0))

    @property
    def done(self) -> int:
        """Completed tasks."""
        return self.in_time + self.late

    @property
    def leaving(self) -> int:
        """Persons of confirmed households that leave the register."""
        return self.flows["exit"] + self.flows["cleared"]

    @property
    def arriving(self) -> int:
        """Persons of confirmed households that enter it."""
        return self.flows["reentry"] + self.flows["new"]

    @property
    def turnover(self) -> float | None:
        """Persons leaving as a share of the base, in percent (DOMAIN A3)."""
        return 100 * self.leaving / self.base if self.base else None


@dataclass(frozen=True)
class Stage:
    """The tasks that are due on a day, and what became of them so far."""

    day: date
    steps: Sequence[str]
    in_time: int
    late: int
    open: int
    overdue: int


def listing(by: identity.Person) -> Sequence[Any]:
    """The campaigns in which the person supervises a unit, the newest first: the run, its unit, name and state."""
    query = (
        sqla.select(
            register.Run.key,
            register.Run.year,
            register.Run.opened_at,
            Unit.name.label("unit"),
            models.Definition.name.label("process"),
            instance.state,
        )
        .join(Unit, Unit.id == register.Run.unit_id)
        .join(instance, instance.key == register.Run.key)
        .join(models.Definition, models.Definition.key == instance.definition_key)
        .where(_concerns(by))
        .order_by(register.Run.opened_at.desc(), register.Run.key.desc())
    )
    return db.sa.session.execute(query.limit(MOST)).all()


def find(key: int, by: identity.Person) -> Any:
    """One campaign. Raises NotFound if there is none in which the person supervises a unit."""
    query = (
        sqla.select(register.Run, Unit, models.Definition.name.label("process"), instance.state)
        .join(Unit, Unit.id == register.Run.unit_id)
        .join(instance, instance.key == register.Run.key)
        .join(models.Definition, models.Definition.key == instance.definition_key)
        .where(register.Run.key == key, _concerns(by))
    )
    found = db.sa.session.execute(query).one_or_none()
    if found is None:
        raise errors.NotFound(_("There is no campaign %(key)s."), key=key)
    return found


def compare(run: register.Run, root: Unit, by: identity.Person) -> list[Row]:
    """The numbers of each township (or village) of a campaign that the person supervises, by code."""
    rows = {unit.id: Row(unit) for unit in _places(root, by)}
    if rows:
        _count_tasks(run.key, rows)
        _count_instances(run.key, rows)
        _add_scales(run.key, rows)
        _add_persons(run.key, rows)
    return list(rows.values())


def stages(run: register.Run, by: identity.Person) -> list[Stage]:
    """The tasks of a campaign by the day on which they are or were due."""
    local = sqla.func.timezone(str(clock.TZ), task.due) - timedelta(microseconds=1)
    day = sqla.cast(local, sqla.Date).label("day")
    names = sqla.func.array_agg(task.name.distinct())
    query = (
        sqla.select(day, names, *_counts())
        .where(task.root_key == run.key, task.due.is_not(None), task.state != "CANCELED")
        .where(identity.access.visible_units(by, task.unit_id))
        .group_by(day)
        .order_by(day)
    )
    return [Stage(*tuple(row)) for row in db.sa.session.execute(query)]


def _concerns(by: identity.Person) -> Any:
    """Whether a run's unit and a unit that the person supervises lie one below the other."""
    paths = identity.access.supervised_paths(by)
    inside = [Unit.path.startswith(path, autoescape=True) for path in paths]
    above = [sqla.literal(path).startswith(Unit.path) for path in paths]
    return sqla.or_(sqla.false(), *inside, *above)


def _places(root: Unit, by: identity.Person) -> Sequence[Unit]:
    for kind in LEVELS:
        below = sqla.select(Unit).where(Unit.kind == kind, Unit.path.startswith(root.path), Unit.id != root.id)
        below = below.where(identity.access.visible_units(by, Unit.id)).order_by(Unit.code)
        if found := db.sa.session.scalars(below).all():
            return found
    return ()


def _counts() -> list[sqla.ColumnElement[int]]:
    """Tasks done in time and late, open and of those overdue."""
    number, done, open_ = sqla.func.count(), task.state == "COMPLETED", task.state == "CREATED"
    late = task.completed_at > task.due
    return [
        number.filter(done, late.is_not(True)),
        number.filter(done, late),
        number.filter(open_),
        number.filter(open_, task.due < clock.now()),
    ]


def _under(rows: Mapping[int, Row], column: Any, *columns: Any) -> sqla.Select[Any]:
    """A query of columns by the compared unit in whose subtree `column` names a unit."""
    place = orm.aliased(Unit)
    query = sqla.select(place.id, *columns).join(Unit, Unit.id == column)
    return query.join(place, Unit.path.startswith(place.path)).where(place.id.in_(rows)).group_by(place.id)


def _count_tasks(run_key: int, rows: Mapping[int, Row]) -> None:
    query = _under(rows, task.unit_id, *_counts()).where(task.root_key == run_key)
    for unit_id, in_time, late, open_, overdue in db.sa.session.execute(query):
        row = rows[unit_id]
        row.in_time, row.late, row.open, row.overdue = in_time, late, open_, overdue


def _count_instances(run_key: int, rows: Mapping[int, Row]) -> None:
    number = sqla.func.count
    query = _under(
        rows,
        instance.unit_id,
        number().filter(instance.state == "ACTIVE"),
        number().filter(instance.state != "ACTIVE"),
        number(incident.key),
    )
    stopped = (incident.instance_key == instance.key) & (incident.state == "ACTIVE")
    query = query.outerjoin_from(instance, incident, stopped).where(instance.root_key == run_key)
    for unit_id, running, ended, incidents in db.sa.session.execute(query):
        rows[unit_id].running, rows[unit_id].ended, rows[unit_id].incidents = running, ended, incidents


def _add_scales(run_key: int, rows: Mapping[int, Row]) -> None:
    """Quota and target as set for the unit itself, else added up from below; the base is frozen in villages."""
    scale, place = register.Scale, orm.aliased(Unit)
    query = (
        sqla.select(place.id, scale.unit_id, scale.quota, scale.base_persons, scale.exit_target)
        .join(Unit, Unit.id == scale.unit_id)
        .join(place, Unit.path.startswith(place.path))
        .where(scale.run_key == run_key, place.id.in_(rows))
    )
    below: dict[int, list[tuple[int | None, ...]]] = defaultdict(list)
    for place_id, unit_id, *figures in db.sa.session.execute(query):
        if unit_id == place_id:
            row = rows[place_id]
            row.quota, row.base, row.target = figures
        else:
            below[place_id].append(tuple(figures))
    for place_id, all_figures in below.items():
        row = rows[place_id]
        quota, base, target = (_total(column) for column in zip(*all_figures, strict=True))
        row.quota = quota if row.quota is None else row.quota
        row.base = base if row.base is None else row.base
        row.target = target if row.target is None else row.target


def _add_persons(run_key: int, rows: Mapping[int, Row]) -> None:
    """Persons of confirmed cases by flow, and those of the newest list of each unit."""
    case, decided = register.Case, register.Decided
    query = _under(rows, case.unit_id, case.confirmed, sqla.func.sum(case.persons)).group_by(case.confirmed)
    for unit_id, flow, persons in db.sa.session.execute(query.where(case.run_key == run_key)):
        if flow in FLOWS:
            rows[unit_id].flows[FLOWS[flow]] += int(persons)
    newest = (
        sqla.select(decided.unit_id, decided.persons)
        .ext(postgresql.distinct_on(decided.unit_id))
        .where(decided.run_key == run_key, decided.kind == "listed")
        .order_by(decided.unit_id, decided.made_at.desc(), decided.key.desc())
        .subquery()
    )
    query = _under(rows, newest.c.unit_id, sqla.func.sum(newest.c.persons))
    for unit_id, persons in db.sa.session.execute(query):
        rows[unit_id].listed = int(persons)


def _total(figures: Sequence[int | None]) -> int | None:
    known = [figure for figure in figures if figure is not None]
    return sum(known) if known else None
