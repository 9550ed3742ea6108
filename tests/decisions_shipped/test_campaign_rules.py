"""Dates and parameters of a year: DOMAIN §0, §1.4, A7, A9, §9.5."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from service import clock
from tests.decisions_shipped.tables import decide, model


def settings(kind: str, year: int | None = 2026) -> dict[str, Any]:
    result = decide("campaign_rules", f"{kind}_settings", campaign_year=year)
    assert isinstance(result, dict)
    return result


def test_the_adjustment_keeps_the_dates_of_the_plan() -> None:
    due = settings("adjustment")["due"]
    stated = {
        "prepare": (10, 20),
        "application_close": (10, 25),
        "survey": (10, 30),
        "review": (11, 2),
        "village_public_end": (11, 9),
        "village_report": (11, 10),
        "township_posting": (11, 12),
        "township_public_end": (11, 19),
        "township_report": (11, 20),
        "county_check": (11, 30),
        "county_report": (11, 30),
        "city_check": (12, 5),
        "confirm": (12, 5),
        "ledger": (12, 10),
        "close": (12, 20),
    }
    assert {key: due[key] for key in stated} == {key: date(2026, *day) for key, day in stated.items()}


def test_a_notice_posted_on_the_last_day_ends_before_the_cut_off() -> None:
    found = settings("adjustment")
    period = timedelta(days=int(found["parameters"]["publicity_days"]))
    due = found["due"]
    assert due["review"] + period == due["village_public_end"] < due["village_cutoff"] < due["township_posting"]
    assert due["township_posting"] + period == due["township_public_end"] < due["township_report"]


def test_parameters_of_the_adjustment() -> None:
    assert settings("adjustment")["parameters"] == {
        "year": 2026,
        "adjust_ratio": Decimal("0.20"),
        "publicity_days": 7,
        "rectify_days": 3,
        "sendback_days": 3,
        "policy_grace_months": 0,
    }


def test_the_villages_are_identified_in_the_order_of_their_dates() -> None:
    found = settings("village")
    days = list(found["due"].values())
    assert days == sorted(days)
    assert (found["due"]["registration"], found["due"]["network"]) == (date(2026, 8, 31), date(2026, 12, 31))
    assert found["parameters"]["publicity_days"] == 7


def test_without_a_year_the_current_one_counts() -> None:
    now = datetime(2031, 3, 1, tzinfo=clock.TZ)
    found = model("campaign_rules").evaluate("adjustment_settings", {"campaign_year": None}, now=lambda: now)
    assert isinstance(found, dict)
    assert found["due"]["close"] == date(2031, 12, 20)
