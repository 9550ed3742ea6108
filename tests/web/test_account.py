"""Signing in and out, password, language and look."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from service.identity import credentials, throttle
from tests.web.conftest import PASSWORD


def test_the_start_leads_to_the_sign_in_and_then_to_where_one_wanted_to_go(as_):
    nobody = as_()
    nobody.open("/inbox?box=done")
    assert nobody.page.url.endswith("/login?next=/inbox?box%3Ddone")
    nobody.page.get_by_label("User name").fill("bob")
    nobody.page.get_by_label("Password").fill(PASSWORD)
    nobody.page.keyboard.press("Enter")
    expect(nobody.page.get_by_role("link", name="Done by me")).to_have_attribute("aria-current", "page")


def test_a_wrong_password_is_told_and_the_name_stays(as_):
    nobody = as_().sign_in("bob", "wrong password")
    expect(nobody.page.get_by_role("alert")).to_have_text("The user name or the password is wrong.")
    expect(nobody.page.get_by_label("User name")).to_have_value("bob")
    assert nobody.faults() == []


def test_after_ten_wrong_passwords_even_the_right_one_has_to_wait(app, client, county, at):
    at("2026-07-20T08:00+08:00")
    for _ in range(10):
        assert _sign_in(client, "bob", "wrong").status_code == 401
    assert _sign_in(client, "bob", PASSWORD).status_code == 429
    assert _sign_in(app.test_client(), "bea", PASSWORD).status_code == 302
    at("2026-07-20T08:11+08:00")
    assert _sign_in(client, "bob", PASSWORD).status_code == 302


def test_signing_in_does_not_clear_what_others_tried_from_the_same_address(app, client, county, monkeypatch):
    monkeypatch.setattr("service.identity.credentials.TRIES_OF_ADDRESS", 2)
    assert _sign_in(client, "bob", "wrong").status_code == 401
    assert _sign_in(app.test_client(), "bea", PASSWORD).status_code == 302
    assert _sign_in(client, "bob", "wrong").status_code == 401
    assert _sign_in(client, "bob", "wrong").status_code == 429


def test_a_form_without_the_sessions_token_is_refused(client, county):
    assert client.post("/login", data={"username": "bob", "password": PASSWORD}).status_code == 400


OTHER_SITES = [
    "//evil.example/",
    "///evil.example/",
    "https://evil.example/",
    "/\\evil.example",
    "/\t/evil.example",
    "javascript:alert(1)",
]


@pytest.mark.parametrize("address", OTHER_SITES)
def test_the_sign_in_leads_to_no_other_site(client, county, address):
    assert _sign_in(client, "bob", PASSWORD, next=address).location == "/"


def test_signing_out_ends_the_session(as_):
    bob = as_("bob")
    bob.page.get_by_role("button", name="Sign out").click()
    bob.open("/inbox")
    assert "/login" in bob.page.url


def test_a_new_password_ends_all_other_sessions(as_):
    here, there = as_("bob"), as_("bob")
    here.open("/account")
    here.page.get_by_label("Present password").fill(PASSWORD)
    here.page.get_by_label("New password", exact=True).fill("another long one")
    here.page.get_by_label("New password once more").fill("another long one")
    here.page.get_by_role("button", name="Change password").click()
    expect(here.page.get_by_role("status")).to_have_text("The password was changed.")
    assert here.faults() == []
    there.open("/inbox")
    assert "/login" in there.page.url
    assert credentials.by_password("bob", "another long one")


def test_a_wrong_present_password_is_told_at_its_field(as_):
    bob = as_("bob")
    bob.open("/account")
    for label in ("Present password", "New password once more"):
        bob.page.get_by_label(label).fill("something else")
    bob.page.get_by_label("New password", exact=True).fill("something else")
    bob.page.get_by_role("button", name="Change password").click()
    expect(bob.page.get_by_text("The present password is wrong.")).to_be_visible()


def test_pages_are_chinese_and_become_english_at_a_click(as_):
    nobody = as_(locale="zh-CN")
    nobody.open("/login")
    expect(nobody.page.get_by_role("heading", name="登录")).to_be_visible()
    assert nobody.page.locator("html").get_attribute("lang") == "zh-CN"
    nobody.page.get_by_role("button", name="English").click()
    expect(nobody.page.get_by_role("heading", name="Sign in")).to_be_visible()
    nobody.page.get_by_role("button", name="中文").click()
    expect(nobody.page.get_by_role("heading", name="登录")).to_be_visible()


def test_the_look_follows_the_system_until_one_is_chosen(as_):
    nobody = as_(color_scheme="dark")
    nobody.open("/login")
    html = nobody.page.locator("html")
    expect(html).to_have_attribute("data-bs-theme", "dark")
    assert nobody.faults() == []
    nobody.page.get_by_role("button", name="Look: automatic").click()
    nobody.page.get_by_role("button", name="Look: dark").click()
    expect(html).to_have_attribute("data-bs-theme", "light")


def test_problems_have_a_page_with_the_requests_number(as_):
    bob = as_("bob")
    response = bob.open("/there/is/nothing")
    assert response.status == 404
    expect(bob.page.get_by_role("heading", name="Not found")).to_be_visible()
    assert re.fullmatch(r"[0-9a-f]{12}", bob.page.locator("code").inner_text())
    assert bob.faults() == []


def test_a_failure_shows_its_number_and_nothing_else(app, client, county, monkeypatch):
    _sign_in(client, "bob", PASSWORD)
    monkeypatch.setattr("service.web.worklist.sheet", _fail)
    response = client.get("/inbox")
    assert response.status_code == 500
    assert response.headers["X-Request-Id"] in response.text
    assert "secret detail" not in response.text


def test_answers_carry_a_policy_without_inline_scripts(client, county):
    response = client.get("/login")
    policy = dict(part.split(" ", 1) for part in response.headers["Content-Security-Policy"].split("; "))
    assert policy["script-src"] == "'self'"
    assert policy["frame-ancestors"] == "'none'"
    session = next(value for name, value in response.headers if name == "Set-Cookie" and value.startswith("session="))
    assert "HttpOnly" in session
    assert "SameSite=Lax" in session


def test_attempts_are_counted_for_each_name_in_its_window(app, at):
    at("2026-07-20T08:00+08:00")
    window = timedelta(minutes=1)
    assert [throttle.hit("x", limit=2, window=window) for _ in range(3)] == [0, 0, 60]
    assert throttle.hit("y", limit=2, window=window) == 0
    at("2026-07-20T08:00:59.5+08:00")
    assert throttle.hit("x", limit=2, window=window) == 1
    throttle.forget("x")
    assert throttle.hit("x", limit=2, window=window) == 0


def _fail(*_args):
    raise RuntimeError("secret detail")


def _sign_in(client, name, password, **more):
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/login").text)
    return client.post("/login", data={"username": name, "password": password, "csrf_token": token[1], **more})
