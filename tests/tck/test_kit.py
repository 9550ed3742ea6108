"""Test files of the format of DMN's Technology Compatibility Kit: our own, and the public kit where it is at hand.

The kit (https://github.com/dmn-tck/tck) is looked for at ``$LIKA_TCK``, else at ``../shared/tck``; without it the run
says so.
"""

import os
from pathlib import Path

import pytest

from service.engine.decisions import tck
from service.engine.decisions.tck import Status

ROOT = Path(__file__).resolve().parents[2]
OWN = Path(__file__).with_name("cases")
KIT = Path(os.environ.get("LIKA_TCK") or ROOT.parent / "shared" / "tck")
AT_HAND = "LIKA_TCK" in os.environ or KIT.is_dir()
JAVA = {"0076-feel-external-java"}
"""Folders of which something may be skipped: external functions give null."""


@pytest.mark.parametrize("folder", sorted(OWN.iterdir()), ids=lambda folder: folder.name)
def test_every_case_of_our_own_passes(folder):
    result = tck.run_folder(folder)
    assert result.count(Status.PASSED) == len(result.cases) > 0, tck.report([result])


def test_every_case_of_the_public_kit_passes_where_it_is_at_hand(capsys):
    results = tck.run(KIT) if AT_HAND else []
    passed, failed, skipped = (sum(folder.count(status) for folder in results) for status in Status)
    found = f"{passed} passed, {failed} failed, {skipped} skipped in {len(results)} folders"
    with capsys.disabled():
        missing = "not at hand, name its folder by LIKA_TCK; only our own cases were run"
        print(f"\nDMN TCK at {KIT}: {found if AT_HAND else missing}")
    assert failed == 0, tck.report(folder for folder in results if folder.failures)
    assert passed > 1000 or not AT_HAND
    assert {folder.folder for folder in results if folder.count(Status.SKIPPED)} <= JAVA
