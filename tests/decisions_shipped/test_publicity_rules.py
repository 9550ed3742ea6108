"""What a publicity ends with: DOMAIN §4, A11–A13, §9.1 pn_result."""

import json
from pathlib import Path

import pytest

from tests.decisions_shipped.tables import decide

FORMS = Path(__file__).parents[2] / "forms"
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


@pytest.mark.parametrize(
    ("decision", "effect"),
    [
        ("不成立", "none"),
        ("成立-剔除", "remove"),
        ("成立-补录", "add"),
        ("成立-更正", "correct"),
        ("成立-程序重做", "redo"),
        ("成立", None),
    ],
)
def test_each_decision_on_an_objection_has_its_effect(decision: str, effect: str | None) -> None:
    assert decide("publicity_rules", "objection_effect", decision=decision) == effect


def test_the_answers_form_offers_the_decisions_of_the_table() -> None:
    offered = next(
        each for each in json.loads((FORMS / "f_reply.form").read_text())["components"] if each.get("key") == "decision"
    )["values"]
    effects = {decide("publicity_rules", "objection_effect", decision=each["value"]) for each in offered}
    assert effects == {"none", "remove", "add", "correct", "redo"}
