"""The Technology Compatibility Kit of DMN, where it is at hand: ``$LIKA_TCK`` or ``../shared/tck``."""

import os
from pathlib import Path

from service.engine.decisions import tck

ROOT = Path(__file__).resolve().parents[2]
KIT = Path(os.environ.get("LIKA_TCK") or ROOT.parent / "shared" / "tck")

if KIT.is_dir():

    def test_every_case_of_the_kit_passes(capsys):
        results = tck.run(KIT)
        passed, failed, skipped = (sum(folder.count(status) for folder in results) for status in tck.Status)
        with capsys.disabled():
            print(f"\nDMN TCK at {KIT}: {passed} passed, {failed} failed, {skipped} skipped in {len(results)} folders")
        assert failed == 0, tck.report(folder for folder in results if folder.failures)
        assert passed > 1000
        assert {folder.folder for folder in results if folder.count(tck.Status.SKIPPED)} <= {"0076-feel-external-java"}
