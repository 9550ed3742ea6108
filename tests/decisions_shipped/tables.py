"""Loads the shipped decision files as they lie in `processes/`."""

from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from lxml import etree

from service.engine import decisions

FOLDER = Path(__file__).parents[2] / "processes"
FILES = sorted(FOLDER.glob("*.dmn"))


@cache
def model(file: str) -> decisions.Model:
    """The model of `processes/<file>.dmn`."""
    return decisions.load((FOLDER / f"{file}.dmn").read_bytes())


def edited(file: str, cell: str, text: str) -> decisions.Model:
    """The model after an official has written `text` into one cell, named by its id."""
    root = etree.parse(FOLDER / f"{file}.dmn").getroot()
    (found,) = (element for element in root.iter() if element.get("id") == cell)
    found[0].text = text
    return decisions.load(etree.tostring(root))


def decide(file: str, decision: str, /, **inputs: Any) -> Any:
    """A decision's value; numbers may be given as int or as text such as "2735.99"."""
    return model(file).evaluate(decision, {name: feel(value) for name, value in inputs.items()})


def feel(value: Any) -> Any:
    """Python's whole numbers become decimals, at any depth; `Decimal` stays."""
    if isinstance(value, bool):
        return value
    if isinstance(value, int):
        return Decimal(value)
    if isinstance(value, list | tuple):
        return [feel(item) for item in value]
    if isinstance(value, dict):
        return {key: feel(item) for key, item in value.items()}
    return value
