"""The outer world: a mail server and a gateway that listen on loopback and can be told to refuse."""

import http.server
import json
import socket
import threading
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import flask
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP

from service import identity
from service.identity import people, units
from service.notifications import channels, reading

KINDS = list(channels.KINDS)


class Mailbox:
    """What arrived; `answer` is what the server says to the next messages instead of taking them."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self.answer: str | None = None

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        """Take or refuse a message."""
        if self.answer:
            return self.answer
        found = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(found, EmailMessage)
        self.messages.append(found)
        return "250 OK"


class OnLoopback(Controller):
    """A server at a port that is free."""

    def factory(self) -> SMTP:
        """Make what speaks with one client."""
        return SMTP(self.handler, hostname="127.0.0.1")


@pytest.fixture
def mailbox() -> Iterator[tuple[Mailbox, int]]:
    """A mail server and its port."""
    box = Mailbox()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = OnLoopback(box, hostname="127.0.0.1", port=port)
    server.start()
    yield box, port
    server.stop()


class Gateway(http.server.ThreadingHTTPServer):
    """An SMS gateway or a robot of a work group: it keeps what is posted and answers `status`."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.posts: list[tuple[str, dict[str, Any]]] = []
        self.status = 200


class _Handler(http.server.BaseHTTPRequestHandler):
    server: Gateway

    def do_POST(self) -> None:
        content = self.rfile.read(int(self.headers["Content-Length"]))
        if self.server.status == 200:
            self.server.posts.append((self.path, json.loads(content)))
        self.send_response(self.server.status)
        self.end_headers()

    def log_message(self, *_arguments: Any) -> None:
        pass


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    """A gateway that listens."""
    with Gateway() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def world(app: flask.Flask, mailbox: tuple[Mailbox, int], gateway: Gateway) -> Iterator[flask.Flask]:
    """A county with two townships: ann and ben work in the east, cai in the west; a mail server, SMS and a group."""
    top = units.add("4502", "某县", "county")
    east = units.add("4502-e", "东乡", "township", top)
    west = units.add("4502-w", "西乡", "township", top)
    for name, unit in (("ann", east), ("ben", east), ("cai", west)):
        people.add(name, name.title())
        people.join(name, "township_clerk", unit)
    for name in ("ann", "cai"):
        reading.set_contact(people.find(name), email=f"{name}@example.cn", phone_number="13800000001", wanted=KINDS)
    port = gateway.server_address[1]
    kept = app.extensions["channels"]
    app.extensions["channels"] = channels.Channels(
        "https://lika.example.cn",
        (
            channels.Channel("mail", f"smtp://127.0.0.1:{mailbox[1]}", sender="立卡 <lika@example.cn>"),
            channels.Channel("sms", f"json://127.0.0.1:{port}/sms/{{phone}}", frozenset({"urged"})),
            channels.Channel("group", f"json://127.0.0.1:{port}/group", frozenset({"overdue"}), unit="4502-e"),
        ),
    )
    yield app
    app.extensions["channels"] = kept


@pytest.fixture
def ann(world: flask.Flask) -> identity.Person:
    """A clerk in the east."""
    return people.find("ann")
