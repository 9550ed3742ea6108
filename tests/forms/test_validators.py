"""The checks by name: identity numbers, disability certificates, phones (DOMAIN §3.6)."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from service import clock
from service.forms import validators
from service.forms.validators import identity, registry
from tests.forms.building import component, form, refusal

GOOD = "450299197001010015"


def fault(name: str, value: str, **scope: Any) -> str | None:
    message = validators.find(name)(value, scope)
    return message and message.text("en")


@pytest.mark.parametrize("value", [GOOD, "45029919700101100X", "500299198002290015"[:17] + "0"])
def test_the_check_digit_is_that_of_the_standard(value: str) -> None:
    assert (
        identity.check_digit(value)
        == identity.CHECK_DIGITS[
            sum(int(digit) * pow(2, 17 - place, 11) for place, digit in enumerate(value[:17])) % 11
        ]
    )


def test_known_good_numbers_pass() -> None:
    for value in (GOOD, "45029919700101100X"):
        assert fault("resident-id", value) is None


@given(some.integers(0, 16), some.integers(1, 9))
def test_one_wrong_digit_is_always_found(place: int, shift: int) -> None:
    wrong = str((int(GOOD[place]) + shift) % 10)
    assert fault("resident-id", GOOD[:place] + wrong + GOOD[place + 1 :]) is not None


@given(some.integers(0, 16))
def test_two_neighbours_exchanged_are_found(place: int) -> None:
    swapped = GOOD[:place] + GOOD[place + 1] + GOOD[place] + GOOD[place + 2 :]
    assert (fault("resident-id", swapped) is None) == (swapped == GOOD)


@pytest.mark.parametrize(
    "value",
    [
        "",
        "45029919700101001",
        "45029919700101100x",
        "４50299197001010015",
        GOOD + "1",
        "050299197001010015",
        " " + GOOD,
        GOOD + "811",
        GOOD + "15",
        GOOD + "11C1",
    ],
)
def test_what_does_not_look_like_a_number_is_refused(value: str) -> None:
    assert fault("resident-id", value)


def numbered(birth: str, order: str = "001") -> str:
    digits = f"450299{birth}{order}"
    return digits + identity.check_digit(digits)


@pytest.mark.parametrize("birth", ["19700230", "19701301", "19700001", "18500101"])
def test_a_day_of_birth_must_exist(birth: str) -> None:
    assert fault("resident-id", numbered(birth)) == "The day of birth in the identity number does not exist."


def test_nobody_is_born_after_the_reference_point() -> None:
    assert fault("resident-id", numbered("20131231"), ref_point="2013-12-31") is None
    assert "after 2013-12-31" in str(fault("resident-id", numbered("20140101"), ref_point="2013-12-31"))
    assert fault("resident-id", numbered("20140101"), ref_point="soon") is None
    with clock.frozen(datetime(2015, 7, 19, 16, tzinfo=UTC)):
        assert fault("resident-id", numbered("20150720")) is None, "already the 20th in Beijing"
        assert fault("resident-id", numbered("20150721")) is not None


@pytest.mark.parametrize("suffix", ["11", "74", "23B1", "42B12"])
def test_disability_certificates_have_category_and_grade(suffix: str) -> None:
    assert fault("resident-id", GOOD + suffix) is None
    assert fault("disability-certificate", GOOD + suffix) is None
    assert fault("citizen-id", GOOD + suffix) is not None


@pytest.mark.parametrize("value", [GOOD, GOOD + "81", GOOD + "15", GOOD + "00", GOOD[:17] + "611"])
def test_wrong_disability_certificates_are_refused(value: str) -> None:
    assert fault("disability-certificate", value) is not None


@pytest.mark.parametrize(
    ("value", "good"),
    [
        ("13000000000", True),
        ("19900009999", True),
        ("12900000000", False),
        ("1990000000", False),
        ("199000000000", False),
        ("0772-8612345", True),
        ("07728612345", True),
        ("010-12345678", True),
        ("0772-861234", False),
        ("8612345", False),
        ("00721-8612345", False),
        ("１9900000000", False),
    ],
)
def test_phones(value: str, good: bool) -> None:
    assert (fault("phone", value) is None) is good
    assert (fault("mobile", value) is None) is (good and value.startswith("1"))


def test_post_codes_and_bank_accounts() -> None:
    assert [fault("post-code", each) is None for each in ("545500", "54550", "54550a")] == [True, False, False]
    assert [fault("bank-account", each) is None for each in ("62100000", "6210000", "6210 0000")] == [
        True,
        False,
        False,
    ]


def test_a_form_asks_for_a_check_by_its_property_and_only_of_what_is_filled_in() -> None:
    made = form(component("textfield", "a", properties={"validator": "resident-id"}))
    assert refusal(made, {"a": ""}) == {}
    assert refusal(made, {"a": GOOD}) == {}
    assert list(refusal(made, {"a": "1"})) == ["a"]


def test_a_value_already_refused_is_not_checked_again() -> None:
    made = form(component("textfield", "a", maxLength=3, properties={"validator": "resident-id, phone"}))
    assert len(refusal(made, {"a": "12345"})["a"]) == 1
    assert len(refusal(made, {"a": "123"})["a"]) == 2


def test_two_checks_cannot_share_a_name() -> None:
    with pytest.raises(ValueError, match="phone"):
        registry.validator("phone")(lambda value, scope: None)
