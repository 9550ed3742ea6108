"""Lists as files for spreadsheet programs."""

import io
from collections.abc import Sequence
from typing import Any

import flask

from service import clock
from service.documents import sheets
from service.errors import localize


def workbook(name: str, headings: Sequence[str], rows: Sequence[Sequence[Any]]) -> flask.Response:
    """Answer with a list as an Excel file of the day; name and headings are translated."""
    title = localize(name)
    content = sheets.listing(title, [localize(each) for each in headings], rows)
    file = f"{title} {clock.today().isoformat()}.xlsx"
    return flask.send_file(io.BytesIO(content), mimetype=sheets.TYPE, as_attachment=True, download_name=file)
