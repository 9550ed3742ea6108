"""Every form in `forms/`: it parses, has no warnings, takes its example and refuses each spoiled one."""

import json
import re
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from service import forms
from tests.forms import building, examples
from tests.forms.examples import Spoiling

REQUIRED_BY_DOMAIN = """
    f_household f_village f_scale f_application f_visit f_minutes f_verify f_notice f_posting f_objection f_reply
    f_certificate f_review f_rectify f_transfer f_audit f_village_application f_decision f_pairing f_plan f_exit
    f_sample f_approval f_confirm f_ledger f_stat f_summary f_acceptance
""".split()

SPOILINGS = [spoiling for name in examples.NAMES for spoiling in examples.example(name).spoilings]


def test_the_forms_of_the_domain_are_all_there() -> None:
    assert set(REQUIRED_BY_DOMAIN) <= set(examples.NAMES)


@pytest.mark.parametrize("name", examples.NAMES)
def test_a_shipped_form_is_clean(name: str) -> None:
    form = examples.form(name)
    assert form.id == name
    assert (form.execution_platform, form.execution_platform_version) == ("Camunda Cloud", "8.8.0")
    assert [str(finding) for finding in forms.lint(form)] == []


@pytest.mark.parametrize("name", examples.NAMES)
def test_a_shipped_form_speaks_chinese_and_its_names_are_english(name: str) -> None:
    for component in examples.form(name).walk():
        if component.label:
            assert re.search(r"[\u4e00-\u9fff]", component.label), component.id
        assert re.fullmatch(r"[A-Za-z]+_[a-z0-9_]+", component.id), component.id
        for step in component.data:
            assert re.fullmatch(r"[a-z][a-z0-9_]*", step), component.id
        for rule in component.rules:
            assert re.search(r"[\u4e00-\u9fff].*。$", rule.message), rule.id


@pytest.mark.parametrize("name", examples.NAMES)
def test_a_shipped_form_takes_its_example(name: str) -> None:
    example = examples.example(name)
    result = forms.validate(examples.form(name), example.answers, example.context)
    for path, expected in example.gives.items():
        found = examples.at(result, path)
        assert found == (
            Decimal(str(expected)) if isinstance(expected, int | float) and not isinstance(expected, bool) else expected
        ), path
    assert not any(isinstance(value, float) for value in _leaves(result))


@pytest.mark.parametrize("name", examples.NAMES)
def test_a_shipped_form_that_is_sent_empty_is_refused(name: str) -> None:
    with pytest.raises(forms.Refused):
        forms.validate(examples.form(name), {}, examples.example(name).context)


@pytest.mark.parametrize("spoiling", SPOILINGS, ids=lambda spoiling: f"{spoiling.form}-{json.dumps(spoiling.changes)}")
def test_a_spoiled_example_is_refused_at_its_place_and_nowhere_else(spoiling: Spoiling) -> None:
    example = examples.example(spoiling.form)
    answers = examples.changed(example.answers, spoiling.changes)
    found = building.refused(examples.form(spoiling.form), answers, example.context)
    assert found.fields.keys() == {spoiling.at, *spoiling.also}, found.fields


def test_the_household_form_derives_its_sums_exactly() -> None:
    example = examples.example("f_household")
    answers = examples.changed(
        example.answers,
        {"income_wage": 0.01, "income_business": 0, "t_pension": 0, "t_ecology": 13679.94, "expense_production": 0},
    )
    result = forms.validate(examples.form("f_household"), answers, example.context)
    assert result["net_income"] == Decimal("13679.95")
    assert result["per_capita_net_income"] == Decimal("2735.99")


@pytest.mark.parametrize(
    ("income", "per_capita"), [("13679.97", "2735.99"), ("13679.98", "2736.00"), ("0.02", "0.00"), ("0.03", "0.01")]
)
def test_income_per_head_is_rounded_half_up_to_the_fen(income: str, per_capita: str) -> None:
    example = examples.example("f_household")
    zero = dict.fromkeys(("income_business", "t_pension", "t_ecology", "expense_production"), 0)
    answers = examples.changed(example.answers, {**zero, "income_wage": float(income)})
    result = forms.validate(examples.form("f_household"), answers, example.context)
    assert result["per_capita_net_income"] == Decimal(per_capita)


def household(changes: dict[str, Any], reasons: dict[str, str] | None = None) -> tuple[set[str], set[str]]:
    """Paths of errors and ids of warnings of the changed household form."""
    example = examples.example("f_household")
    answers = examples.changed(example.answers, changes) | {"warning_reasons": reasons or {}}
    try:
        forms.validate(examples.form("f_household"), answers, example.context)
    except forms.Refused as refused:
        warned = {warning["path"] for warning in refused.warnings}
        return set(refused.fields) - warned, {warning["rule"] for warning in refused.warnings}
    return set(), set()


