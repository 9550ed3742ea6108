"""Somebody at the pages without a browser: the Flask client with a session and its token."""

import html
import re
from typing import Any

import flask
import sqlalchemy as sqla

from service import db
from tests.statements import counted

PASSWORD = "correct horse battery"


class Visitor:
    """A person who is signed in; answers are in English."""

    def __init__(self, app: flask.Flask, name: str) -> None:
        self.client = app.test_client()
        assert self.post("/login", username=name, password=PASSWORD).status_code == 302

    def get(self, path: str, **more: Any) -> Any:
        """Open an address."""
        return self.client.get(path, **more)

    def post(self, path: str, follow: bool = False, **fields: Any) -> Any:
        """Send a form with the session's token; a list is sent as several values."""
        token = re.search(r'name="csrf-token" content="([^"]+)"', self.client.get("/notices").text)
        assert token is not None
        return self.client.post(path, data={**fields, "csrf_token": token[1]}, follow_redirects=follow)

    def read(self, path: str) -> str:
        """The text of a page, without its tags."""
        answer = self.get(path)
        assert answer.status_code == 200, answer.text
        return text(answer.text)

    def queries(self, path: str, **fields: Any) -> int:
        """How many statements the server needs for a page, or for the answer to a form."""
        with counted() as seen:
            assert (self.post(path, **fields) if fields else self.get(path)).status_code == 200
        return len(seen)


def text(page: str) -> str:
    """What a reader sees of a page or fragment, blanks joined."""
    body = re.sub(r"<(script|style)\b.*?</\1>", " ", page, flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())


def fresh(model: Any, **about: Any) -> Any:
    """The one row that fits, as it is in the database now."""
    db.sa.session.rollback()
    db.sa.session.expire_all()
    return db.sa.session.scalars(sqla.select(model).filter_by(**about)).one()
