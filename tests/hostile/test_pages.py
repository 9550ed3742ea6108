"""Every page of the application, asked with what does not belong there: the answer is never a failure of the server.

What a page reads of a request is noted while it is asked for the first time; then each of it is filled with nonsense.
"""

import collections
import functools
import io
import itertools
import re
from collections.abc import Iterator
from typing import Any, ClassVar

import flask
import pytest
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.routing import Rule

from service.identity import credentials
from service.supervision import measures
from tests.leaks import world
from tests.leaks.test_leaks import PAGES, rules, values
from tests.web.conftest import built

__all__ = ["built"]

TEXTS = [
    "",
    "\0",
    "a\0b",
    "\ud800",
    "x" * 20_000,
    "-1",
    "0",
    "1e999",
    "NaN",
    "١٢",
    "²",
    "9" * 30,
    "9223372036854775808",
    "2026-02-30",
    "2026-02-30T25:00",
    "9999-12-31T23:59:59-23:59",
    "0001-01-01T00:00:00+23:59",
    "../../etc/passwd",
    "%00",
    "'; DROP TABLE user_task; --",
    "{{7*7}}<script>",
    "\U0001f600\u202e",
    "[[",
    '["a", "1"]',
]
JSONS: list[Any] = [
    None,
    [],
    "x",
    1,
    {"": None},
    {"rows": None},
    {"rows": {}},
    {"rows": [None]},
    {"rows": [[]]},
    {"rows": [{"case": {}}]},
    {"rows": [{"case": "\ud800"}]},
    {"rows": [], "clear": "x", "seen": []},
    {"rows": [], "clear": [{}], "seen": {"x": {}}},
    {"a\0": "\0"},
    {"typename": [{"@date": "x"}]},
    {"x": "x" * 300_000},
    functools.reduce(lambda inner, _: [inner], range(90), []),
]
RAW = [
    (b"", ""),
    (b"\xff\xfe", "application/json"),
    (b"{", "application/json"),
    (b"NaN", "application/json"),
    (b'{"a": 1e999999999999}', "application/json"),
    (b"a=%00&a=%ff&=&%zz", "application/x-www-form-urlencoded"),
    (b"--X\r\nContent-Disposition: form-data; name=", "multipart/form-data; boundary=X"),
    (b"x", "multipart/form-data"),
    (b"x", ";;;"),
    (b"\x1f\x8b", "application/zip"),
]


KEYS = [0, 2**63, 10**30, "x", "%00"]
EACH = 2
"""Wrong values for each field; all of them have their turn."""


class Noted(ImmutableMultiDict):  # type: ignore[type-arg]
    """Fields of a request that note which names are asked for."""

    names: ClassVar[set[str]] = set()

    def get(self, key: Any, *args: Any, **kwargs: Any) -> Any:
        self.names.add(str(key))
        return super().get(key, *args, **kwargs)

    def getlist(self, key: Any, *args: Any, **kwargs: Any) -> Any:
        self.names.add(str(key))
        return super().getlist(key, *args, **kwargs)

    def __getitem__(self, key: Any) -> Any:
        self.names.add(str(key))
        return super().__getitem__(key)

    def __contains__(self, key: Any) -> bool:
        self.names.add(str(key))
        return super().__contains__(key)


