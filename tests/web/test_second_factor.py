"""A second factor: set up with an app, asked for at the sign-in, with recovery codes, and given up again."""

import base64
import re

import pytest
from passlib.totp import TOTP

from service.identity import credentials, people
from tests.web.conftest import PASSWORD

pytestmark = pytest.mark.usefixtures("county")


def token(page):
    return re.search(r'name="csrf-token" content="([^"]+)"', page.text).group(1)


def send(client, address, **given):
    page = client.get(address.partition("#")[0])
    return client.post(address, data={"csrf_token": token(page), **given})


def sign_in(client, password=PASSWORD):
    page = client.get("/login")
    return client.post("/login", data={"csrf_token": token(page), "username": "bob", "password": password})


@pytest.fixture
def phone(client):
    """Bob's app, after he has set it up; he is signed out again."""
    sign_in(client)
    page = client.get("/account/second-factor").text
    key = re.search(r"<code>([A-Z2-7-]+)</code>", page).group(1)
    app = TOTP(key)
    now = app.generate()
    done = send(client, "/account/second-factor", code=now.token)
    app.codes = re.findall(r"<li><code>([0-9a-f-]+)</code></li>", done.text)
    app.used = now.token
    send_out(client)
    return app


def send_out(client):
    page = client.get("/account")
    client.post("/logout", data={"csrf_token": token(page)})


def later(app):
    """A code that was not used yet: that of the next half minute, which a slow clock may show already."""
    return app.generate(app.normalize_time(None) + 30).token


def inside(client):
    return client.get("/account").status_code == 200


def test_the_code_is_asked_after_the_password_and_without_it_nobody_is_in(client, phone):
    answer = sign_in(client)
    assert answer.location.startswith("/login/code")
    assert not inside(client)
    assert send(client, "/login/code", code="000000").status_code == 401
    assert not inside(client)
    assert send(client, "/login/code", code=later(phone)).status_code == 302
    assert inside(client)


def test_a_code_is_good_once(client, phone):
    sign_in(client)
    assert send(client, "/login/code", code=phone.used).status_code == 401


def test_a_recovery_code_is_good_once(client, phone):
    assert len(phone.codes) == 10
    sign_in(client)
    assert send(client, "/login/code", code=phone.codes[0]).status_code == 302
    assert "9 recovery codes are left" in client.get("/account/second-factor").text
    send_out(client)
    sign_in(client)
    assert send(client, "/login/code", code=phone.codes[0]).status_code == 401


def test_the_form_for_the_code_leads_back_without_a_right_password(client, phone):
    sign_in(client, "wrong password")
    assert client.get("/login/code").location.startswith("/login")


def test_codes_are_not_tried_for_ever(client, phone):
    sign_in(client)
    answers = [send(client, "/login/code", code="000000").status_code for _try in range(11)]
    assert answers[-1] == 429
    assert send(client, "/login/code", code=later(phone)).status_code == 429


def test_where_one_wanted_to_go_is_kept(client, phone):
    page = client.get("/login?next=/inbox")
    given = {"csrf_token": token(page), "username": "bob", "password": PASSWORD, "next": "/inbox?box=done"}
    answer = client.post("/login", data=given)
    assert answer.location == "/login/code?next=/inbox?box%3Ddone"
    done = send(client, "/login/code", code=later(phone), next="/inbox?box=done")
    assert done.location == "/inbox?box=done"


def test_a_wrong_code_turns_nothing_on_and_the_key_stays(client):
    sign_in(client)
    before = client.get("/account/second-factor").text
    refused = send(client, "/account/second-factor", code="123")
    assert refused.status_code == 422
    key = re.search(r"<code>([A-Z2-7-]+)</code>", before).group(1)
    assert key in refused.text
    assert not people.find("bob").second_factor


def test_it_is_given_up_with_the_password(client, phone):
    sign_in(client)
    send(client, "/login/code", code=later(phone))
    page = client.get("/account/second-factor")
    wrong = client.post("/account/second-factor/off", data={"csrf_token": token(page), "password": "wrong one"})
    assert wrong.status_code == 422
    client.post("/account/second-factor/off", data={"csrf_token": token(page), "password": PASSWORD})
    send_out(client)
    sign_in(client)
    assert inside(client)


def test_the_api_takes_a_token_instead_of_the_password(client, phone):
    basic = base64.b64encode(f"bob:{PASSWORD}".encode()).decode()
    refused = client.get("/v2/authentication/me", headers={"Authorization": f"Basic {basic}"})
    assert refused.status_code == 401
    assert "second factor" in refused.text
    bearer = {"Authorization": f"Bearer {credentials.create_token('bob', 'test')}"}
    assert client.get("/v2/authentication/me", headers=bearer).status_code == 200
