"""A whole campaign that goes its way leaves nothing on the board but what is late by its due date."""

from pathlib import Path

import pytest
import sqlalchemy as sqla

from service import clock, db, scenarios
from service.identity.models import Unit
from service.scenarios import scratch as scratches
from service.seeds import staff
from service.supervision import sweep, usual
from service.supervision.models import Watch

ROOT = Path(__file__).parents[1]
EVERY = 12
"""A look after so many acts: the campaign has some hundreds."""


@pytest.fixture(scope="module")
def scratch():
    """A server for scenarios."""
    with scratches.scratch() as found:
        yield found


@pytest.mark.parametrize(
    "name", ["household_identification/full", "village_identification/full", "dynamic_adjustment/failed_checks"]
)
def test_nothing_stands_still_in_a_campaign_that_goes_its_way(scratch, name):
    found = []

    def watch(result):
        if len(result.acts) == 1:
            staff.appoint(db.sa.session.scalars(sqla.select(Unit).where(Unit.parent_id.is_(None))).one())
        if len(result.acts) % EVERY == 1:
            sweep.look(usual.times())
            query = sqla.select(Watch.kind, Watch.process_id, Watch.element_id).where(Watch.late_at <= clock.now())
            found.extend((clock.today().isoformat(), *row) for row in db.sa.session.execute(query))

    result = scratch.play(scenarios.read(ROOT / "scenarios" / f"{name}.yaml"), watch)
    assert result.failures == []
    assert found == []
