"""The processes, tables and forms that Lika brings along can be deployed."""

from pathlib import Path

import flask

from service import engine
from service.workflow import deployments

ROOT = Path(__file__).parents[3]


def test_the_shipped_files_have_neither_errors_nor_warnings(app: flask.Flask) -> None:
    paths = [p for folder in ("processes", "forms") for p in sorted((ROOT / folder).iterdir())]
    files = {p.name: p.read_bytes() for p in paths if p.suffix in (".bpmn", ".dmn", ".form")}
    assert len(files) > 20
    found = engine.lint(files, deployments.known(None))
    assert [str(p) for p in found] == []