OLD_MOTHER = "members.4"
NINE_YEAR_OLD = "members.3"


@pytest.mark.parametrize(
    ("changes", "errors", "warnings"),
    [
        # (3) one head, named like the household; one spouse; relation agrees with sex
        ({"members.0.relation_to_head": "99"}, {"members"}, set()),
        ({"members.4.relation_to_head": "02"}, {"members"}, set()),
        ({"members.3.relation_to_head": "03"}, {"members.3.relation_to_head"}, set()),
        ({"members.4.relation_to_head": "99"}, set(), set()),
        # (4) ages
        ({"members.4.education": "06"}, {"members.4.education"}, set()),
        ({"members.2.labour_ability": "02"}, {"members.2.labour_ability"}, set()),
        ({"members.4.labour_ability": "01"}, set(), {"labour_over_sixty"}),
        # (5) money and land
        ({"expense_production": 0}, set(), {"expense_missing"}),
        ({"expense_production": 0, "income_business": 0}, set(), set()),
        ({"household_attr": "03", "t_wubao": 500}, set(), set()),
        ({"members.4.is_dibao": True, "t_dibao": 900}, set(), set()),
        ({"land_irrigated": 2.5, "land_reforested": 12}, set(), set()),
        ({"road_distance_km": 5}, set(), set()),
        ({"road_distance_km": 5.01}, set(), {"road_far"}),
        ({"expense_production": 999999}, set(), {"net_income_negative"}),
        ({"income_wage": -1}, {"income_wage"}, set()),
        ({"water_difficult": True}, set(), {"water_consistent"}),
        # (6) causes
        ({"main_cause": "02"}, {"other_causes"}, set()),
        ({"main_cause": "02", "members.0.health": ["04"]}, set(), set()),
        ({"members.0.health": ["01"], "members.4.health": ["01"]}, {"other_causes"}, set()),
        (
            {"other_causes": ["03"], "members.2.student_status": "01", "members.3.student_status": "01"},
            set(),
            {"cause_schooling"},
        ),
        ({"other_causes": ["03"]}, set(), set()),
        ({"other_causes": ["07", "08", "09"]}, {"other_causes"}, set()),
        # (1) certificates
        ({"members.1.cert_no": "45029919720304002811"}, {"members.1.cert_no"}, set()),
        ({"members.1.cert_no": "45029919720304002811", "members.1.health": ["04"]}, set(), set()),
        ({"members.1.health": ["01", "02"]}, {"members.1.health"}, set()),
    ],
)
def test_the_cross_checks_of_the_household_form(changes: dict[str, Any], errors: set[str], warnings: set[str]) -> None:
    assert household(changes) == (errors, warnings)


def test_a_house_without_area_has_no_structure() -> None:
    example = examples.example("f_household")
    result = forms.validate(
        examples.form("f_household"), examples.changed(example.answers, {"house_area": 0}), example.context
    )
    assert "house_structure" not in result
    assert result["gap_housing"] is True


@pytest.mark.parametrize(
    ("changes", "gaps"),
    [
        ({"danger_level": "0"}, (False, False, False)),
        ({"danger_level": "D"}, (True, False, False)),
        ({"members.3.student_status": "01"}, (True, True, False)),
        ({"members.4.has_coop_medical": False}, (True, False, True)),
        ({"members.1.health": ["03"]}, (True, False, True)),
    ],
)
def test_the_gaps_of_the_household_form(changes: dict[str, Any], gaps: tuple[bool, bool, bool]) -> None:
    example = examples.example("f_household")
    result = forms.validate(examples.form("f_household"), examples.changed(example.answers, changes), example.context)
    assert (result["gap_housing"], result["gap_education"], result["gap_health"]) == gaps
    assert result["gaps"] == sum(gaps)


@pytest.mark.parametrize(("day", "age"), [("2013-05-05", 12), ("2013-05-06", 13), ("2014-05-05", 13)])
def test_age_is_counted_in_full_years_at_the_reference_point(day: str, age: int) -> None:
    example = examples.example("f_household")
    result = forms.validate(examples.form("f_household"), example.answers, {"ref_point": date.fromisoformat(day)})
    assert result["members"][2]["age"] == age


def _leaves(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [leaf for item in value.values() for leaf in _leaves(item)]
    if isinstance(value, list):
        return [leaf for item in value for leaf in _leaves(item)]
    return [value]
