"""Who sends a request: password, token, session."""

import contextvars
import time
from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import flask
import flask_security
import pytest

from service import clock, db, errors
from service.identity import credentials, people
from service.identity.models import ApiToken, User

PASSWORD = "correct horse"


@pytest.fixture
def alice(app):
    people.add("alice", "爱丽丝", PASSWORD)
    return people.find("alice")


def sender(app, **headers):
    """Who a request with these headers comes from."""

    def ask():
        with app.test_request_context(headers=headers):
            return credentials.current().username

    return contextvars.Context().run(ask)


def basic(username, password):
    return "Basic " + b64encode(f"{username}:{password}".encode()).decode()


def test_basic_credentials_name_the_person(app, alice):
    assert sender(app, Authorization=basic("alice", PASSWORD)) == "alice"


def test_a_password_is_stored_as_an_argon2_hash(alice):
    assert db.sa.session.query(User.password).scalar().startswith("$argon2id$")


@pytest.mark.parametrize(
    ("header", "why"),
    [
        (basic("alice", "wrong"), "user name or the password"),
        (basic("nobody", PASSWORD), "user name or the password"),
        ("Basic !!!", "cannot be read"),
        ("Basic " + b64encode(b"no colon").decode(), "cannot be read"),
        ("Basic " + b64encode(b"\xff:\xff").decode(), "cannot be read"),
        ("Bearer lika_unknown", "unknown or has expired"),
        ("Digest x", "must begin with Basic or Bearer"),
        ("", "Sign in"),
    ],
)
def test_whatever_else_is_refused_with_the_remedy(app, alice, header, why):
    with pytest.raises(errors.Unauthorized, match=why):
        sender(app, Authorization=header)


def test_the_slow_hash_is_paid_once(app, alice, monkeypatch):
    sender(app, Authorization=basic("alice", PASSWORD))
    monkeypatch.setattr(flask_security, "verify_password", lambda *_: pytest.fail("hashed again"))
    before = time.perf_counter()
    for _ in range(20):
        sender(app, Authorization=basic("alice", PASSWORD))
    assert (time.perf_counter() - before) / 20 < 0.02


def test_a_wrong_password_is_never_remembered(app, alice, monkeypatch):
    sender(app, Authorization=basic("alice", PASSWORD))
    calls = []
    verify = flask_security.verify_password
    monkeypatch.setattr(flask_security, "verify_password", lambda *each: calls.append(1) or verify(*each))
    for _ in range(2):
        with pytest.raises(errors.Unauthorized):
            sender(app, Authorization=basic("alice", PASSWORD + "r"))
    assert len(calls) == 2


def test_after_ten_wrong_passwords_the_api_asks_to_wait_before_it_hashes_again(app, client, alice, at, monkeypatch):
    at("2026-07-20T08:00+08:00")
    for _ in range(10):
        assert _ask(client, "alice", "wrong").status_code == 401
    at("2026-07-20T08:04+08:00")
    monkeypatch.setattr(flask_security, "verify_password", lambda *_: pytest.fail("hashed again"))
    refused = _ask(client, "alice", PASSWORD)
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "360")
    assert refused.content_type == "application/problem+json"
    assert (refused.json["status"], "6" in refused.json["detail"]) == (429, True)
    monkeypatch.undo()
    at("2026-07-20T08:10:01+08:00")
    assert _ask(client, "alice", PASSWORD).status_code == 200


def test_who_is_known_already_is_not_kept_out_by_anothers_guesses(app, client, alice):
    assert _ask(client, "alice", PASSWORD).status_code == 200
    for _ in range(11):
        _ask(client, "alice", "wrong")
    assert _ask(client, "alice", PASSWORD).status_code == 200


def test_one_address_cannot_guess_for_ever_by_changing_names(app, client, monkeypatch):
    monkeypatch.setattr(credentials, "TRIES_OF_ADDRESS", 3)
    names = ["a", "b" * 5_000, "c", "d"]
    assert [_ask(client, name, "wrong").status_code for name in names] == [401, 401, 401, 429]


