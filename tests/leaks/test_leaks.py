"""Nobody reads, changes or counts what belongs to another unit, at any address that the server has (DESIGN §5).

Holders of every office in one township ask for all that belongs to the other, at every address that the application
has. An address that nobody has told about here fails the first test: say what its arguments are, or why it is open.
"""

import collections
import io
import itertools
import json
import zipfile
from collections.abc import Iterator
from typing import Any

import flask
import pytest
from werkzeug.routing import Rule

from service.identity import credentials
from tests.hostile.conftest import everything
from tests.leaks import world
from tests.web.conftest import built

__all__ = ["built"]

ARGUMENTS = {
    "processInstanceKey": "instance",
    "userTaskKey": "task",
    "elementInstanceKey": "element",
    "variableKey": "variable",
    "incidentKey": "incident",
    "auditLogKey": "audit",
    "jobKey": "job",
}
"""What the arguments of the API name."""
PAGES: dict[str, dict[str, Any]] = {
    "web-charts.campaign": {"key": "run"},
    "web-charts.figures": {"key": "run"},
    "web-handling.comment": {"key": "task"},
    "web-handling.copy": {"key": "task"},
    "web-handling.copying": {"key": "task"},
    "web-handling.pass_on": {"key": "task"},
    "web-handling.passing_on": {"key": "task"},
    "web-handling.send_back": {"key": "task"},
    "web-handling.sending": {"key": "task"},
    "web-handling.take_back": {"key": "task"},
    "web-instances.show": {"key": "instance"},
    "web-instances.steps": {"key": "run"},
    "web-interventions.cancel": {"key": "operation"},
    "web-interventions.show": {"key": "operation"},
    "web-notifications.read": {"key": "notification"},
    "web-objections.file": {"key": "notice"},
    "web-objections.form": {"key": "notice"},
    "web-objections.show": {"key": "objection"},
    "web-papers.certificate": {"key": "notice"},
    "web-papers.handbook": {"key": "handbook"},
    "web-papers.household": {"key": "household"},
    "web-papers.minutes": {"key": "minutes"},
    "web-papers.objection": {"key": "objection"},
    "web-papers.village": {"unit_id": "village"},
    "web-publicity.photo": {"key": "notice", "task": "posting", "id": ["photos"], "position": [0]},
    "web-publicity.posters": {"key": "notice"},
    "web-publicity.show": {"key": "notice"},
    "web-review.foresee": {"key": "vote"},
    "web-roster.changed_rows": {"key": "roster"},
    "web-roster.open_row": {"key": "roster", "case_key": "case"},
    "web-roster.save_rows": {"key": "roster"},
    "web-rostersheets.check": {"key": "roster"},
    "web-rostersheets.choose": {"key": "roster"},
    "web-rostersheets.export": {"key": "roster"},
    "web-search.household": {"key": "household"},
    "web-search.village": {"unit_id": "village"},
    "web-starting.send": {"id": "offer"},
    "web-starting.show": {"id": "offer"},
    "web-tasks.claim": {"key": "task"},
    "web-tasks.complete": {"key": "task"},
    "web-tasks.download": {"key": "task", "id": ["file"], "position": [0]},
    "web-tasks.give_back": {"key": "task"},
    "web-tasks.save_draft": {"key": "task"},
    "web-tasks.show": {"key": "task"},
    "web-tasks.state": {"key": "task"},
    "web-tasks.upload": {"key": "task", "id": ["files::a"]},
}
"""What the arguments of pages name; a list holds the value itself."""
SENT: dict[str, dict[str, Any]] = {
    "web-review.foresee": {"json": {"rows": []}},
    "web-roster.save_rows": {"json": {"rows": []}},
}
"""What must be sent to come as far as the question who may; `{}` to all others, and a file to an upload."""
NOT_THERE = {"web-publicity.photo", "web-roster.open_row", "web-starting.show", "web-tasks.download"}
"""Of these the world has none, or none for administrators."""
EVERYBODYS = {
    *("files.static", "api-rest.swagger_file", "api-rest.nowhere"),
    *("web-notices.show", "web-notices.form", "web-notices.file"),  # the public notice board
    *("web-definitions.diagram", "web-charts.process"),  # the procedures themselves; the chart counts one's own
    *("web-notifications.send_again",),  # administrators only: without a unit
}
DEFINITIONS = {"processDefinitionKey", "decisionDefinitionKey", "resourceKey", "formKey"}
"""Procedures belong to nobody."""
DEEDS = {
    *("web-account.change_password", "web-account.choose", "web-account.log_in", "web-account.log_out"),
    *("web-second-factor.check", "web-second-factor.turn_on", "web-second-factor.turn_off"),
    *("web-inbox.keep", "web-inbox.drop"),  # one's own filters
    *("web-interventions.plan", "web-interventions.begin", "web-interventions.undo"),  # tests/supervision
    *("web-notices.tell", "web-notifications.read_all", "web-notifications.set_settings", "web-notifications.trial"),
    *(
        "Clock.pin_clock",
        "Clock.reset_clock",
        "Decision definitions.evaluate_decision",
        "Deployments.create_deployment",
    ),
    *("Expressions.evaluate_expression", "Jobs.activate_jobs", "Messages.correlate_message"),
    *("Messages.publish_message", "Process instances.create_process_instance", "Signals.broadcast_signal"),
}
"""What changes something without naming what: about oneself, or for administrators (tests/hostile)."""


