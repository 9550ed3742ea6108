"""The numbers of the board: of everything, and by unit, by step, or by run and called process."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sqla
from sqlalchemy import orm

from service import db
from service.identity.models import Unit
from service.supervision.board import rows
from service.supervision.board.scope import ATTENTION, CHOICES, TASKS, Scope
from service.workflow import models

MOST_LINES, MOST_RUNS = 300, 100

instance, definition = models.ProcessInstance, models.Definition


@dataclass
class Line:
    """Numbers of one unit, step or called process, by kind; `inner` tells whether there is something inside to look at.

    `definition_key` is the newest process definition of its rows, which tells the names of steps.
    """

    key: Any
    name: str
    about: str = ""
    inner: bool = True
    definition_key: int = 0
    counts: dict[str, int] = field(default_factory=dict)

    def number(self, choice: str) -> int:
        """How many rows the list of a choice would show."""
        return sum(self.counts.get(kind, 0) for kind in CHOICES[choice])


@dataclass(frozen=True)
class Board:
    """The numbers of everything and of its parts; `path` leads from the top to where one stands."""

    total: Line
    lines: Sequence[Line]
    path: Sequence[Line]


def count(scope: Scope) -> Board:
    """Count what somebody wants to see, by unit, step or run."""
    total = Line(None, "")
    lines: dict[Any, Line] = {}
    for row in _counted(scope):
        total.counts[row.kind] = total.counts.get(row.kind, 0) + row.number
        key = (row.process_id, row.element_id) if scope.wish.by == "step" else row.place
        line = lines.setdefault(key, Line(key, ""))
        line.definition_key = max(line.definition_key, row.definition_key or 0)
        line.counts[row.kind] = row.number + line.counts.get(row.kind, 0)
    named = {"unit": _units, "step": _steps, "run": _runs}[scope.wish.by]
    return Board(total, named(scope, lines), _callers(scope) if scope.wish.by == "run" else _units_above(scope))


def _counted(scope: Scope) -> Sequence[Any]:
    """How many rows there are of each kind in each place; the newest definition of each, for names."""
    found = rows.of(scope, (*TASKS, *ATTENTION))
    query = sqla.select(
        found.c.kind, sqla.func.count().label("number"), sqla.func.max(found.c.definition_key).label("definition_key")
    )
    if scope.wish.by == "step":
        places: list[Any] = [found.c.process_id, found.c.element_id]
        return db.sa.session.execute(query.add_columns(*places).group_by(found.c.kind, *places)).all()
    if scope.wish.by == "unit":
        place = _child(scope, found.c.path)
    elif scope.run is None:
        place = found.c.root_key
    else:
        query = query.join(scope.family, scope.family.c.key == found.c.instance_key)
        place = scope.family.c.top
    return db.sa.session.execute(query.add_columns(place.label("place")).group_by(found.c.kind, place)).all()


def _child(scope: Scope, path: Any) -> Any:
    """The unit below the present one in whose subtree a path lies, null for the unit itself and for no unit."""
    if scope.unit is None:
        tops = [(path.startswith(top.path), top.id) for top in scope.tops]
        return sqla.case(*tops, else_=rows.NO_KEY) if tops else rows.NO_KEY
    part = sqla.func.split_part(path, "/", scope.unit.path.count("/") + 1)
    return sqla.cast(sqla.func.nullif(part, ""), sqla.BigInteger)


def _units(scope: Scope, lines: Mapping[Any, Line]) -> list[Line]:
    """The units below the present one, all of them, and the present one itself where it has rows."""
    below = scope.tops
    if scope.unit is not None:
        query = sqla.select(Unit).where(Unit.parent_id == scope.unit.id).order_by(Unit.code)
        below = list(db.sa.session.scalars(query.limit(MOST_LINES)))
    found = [Line(unit.id, unit.name, counts=lines[unit.id].counts if unit.id in lines else {}) for unit in below]
    if None in lines:
        name = scope.unit.name if scope.unit is not None else ""
        found.insert(0, Line(None, name, inner=False, counts=lines[None].counts))
    return found


def _steps(scope: Scope, lines: Mapping[Any, Line]) -> list[Line]:
    """The steps that have rows, by process."""
    return [lines[key] for key in sorted(lines)][:MOST_LINES]


def _runs(scope: Scope, lines: Mapping[Any, Line]) -> list[Line]:
    """The runs, or the called processes of one, that have rows; those with most to attend to first, then the newest."""
    most = sorted((key for key in lines if key is not None), key=lambda key: (-lines[key].number(""), -key))
    keys = most[:MOST_RUNS]
    query = (
        sqla.select(instance.key, definition.name, sqla.func.coalesce(Unit.name, "").label("unit"))
        .join(definition, definition.key == instance.definition_key)
        .outerjoin(Unit, Unit.id == instance.unit_id)
        .where(instance.key == sqla.any_(sqla.literal(keys, sqla.ARRAY(sqla.BigInteger))))
    )
    found = [Line(row.key, row.name, row.unit, counts=lines[row.key].counts) for row in db.sa.session.execute(query)]
    found.sort(key=lambda line: (-line.number(""), line.about, line.name, line.key))
    if None in lines and scope.run is not None:
        found.insert(0, Line(None, "", inner=False, counts=lines[None].counts))
    return found


def _units_above(scope: Scope) -> list[Line]:
    """The units from the topmost that is supervised down to the present one."""
    if scope.unit is None:
        return []
    ids, tops = scope.unit.ancestor_ids, {top.id for top in scope.tops}
    first = next(place for place, id in enumerate(ids) if id in tops)
    names = dict(db.sa.session.execute(sqla.select(Unit.id, Unit.name).where(Unit.id.in_(ids))).all())
    return [Line(id, names[id]) for id in ids[first:]]


def _callers(scope: Scope) -> list[Line]:
    if scope.run is None:
        return []
    start = sqla.select(instance.key, instance.parent_key, sqla.literal(0).label("depth"))
    line = start.where(instance.key == scope.run.key).cte("callers", recursive=True)
    above = orm.aliased(models.ProcessInstance)
    further = sqla.select(above.key, above.parent_key, line.c.depth + 1).join(line, above.key == line.c.parent_key)
    line = line.union_all(further)
    query = (
        sqla.select(instance.key, definition.name, sqla.func.coalesce(Unit.name, "").label("unit"))
        .join(line, line.c.key == instance.key)
        .join(definition, definition.key == instance.definition_key)
        .outerjoin(Unit, Unit.id == instance.unit_id)
        .order_by(line.c.depth.desc())
    )
    return [Line(row.key, row.name, row.unit) for row in db.sa.session.execute(query)]