class Attacker:
    """Somebody who may do everything, and asks for nonsense."""

    def __init__(self, app: flask.Flask, place: world.Place) -> None:
        self.app, self.place = app, place
        self.client = app.test_client()
        self.client.raise_request_exceptions = False
        self.token = f"Bearer {credentials.create_token('admin', 'nonsense')}"
        self.addresses = app.url_map.bind("localhost")
        self.failures: collections.Counter[str] = collections.Counter()

    def ask(self, method: str, path: str, what: object, **sent: Any) -> None:
        answer = self.client.open(path, method=method, headers={"Authorization": self.token}, buffered=True, **sent)
        if answer.status_code >= 500:
            self.failures[f"{method} {path} with {str(what)[:60]!a}: {answer.status_code}"] += 1

    def names(self, method: str, path: str) -> set[str]:
        """What an address reads of a request."""
        Noted.names = set()
        self.ask(method, path, "nothing")
        return Noted.names - {"csrf_token", "once"}

    def read(self, path: str, wrong: Iterator[str]) -> None:
        for name, text in itertools.product(sorted(self.names("GET", path)), itertools.islice(wrong, EACH)):
            self.ask("GET", path, (name, text), query_string={name: text.encode("utf-8", "surrogatepass")})

    def odd_keys(self, rule: Rule, method: str) -> None:
        """Ask for keys that no row has or can have."""
        if rule.arguments:
            for key in KEYS:
                self.ask(method, re.sub(r"<[^>]*>", str(key), rule.rule), key)

    def fill(self, path: str, form: dict[str, str], name: str, text: str) -> None:
        """Send a form with one field that is wrong."""
        given = {each: value.encode("utf-8", "surrogatepass") for each, value in {**form, name: text}.items()}
        self.ask("POST", path, (form.get("kind"), name, text), data=given)

    def write(self, method: str, path: str, wrong: Iterator[str], bodies: Iterator[Any], raw: Iterator[Any]) -> None:
        for name, text in itertools.product(sorted(self.names(method, path)), itertools.islice(wrong, EACH)):
            self.ask(method, path, (name, text), data={name: text.encode("utf-8", "surrogatepass")})
            self.ask(method, path, (name, text, "file"), data={name: (io.BytesIO(b"x"), "x.xlsx")})
        for body in itertools.islice(bodies, EACH):
            self.ask(method, path, body, json=body)
        for data, kind in itertools.islice(raw, EACH):
            self.ask(method, path, data, data=data, content_type=kind)


def whole_forms(place: world.Place) -> Iterator[tuple[str, dict[str, str]]]:
    """Forms in which all is there, so that one wrong field is read beside right ones."""
    keys = {name: str(key) for name, key in place.keys.items()}
    chosen = {"instance": keys["run"], "task": keys["task"], "subject": keys["task"], "reason": "because"}
    for kind in measures.ASKED:
        yield "/interventions", {**chosen, "kind": kind}
    begun = [
        {
            "kind": "move",
            "source": "visit",
            "target": "review",
            "subject": keys["instance"],
            "instance": keys["instance"],
        },
        {"kind": "migrate", "definition": "1", "subject": keys["instance"], "instance": keys["instance"]},
        {"kind": "reassign", "assignee": "admin"},
        {"kind": "due", "due": "2030-01-01"},
        {"kind": "variables", "name": "n", "value": "1", "type": "number", "subject": keys["run"]},
    ]
    for given in begun:
        yield "/interventions/begin", {**chosen, **given}
    objection = {"type": "x", "objector": "a", "household": "b", "facts": "c", "objector_phone": "1", "channel": "x"}
    yield f"/notices/{keys['notice']}/objection", objection
    yield f"/publicity/{keys['notice']}/objections/new", objection
    yield "/objections", {"receipt": "1", "phone": "2"}
    yield f"/tasks/{keys['vote']}/send-back", {"to": keys["roster"], "reason": "x"}
    yield f"/tasks/{keys['vote']}/pass-on", {"to": "admin", "reason": "x", "how": "delegate"}
    yield "/notifications/settings", {"email": "a@b.c", "phone": "1"}


@pytest.mark.timeout(300)
def test_no_page_fails_whatever_it_is_asked(app, built, monkeypatch):
    monkeypatch.setitem(app.config, "WTF_CSRF_METHODS", set())  # its refusal would only hide what lies behind
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    monkeypatch.setattr(app.request_class, "parameter_storage_class", Noted)
    place, _other = world.plant()
    attacker = Attacker(app, place)
    wrong, bodies, raw = itertools.cycle(TEXTS), itertools.cycle(JSONS), itertools.cycle(RAW)
    for path, form in whole_forms(place):
        for name in form:
            attacker.fill(path, form, name, next(wrong))
    for rule, method in rules(app):
        if not rule.endpoint.startswith("web-") or rule.endpoint == "web-account.log_out":
            continue
        given = values(rule, place) if rule.endpoint in PAGES or not rule.arguments else None
        if given is None:
            continue
        path = attacker.addresses.build(rule.endpoint, given, method=method)
        attacker.odd_keys(rule, method)
        if method == "GET":
            attacker.read(path, wrong)
        else:
            attacker.write(method, path, wrong, bodies, raw)
    assert not attacker.failures, "\n".join(attacker.failures)
