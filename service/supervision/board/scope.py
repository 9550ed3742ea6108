"""What is looked at: what a person supervises, narrowed by what he wants to see."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import sqlalchemy as sqla
from sqlalchemy import orm

from service import clock, db, errors, identity
from service.errors import _
from service.identity.models import Unit
from service.supervision import watches
from service.workflow import models

OPEN, SOON, OVERDUE, INCIDENT, SUSPENDED = "open", "soon", "overdue", "incident", "suspended"
TASKS = (OPEN, SOON, OVERDUE)
STALLED = watches.KINDS
ATTENTION = (SOON, OVERDUE, *STALLED, INCIDENT, SUSPENDED)
CHOICES: Mapping[str, Collection[str]] = {
    "": ATTENTION,
    OPEN: TASKS,
    "stalled": STALLED,
    **{kind: (kind,) for kind in ATTENTION},
}
"""What a list may be about: everything that needs attention, all open tasks, all that stands still, or one kind."""

BREAKDOWNS = ("unit", "step", "run")
"""What the numbers can be told by."""

instance = models.ProcessInstance


@dataclass(frozen=True)
class Wish:
    """What somebody wants to see: a kind of row, narrowed; `by` is what the numbers are told by, `after` the place of
    the last row of the page before.
    """

    kind: str = ""
    process: str = ""
    step: str = ""
    unit: int | None = None
    run: int | None = None
    sort: str = "late"
    by: str = "unit"
    after: str = ""


class Scope:
    """What a person supervises, narrowed by what he wants to see. Raises NotFound for a unit or a run of others."""

    def __init__(self, wish: Wish, by: identity.Person) -> None:
        self.wish = wish
        self.now = clock.now()
        self.everything = identity.access.EVERYWHERE in identity.access.supervised_paths(by)
        self.tops = _tops(by)
        self.unit = self._unit()
        self.run = self._run()

    @property
    def paths(self) -> list[str] | None:
        """The subtrees of which rows are shown; None: all rows, those without a unit too."""
        if self.unit is not None and (self.wish.unit or not self.everything):
            return [self.unit.path]
        return None if self.everything else [unit.path for unit in self.tops]

    def holds(self, row: Any) -> list[Any]:
        """The conditions for the rows of one table, with columns as in `_columns`."""
        found = [] if self.paths is None else [sqla.or_(*(Unit.path.startswith(path) for path in self.paths))]
        if self.wish.process:
            found.append(row.process_id == self.wish.process)
        if self.wish.step:
            found.append(row.element_id == self.wish.step)
        if self.run is not None:
            found.append(row.instance_key.in_(sqla.select(self.family.c.key)))
        return found

    @cached_property
    def family(self) -> sqla.CTE:
        """The run and all that it called, each with the called process of the run in which it lies."""
        assert self.run is not None
        none = sqla.cast(sqla.null(), sqla.BigInteger)
        start = sqla.select(instance.key, none.label("top")).where(instance.key == self.run.key)
        tree = start.cte("family", recursive=True)
        child = orm.aliased(models.ProcessInstance)
        inner = sqla.select(child.key, sqla.func.coalesce(tree.c.top, child.key))
        return tree.union_all(inner.join(tree, child.parent_key == tree.c.key))

    def _unit(self) -> Unit | None:
        if not self.wish.unit:
            return self.tops[0] if len(self.tops) == 1 else None
        unit = db.sa.session.get(Unit, self.wish.unit)
        if unit is None or not any(unit.path.startswith(top.path) for top in self.tops):
            raise errors.NotFound(_("There is no unit %(id)s."), id=self.wish.unit)
        return unit

    def _run(self) -> models.ProcessInstance | None:
        if not self.wish.run:
            return None
        row = db.sa.session.get(models.ProcessInstance, self.wish.run)
        if row is None or not self._touches(row):
            raise errors.NotFound(_("There is no process instance %(key)s."), key=self.wish.run)
        return row

    def _touches(self, row: models.ProcessInstance) -> bool:
        """Whether a run has a part in the units that one supervises."""
        if self.everything:
            return True
        mine = sqla.or_(*(Unit.path.startswith(top.path) for top in self.tops))
        parts = sqla.select(instance.key).join(Unit, Unit.id == instance.unit_id)
        parts = parts.where((instance.key == row.key) | (instance.root_key == row.key), mine)
        return db.sa.session.scalar(parts.limit(1)) is not None


def _tops(by: identity.Person) -> list[Unit]:
    """The topmost units that somebody supervises."""
    query = sqla.select(Unit).order_by(Unit.code)
    paths = identity.access.supervised_paths(by)
    if identity.access.EVERYWHERE in paths:
        return list(db.sa.session.scalars(query.where(Unit.parent_id.is_(None))))
    top = [path for path in paths if not any(path != other and path.startswith(other) for other in paths)]
    return list(db.sa.session.scalars(query.where(Unit.path.in_(top))))
