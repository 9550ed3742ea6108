"""A running server, spoken to over HTTP as the person named on the command line."""

import base64
import os
import sys
from typing import Any

import click
import httpx

from service import errors, i18n
from service.errors import _

TIMEOUT = 120.0


class Server:
    """The API at an address; the person is known by a token, or by name and password."""

    def __init__(self, url: str, token: str | None, user: str | None) -> None:
        self.url = url.rstrip("/").removesuffix("/v2")
        self._headers = {"Authorization": _authorization(token, user), "Accept-Language": i18n.language()}

    def post(self, path: str, **content: Any) -> Any:
        """Send a request and return the JSON answered. Raises errors.Problem as the server tells it."""
        try:
            answer = httpx.post(f"{self.url}{path}", headers=self._headers, timeout=TIMEOUT, **content)
            body = answer.json()
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            text = _("The server at %(url)s cannot be reached: %(reason)s")
            raise errors.Unavailable(text, url=self.url, reason=error) from error
        except ValueError as error:
            raise errors.Unavailable(_("At %(url)s there is no Lika."), url=self.url) from error
        if answer.is_success:
            return body
        detail = str(body.get("detail") or body.get("title") or answer.status_code)
        raise errors.Problem("%(detail)s", detail=detail, fields=body.get("fields"))


def _authorization(token: str | None, user: str | None) -> str:
    token = token or (None if user else os.environ.get("LIKA_TOKEN"))
    if token:
        return f"Bearer {token}"
    if not user:
        raise click.UsageError(errors.localize(_("Say who you are: --token, --user, or the variable LIKA_TOKEN.")))
    password = os.environ.get("LIKA_PASSWORD") or _asked(user)
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def _asked(user: str) -> str:
    if not sys.stdin.isatty():
        text = _("There is no terminal to ask for the password of %(user)s; set the variable LIKA_PASSWORD.")
        raise click.UsageError(errors.localize(text, user=user))
    question = errors.localize(_("Password of %(user)s"), user=user)
    password: str = click.prompt(question, hide_input=True, err=True)
    return password
