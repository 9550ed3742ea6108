"""README tells the truth: its links lead somewhere, its settings are the code's."""

import inspect
import re
from pathlib import Path

import click
import pytest

from service import cli, config
from service.engine.lint import vocabulary

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
VARIABLE = re.compile(r"\b(?:LIKA_[A-Z_]+|DATABASE_URL)\b")


def settings() -> dict[str, str]:
    """The rows of the table of settings: variable -> default."""
    return dict(re.findall(r"^\| `([A-Z_]+)` \| `?([^|`]*)`? \|", README, re.MULTILINE))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_to_a_file_leads_somewhere(page: Path) -> None:
    links = [link for link in LINK.findall(page.read_text(encoding="utf-8")) if "://" not in link]
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_every_link_inside_the_page_names_a_heading() -> None:
    headings = {re.sub(r"[^\w\- ]", "", line).strip().lower().replace(" ", "-") for line in README.splitlines()}
    assert [anchor for anchor in re.findall(r"\]\(#([^)]+)\)", README) if anchor not in headings] == []


def test_the_table_of_settings_names_those_of_the_code() -> None:
    sources = (path.read_text(encoding="utf-8") for path in (ROOT / "service").rglob("*.py"))
    assert settings().keys() == {name for source in sources for name in VARIABLE.findall(source)}


def test_the_defaults_of_the_table_are_those_of_the_commands() -> None:
    told = {}
    for name in ("up", "web"):
        command = cli.lika.get_command(click.Context(cli.lika), name)
        assert command is not None
        told |= {str(option.envvar): str(option.default) for option in command.params if option.envvar}
    assert told == {name: settings()[name] for name in ("LIKA_HOST", "LIKA_PORT")}


def test_flags_are_off_and_limits_are_as_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in settings():
        monkeypatch.delenv(name, raising=False)
    assert config.var() == ROOT / settings()["LIKA_VAR"]
    monkeypatch.setenv("LIKA_VAR", str(tmp_path))
    made = config.load()
    flags = {name for name, default in settings().items() if default == "no"}
    assert {name for name in flags if f'flag("{name}")' in inspect.getsource(config)} == flags
    assert [made["CLOCK_MAY_MOVE"], made["SESSION_COOKIE_SECURE"], made["PARTS"]] == [False, False, None]
    assert made["MAX_CONTENT_LENGTH"] == 16 * 1024**2
    assert "at most 16 MiB, a process 16 + 16\ndatabase connections" in README
    options = made["SQLALCHEMY_ENGINE_OPTIONS"]
    assert (options["pool_size"], options["max_overflow"]) == (16, 16)
    assert f"at most {config.LONGEST_WAIT_FOR_LOCK.removesuffix('s')} s for another's lock" in README


def test_the_extension_elements_and_roster_properties_are_all_named() -> None:
    inner = {"header", "input", "output", "property"}
    named = set(re.findall(r"`(\w+)`", README))
    assert {name for name in vocabulary.EXTENSIONS if name not in inner} <= named
    assert set(vocabulary.PROPERTIES) <= named


def test_the_commands_are_all_named_in_the_changelog() -> None:
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert [name for name in cli.COMMANDS if not re.search(rf"\b{name}\b", changes)] == []
