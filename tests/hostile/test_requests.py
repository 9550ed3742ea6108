"""Requests that are wrong before their body counts: methods, addresses, keys, credentials, headers."""

import base64

import pytest

from tests.api.conftest import PASSWORD, Caller
from tests.hostile.conftest import refusal


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "PROPFIND", "NONSENSE"])
def test_an_unsupported_method_is_refused_with_those_that_are_supported(admin, method):
    answer = admin.send(method, "/user-tasks/17/completion")
    refusal(answer, 405)
    assert answer.headers["Allow"] == "POST"


def test_options_tell_the_methods(admin):
    answer = admin.send("OPTIONS", "/user-tasks/17")
    assert answer.status_code == 204
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "OPTIONS", "PATCH"}


@pytest.mark.parametrize("path", ["/nope", "/", "/user-tasks/", "/%00", "/%ff%fe", "/user-tasks/..%2f..", "/%F0%9F"])
@pytest.mark.parametrize("method", ["GET", "POST", "NONSENSE"])
def test_an_unknown_address_is_a_problem_too(admin, method, path):
    refusal(admin.send(method, path), 404)


@pytest.mark.parametrize(
    "key", ["-1", "abc", "1.0", "%00", "%ff", "99999999999999999999", "9223372036854775808", "١٢", "0x1", " 1"]
)
def test_what_is_no_key_is_refused(admin, key):
    refusal(admin.get(f"/user-tasks/{key}"), 400)
    refusal(admin.post(f"/user-tasks/{key}/completion"), 400)


def test_the_largest_key_is_not_found(admin):
    refusal(admin.get(f"/user-tasks/{2**63 - 1}"), 404)


def basic(text: bytes) -> str:
    return "Basic " + base64.b64encode(text).decode()


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Basic",
        "Basic !!!",
        "Basic " + "A" * 3,
        basic(b"admin"),
        basic(b"\xff\xfe:x"),
        basic(b"admin\x00:x"),
        basic(b"admin:x\x00"),
        basic(b"admin:" + b"x" * 4_000),
        basic(b"' OR 1=1 --:x"),
        "Bearer",
        "Bearer " + "x" * 4_000,
        "Bearer lika_\u00ff",
        "Digest username=admin",
        "Negotiate abc",
    ],
)
def test_wrong_credentials_are_refused(nobody, untouched, header):
    with untouched():
        answer = nobody.get("/authentication/me", headers={"Authorization": header})
        refusal(answer, 401)
    assert "Basic" in answer.headers["WWW-Authenticate"]


def test_a_request_forged_by_another_site_is_refused(app, county, one_task, untouched):
    visitor = Caller(app, None)
    header = {"Authorization": basic(f"admin:{PASSWORD}".encode())}
    assert visitor.get("/authentication/me", headers=header).status_code == 200
    with untouched():
        for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
            refusal(visitor.post("/process-instances", {"processDefinitionId": "one"}, headers=headers), 401, 403)


@pytest.mark.parametrize("key", ["", "x" * 256, "a\tb"])
def test_a_bad_idempotency_key_is_refused(one_task, admin, untouched, key):
    with untouched():
        refusal(admin.post("/process-instances", {"processDefinitionId": "one"}, headers={"Idempotency-Key": key}), 400)


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ("zh-CN", "没有"),
        ("zh-TW", "没有"),
        ("fr", "没有"),
        ("", "没有"),
        ("en", "There is no user task"),
        ("en-GB,zh;q=0.5", "There is no user task"),
        ("de;q=0.9,en;q=0.5", "There is no user task"),
        ("\u00ff;q=x,,;", "没有"),
    ],
)
def test_a_problem_is_told_in_the_callers_language(admin, wanted, said):
    answer = admin.get("/user-tasks/17", headers={"Accept-Language": wanted})
    assert said in answer.get_json(force=True)["detail"]
