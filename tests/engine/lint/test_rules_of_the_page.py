"""docs/lint.md explains every rule, and its examples do what it says."""

import pytest

from service import engine
from service.engine.lint import RULES
from tests.engine.lint import examples

SECTIONS = {section.rule: section for section in examples.sections()}
WITHOUT_EXAMPLE = {"file-type", "file-size", "process-size"}
"""Tested below in test_files.py: their examples would not fit on a page."""
PICTURELESS = {"diagram-missing", "platform"}
KNOWN = engine.Known(
    processes=frozenset({"public_notice"}),
    decisions=frozenset({"household_eligibility"}),
    forms=frozenset({"f_visit", "f_review"}),
    roles=frozenset({"village_clerk", "村文书", "township_clerk", "扶贫站经办"}),
    handlers=frozenset({"list-rank"}),
)


def test_the_page_explains_every_rule_with_its_severity_and_no_other() -> None:
    assert {rule: section.severity for rule, section in SECTIONS.items()} == dict(RULES)


def test_every_rule_has_a_good_and_a_bad_example() -> None:
    for rule, section in SECTIONS.items():
        if rule not in WITHOUT_EXAMPLE:
            assert section.files("bad"), rule
            assert section.files("good"), rule


@pytest.mark.parametrize("rule", sorted(SECTIONS.keys() - WITHOUT_EXAMPLE))
def test_a_bad_example_breaks_its_rule(rule: str) -> None:
    for files in SECTIONS[rule].files("bad"):
        found = engine.lint(files, KNOWN)
        broken = [p for p in found if p.rule == rule]
        assert broken, [str(p) for p in found]
        assert all(p.severity == RULES[rule] and p.line >= 0 and p.file in files for p in broken)
        assert all(p.message == p.msgid % p.params for p in broken)


@pytest.mark.parametrize("rule", sorted(SECTIONS.keys() - WITHOUT_EXAMPLE))
def test_a_good_example_breaks_no_rule(rule: str) -> None:
    for files in SECTIONS[rule].files("good"):
        found = [p for p in engine.lint(files, KNOWN) if p.rule not in PICTURELESS - {rule}]
        assert not found, [str(p) for p in found]
