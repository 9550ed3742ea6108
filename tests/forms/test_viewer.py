"""Every shipped form in the real form-js viewer 2.0 in Chromium: it opens, and the browser and the server agree."""

import json
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from typing import Any

import pytest
from playwright.sync_api import ConsoleMessage, Page

from service import forms
from tests.forms import browser, examples
from tests.forms.examples import Spoiling

OWN = ("rule.", "validator", "minRows", "maxRows")
"""Properties that only the server judges."""


class Viewer:
    """Opens forms, and collects what the page complains of."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self.complaints: list[str] = []
        page.on("console", self._listen)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _listen(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)

    def open(self, name: str, answers: dict[str, Any]) -> Any:
        """What the viewer says of a form opened with these answers over the process variables, and submitted."""
        schema = json.loads((examples.FORMS / f"{name}.form").read_text(encoding="utf-8"))
        data = _over(examples.example(name).context, answers)
        return self._page.evaluate(
            "([schema, data, files]) => openForm(schema, data, files)", [schema, data, list(_files(data))]
        )


@pytest.fixture(scope="module")
def viewer() -> Iterator[Viewer]:
    with browser.viewer() as page:
        yield Viewer(page)


@pytest.mark.parametrize("name", examples.NAMES)
def test_a_form_opens_without_complaint_and_its_answers_pass_in_browser_and_server(viewer: Viewer, name: str) -> None:
    example = examples.example(name)
    before = len(viewer.complaints)
    seen = viewer.open(name, example.answers)
    assert seen["warnings"] == []
    assert viewer.complaints[before:] == []
    assert seen["errors"] == []
    assert not seen["refused"]
    assert "{{" not in seen["text"]
    here = forms.validate(examples.form(name), example.answers, example.context)
    assert forms.validate(examples.form(name), seen["data"], example.context) == here
    _assert_computed_alike(name, seen["data"], here)


def _assert_computed_alike(name: str, there: dict[str, Any], here: dict[str, Any]) -> None:
    """Computed values on the first level agree, however the browser rounds its binary numbers."""
    for component in examples.form(name).walk():
        if component.type == "expression" and component.data[0] in here:
            value, expected = there.get(component.data[0]), here[component.data[0]]
            if isinstance(expected, Decimal):
                assert round(Decimal(repr(value)), 6) == round(expected, 6), component.id
            else:
                assert value == expected, component.id


def _answers(spoiling: Spoiling) -> dict[str, Any]:
    return examples.changed(examples.example(spoiling.form).answers, spoiling.changes)


def _refused_by_limits(spoiling: Spoiling) -> set[str]:
    try:
        forms.validate(_bare(spoiling.form), _answers(spoiling), examples.example(spoiling.form).context)
    except forms.Refused as refused:
        return set(refused.fields)
    return set()


@cache
def _bare(name: str) -> forms.Form:
    """The form without what only the server judges."""
    document = json.loads((examples.FORMS / f"{name}.form").read_text(encoding="utf-8"))
    _strip(document)
    return forms.parse(json.dumps(document).encode())


def _strip(component: dict[str, Any]) -> None:
    kept = {key: value for key, value in component.get("properties", {}).items() if not key.startswith(OWN)}
    if component.get("path") or kept:
        component["properties"] = kept
    else:
        component.pop("properties", None)
    for child in component.get("components", []):
        _strip(child)


def _over(context: Any, answers: Any) -> Any:
    """Answers over process variables, rows by their order, as the page of a task opens the form."""
    if isinstance(context, dict) and isinstance(answers, dict):
        return {**context, **{key: _over(context.get(key), value) for key, value in answers.items()}}
    if isinstance(context, list) and isinstance(answers, list) and len(context) == len(answers):
        by_unit = {row.get("unit"): row for row in answers}
        return [_over(row, by_unit.get(row.get("unit"), {})) for row in context]
    return answers


def _files(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from _files(item)
    elif isinstance(value, str) and value.startswith("files::"):
        yield value


def _known_to_the_browser() -> list[Spoiling]:
    """The spoiled examples that break a limit, not only a rule or a check by name."""
    return [
        spoiling
        for name in examples.NAMES
        for spoiling in examples.example(name).spoilings
        if not spoiling.server_only and _refused_by_limits(spoiling)
    ]


@pytest.mark.parametrize(
    "spoiling", _known_to_the_browser(), ids=lambda each: f"{each.form}-{json.dumps(each.changes)}"
)
def test_browser_and_server_refuse_the_same_places(viewer: Viewer, spoiling: Spoiling) -> None:
    seen = viewer.open(spoiling.form, _answers(spoiling))
    assert set(seen["errors"]) == _refused_by_limits(spoiling)
    assert seen["refused"]
