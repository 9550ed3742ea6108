"""A county with two townships: Alice supervises the east, where Bob is the clerk, Alan the west, where Charlie is.

Carol supervises the whole county, Ada is its administrator.
"""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sqla

from service import clock, db, identity
from service.identity import people, units
from service.supervision import sweep, usual
from service.supervision.models import Watch
from service.workflow import deployments, instances, live, models, releases

ROOT = Path(__file__).parents[2]
MONDAY = "2026-07-06T09:00+08:00"


@pytest.fixture
def county(app: Any, at: Callable[[str], None]) -> dict[str, int]:
    """Units by name, people, and a Monday morning."""
    releases.forget()
    live.forget()
    at(MONDAY)
    top = units.add("4502", "某县", "county")
    east = units.add("4502-e", "东乡", "township", top)
    west = units.add("4502-w", "西乡", "township", top)
    village = units.add("4502-e-u", "上村", "village", east)
    for name, role, unit in (
        ("carol", "supervisor", top),
        ("alice", "supervisor", east),
        ("alan", "supervisor", west),
        ("bob", "township_clerk", east),
        ("charlie", "township_clerk", west),
        ("ada", "admin", top),
    ):
        people.add(name, name.title())
        people.join(name, role, unit)
    return {"top": top.id, "east": east.id, "west": west.id, "village": village.id}


def deploy(*forms: str, **processes: bytes) -> None:
    """Deploy processes by their ids, with some of the forms that come along."""
    files = {f"{name}.bpmn": data for name, data in processes.items()}
    files |= {f"{name}.form": (ROOT / "forms" / f"{name}.form").read_bytes() for name in forms}
    deployments.deploy(files, by=identity.SYSTEM)


def start(process_id: str, unit: str = "4502-e", **variables: Any) -> models.ProcessInstance:
    """Start a process as the system."""
    return instances.create(process_id, variables, by=identity.SYSTEM, unit=unit)


def later(**time: float) -> None:
    """Let time pass."""
    clock.advance(timedelta(**time))


def look() -> list[Watch]:
    """Look at everything, and again when what is about to be set right has had its time; what stands still then."""
    sweep.look(usual.times())
    later(seconds=30)
    sweep.look(usual.times())
    db.sa.session.expire_all()
    found = sqla.select(Watch).where(Watch.late_at <= clock.now()).order_by(Watch.kind, Watch.key)
    return list(db.sa.session.scalars(found))


def kinds() -> list[tuple[str, str]]:
    """The kind and the element of everything that stands still after a look."""
    return [(watch.kind, watch.element_id) for watch in look()]


def tasks(**about: Any) -> list[models.UserTask]:
    """The open tasks, oldest first."""
    db.sa.session.expire_all()
    query = sqla.select(models.UserTask).filter_by(state="CREATED", **about)
    return list(db.sa.session.scalars(query.order_by(models.UserTask.key)))


@pytest.fixture(autouse=True)
def _no_look_fails(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """A kind that fails does not hide the others; here it must not fail."""
    yield
    assert [record.getMessage() for record in caplog.get_records("call") if record.levelname == "ERROR"] == []
