"""Quorum and votes of the assembly: DOMAIN §5, scenario 3 of §10."""

from decimal import Decimal

import pytest

from tests.decisions_shipped.tables import decide, edited


@pytest.mark.parametrize(
    ("kind", "composition", "present", "valid"),
    [
        ("村民代表会议", 30, 19, False),
        ("村民代表会议", 30, 20, True),
        ("村民代表会议", 31, 20, False),
        ("村民代表会议", 31, 21, True),
        ("村民会议", 30, 15, False),
        ("村民会议", 30, 16, True),
        (None, 30, 19, False),
        (None, 30, 20, True),
    ],
)
def test_two_thirds_of_the_assembly_or_more_than_half_of_the_villagers_must_attend(
    kind: str | None, composition: int, present: int, valid: bool
) -> None:
    inputs = {"meeting_kind": kind, "composition": composition, "present": present}
    assert decide("review_rules", "quorum_ok", **inputs) is valid


def test_a_meeting_without_numbers_is_not_valid() -> None:
    assert decide("review_rules", "quorum_ok", meeting_kind="村民代表会议", composition=None, present=None) is False


@pytest.mark.parametrize(
    ("yes", "present", "recused", "passed"),
    [
        (10, 20, 1, False),
        (11, 20, 1, True),
        (10, 20, 0, False),
        (11, 20, None, True),
        (10, 19, 0, True),
        (0, 0, 0, False),
    ],
)
def test_more_than_half_of_those_present_must_agree_and_the_recused_count_as_present(
    yes: int, present: int, recused: int | None, passed: bool
) -> None:
    assert decide("review_rules", "passed", yes=yes, present=present, recused=recused) is passed


def test_an_official_may_leave_the_recused_out_of_the_count() -> None:
    softer = edited("review_rules", "Cell_review_parameters_1_out1", "false")
    assert softer.evaluate("passed", {"yes": Decimal(10), "present": Decimal(20), "recused": Decimal(1)}) is True
    assert softer.evaluate("passed", {"yes": Decimal(10), "present": Decimal(20), "recused": None}) is False
