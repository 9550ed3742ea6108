"""The other commands of `lika`, run in this process on the test database."""

import pytest
from click.testing import CliRunner

from service import cli
from service.identity import credentials, people, units
from service.seeds import staff


@pytest.fixture
def lika(app, server, monkeypatch):
    """Run a command on the test's own database."""
    monkeypatch.setenv("DATABASE_URL", server.url())
    monkeypatch.setattr("service.bootstrap.schema.upgrade", lambda: None)  # made without migrations

    def run(*arguments, **more):
        return CliRunner().invoke(cli.lika, arguments, **more)

    return run


def test_the_commands_are_listed_without_loading_the_application(lika):
    assert {"up", "web", "worker", "db", "user", "seed"} <= set(cli.lika.list_commands(None))
    assert "Run background work" in lika("--help").output
    assert lika("cows").exit_code == 2


def test_a_user_is_added_with_roles_and_gets_a_token(lika):
    units.add("FX", "枫溪乡", "township")
    done = lika(
        "user", "add", "alice", "--name", "爱丽丝", "--role", "township_clerk@FX", input="pass word 1\npass word 1\n"
    )
    assert done.exit_code == 0, done.output
    alice = people.find("alice")
    assert (alice.name, alice.roles) == ("爱丽丝", {"township_clerk"})
    assert credentials.by_password("alice", "pass word 1")

    token = lika("user", "token", "alice", "--days", "3").output.strip()
    assert credentials.by_token(token).username == "alice"

    assert lika("user", "passwd", "alice", "--password", "pass word 2").exit_code == 0
    assert credentials.by_password("alice", "pass word 1") is None

    assert lika("user", "join", "alice", "supervisor@FX").exit_code == 0
    assert people.find("alice").roles == {"township_clerk", "supervisor"}


def test_a_refusal_is_one_sentence_and_exit_code_1(lika, monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["lika", "--lang", "en", "user", "join", "nobody", "admin@NOWHERE"])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 1
    assert capsys.readouterr().err == "lika: There is no unit with the code NOWHERE.\n"


def test_a_post_of_another_form_is_explained(lika):
    done = lika("user", "join", "nobody", "admin")
    assert done.exit_code == 2
    assert "township_clerk@FX" in done.output


def test_seeding_tells_the_password_and_twice_is_as_good_as_once(lika):
    done = lika("seed", "tree-a")
    assert done.exit_code == 0, done.output
    assert staff.PASSWORD in done.output
    assert "township_clerk.fengxi" in done.output
    before = people.find("township_clerk.fengxi")
    assert lika("seed").output == done.output
    assert people.find("township_clerk.fengxi") == before
