"""Plays every scenario file as one test, as `lika simulate` does.

A file lies in the folder of its process; what several share lies in a folder `shared`.
"""

from pathlib import Path

import pytest

from service import scenarios
from service.scenarios.scratch import scratch

HERE = Path(__file__).parent
FILES = scenarios.files([HERE])


@pytest.fixture(scope="module")
def server():
    with scratch() as started:
        yield started


@pytest.mark.timeout(600)
@pytest.mark.parametrize("path", FILES, ids=[str(path.relative_to(HERE).with_suffix("")) for path in FILES])
def test_the_scenario_holds(server, path):
    result = server.play(scenarios.read(path))
    assert result.passed, "\n".join(result.failures)
