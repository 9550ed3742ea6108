"""The data sets of scenarios: a tree of units, the profiles of its villages, and invented households.

The same set is the same data every time.
"""

import functools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from service import db, errors
from service.errors import _
from service.identity import units
from service.register import models
from service.register.rules import apportionment
from service.seeds import households, people, storage, tree_a, tree_b

SEED = 2014


def sow(name: str) -> None:
    """Write a data set into an empty database. Raises Invalid for an unknown name."""
    if name not in SETS:
        raise errors.Invalid(
            _("There is no data set %(name)s; there are %(known)s."), name=name, known=", ".join(sorted(SETS))
        )
    with db.transaction():
        SETS[name]()


def describe(villages: Iterable[Mapping[str, Any]], drafts: Iterable[Mapping[str, Any]]) -> None:
    """Add villages and households one by one to a data set.

    A village is {unit, households, persons, reported_poor}; a household {unit, code, persons, income} with what else
    `service.seeds.households.described` takes.
    """
    numbers = people.Numbers("450298")
    with db.transaction():
        session = db.sa.session()
        session.add_all(_told(row, _village) for row in villages)
        storage.store(session, [_told(row, functools.partial(_described, numbers)) for row in drafts])


def _told(row: Mapping[str, Any], make: Callable[[dict[str, Any]], Any]) -> Any:
    try:
        return make(dict(row))
    except (KeyError, TypeError, ValueError, ArithmeticError) as error:
        raise errors.Invalid(_("%(row)s cannot be added to the data: %(why)s"), row=str(row), why=str(error)) from error


def _village(row: dict[str, Any]) -> models.Village:
    counts = {name: int(row[name]) for name in ("households", "persons", "reported_poor")}
    return models.Village(unit_id=units.find(row["unit"]).id, figures={}, **counts)


def _described(numbers: people.Numbers, row: dict[str, Any]) -> households.Draft:
    unit = units.find(row.pop("unit"))
    place = households.Place(unit.id, unit.code, unit.name)
    code, persons, income = row.pop("code"), int(row.pop("persons")), Decimal(row.pop("income"))
    return households.described(place, code, persons, income, numbers, **row)


def _tree_a() -> None:
    tree_a.plant()
    for village in tree_a.VILLAGES:
        unit = units.find(village.code)
        figures = {
            "persons_total": village.persons,
            "households_total": village.households,
            "persons_poor": village.quota,
            "per_capita_net_income": village.income,
            "collective_income_yuan": village.collective,
        }
        db.sa.session.add(
            models.Village(
                unit_id=unit.id,
                households=village.households,
                persons=village.persons,
                reported_poor=village.reported_poor,
                figures=figures,
            )
        )
    _store("450299", ((v.code, v.hamlets, households.applicants(v.reported_poor)) for v in tree_a.VILLAGES))


def county(townships: Sequence[tree_b.Township]) -> None:
    """Write some of the townships of tree B with their villages and households, in the open transaction."""
    tree_b.plant(townships)
    db.sa.session.flush()
    _store("500299", _villages_b(townships))


def _villages_b(townships: Sequence[tree_b.Township]) -> Iterator[tuple[str, tuple[str, ...], list[households.Share]]]:
    """The villages share their township's base evenly, and its exit target as the county's is split."""
    bases = [township.base_persons for township in townships]
    targets = apportionment.split(apportionment.half_up(sum(bases) * Fraction(tree_b.RATIO)), bases)
    for township, target in zip(townships, targets, strict=True):
        even = [1] * len(township.villages)
        shares = apportionment.split(township.base_persons, even), apportionment.split(target, even)
        for (code, _name), persons, exits in zip(township.villages, *shares, strict=True):
            yield code, (), households.registered(persons, exits)


def _store(area: str, villages: Iterable[tuple[str, tuple[str, ...], list[households.Share]]]) -> None:
    numbers = people.Numbers(area)
    drafts: list[households.Draft] = []
    for code, hamlets, shares in villages:
        unit = units.find(code)
        place = households.Place(unit.id, code, unit.name, hamlets)
        drafts += households.village(place, shares, numbers, SEED)
    storage.store(db.sa.session(), drafts)


SETS: dict[str, Callable[[], object]] = {
    "tree-a": _tree_a,
    "tree-a-units": tree_a.plant,
    "tree-b": lambda: county(tree_b.TOWNSHIPS),
    "tree-b-township": lambda: county(tree_b.ONE_TOWNSHIP),
    "tree-b-small": lambda: county(tree_b.SMALL),
}
