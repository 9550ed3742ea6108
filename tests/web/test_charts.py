"""Charts in the browser: drawn from the numbers of their tables, and for supervisors only."""

import pytest

from service import db
from service.documents import sheets
from service.identity import units
from service.register import runs
from tests.web import drawings
from tests.web.conftest import deploy, start
from tests.web.test_notifications import signed_in
from tests.web.visitor import Visitor


@pytest.fixture
def worker():
    """None: nothing is done in the background here."""


@pytest.fixture
def campaign(county):
    """A run in Alice's township with a quota for its village, and one in the west."""
    deploy(drawings.files())
    found = {}
    for code, name in (("4502-e", "east"), ("4502-w", "west")):
        found[name] = start("checking", code)
        with db.transaction():
            runs.open_run(found[name].key, kind="household", process_id="checking", unit_id=county[name], year=2026)
    with db.transaction():
        runs.set_scales(found["east"].key, [{"unit_id": units.find("4502-e-u").id, "quota": 30}])
    return found


def test_charts_are_for_supervisors_of_their_units(app, campaign):
    alice, bob = signed_in(app, "alice"), signed_in(app, "bob")
    east, west = campaign["east"], campaign["west"]
    page = alice.get("/charts").text
    assert f"/charts/campaigns/{east.key}" in page
    assert f"/charts/campaigns/{west.key}" not in page
    assert alice.get(f"/charts/campaigns/{west.key}").status_code == 404
    assert alice.get("/charts/processes/1").status_code == 404
    for path in ("/charts", f"/charts/campaigns/{east.key}", f"/charts/processes/{east.definition_key}"):
        assert alice.get(path).status_code == 200
        assert bob.get(path).status_code == 403


def test_charts_and_the_heat_map_are_drawn_and_can_be_used_by_everybody(as_, campaign):
    alice = as_("alice")
    alice.open(f"/charts/campaigns/{campaign['east'].key}")
    alice.page.locator("figure.chart svg").first.wait_for()
    assert alice.page.locator("figure.chart svg").count() == 3
    assert alice.page.locator("tr", has_text="上村").last.locator("td").first.inner_text() == "30"
    assert alice.faults() == []
    alice.open(f"/charts/processes/{campaign['east'].definition_key}")
    alice.page.locator(".djs-element.heat-5[data-element-id=Task_Check]").wait_for()
    assert alice.page.locator(".diagram .tokens").inner_text() == "1"
    assert alice.faults() == []


def test_a_campaign_shows_only_the_numbers_that_its_process_has(app, campaign):
    alice, key = Visitor(app, "alice"), campaign["east"].key
    shown = alice.read(f"/charts/campaigns/{key}")
    assert "Listed persons" in shown
    assert not any(word in shown for word in ("Base", "Planned to leave", "Turnover"))
    with db.transaction():
        village = units.find("4502-e-u").id
        runs.set_scales(key, [{"unit_id": village, "base_persons": 100, "exit_target": 20}])
    shown = alice.read(f"/charts/campaigns/{key}")
    assert "Arriving Balance Turnover (%)" in shown
    assert "上村 30 0 100 20 0 0 +0 0.0" in shown
    assert sheets.read(alice.get(f"/charts/campaigns/{key}.xlsx").data).headings[-1] == "Turnover (%)"


def test_a_campaign_is_an_excel_file_for_those_who_supervise_it(app, campaign):
    alice, key = Visitor(app, "alice"), campaign["east"].key
    found = sheets.read(alice.get(f"/charts/campaigns/{key}.xlsx").data)
    assert [found.headings[0], *found.headings[-2:]] == ["Unit", "Quota", "Listed persons"]
    assert [(row[0], row[found.headings.index("Quota")]) for _number, row in found.rows] == [("上村", 30)]
    assert alice.get(f"/charts/campaigns/{campaign['west'].key}.xlsx").status_code == 404
    assert Visitor(app, "bob").get(f"/charts/campaigns/{key}.xlsx").status_code == 403
