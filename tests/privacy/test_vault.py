import flask
import pytest

from service import errors
from service.privacy import vault

SECRET = "x" * 43


def test_a_sealed_number_opens_again_and_hides_itself():
    safe = vault.Vault(SECRET)
    sealed = safe.seal("450299197001010015")
    assert safe.open(sealed) == "450299197001010015"
    assert b"450299" not in sealed


def test_sealing_twice_gives_different_bytes_but_one_index():
    safe = vault.Vault(SECRET)
    assert safe.seal("1") != safe.seal("1")
    assert safe.index("1", purpose="a") == safe.index("1", purpose="a")


def test_the_same_digits_in_two_columns_have_different_indexes():
    safe = vault.Vault(SECRET)
    assert safe.index("1", purpose="phone") != safe.index("1", purpose="cert_no")


def test_another_secret_cannot_open_and_indexes_differently():
    one, other = vault.Vault(SECRET), vault.Vault("y" * 43)
    with pytest.raises(errors.Unavailable, match="PRIVACY_KEY"):
        other.open(one.seal("1"))
    assert one.index("1", purpose="a") != other.index("1", purpose="a")


@pytest.mark.parametrize("place", [0, 1, 14, -1])
def test_a_damaged_number_is_noticed(place):
    safe = vault.Vault(SECRET)
    sealed = bytearray(safe.seal("450299197001010015"))
    sealed[place] ^= 1
    with pytest.raises(errors.Unavailable):
        safe.open(bytes(sealed))


def test_what_is_no_sealed_number_is_refused():
    with pytest.raises(errors.Unavailable):
        vault.Vault(SECRET).open(b"")


def test_a_short_secret_is_refused():
    with pytest.raises(errors.Unavailable, match="too short"):
        vault.Vault("secret")


def test_the_application_has_one_vault():
    app = flask.Flask(__name__)
    app.config["PRIVACY_KEY"] = SECRET
    with app.app_context():
        assert vault.current() is vault.current()
        assert vault.current().open(vault.Vault(SECRET).seal("1")) == "1"
