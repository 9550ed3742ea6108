"""Instances of one run work on the same rows at the same moment: nobody is locked out, and nothing is lost."""

import random
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
import sqlalchemy as sa

from service import db
from service.register import figures, runs
from tests.register import world as worlds

CROWD, ROUNDS, EVENTS = 6, 6, 5


@pytest.fixture
def county(app):
    """Two villages with ten households each that take part, and who lives there."""
    made = worlds.World(deployed=True)
    for village in (made.upper, made.lower):
        for size in range(1, 11):
            made.household(village, persons=size)
    made.do("cases-open", made.township, {"state": "评议通过"})
    return made


def deadlocks():
    """How often the database had to break a circle of waiting transactions since it was made."""
    db.sa.session.execute(sa.text("SELECT pg_stat_force_next_flush()"))
    db.sa.session.commit()
    found = sa.text("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
    return db.sa.session.scalar(found)


def quotas(world, chance):
    """Both villages' quotas, in any order."""
    rows = [{"unit": f"50029900100{each}", "quota": chance.randrange(100)} for each in (1, 2)]
    world.do("scale-fix", world.township, quotas=chance.sample(rows, 2))


def everybody(world, chance):
    """All cases of the township change."""
    world.do("cases-update", world.township, {"set": "={round: n}"}, n=chance.randrange(9))


def village(world, chance):
    """A village's cases change, and then its events are counted, in one transaction."""
    unit = chance.choice([world.upper, world.lower])
    with db.transaction():
        if chance.random() < 0.5:
            world.do("cases-update", unit, {"set": "={mark: n}"}, n=chance.randrange(9))
        else:
            world.do(
                "list-rank", unit, {"quota": "=n", "listState": "拟纳入", "waitState": "候补"}, n=chance.randrange(50)
            )
        figures.note(world.instance, unit, notices=1, objections=1)


def table(world, chance):
    """The township's statistics are read."""
    world.do("statistics-write", world.township)


def test_many_instances_of_a_run_write_its_rows_at_once_without_a_deadlock(app, county):
    before = deadlocks()
    barrier = Barrier(CROWD)

    def person(number):
        chance = random.Random(number)
        with app.app_context():
            barrier.wait()
            for _round in range(ROUNDS):
                for _event in range(EVENTS):
                    chance.choice([quotas, quotas, everybody, village, table])(county, chance)
                with db.transaction():
                    figures.note(county.instance, county.township, sampled=1)

    with ThreadPoolExecutor(CROWD) as crowd:
        list(crowd.map(person, range(CROWD)))
    assert deadlocks() == before
    assert figures.noted(county.instance, county.township)["sampled"] == CROWD * ROUNDS
    assert runs.scale(county.instance, county.upper).quota is not None