def rules(app: flask.Flask) -> Iterator[tuple[Rule, str]]:
    """Each address with each of its methods."""
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield rule, method


def values(rule: Rule, place: world.Place) -> dict[str, Any] | None:
    """What an address names in a place; None for one that is everybody's."""
    named = PAGES.get(rule.endpoint) or {name: ARGUMENTS[name] for name in rule.arguments if name in ARGUMENTS}
    if rule.endpoint in EVERYBODYS or rule.arguments & DEFINITIONS:
        return None
    return {name: what[0] if isinstance(what, list) else place.keys[what] for name, what in named.items()}


def is_search(rule: Rule, method: str) -> bool:
    return method == "GET" or rule.rule.endswith("/search")


def test_every_address_is_known_here(app):
    unknown = []
    for rule, method in rules(app):
        if rule.endpoint in EVERYBODYS | DEEDS or rule.arguments & DEFINITIONS:
            continue
        named = PAGES.get(rule.endpoint, ARGUMENTS)
        if rule.arguments - named.keys() or not (rule.arguments or is_search(rule, method)):
            unknown.append(f"{method} {rule.rule} ({rule.endpoint})")
    assert unknown == [], "say in tests/leaks what these name"
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules()}
    assert (PAGES.keys() | EVERYBODYS | DEEDS | NOT_THERE) <= endpoints


def said(answer: Any) -> str:
    """All that an answer says, also inside the parts of an Office file."""
    content = io.BytesIO(answer.data)
    if not zipfile.is_zipfile(content):
        return str(answer.get_data(as_text=True))
    with zipfile.ZipFile(content) as parts:
        return "".join(parts.read(name).decode("utf-8", "replace") for name in parts.namelist())


class Asker:
    """Somebody who asks for everything."""

    def __init__(self, app: flask.Flask, name: str) -> None:
        self.app = app
        self.client = app.test_client()
        self.headers = {"Authorization": f"Bearer {credentials.create_token(name, 'leaks')}"}
        self.addresses = app.url_map.bind("localhost")

    def ask(self, rule: Rule, method: str, given: dict[str, Any], body: Any = None, **query: Any) -> Any:
        path = self.addresses.build(rule.endpoint, given, method=method)
        sent = SENT.get(rule.endpoint, {"json": body or {}}) if method != "GET" else {}
        if rule.endpoint == "web-tasks.upload":
            sent = {"data": {"files": (io.BytesIO(b"%PDF-1.4"), "paper.pdf")}}
        return self.client.open(path, method=method, headers=self.headers, query_string=query, buffered=True, **sent)

    def leaks(self, place: world.Place, own: world.Place) -> Iterator[str]:
        """What of a foreign place can be seen or changed."""
        marks = set(place.marks) - set(own.marks)
        for rule, method in rules(self.app):
            given = values(rule, place)
            if given:
                expected = (403, 404) if is_search(rule, method) or rule.endpoint in PAGES else (400, 403, 404)
                answer = self.ask(rule, method, given)
                if answer.status_code not in expected:
                    yield f"{method} {rule.rule} of {place.township} answers {answer.status_code}"
            elif given is not None and is_search(rule, method) and rule.endpoint not in DEEDS:
                yield from (f"{method} {rule.rule} {found}" for found in self._listed(rule, method, place, marks))

    def _listed(self, rule: Rule, method: str, place: world.Place, marks: set[str]) -> Iterator[str]:
        if method == "GET":
            beside = {"unit": place.keys["village"], "run": place.keys["run"]}
            asked: list[dict[str, Any]] = [{}, beside, {"q": place.marks[0]}]
            answers = [(self.ask(rule, method, {}, **query), marks - {query.get("q")}) for query in asked]
        else:
            wanted = {"filter": {"processInstanceKey": str(place.keys["instance"])}}
            answers = [(self.ask(rule, method, {}, body), marks) for body in ({}, wanted)]
            total = (answers[1][0].json or {}).get("page", {}).get("totalItems", 0)
            if total:
                yield f"counts {total} of {place.township}"
        for answer, hidden in answers:
            text = said(answer)
            yield from (f"shows {mark}" for mark in hidden if mark in text or json.dumps(mark)[1:-1] in text)


@pytest.mark.timeout(600)
def test_nobody_of_one_township_sees_changes_or_counts_what_is_the_others(app, built, monkeypatch):
    monkeypatch.setitem(app.config, "WTF_CSRF_METHODS", set())  # a token of the session would only hide who judges
    fengxi, rongjiang = world.plant()
    unproven = []
    admin = Asker(app, "admin")
    for (rule, method), place in itertools.product(list(rules(app)), (fengxi, rongjiang)):
        given = values(rule, place)
        if given and method == "GET" and rule.endpoint not in NOT_THERE:
            status = admin.ask(rule, method, given).status_code
            if status in (403, 404):
                unproven.append(f"{rule.rule} {given}: {status}")
    assert unproven == [], "what nobody finds proves nothing"
    found: collections.Counter[str] = collections.Counter()
    before: dict[str, str] = {}
    for own, foreign in ((fengxi, rongjiang), (rongjiang, fengxi)):
        names = world.posts(own)
        assert len(names) > 10
        for name in names:
            asker = Asker(app, name)
            before = before or everything()
            found.update(asker.leaks(foreign, own))
    assert not found, "\n".join(f"{count} people: {what}" for what, count in found.most_common())
    after = everything()
    changed = {table for table in before if before[table] != after[table]} - {"api_tokens"}
    assert changed == set()
