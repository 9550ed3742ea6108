"""The shipped procedures bear people who take back what they did and who send work back, wherever that is possible."""

from pathlib import Path

import pytest

from service import scenarios
from service.scenarios.scratch import scratch
from tests.scenarios import wavering

HERE = Path(__file__).parent
FILES = ("public_notice/objections.yaml", "household_identification/register_forms.yaml")


@pytest.fixture(scope="module")
def server():
    with scratch() as started:
        yield started


def play(server, name, kind):
    return wavering.play(server, scenarios.read(HERE / name), kind)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("name", FILES)
def test_whatever_is_taken_back_and_done_again_ends_as_it_would_have(server, name):
    player = play(server, name, wavering.TakesBack)
    assert player.result.passed, "\n".join(player.result.failures)
    assert len(player.kinds) >= 7


@pytest.mark.timeout(300)
@pytest.mark.parametrize("name", FILES)
def test_with_each_kind_of_task_sent_back_once_every_instance_still_ends(server, name):
    player = play(server, name, wavering.SendsBack)
    assert len(player.sent) >= 5
    instances = player.result.end["instances"]
    assert {row["state"] for row in instances} == {"COMPLETED"}
    assert set(player.scenario.expect.ended) <= {end for row in instances for end in row["ended"]}
