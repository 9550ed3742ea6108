import pytest

from service.privacy import masking


def test_the_date_of_birth_is_hidden():
    assert masking.certificate("45029919700101100X") == "450299********100X"
    assert masking.certificate("45029919700101100X43") == "450299**********0X43"


def test_a_telephone_keeps_three_and_four_digits():
    assert masking.phone("19900001234") == "199****1234"


def test_an_account_keeps_its_last_four_digits():
    assert masking.account("6222020000001234") == "************1234"


@pytest.mark.parametrize("mask", [masking.certificate, masking.phone, masking.account])
def test_what_is_too_short_to_mask_is_hidden_whole(mask):
    assert mask("1234567") == "*******"
    assert mask("") == mask(None) == ""
