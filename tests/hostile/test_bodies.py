"""JSON that is none, that no column can hold, or that is too large, too deep or too long."""

import base64
import json
import random
from decimal import Decimal

import pytest

from tests.hostile.conftest import refusal

NOISE = "".join(random.Random(5).choices("abcdefghijklmnopqrstuvwxyz0123456789", k=20_000))


def with_value(text: str) -> bytes:
    return f'{{"processDefinitionId": "one", "variables": {{"a": {text}}}}}'.encode()


BODIES = {
    "not a number": with_value("NaN"),
    "infinity": with_value("-Infinity"),
    "an exponent of 999": with_value("1e999"),
    "an exponent of -999": with_value("1e-999"),
    "an exponent without end": with_value("1e99999999999999999999"),
    "zero with an exponent without end": with_value("0e99999999999"),
    "5,000 digits": with_value("9" * 5_000),
    "5,000 digits after the point": with_value("0." + "1" * 5_000),
    "NUL": with_value('"x\\u0000"'),
    "NUL in a name": b'{"processDefinitionId": "one", "variables": {"a\\u0000": 1}}',
    "NUL in an id": b'{"processDefinitionId": "one\\u0000"}',
    "NUL as it is": b'{"processDefinitionId": "one\x00"}',
    "NUL hidden in UTF-16": '{"processDefinitionId": "one", "variables": {"a": "\\u0000"}}'.encode("utf-16"),
    "half a character": with_value('"\\ud800"'),
    "halves in the wrong order": with_value('"\\ude00\\ud83d"'),
    "half a character in bytes": with_value('"?"').replace(b"?", b"\xed\xa0\x80"),
    "a byte that is no UTF-8": with_value('"?"').replace(b"?", b"\xff"),
    "UTF-32": '{"processDefinitionId": "one"}'.encode("utf-32"),
    "a list": b"[]",
    "null": b"null",
    "a text": b'"one"',
    "half of an object": b'{"processDefinitionId":',
    "two objects": b'{"processDefinitionId": "one"}{}',
    "single quotes": b"{'processDefinitionId': 'one'}",
    "3,000 objects in one another": with_value('{"a":' * 3_000 + "1" + "}" * 3_000),
    "101 lists in one another": with_value("[" * 101 + "]" * 101),
    "a million lists that never end": b"[" * 1_000_000,
    "9 MB": with_value(f'"{"x" * 9_000_000}"'),
    "20 MB": with_value(f'"{"x" * 20_000_000}"'),
    "5,000 variables": json.dumps(
        {"processDefinitionId": "one", "variables": {f"v{number}": 1 for number in range(5_000)}}
    ).encode(),
    "a variable without a name": b'{"processDefinitionId": "one", "variables": {"": 1}}',
    "a variable with a long name": json.dumps({"processDefinitionId": "one", "variables": {NOISE: 1}}).encode(),
    "a unit that does not exist": b'{"processDefinitionId": "one", "variables": {"unit": "nowhere"}}',
    "an unknown field": b'{"processDefinitionId": "one", "colour": "red"}',
    "a field of another case": b'{"processdefinitionid": "one"}',
    "a process that does not exist": json.dumps({"processDefinitionId": NOISE}).encode(),
    "nothing": b"",
}


@pytest.mark.parametrize("what", BODIES)
def test_a_bad_body_is_refused_and_nothing_changes(one_task, admin, untouched, what):
    with untouched():
        refusal(admin.post("/process-instances", data=BODIES[what], content_type="application/json"), 400, 404, 413)
    assert admin.get("/topology").status_code == 200


@pytest.mark.parametrize(
    "text", ["1e308", "-0.0", "9" * 34, '"\\ud83d\\ude00"', '{"typename": "x", "@date": "y"}', '{"@date": "y"}', "[[]]"]
)
def test_an_odd_value_comes_back_as_it_was(one_task, admin, text):
    answer = admin.post("/process-instances", data=with_value(text), content_type="application/json")
    key = answer.json["processInstanceKey"]
    (found,) = admin.search("variables", {"processInstanceKey": key, "name": "a"})
    assert json.loads(found["value"], parse_float=Decimal) == json.loads(text, parse_float=Decimal)


def test_null_comes_back_as_null_and_is_found(one_task, admin):
    key = admin.start("one", nothing=None, something=1)
    (found,) = admin.search("variables", {"processInstanceKey": key, "value": "null"})
    assert (found["name"], found["value"], found["isTruncated"]) == ("nothing", "null", False)


@pytest.mark.parametrize(
    "kind",
    [
        "text/plain",
        "application/xml",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "",
        "a/b/c",
        ";;;",
    ],
)
def test_another_content_type_is_refused(one_task, admin, untouched, kind):
    with untouched():
        refusal(admin.post("/process-instances", data=b'{"processDefinitionId": "one"}', content_type=kind), 400)
        refusal(admin.post("/deployments", data=one_task, content_type=kind), 400)


def cursor(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode()


@pytest.mark.parametrize("place", ["after", "before"])
@pytest.mark.parametrize(
    "text",
    [
        "",
        "é",
        "x",
        "A" * 100_000,
        cursor("{}"),
        cursor("[]"),
        cursor('["a", "b", "c"]'),
        cursor("[" * 100_000),
        cursor('["\\u0000", "1"]'),
        cursor('["\\ud800", "1"]'),
        cursor('["a", "99999999999999999999"]'),
        cursor('["a", 1e999]'),
        cursor("[1, 2]"),
    ],
)
def test_a_cursor_that_was_not_given_out_is_refused(admin, place, text):
    body = {"sort": [{"field": "name"}], "page": {place: text}}
    refusal(admin.post("/user-tasks/search", body), 400)


@pytest.mark.parametrize(
    "filter",
    [
        {"creationDate": "0001-01-01T00:00:00+23:59"},
        {"creationDate": "9999-12-31T23:59:59-23:59"},
        {"creationDate": "2026-13-01T00:00:00Z"},
        {"priority": 10**30},
        {"priority": 1.5},
        {"name": {"$in": ["x"] * 1_001}},
        {"$or": [{}] * 101},
        {"processInstanceVariables": [{"name": "n", "value": "[" * 5_000}]},
        {"processInstanceVariables": [{"name": "n", "value": "1e99999999999999999999"}]},
        {"processInstanceVariables": [{"name": "n", "value": '"\\u0000"'}]},
        {"processInstanceVariables": [{"name": "n", "value": "1"}] * 51},
    ],
)
def test_a_filter_without_sense_is_refused(admin, filter):
    refusal(admin.post("/user-tasks/search", {"filter": filter}), 400)


@pytest.mark.timeout(30)
def test_a_filter_that_works_hard_is_answered(one_task, admin):
    admin.start("one", unit="4502-e", long="ab" * 100_000)
    assert admin.search("variables", {"value": {"$like": "*a*b*c*d" * 1_000}}) == []
    assert admin.search("variables", {"name": {"$in": ["x" * 5_000] * 1_000}}) == []
    assert admin.search("user-tasks", page={"from": 9_999_999, "limit": 10_000}) == []
