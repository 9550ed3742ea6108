from datetime import date

import pytest

from service import errors
from service.forms.validators import identity as gb11643
from service.register.rules import identity_numbers


@pytest.mark.parametrize(
    ("number", "born", "sex"),
    [
        ("450299197001010015", date(1970, 1, 1), "男"),
        ("45029919700101100X", date(1970, 1, 1), "女"),
        ("45029919700101100x", date(1970, 1, 1), "女"),
        (" 450299 19700101 0015 ", date(1970, 1, 1), "男"),
    ],
)
def test_a_valid_number_tells_birth_and_sex(number, born, sex):
    identity = identity_numbers.read(number)
    assert (identity.born, identity.sex, identity.disability) == (born, sex, None)


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        ("", "17 digits"),
        ("45029919700101001", "17 digits"),
        ("45029919700101001A", "check character"),
        ("450299197001010016", "check character"),
        ("45029A197001010015", "17 digits"),
        ("４５０２９９１９７００１０１００１５", "17 digits"),
        (identity_numbers.compose("450299", date(1970, 1, 1), 1)[:17] + "0", "check character"),
    ],
)
def test_a_wrong_number_is_refused_with_its_reason(number, reason):
    with pytest.raises(errors.Invalid, match=reason):
        identity_numbers.read(number)


def test_an_impossible_date_of_birth_is_refused():
    body = "45029919700230001"
    with pytest.raises(errors.Invalid, match="date of birth"):
        identity_numbers.read(body + gb11643.check_digit(body))


def test_a_composed_number_is_the_published_example():
    assert identity_numbers.compose("450299", date(1970, 1, 1), 1) == "450299197001010015"
    assert identity_numbers.compose("450299", date(1970, 1, 1), 100) == "45029919700101100X"


@pytest.mark.parametrize("annex", ["11", "74", "43B1", "43b2"])
def test_a_disability_certificate_carries_the_citizen_number(annex):
    identity = identity_numbers.read("450299197001010015" + annex)
    assert identity.citizen == "450299197001010015"
    assert identity.disability == annex[:2]


@pytest.mark.parametrize("annex", ["1", "81", "05", "15", "11B", "11C1", "11B0", "1111"])
def test_a_wrong_class_grade_or_reissue_is_refused(annex):
    with pytest.raises(errors.Invalid, match="disability"):
        identity_numbers.read("450299197001010015" + annex)


def test_both_documents_of_one_person_have_the_same_citizen_part():
    assert identity_numbers.citizen_part("45029919700101100x43") == identity_numbers.citizen_part("45029919700101100X")
