"""Settings and secrets."""

import json
import os
import subprocess
import sys

import flask
import pytest

import service
from service import config, errors


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("postgres://u:p@h:5/d", "postgresql+psycopg://u:p@h:5/d"),
        ("postgresql://h/d", "postgresql+psycopg://h/d"),
        ("postgresql+psycopg://h/d", "postgresql+psycopg://h/d"),
        ("", None),
    ],
)
def test_a_database_url_of_any_spelling_is_read(monkeypatch, given, used):
    monkeypatch.setenv("DATABASE_URL", given)
    assert config.database_url() == used


def test_secrets_are_made_once_and_only_for_the_owner(monkeypatch, tmp_path):
    monkeypatch.setenv("LIKA_VAR", str(tmp_path / "v a r"))
    first = config.load({})
    file = tmp_path / "v a r" / "secrets.json"
    assert file.stat().st_mode & 0o777 == 0o600
    assert config.load({})["SECRET_KEY"] == first["SECRET_KEY"]
    assert len({first[name] for name in config.SECRETS}) == 3
    assert json.loads(file.read_text()) == {name: first[name] for name in config.SECRETS}


def test_secrets_from_the_environment_win_and_need_no_file(monkeypatch, tmp_path):
    monkeypatch.setenv("LIKA_VAR", str(tmp_path))
    for variable in config.SECRETS.values():
        monkeypatch.setenv(variable, f"from {variable}")
    assert config.load({})["PRIVACY_KEY"] == "from LIKA_PRIVACY_KEY"
    assert list(tmp_path.iterdir()) == []


def test_of_two_processes_that_start_together_one_writes_the_secrets(tmp_path):
    program = f"from pathlib import Path; from service import config; print(config._secrets(Path({str(tmp_path)!r})))"
    started = [subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) for _ in range(3)]
    assert len({process.communicate()[0] for process in started}) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["secrets.json"]


def test_importing_the_package_does_not_load_the_web_framework():
    program = "import service, sys; sys.exit('flask' in sys.modules or 'sqlalchemy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_a_number_of_proxies_that_is_none_is_refused(monkeypatch):
    for wrong in ("one", "-1", "1.5", "²", "9" * 9):
        monkeypatch.setenv("LIKA_PROXIES", wrong)
        with pytest.raises(errors.Invalid, match="LIKA_PROXIES"):
            config.number("LIKA_PROXIES")


def test_a_wrong_setting_is_told_in_a_sentence(monkeypatch, tmp_path):
    given = {**os.environ, "LIKA_PROXIES": "one", "LIKA_VAR": str(tmp_path), "LANG": "zh_CN.UTF-8"}
    command = [sys.executable, "-m", "service.cli", "db", "upgrade"]
    done = subprocess.run(command, env=given, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.count("\n"), "LIKA_PROXIES" in done.stderr) == (1, 1, True)


@pytest.mark.parametrize(("proxies", "caller"), [(0, "10.0.0.1"), (1, "203.0.113.7")])
def test_the_caller_is_whom_the_trusted_proxies_name(proxies, caller):
    settings = {"PROXIES": proxies, "PARTS": [], "SQLALCHEMY_DATABASE_URI": "postgresql+psycopg://nowhere/lika"}
    app = service.create_app(settings)
    app.add_url_rule("/caller", view_func=lambda: flask.request.remote_addr)
    headers = {"X-Forwarded-For": "198.51.100.9, 203.0.113.7"}
    answer = app.test_client().get("/caller", headers=headers, environ_base={"REMOTE_ADDR": "10.0.0.1"})
    assert answer.text == caller


def test_the_public_address_is_an_http_address_without_a_slash_at_its_end(monkeypatch):
    monkeypatch.setenv("LIKA_PUBLIC_URL", "https://lika.example.cn/kaizhou/")
    assert config.load(dict.fromkeys(config.SECRETS, "given"))["PUBLIC_URL"] == "https://lika.example.cn/kaizhou"
    for wrong in ("lika.example.cn", "ftp://lika.example.cn", "https://"):
        monkeypatch.setenv("LIKA_PUBLIC_URL", wrong)
        with pytest.raises(errors.Invalid, match="LIKA_PUBLIC_URL"):
            config.load(dict.fromkeys(config.SECRETS, "given"))
