"""The decision files as drawings: they open in the desktop modeler, in Chinese, with ids that code may rely on."""

import re
from pathlib import Path

import pytest
from lxml import etree

from service.engine import decisions
from tests.decisions_shipped.tables import FILES

DMN = "{https://www.omg.org/spec/DMN/20191111/MODEL/}"
DMNDI = "{https://www.omg.org/spec/DMN/20191111/DMNDI/}"
MODELER = "{http://camunda.org/schema/modeler/1.0}"
BY_NAME = pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)


@BY_NAME
def test_the_modeler_knows_what_the_file_is(file: Path) -> None:
    root = etree.parse(file).getroot()
    assert root.get(f"{MODELER}executionPlatform") == "Camunda Cloud"
    assert root.get(f"{MODELER}executionPlatformVersion") == "8.8.0"


@BY_NAME
def test_every_decision_input_and_requirement_is_drawn_once(file: Path) -> None:
    root = etree.parse(file).getroot()
    drawn = [e.get("dmnElementRef", "") for e in root.iter(f"{DMNDI}DMNShape", f"{DMNDI}DMNEdge")]
    stated = [e.get("id", "") for e in root.iter(f"{DMN}decision", f"{DMN}inputData", f"{DMN}informationRequirement")]
    assert sorted(drawn) == sorted(stated)


@BY_NAME
def test_names_are_chinese_and_ids_are_english(file: Path) -> None:
    for element in etree.parse(file).getroot().iter(f"{DMN}decision", f"{DMN}inputData"):
        assert re.search(r"[\u4e00-\u9fff]", element.get("name", "")), element.get("id")
        assert re.fullmatch(r"[A-Za-z_]+", element.get("id", "")), element.get("id")


def test_no_decision_has_the_id_of_another() -> None:
    found = [known.id for file in FILES for known in decisions.load(file.read_bytes()).decisions]
    assert len(found) == len(set(found))
