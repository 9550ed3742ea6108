"""What a publicity ends with: DOMAIN §4, A11–A13, §9.1 pn_result."""

import pytest

from tests.decisions_shipped.tables import decide

NONE = {f"objections_{kind}": 0 for kind in ("open", "fault", "added", "removed", "corrected")}


@pytest.mark.parametrize(
    ("kind", "outcome"),
    [("open", "open"), ("fault", "fault"), ("added", "added"), ("removed", "reduced"), ("corrected", "corrected")],
)
def test_each_kind_of_objection_has_its_outcome(kind: str, outcome: str) -> None:
    assert decide("publicity_rules", "pn_result", **{**NONE, f"objections_{kind}": 1}) == outcome


def test_rejected_objections_leave_the_list_clear() -> None:
    assert decide("publicity_rules", "pn_result", **NONE, objections_total=4) == "clear"


def test_the_graver_outcome_wins_and_an_open_objection_stops_everything() -> None:
    assert decide("publicity_rules", "pn_result", **dict.fromkeys(NONE, 1)) == "open"
    assert decide("publicity_rules", "pn_result", **{**dict.fromkeys(NONE, 1), "objections_open": 0}) == "fault"
    assert decide("publicity_rules", "pn_result", **{**NONE, "objections_added": 1, "objections_removed": 2}) == "added"
