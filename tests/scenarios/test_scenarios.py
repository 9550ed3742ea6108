"""Plays every scenario file as one test, as `lika simulate` does; asks whether all of a process was passed.

A file lies in the folder of its process; what several share lies in a folder `shared`.
"""

from collections.abc import Callable
from pathlib import Path

import pytest

from service import bootstrap, engine, scenarios
from service.scenarios.player import Result
from service.scenarios.scratch import scratch

HERE = Path(__file__).parent
FILES = scenarios.files([HERE])
COVERED = {
    "dynamic_adjustment": ("dynamic_adjustment", "da_approval", "da_batches", "da_check", "da_ledger", "da_survey"),
    "household_identification": ("household_identification", "hi_application", "hi_register_forms", "hi_selection"),
    "public_notice": ("public_notice",),
    "village_identification": ("village_identification",),
}
"""Folders whose scenarios pass every node of these diagrams."""

Play = Callable[[Path], Result]


@pytest.fixture(scope="module")
def play():
    """Play a scenario file, each at most once."""
    results: dict[Path, Result] = {}
    with scratch() as server:

        def once(path):
            if path not in results:
                results[path] = server.play(scenarios.read(path))
            return results[path]

        yield once


@pytest.mark.timeout(600)
@pytest.mark.parametrize("path", FILES, ids=[str(path.relative_to(HERE).with_suffix("")) for path in FILES])
def test_the_scenario_holds(play: Play, path: Path):
    result = play(path)
    assert result.passed, "\n".join(result.failures)


@pytest.mark.timeout(1200)
@pytest.mark.parametrize(("folder", "diagram"), [(folder, name) for folder, names in COVERED.items() for name in names])
def test_every_node_of_a_diagram_is_passed_by_the_scenarios_of_a_folder(play: Play, folder: str, diagram: str):
    ends = [play(path).end.get("nodes", {}) for path in scenarios.files([HERE / folder])]
    name = f"{diagram}.bpmn"
    for process in engine.load(name, bootstrap.bundled_files()[name]):
        assert process.process.nodes
        missing = process.process.nodes.keys() - {node for end in ends for node in end.get(process.id, ())}
        assert not missing, f"{process.id}: {', '.join(sorted(missing))}"
