"""What stands still is told to its supervisors: each standstill once, all of a look in one message."""

import pytest
import sqlalchemy as sqla

from service import db
from service.identity import people, units
from service.notifications import models, outbox
from service.supervision import alerts
from service.supervision.models import Watch
from service.workflow import instances
from tests.statements import counted
from tests.supervision import drawings
from tests.supervision.conftest import deploy, later, look, start

pytestmark = pytest.mark.usefixtures("county")


def told():
    """Who was told of standstills: name, subject, lines with links."""
    rows = db.sa.session.scalars(sqla.select(models.Notification).filter_by(kind="stalled").order_by("key"))
    return [(row.username, outbox.subject_of(row), outbox.texts_of(row)) for row in rows]


@pytest.fixture
def slow():
    """A step that may take a day."""
    deploy(p=drawings.process("p", drawings.task(stallAfter="P1D")))


def test_the_nearest_supervisors_are_told_once_of_all_that_a_look_found(county, slow):
    for unit in ("4502-e", "4502-e", "4502-e-u", "4502-w"):
        start("p", unit)
    later(days=1)
    assert len(look()) == 4
    look()
    alan, alice = sorted(told())
    assert alan == (
        "alan",
        "Stands still in your units: 1",
        [("西乡: 1 newly stand still.", f"/board?kind=stalled&unit={county['west']}")],
    )
    assert alice[:2] == ("alice", "Stands still in your units: 3")
    assert [line for line, _link in alice[2]] == ["东乡: 3 newly stand still."]


def test_however_many_units_are_told_of_supervisors_are_asked_for_once(slow):
    for code in ("4502-n", "4502-o", "4502-s"):
        people.join("bob", "township_clerk", units.add(code, code, "township", units.find("4502")))
        start("p", code)
    later(days=1)
    assert len({watch.unit_id for watch in look()}) == 3

    def queries(many):
        with db.transaction() as session:
            rows = session.scalars(sqla.select(Watch).limit(many).execution_options(populate_existing=True)).all()
            with counted() as seen:
                alerts.tell(rows)
        return len(seen)

    assert queries(1) == queries(3)


def test_supervisors_stand_level_by_level_from_the_nearest_unit_on(county):
    people.join("ada", "supervisor", units.find("4502-e"))
    people.set_active("alan", False)
    top, east, west, village = (county[name] for name in ("top", "east", "west", "village"))
    assert people.supervisors_of([village, top, west]) == {
        village: [["ada", "alice"], ["carol"]],
        top: [["carol"]],
        west: [["carol"]],
    }
    assert people.supervisors(east) == [["ada", "alice"], ["carol"]]
    assert (people.supervisors(None), people.supervisors(0)) == ([], [])


def test_what_stands_still_anew_is_told_anew(slow):
    start("p")
    later(days=1)
    look()
    start("p")
    later(days=1)
    look()
    assert [name for name, _subject, _lines in told()] == ["alice", "alice"]


def test_what_is_suspended_is_not_told(slow):
    held = start("p")
    instances.suspend(held.key, by=people.find("alice"))
    later(days=1)
    look()
    assert told() == []
