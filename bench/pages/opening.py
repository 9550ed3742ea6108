"""The most used pages as a browser opens them that was never there before: until people can read and type."""

from collections.abc import Iterator

import httpx
from playwright import sync_api

from bench.pages import county
from bench.pages.visits import Visitor
from bench.report import Figure
from tests.forms import browser

TIMES = 5
TARGET = 1000
"""Milliseconds from the click until the page can be used."""


def run(known: county.Known, *, clerk: Visitor, committee: Visitor) -> Iterator[Figure]:
    """The inbox, a task's form and a roster, each in a context without a cache; the slowest of a few times."""
    with sync_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=browser.chromium(), args=["--no-sandbox", *browser.QUIET])
        for name, who, path, ready in (
            ("inbox", clerk, "/inbox", "main table tbody tr"),
            ("task", clerk, f"/tasks/{known.task}", "#task[data-ready=true] .fjs-container input"),
            (
                f"roster of {county.ROWS} households",
                committee,
                f"/tasks/{known.roster}",
                "#roster[data-ready=true] tbody tr",
            ),
        ):
            opened = sorted(_open(chromium, who.client, path, ready) for _ in range(TIMES))
            yield Figure(
                f"{name}, usable in a browser, slowest of {TIMES}", opened[-1], "ms", TARGET, usual=opened[TIMES // 2]
            )
        chromium.close()


def _open(chromium: sync_api.Browser, client: httpx.Client, path: str, ready: str) -> float:
    """Milliseconds from the start of the navigation until what one works with is visible."""
    context = chromium.new_context(locale="zh-CN", viewport={"width": 1366, "height": 768})
    context.add_cookies(
        [{"name": name, "value": value, "url": str(client.base_url)} for name, value in client.cookies.items()]
    )
    page = context.new_page()
    page.goto(str(client.base_url) + path, wait_until="commit")
    page.locator(ready).first.wait_for()
    spent = page.evaluate("performance.now()")
    context.close()
    return float(spent)
