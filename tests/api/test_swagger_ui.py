"""Swagger UI in a real browser: everything it needs comes from this server."""

import os
from urllib.parse import urlsplit

import pytest
from playwright import sync_api

from tests.api.conftest import PASSWORD
from tests.forms.browser import QUIET, chromium


@pytest.fixture
def page():
    """A page of a headless Chromium."""
    root = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=[*root, *QUIET])
        context = browser.new_context(http_credentials={"username": "bob", "password": PASSWORD})
        yield context.new_page()
        browser.close()


def test_swagger_ui_shows_all_operations_and_tries_one_out_with_this_server_alone(page, address):
    asked, faults = [], []
    page.on("request", lambda request: asked.append(urlsplit(request.url)))
    page.on("response", lambda response: faults.append(response.url) if response.status >= 400 else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(f"{address}/v2/swagger-ui")
    page.get_by_text("/v2/user-tasks/search", exact=True).wait_for()
    assert page.locator(".opblock").count() >= 64
    me = page.locator(".opblock", has_text="/v2/authentication/me")
    me.locator(".opblock-summary-control").click()
    me.get_by_role("button", name="Try it out").click()
    me.get_by_role("button", name="Execute").click()
    page.get_by_text('"username": "bob"').first.wait_for()
    assert {place.netloc for place in asked if place.scheme != "data"} == {urlsplit(address).netloc}
    assert faults == []


def test_the_document_names_every_schema_it_uses_and_how_one_signs_in(application):
    document = application.test_client().get("/v2/openapi.json").json
    assert document["openapi"].startswith("3.1")
    assert set(document["components"]["securitySchemes"]) == {"basic", "bearer", "session"}
    known, used = set(document["components"]["schemas"]), set()

    def walk(value):
        for name, inner in value.items() if isinstance(value, dict) else enumerate(value):
            if name == "$ref":
                used.add(inner.rpartition("/")[2])
            elif isinstance(inner, (dict, list)):
                walk(inner)

    walk(document["paths"])
    walk(document["components"]["schemas"])
    assert used - known == {"PROBLEM"} & used
    for path, item in document["paths"].items():
        for method, operation in item.items():
            if method in ("get", "post", "put", "patch", "delete"):
                assert operation["summary"], path
                assert operation["operationId"], path
