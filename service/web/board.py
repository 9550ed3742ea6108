"""The board of supervisors: numbers by unit, step and run, the list behind each number, and that list as a file."""

import csv
import io
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

import flask

from service import clock
from service.errors import _, localize
from service.supervision import board
from service.web import downloads, inbox, reading, reasons, words
from service.web.pages import Pages, person

pages = Pages("board")

COLUMNS = (
    _("Kind"), _("Process"), _("Step"), _("Unit concerned"), _("Unit waited for"), _("Waits for"), _("Since"),
    _("Late since"), _("Lateness"), _("Working days"), _("Reason"), _("Instance"), _("Task"),
)  # fmt: skip
MARK = "\ufeff"
"""Says to spreadsheet programs that the text is UTF-8."""
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""How a cell begins that a spreadsheet program would calculate."""


@pages.get("/board")
def show() -> Any:
    """Show the board, or for htmx only its part that changes."""
    wish, by = read(flask.request.args), person()
    shown = {"wish": wish, "found": board.count(wish, by=by), "list": board.page(wish, by=by)}
    shown |= {"reasons": reasons, "boards": board, "address": _address}
    if "HX-Request" in flask.request.headers:
        return flask.render_template("board_body.html", **shown)
    return flask.render_template("board.html", **shown, processes=inbox.processes())


@pages.get("/board.csv")
def export() -> Any:
    """Give the whole list as comma-separated text."""
    wish = read(flask.request.args)
    rows = board.page(wish, by=person(), limit=board.MOST_EXPORTED).rows
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(localize(name) for name in COLUMNS)
    writer.writerows(map(_cells, rows))
    headers = {"Content-Disposition": f"attachment; filename=board-{clock.today().isoformat()}.csv"}
    return flask.Response(MARK + text.getvalue(), mimetype="text/csv", headers=headers)


@pages.get("/board.xlsx")
def sheet() -> Any:
    """Give the whole list as an Excel file."""
    rows = board.page(read(flask.request.args), by=person(), limit=board.MOST_EXPORTED).rows
    return downloads.workbook(_("Board"), COLUMNS, [list(_texts(row)) for row in rows])


def read(given: Mapping[str, str]) -> board.Wish:
    """Read a query string; what makes no sense counts as not said."""
    return board.Wish(
        kind=_one_of(given.get("kind"), board.CHOICES, ""),
        process=given.get("process", "")[:200],
        step=given.get("step", "")[:200],
        unit=reading.key(given.get("unit")),
        run=reading.key(given.get("run")),
        sort=_one_of(given.get("sort"), board.SORTS, "late"),
        by=_one_of(given.get("by"), board.BREAKDOWNS, "unit"),
        after=given.get("after", "")[:2000],
    )


def _one_of(given: str | None, known: Any, default: str) -> str:
    return given if given is not None and given in known else default


def _address(wish: board.Wish, endpoint: str = "web-board.show", **changed: Any) -> str:
    """The address of the board with something of a wish changed; a place in the list is not kept."""
    told = {name: getattr(wish, name) for name in ("kind", "process", "step", "unit", "run", "sort", "by")}
    defaults = {"sort": "late", "by": "unit"}
    told = {name: value for name, value in {**told, **changed}.items() if value and value != defaults.get(name)}
    return f"{flask.url_for(endpoint)}?{urlencode(told)}" if told else flask.url_for(endpoint)


def _cells(row: Any) -> Iterator[str]:
    for text in _texts(row):
        yield f"'{text}" if text.startswith(FORMULA) else text


def _texts(row: Any) -> Iterator[str]:
    late = reasons.late_at(row)
    cells = (
        reasons.title(row.kind), row.process_name or row.process_id, reasons.step(row), row.subject_name, row.unit_name,
        reasons.whom(row), words.moment(row.since), words.moment(late), reasons.lateness(row),
        words.workdays_left(late), reasons.why(row), row.instance_key, row.task_key,
    )  # fmt: skip
    yield from ("" if cell is None else str(cell) for cell in cells)
