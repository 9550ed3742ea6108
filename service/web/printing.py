"""Papers on A4: what is printed is Chinese, whatever language the reader's pages have."""

import io
from typing import Any

import flask
import flask_babel
import markupsafe
import segno

from service import i18n
from service.documents import word
from service.notices import board, models


def render(template: str, **shown: Any) -> Any:
    """A paper as a page of its own, in Chinese, or with `word=yes` in the address as a Word file."""
    with flask_babel.force_locale(i18n.LOCALES["zh"]):
        page = flask.render_template(f"papers/{template}", **shown)
    if flask.request.args.get("word") != "yes":
        return page
    title, content = word.of_page(page)
    return flask.send_file(
        io.BytesIO(content), mimetype=word.TYPE, as_attachment=True, download_name=f"{title or 'paper'}.docx"
    )


def notice_body(notice: models.Notice) -> markupsafe.Markup:
    """A notice as it is posted, in Chinese, to stand in a paper or beside a task."""
    with flask_babel.force_locale(i18n.LOCALES["zh"]):
        text = flask.render_template("papers/notice_body.html", notice=notice, content=board.context(notice))
    return markupsafe.Markup(text)  # noqa: S704 - rendered by a template that escapes


def public(endpoint: str, **values: Any) -> str:
    """The address at which people outside open a page: that of the setting LIKA_PUBLIC_URL, else the request's."""
    base: str = flask.current_app.config["PUBLIC_URL"]
    return base + flask.url_for(endpoint, **values) if base else flask.url_for(endpoint, **values, _external=True)


def code(address: str) -> str:
    """A QR code that leads to an address, as a PNG image in a data URI (ISO/IEC 18004, error level M)."""
    return segno.make(address, error="m", micro=False).png_data_uri(scale=12, border=2)
