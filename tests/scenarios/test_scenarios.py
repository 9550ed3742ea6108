"""Plays every scenario file as one test, as `lika simulate` does; asks whether all of a process was passed.

A file lies in the folder of its process; what several share lies in a folder `shared`.
"""

from collections.abc import Callable
from pathlib import Path

import pytest
from lxml import etree

from service import scenarios
from service.scenarios.player import Result
from service.scenarios.scratch import scratch

HERE = Path(__file__).parent
FILES = scenarios.files([HERE])
PASSED = ("public_notice", "village_identification")
"""The files of `processes/` whose own scenarios pass every element."""
BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
NODES = ("task", "Task", "Event", "Gateway", "subProcess", "callActivity")

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


@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", PASSED)
def test_every_element_of_a_process_is_passed_by_its_scenarios(play: Play, name: str):
    ends = [play(path).end["nodes"] for path in scenarios.files([HERE / name])]
    drawn = etree.parse(HERE.parents[1] / "processes" / f"{name}.bpmn")
    for process in drawn.iter(f"{BPMN}process"):
        nodes = {n.get("id") for n in process.iter(f"{BPMN}*") if etree.QName(n).localname.endswith(NODES)}
        assert nodes
        missed = nodes - {element for end in ends for element in end.get(process.get("id"), ())}
        assert not missed, f"{process.get('id')}: {', '.join(sorted(missed))}"
