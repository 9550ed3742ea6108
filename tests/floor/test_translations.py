"""What people read is in the Chinese catalogue: nothing missing, nothing half translated, nothing unmarked."""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from babel.messages import catalog, extract, pofile

from service import i18n

ROOT = Path(__file__).parents[2]
SERVICE = ROOT / "service"
PO = i18n.FOLDER / "zh_Hans_CN" / "LC_MESSAGES" / "messages.po"
PLACE = re.compile(r"%\((\w+)\)([a-z])|%%")
HAN = re.compile(r"[\u4e00-\u9fff]")
WORDS = re.compile(r"[A-Za-z]{2,}[ ,;.][ A-Za-z]|[\u4e00-\u9fff]")
SPOKEN = frozenset(
    "Invalid Unauthorized Forbidden NotFound Conflict TooLarge Unprocessable Unavailable Message ClickException "
    "BadParameter UsageError echo localize record at at_xml refuse refused Failure flash".split()
)
"""Calls whose text arguments are told to people."""
TEMPLATE_CODE = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}|<script.*?</script>|<style.*?</style>", re.DOTALL)
LANGUAGES = frozenset({"中文", "English"})
"""Each language is named in itself."""
KEYS = frozenset({"Ctrl+Enter", "Ctrl+Z", "Alt+PageUp", "Alt+PageDown"})


def used() -> dict[str | tuple[str, ...], None]:
    """The texts that the code marks, as `make messages` finds them."""
    mappings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["babel"]["mappings"]
    methods = [(mapping["pattern"], mapping["method"]) for mapping in mappings]
    found = extract.extract_from_dir(SERVICE, methods, keywords=extract.DEFAULT_KEYWORDS)
    return {message: None for _file, _line, message, _comments, _context in found}


@pytest.fixture(scope="module")
def chinese() -> catalog.Catalog:
    """The catalogue as it is committed."""
    with PO.open("rb") as file:
        return pofile.read_po(file, "zh_Hans_CN")


def texts(message: catalog.Message) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(English forms, Chinese forms) of an entry."""
    english = message.id if isinstance(message.id, tuple | list) else (message.id,)
    told = message.string if isinstance(message.string, tuple | list) else (message.string,)
    return tuple(english), tuple(told)


def test_every_text_is_translated_and_none_is_left_over(chinese: catalog.Catalog) -> None:
    entries = {tuple(m.id) if isinstance(m.id, list | tuple) else m.id: m for m in chinese if m.id}
    marked = used()
    assert len(marked) > 400
    assert [text for text in marked if text not in entries] == [], "run `make messages` and translate"
    assert [text for text in entries if text not in marked] == [], "run `make messages`"
    assert [text for text, m in entries.items() if m.fuzzy or not all(texts(m)[1])] == [], "translate in messages.po"


def test_a_translation_has_the_places_of_its_text(chinese: catalog.Catalog) -> None:
    for message in chinese:
        english, told = texts(message)
        if message.id:
            for text in told:
                assert sorted(PLACE.findall(text)) == sorted(PLACE.findall(english[-1])), text


def test_a_translation_is_chinese(chinese: catalog.Catalog) -> None:
    spoken = [texts(m) for m in chinese if m.id and re.search("[a-z]", PLACE.sub("", texts(m)[0][0]))]
    assert [english[0] for english, told in spoken if not HAN.search(told[0])] == []


def unmarked(path: Path) -> Iterator[str]:
    """Texts in a module that are told to people and not marked with `_`."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        told = list(node.args) if name in SPOKEN else []
        told += [keyword.value for keyword in node.keywords if keyword.arg == "help"]
        for argument in told:
            if text := _literal(argument):
                yield f"{path.relative_to(ROOT)}:{node.lineno}: {text}"


def _literal(argument: ast.expr) -> str:
    """The text of a literal or f-string if it has words."""
    match argument:
        case ast.Constant(value=str(text)):
            pass
        case ast.JoinedStr(values=parts):
            text = "".join(str(part.value) for part in parts if isinstance(part, ast.Constant))
        case _:
            return ""
    return text if WORDS.search(text) else ""


def test_no_module_tells_people_a_text_that_is_not_marked() -> None:
    found = [each for path in sorted(SERVICE.rglob("*.py")) for each in unmarked(path)]
    assert found == []


@pytest.mark.parametrize(
    "line",
    [
        'raise errors.Invalid("Nothing is right.")',
        'click.echo(f"{count} people were added")',
        'raise NotFound(f"没有{name}")',
        'click.option("--x", help="What it does.")',
    ],
)
def test_the_search_for_unmarked_texts_finds_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str) -> None:
    monkeypatch.setattr("tests.floor.test_translations.ROOT", tmp_path)
    (tmp_path / "module.py").write_text(line, encoding="utf-8")
    assert len(list(unmarked(tmp_path / "module.py"))) == 1


def test_no_template_shows_words_that_are_not_marked() -> None:
    found: dict[str, Any] = {}
    for path in sorted(SERVICE.rglob("templates/*.html")):
        text = TEMPLATE_CODE.sub(" ", path.read_text(encoding="utf-8"))
        shown = re.sub(r"<[^>]*>", "\n", text)
        shown += "\n".join(re.findall(r'(?:title|placeholder|aria-label|alt)="([^"]*)"', text))
        lines = [line.strip() for line in shown.splitlines() if '="' not in line]  # attributes that a macro writes
        words = {line for line in lines if re.search(r"[A-Za-z]{3,}|[\u4e00-\u9fff]", line)}
        if words - LANGUAGES - KEYS:
            found[path.name] = words
    assert found == {}
