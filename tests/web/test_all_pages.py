"""Every page the application has, looked at by axe on a phone in the dark; the other tests see them on a screen by day.

Which pages there are, and what their addresses name, is told in tests/leaks: a new address must be told there.
"""

from collections.abc import Callable, Iterator

import flask
import pytest

from service.seeds import staff
from tests.leaks import test_leaks as addresses
from tests.leaks import world
from tests.web.conftest import Reader

GONE = {"web-second-factor.ask"}
"""Only to be had between password and code; tests/web/test_second_factor.py looks at it."""


@pytest.fixture
def county(app: flask.Flask, built: None) -> dict[str, int]:
    """A township with a finished run, and open work."""
    place, _other = world.plant()
    return {name: key for name, key in place.keys.items() if isinstance(key, int)} | {"offer": place.keys["offer"]}


def pages(app: flask.Flask, keys: dict[str, int]) -> Iterator[str]:
    """The address of each page, fragments and files aside."""
    building = app.url_map.bind("localhost")
    for rule, method in addresses.rules(app):
        if method == "GET" and rule.endpoint.startswith("web-") and rule.endpoint not in GONE:
            named = addresses.PAGES.get(rule.endpoint, dict.fromkeys(rule.arguments, "notice"))
            given = {name: what[0] if isinstance(what, list) else keys[what] for name, what in named.items()}
            yield building.build(rule.endpoint, given)


@pytest.mark.timeout(300)
def test_axe_finds_nothing_on_any_page(app: flask.Flask, county: dict[str, int], as_: Callable[..., Reader]) -> None:
    phone = {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark"}
    reader = as_(locale="zh-CN", **phone)
    wrong: dict[str, list[str]] = {}
    seen = 0
    for address in ["/login", *pages(app, county), "/nowhere"]:
        if address != "/login" and seen == 1:
            reader.page.get_by_label("用户名").fill("admin")
            reader.page.get_by_label("密码").fill(staff.PASSWORD)
            reader.page.get_by_role("main").get_by_role("button", name="登录").click()
            reader.page.wait_for_load_state()
        answer = reader.context.request.get(reader.address + address)
        if "<html" not in answer.text():
            continue
        seen += 1
        reader.open(address)
        over = reader.page.evaluate("document.documentElement.scrollWidth - innerWidth")
        faults = [*reader.faults(), *([f"{over} px wider than the window"] if over > 0 else [])]
        if faults:
            wrong[address] = faults
    assert not wrong, "\n".join(f"{address}: {fault}" for address, faults in wrong.items() for fault in faults)
    assert seen > 35
