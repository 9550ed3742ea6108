from datetime import date
from decimal import Decimal

import pytest

from service.register.rules import income

REFERENCE = date(2013, 12, 31)


def test_net_income_is_all_earnings_and_transfers_less_expense():
    facts = {"income_wage": "10000", "income_business": 5000, "income_property": Decimal("0.50")}
    facts |= dict.fromkeys(income.TRANSFERS, 1) | {"expense_production": "3000.25"}
    assert income.net_income(facts) == Decimal("12006.25")


def test_net_income_may_be_negative_and_nothing_entered_is_zero():
    assert income.net_income({"expense_production": 10}) == Decimal(-10)
    assert income.net_income({}) == 0


@pytest.mark.parametrize(
    ("net", "persons", "each"),
    [
        ("8207.97", 3, "2735.99"),
        ("8208.00", 3, "2736.00"),
        ("10.01", 2, "5.01"),
        ("-10.01", 2, "-5.01"),
        ("10", 3, "3.33"),
    ],
)
def test_income_per_person_has_two_decimals_half_up(net, persons, each):
    assert income.per_capita(Decimal(net), persons) == Decimal(each)


def test_a_household_without_members_has_no_income_per_person():
    assert income.per_capita(Decimal(1), 0) is None


def test_only_ordinary_and_skilled_labour_counts():
    assert income.labourers([{"labour_ability": code} for code in ("01", "02", "03", "04", "")]) == 2


@pytest.mark.parametrize(("level", "gap"), [("C", True), ("D", True), ("0", False), (None, False)])
def test_a_dangerous_house_is_a_gap(level, gap):
    assert income.housing_gap({"danger_level": level}) is gap


@pytest.mark.parametrize(
    ("born", "status", "gap"),
    [
        (date(2007, 12, 31), "01", True),
        (date(2008, 1, 1), "01", False),
        (date(1998, 1, 1), "01", True),
        (date(1997, 12, 31), "01", False),
        (date(2005, 5, 5), "04", False),
    ],
)
def test_a_child_of_six_to_fifteen_outside_school_is_a_gap(born, status, gap):
    assert income.education_gap([{"born": born, "student_status": status}], REFERENCE) is gap


@pytest.mark.parametrize(
    ("health", "insured", "gap"),
    [
        (["01"], False, False),
        (["02"], False, True),
        (["02"], True, False),
        (["04"], False, True),
        (["02", "04"], True, False),
        (["03"], True, True),
        ([], False, False),
        (None, False, False),
    ],
)
def test_illness_without_cover_or_a_serious_one_is_a_gap(health, insured, gap):
    assert income.health_gap([{"health": health, "has_coop_medical": insured}]) is gap
