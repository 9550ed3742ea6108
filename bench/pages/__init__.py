"""The pages of an official and of a supervisor in a county with 100,000 households and 30,000 instances at work."""

from collections.abc import Iterator
from contextlib import ExitStack

from bench.installation import Installation
from bench.pages import county, opening
from bench.pages.visits import Visitor
from bench.report import Figure

TARGET = 100
"""Milliseconds of the server for 19 of 20 visits."""


def run(place: Installation) -> Iterator[Figure]:
    """Visit all pages that people use daily by HTTP, and the three most used ones in a browser."""
    known = county.build(place)
    people = (county.CLERK, county.COMMITTEE, county.CHIEF, "")
    with ExitStack() as signed_in:
        clerk, committee, chief, anybody = (signed_in.enter_context(Visitor(place.port, name)) for name in people)
        for who, name, path in (
            *((clerk, *page) for page in _of_a_clerk(known)),
            *((committee, *page) for page in _of_a_village(known)),
            *((chief, *page) for page in _of_a_supervisor(known)),
            *((anybody, *page) for page in _of_anybody(known)),
        ):
            half, most = who.visits(path)
            yield Figure(f"{name}, p95", most, "ms", TARGET, usual=half)
        yield from opening.run(known, clerk=clerk, committee=committee)


def _of_a_clerk(known: county.Known) -> Iterator[tuple[str, str]]:
    for box in ("mine", "units", "started", "done", "copied"):
        yield f"inbox, {box}", f"/inbox?box={box}"
    yield "inbox, page 10", "/inbox?page=10"
    yield "inbox, late of a village", f"/inbox?due=late&unit={known.village}"
    yield "inbox, search", "/inbox?q=第5步"
    yield "task", f"/tasks/{known.task}"
    yield "task, done", f"/tasks/{known.done}"
    yield "notifications", "/notifications"
    yield "start a process", "/start"
    yield "search, name", "/search?q=韦"
    yield "search, number", f"/search?q={known.number}"
    yield "search, code", f"/search?q={known.code}"
    yield "household", f"/households/{known.household}"
    yield "village", f"/villages/{known.village}"
    yield "archive", f"/archive?unit={known.village}&run={known.run}"
    yield "publicity", "/publicity"


def _of_a_village(known: county.Known) -> Iterator[tuple[str, str]]:
    yield f"roster of {county.ROWS} households", f"/tasks/{known.roster}"


def _of_a_supervisor(known: county.Known) -> Iterator[tuple[str, str]]:
    for kind in ("", "open", "soon", "overdue", "stalled"):
        yield f"board, {kind or 'attention'}", f"/board?kind={kind}"
    for by in ("step", "run"):
        yield f"board, numbers by {by}", f"/board?by={by}"
    yield "inbox of a county", "/inbox?box=units"
    yield "inbox of a county, late", "/inbox?box=units&due=late"
    yield "inbox of a county, search", "/inbox?box=units&q=第五村"
    yield "instances", "/instances"
    yield "instances, with incidents", "/instances?state=incident"
    yield "instances, search", "/instances?q=第五村"
    yield f"instance with {county.FAMILY} children", f"/instances/{known.instance}"
    yield "instance with a history of people", f"/instances/{known.real}"
    yield "search in a county, name", "/search?q=韦"
    yield "charts", "/charts"
    yield "chart of a process", f"/charts/processes/{known.definition}"
    yield "chart of a campaign", f"/charts/campaigns/{known.run}"
    yield "interventions", "/interventions"


def _of_anybody(known: county.Known) -> Iterator[tuple[str, str]]:
    yield "notice board", "/notices"
    yield "notice board of a village", f"/notices?unit={known.village}"
    yield "notice", f"/notices/{known.notice}"