def test_many_first_requests_at_once_are_no_guesses(app, alice):
    def ask(_number):
        with app.app_context():
            return _ask(app.test_client(), "alice", PASSWORD).status_code

    with ThreadPoolExecutor(15) as crowd:
        assert set(crowd.map(ask, range(30))) == {200}


def _ask(client, username, password):
    return client.get("/v2/authentication/me", headers={"Authorization": basic(username, password)})


def test_a_changed_password_ends_what_was_remembered_at_once(app, alice):
    sender(app, Authorization=basic("alice", PASSWORD))
    people.set_password("alice", "another password")
    with pytest.raises(errors.Unauthorized):
        sender(app, Authorization=basic("alice", PASSWORD))
    assert sender(app, Authorization=basic("alice", "another password")) == "alice"


def test_a_locked_out_person_is_refused_at_once(app, alice):
    token = credentials.create_token("alice", "test")
    sender(app, Authorization=basic("alice", PASSWORD))
    people.set_active("alice", False)
    for header in (basic("alice", PASSWORD), f"Bearer {token}"):
        with pytest.raises(errors.Unauthorized):
            sender(app, Authorization=header)


def test_what_is_remembered_is_bounded_and_forgotten(monkeypatch):
    remembered = credentials._Remembered()
    monkeypatch.setattr(credentials, "REMEMBER_AT_MOST", 3)
    for name in "abcde":
        remembered.add(name.encode())
    assert len(remembered._until) <= 3
    monkeypatch.setattr(credentials, "REMEMBER_SECONDS", -1.0)
    remembered.add(b"old")
    assert not remembered.has(b"old")


def test_a_token_names_the_person_until_it_expires_and_is_stored_as_a_digest(app, alice, at):
    at("2026-01-01T08:00+08:00")
    token = credentials.create_token("alice", "worker", lasting=timedelta(days=1))
    assert token.startswith("lika_")
    assert sender(app, Authorization=f"Bearer {token}") == "alice"
    assert token.encode() not in db.sa.session.query(ApiToken.digest).scalar()
    clock.advance(timedelta(days=2))
    with pytest.raises(errors.Unauthorized):
        sender(app, Authorization=f"Bearer {token}")


def test_revoked_tokens_are_refused(app, alice):
    token = credentials.create_token("alice", "worker")
    assert credentials.revoke_tokens("alice") == 1
    with pytest.raises(errors.Unauthorized):
        sender(app, Authorization=f"Bearer {token}")


def test_a_session_names_the_person_until_the_password_changes(app, alice):
    with app.test_request_context():
        flask_security.login_user(db.sa.session.query(User).one())
        cookie = dict(flask.session)
    assert with_session(app, cookie) == "alice"
    people.set_password("alice", "another password")
    with pytest.raises(errors.Unauthorized, match="Sign in"):
        with_session(app, cookie)


def with_session(app, content):
    def ask():
        with app.test_request_context():
            flask.session.update(content)
            return credentials.current().username

    return contextvars.Context().run(ask)


@pytest.mark.parametrize(
    ("username", "password", "problem"),
    [
        ("a:b", PASSWORD, "no colon"),
        (" a", PASSWORD, "no space"),
        ("", PASSWORD, "user name"),
        ("a", "short", "at least 8"),
    ],
)
def test_bad_names_and_short_passwords_are_refused(app, username, password, problem):
    with pytest.raises(errors.Invalid, match=problem):
        people.add(username, "A", password)


def test_a_name_is_taken_once(app, alice):
    with pytest.raises(errors.Conflict, match="alice"):
        people.add("alice", "A")
    with pytest.raises(errors.NotFound, match="bob"):
        people.find("bob")


def test_a_person_lists_memberships_and_leaves_one(county):
    people.add("bob", "B")
    people.join("bob", "village_clerk", county.upper)
    people.join("bob", "village_clerk", county.upper)
    people.join("bob", "supervisor", county.east)
    bob = people.find("bob")
    assert [(each.role, each.unit_code) for each in bob.memberships] == [
        ("supervisor", "4502-e"),
        ("village_clerk", "4502-e-u"),
    ]
    assert bob.unit_id == county.east.id
    people.leave("bob", "supervisor", county.east)
    assert people.find("bob").roles == {"village_clerk"}
