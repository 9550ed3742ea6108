"""`lika lint`: without a database, beside the files that come along, or beside what is deployed."""

import json
from pathlib import Path

from tests.cli.conftest import ROOT, Lika

NO_DATABASE = "postgresql://nobody@127.0.0.1:1/none"


def test_what_comes_with_lika_is_clean(process: Lika) -> None:
    done = process("lint", ROOT / "processes", ROOT / "forms", "--beside", "nothing", DATABASE_URL=NO_DATABASE)
    assert done.stdout == ""
    assert done.returncode == 0
    assert done.stderr.endswith("files: 0 errors, 0 warnings.\n")


def test_one_file_may_refer_to_what_comes_with_lika(lika: Lika) -> None:
    drawing = ROOT / "processes" / "da_check.bpmn"
    assert lika("lint", drawing, DATABASE_URL=NO_DATABASE).returncode == 0
    alone = lika("lint", drawing, "--beside", "nothing", "--json", DATABASE_URL=NO_DATABASE)
    assert alone.returncode == 1
    found = json.loads(alone.stdout)
    assert {"form-unknown"} <= {problem["rule"] for problem in found}
    assert all(problem["file"] == str(drawing) and problem["line"] > 0 for problem in found)


def test_a_warning_alone_is_shown_and_is_no_failure(lika: Lika, desk: Path) -> None:
    done = lika("lint", desk, "--lang", "en", DATABASE_URL=NO_DATABASE)
    assert done.returncode == 2  # --lang belongs to lika itself
    done = lika("--lang", "en", "lint", desk, DATABASE_URL=NO_DATABASE)
    assert done.returncode == 0
    assert f"{desk}/visit.bpmn:5: warning: Definitions_visit diagram-missing: The file has no picture" in done.stdout
    assert done.stderr == "2 files: 0 errors, 1 warnings.\n"


def test_files_are_judged_beside_what_is_deployed(lika: Lika, desk: Path) -> None:
    assert lika("deploy", desk).returncode == 0
    drawing = desk / "visit.bpmn"
    assert lika("lint", drawing, "--beside", "deployed").returncode == 0
    assert lika("lint", drawing, "--beside", "bundled").returncode == 1


def test_what_is_no_xml_is_told_in_the_users_language(lika: Lika, tmp_path: Path) -> None:
    (tmp_path / "torn.bpmn").write_text("<a>\n<b></a>")
    done = lika("--lang", "zh", "lint", tmp_path, DATABASE_URL=NO_DATABASE)
    assert done.returncode == 1
    assert "torn.bpmn:2: " in done.stdout
    assert "XML 格式有误：开始标签与结束标签的名称不一致" in done.stdout
